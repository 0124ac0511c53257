"""Which route table a subnet uses, and where it leads.

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html: a subnet follows the table it is explicitly
associated with, else the main table of its own VPC; a table associated with a gateway is an edge table, never a subnet's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import public, union
from scanner.network.structures import structures

ROUTE_TABLE = "AWS::EC2::RouteTable"
INTERNET_GATEWAY = "AWS::EC2::InternetGateway"
_PREFIX_LIST = "AWS::EC2::PrefixList"


def route_table_of(inventory: View, subnet: Resource) -> Resource:
    """The table in force for a subnet; raises `Undecided` where it cannot be seen (another account owns the VPC)."""
    vpc_id = str(subnet.get("VpcId", ""))
    explicit = [
        table
        for table in inventory.linked(ROUTE_TABLE, "Associations[].SubnetId", subnet.id)
        if any(
            _in_force(association)
            for association in structures(table, "Associations")
            if association.get("SubnetId") == subnet.id
        )
    ]
    if explicit:
        return explicit[0]
    for table in inventory.linked(ROUTE_TABLE, "VpcId", vpc_id):
        if is_main(table):
            return table
    raise Undecided(f"the route table of {subnet.id} cannot be seen from account {inventory.account}")


def is_main(table: Resource) -> bool:
    """Whether a table is its VPC's main one."""
    return any(
        association.get("Main") is True and _in_force(association) for association in structures(table, "Associations")
    )


def active_routes(table: Resource) -> Iterator[Mapping[str, Any]]:
    """The routes that carry traffic (blackholes drop it, filtered ones are not installed)."""
    return (route for route in structures(table, "Routes") if (route.get("State") or "active") == "active")


def internet_routes(inventory: View, table: Resource, *, family: int) -> tuple[Mapping[str, Any], ...]:
    """The table's active routes to an attached internet gateway for some public range of a family (4 or 6)."""
    return tuple(
        route
        for route in active_routes(table)
        if str(route.get("GatewayId", "")).startswith("igw-")
        and _is_public(inventory, route, family=family)
        and _is_attached(inventory, route["GatewayId"], table)
    )


def describe_route(table: Resource, route: Mapping[str, Any]) -> str:
    """A route as evidence: "rtb-1: 0.0.0.0/0 -> igw-1"."""
    destination = next((route[key] for key in _DESTINATIONS if route.get(key)), "?")
    target = next((route[key] for key in _TARGETS if route.get(key)), "?")
    return f"route in {table.id}: {destination} -> {target}"


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TARGETS = (
    "GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId",
    "NetworkInterfaceId", "InstanceId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn",
)  # fmt: skip


def is_associated(association: Mapping[str, Any]) -> bool:
    """Whether an association of a table is in force."""
    state = association.get("AssociationState")
    word = state.get("State") if isinstance(state, Mapping) else None
    return (word or "associated") == "associated"


def _in_force(association: Mapping[str, Any]) -> bool:
    return not association.get("GatewayId") and is_associated(association)


def _is_public(inventory: View, route: Mapping[str, Any], *, family: int) -> bool:
    if route.get("DestinationPrefixListId"):
        # A list of addresses behind an internet gateway is a list of public ones, all of one family.
        found = inventory.find(_PREFIX_LIST, str(route["DestinationPrefixListId"]))
        return found is None or found.get("AddressFamily", f"IPv{family}") == f"IPv{family}"
    cidr = route.get({4: "DestinationCidrBlock", 6: "DestinationIpv6CidrBlock"}[family])
    return bool(cidr) and bool(public(union((str(cidr),), family=family), family=family))


def _is_attached(inventory: View, gateway_id: str, table: Resource) -> bool:
    gateway = inventory.find(INTERNET_GATEWAY, gateway_id)
    if gateway is None:
        owner = table.get("OwnerId", inventory.account)
        if owner != inventory.account:  # those who share a VPC see its route tables and not its gateways
            raise Undecided(f"the internet gateway {gateway_id} belongs to account {owner}")
        return False
    # The API sends "available", its enumeration says "attached"; both mean that traffic flows.
    return any(
        attachment.get("VpcId") == table.get("VpcId", "") and attachment.get("State") in ("available", "attached")
        for attachment in structures(gateway, "Attachments")
    )
