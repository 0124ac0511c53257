"""Endpoints that stand in another VPC, a hub: which of them a subnet has a route to.

https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import interval
from scanner.network.clients import subnet_of
from scanner.network.endpoints import VPC_ENDPOINT, endpoint_state, endpoint_type, service_of
from scanner.network.painting import is_active, paint, target_of
from scanner.network.routes import route_table_of
from scanner.network.structures import structures
from scanner.network.transit_ways import leads_across

VPC = "AWS::EC2::VPC"
PEERING = "AWS::EC2::VPCPeeringConnection"

_ABROAD = ("tgw-", "pcx-", "arn:")


def interface_endpoints_for(inventory: View, service: str) -> tuple[Resource, ...]:
    """The working interface endpoints of this Region for a service, in whichever VPC; `Undecided` without their states."""
    return tuple(
        endpoint
        for endpoint in inventory.known(VPC_ENDPOINT)
        if service_of(endpoint) == service
        and f".{inventory.region}." in str(endpoint.get("ServiceName", ""))
        and endpoint_type(endpoint) == "Interface"
        and endpoint_state(endpoint) == "available"
    )


def way_to(inventory: View, subnet_id: str, vpc_id: str) -> str:
    """The active route that leads from a subnet to another VPC, as its target (tgw- or pcx-), or ""; `Undecided`."""
    subnet = subnet_of(inventory, subnet_id)
    table = route_table_of(inventory, subnet)
    for block in _blocks(inventory, vpc_id):
        family, (first, _) = interval(block)
        route = paint(inventory, table, family=family).route_to(first)
        if route is None or not is_active(route):
            continue
        target = target_of(route)
        if target.startswith("tgw-"):
            connects = leads_across(inventory, target, subnet_id, vpc_id, block=block)
        else:
            connects = _connects(inventory, target, str(subnet.get("VpcId", "")), vpc_id)
        if connects:
            return target
    return ""


def ways_abroad(inventory: View, subnet_id: str) -> tuple[str, ...]:
    """The transit gateways, peerings and core networks a subnet has an active route to; `Undecided`."""
    table = route_table_of(inventory, subnet_of(inventory, subnet_id))
    targets = (target_of(route) for route in structures(table, "Routes") if is_active(route))
    return tuple(dict.fromkeys(target for target in targets if target.startswith(_ABROAD)))


def peer_of(inventory: View, peering_id: str, vpc_id: str) -> Resource | None:
    """The VPC at the other end of a peering connection, where it is in this inventory; `Undecided` where it may be."""
    peering = inventory.find(PEERING, peering_id)
    if peering is None:
        return None
    ends = [str(peering.get(end, "")) for end in ("RequesterVpcInfo.VpcId", "AccepterVpcInfo.VpcId")]
    other = next((end for end in ends if end != vpc_id), "")
    return inventory.find(VPC, other) if other else None


def _blocks(inventory: View, vpc_id: str) -> Iterator[str]:
    vpc = inventory.find(VPC, vpc_id)
    if vpc is None:
        raise Undecided(f"the VPC {vpc_id} cannot be seen from account {inventory.account}")
    if vpc.get("CidrBlock"):
        yield str(vpc.get("CidrBlock"))
    for block in structures(vpc, "CidrBlockAssociationSet"):
        if block.get("CidrBlock") and block["CidrBlock"] != vpc.get("CidrBlock"):
            yield str(block["CidrBlock"])


def _connects(inventory: View, target: str, here: str, there: str) -> bool:
    if target.startswith("pcx-"):
        peering = inventory.find(PEERING, target)
        ends = ("RequesterVpcInfo.VpcId", "AccepterVpcInfo.VpcId")
        return (
            peering is not None
            and peering.get("Status.Code") == "active"
            and {str(peering.get(end)) for end in ends} == {here, there}
        )
    return False
