"""Finds routes to inspection endpoints that lead nowhere, or into another Availability Zone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scanner.kit import (
    VPC_ENDPOINT,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    describe_route,
    endpoint_state,
    endpoint_type,
    inspection_endpoints,
    interval,
    is_active,
    listed,
    route_table_of,
    structures,
    tag_among,
    target_of,
    word,
    zone_of,
    zones_of,
)

_SUBNET = "AWS::EC2::Subnet"
_CIDRS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")


def check(inventory: Inventory, *, exempt_tags: list[str]) -> Iterator[Answer]:
    """Only routes by blocks of addresses count: what goes by prefix list leads to a gateway endpoint."""
    for table in inventory.subjects:
        with inventory.judging(table):
            routes = [
                route
                for route in structures(table, "Routes")
                if target_of(route).startswith("vpce-") and not route.get("DestinationPrefixListId")
            ]
            if not routes:
                yield Aside(table, "no route of the table leads to an endpoint")
            elif tag := tag_among(table, exempt_tags):
                yield Aside(table, f"the table has the tag {tag}")
            else:
                yield from _weighed(inventory, table, routes)


def _weighed(inventory: Inventory, table: Resource, routes: list[Mapping[str, Any]]) -> Iterator[Answer]:
    """Every flaw that is seen is told, and a doubt about another route does not hide it."""
    fine: list[str] = []
    for route in routes:
        flag = _dead(inventory, table, route) or _crossing(inventory, table, route)
        if flag is not None:
            yield flag
        else:
            fine.append(describe_route(table, route))
    if len(fine) == len(routes):
        yield Clear(table, tuple(fine))


def _dead(inventory: Inventory, table: Resource, route: Mapping[str, Any]) -> Flag | None:
    words, target = describe_route(table, route), target_of(route)
    if not is_active(route):
        why = f"the route is {route.get('State')}"
    else:
        endpoint = _endpoint(inventory, target)
        if endpoint_type(endpoint) != "GatewayLoadBalancer" or endpoint_state(endpoint) == "available":
            return None
        why = f"{target} is {endpoint_state(endpoint)}"
    return Flag(
        table,
        f"{table.id} sends {_destination(route)} to {target}, which drops it: {why}",
        (words, why),
        fix=f"{_replace(table, route)} --vpc-endpoint-id {_other(inventory, table, target)}",
    )


def _crossing(inventory: Inventory, table: Resource, route: Mapping[str, Any]) -> Flag | None:
    endpoint = _endpoint(inventory, target_of(route))
    places = [str(subnet) for subnet in endpoint.items("SubnetIds")]
    if endpoint_type(endpoint) != "GatewayLoadBalancer" or not places:
        return None
    zone = zone_of(inventory, places[0])
    far = {
        subnet.id: there
        for subnet in _served(inventory, table, route)
        if (there := zone_of(inventory, subnet.id)) != zone
    }
    if not far:
        return None
    return Flag(
        table,
        f"{table.id} leads traffic of {listed(far)} in {listed(far.values())} to {endpoint.id} in {zone}",
        (
            describe_route(table, route),
            f"{endpoint.id} is in {places[0]} in {zone}",
            *(f"{subnet} is in {there}" for subnet, there in far.items()),
        ),
        fix=f"{_replace(table, route)} --vpc-endpoint-id {_other(inventory, table, endpoint.id, zones=set(far.values()))}\n"
        f"A table for each zone is needed where subnets of several zones use {table.id}.",
    )


def _other(inventory: Inventory, table: Resource, target: str, *, zones: Collection[str] = ()) -> str:
    """Another endpoint that is available, in one of these zones where they are told; else words for it."""
    for endpoint in inspection_endpoints(inventory, str(table.get("VpcId", ""))).values():
        if endpoint.id == target or endpoint_state(endpoint) != "available":
            continue
        if not zones or zones_of(inventory, map(str, endpoint.items("SubnetIds"))).keys() & set(zones):
            return word(endpoint.id)
    return f"<a new endpoint in {listed(zones)}>" if zones else "<a new endpoint>"


def _endpoint(inventory: Inventory, target: str) -> Resource:
    found = inventory.find(VPC_ENDPOINT, target)
    if found is None:
        raise Undecided(f"the endpoint {target} cannot be seen from account {inventory.account}")
    return found


def _served(inventory: Inventory, table: Resource, route: Mapping[str, Any]) -> list[Resource]:
    """The subnets whose traffic takes the route: those that use the table, or whose block a gateway's table steers."""
    members = inventory.linked(_SUBNET, "VpcId", str(table.get("VpcId", "")))
    if any(association.get("GatewayId") for association in structures(table, "Associations")):
        family, (first, last) = interval(_destination(route))
        return [one for one in members if _within(one, family, first, last)]
    return [one for one in members if route_table_of(inventory, one).id == table.id]


def _within(subnet: Resource, family: int, first: int, last: int) -> bool:
    blocks = [str(subnet.get("CidrBlock", ""))]
    blocks += [str(one.get("Ipv6CidrBlock", "")) for one in structures(subnet, "Ipv6CidrBlockAssociationSet")]
    spans = (interval(block) for block in blocks if block)
    return any(version == family and first <= span[0] and span[1] <= last for version, span in spans)


def _destination(route: Mapping[str, Any]) -> str:
    return next((str(route[key]) for key in _CIDRS if route.get(key)), "")


def _replace(table: Resource, route: Mapping[str, Any]) -> str:
    option = "--destination-cidr-block" if route.get(_CIDRS[0]) else "--destination-ipv6-cidr-block"
    return f"aws ec2 replace-route --route-table-id {word(table.id)} {option} {word(_destination(route))}"
