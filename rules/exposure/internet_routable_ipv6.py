"""Finds IPv6 addresses of instances that the internet can route to, on every interface."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Address,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    Unsure,
    addresses_of,
    attached_to,
    describe_route,
    internet_routes,
    is_announced,
    is_service_managed,
    is_stopped,
    listed,
    route_table_of,
    tag_among,
    word,
)

_SUBNET = "AWS::EC2::Subnet"


def check(inventory: Inventory, *, exempt_tags: list[str]) -> Iterator[Answer]:
    """Flags instances with an IPv6 address whose subnet leads to an internet gateway; one address is proof enough."""
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt:
                yield Aside(instance, f"its tag {exempt} lets it have a public IPv6 address")
            elif is_service_managed(instance):
                yield Aside(instance, "an AWS service runs it")
            else:
                yield _judge(inventory, instance)


def _judge(inventory: Inventory, instance: Resource) -> Answer:
    attached = attached_to(inventory, instance)
    doubts = list(attached.doubts)
    addresses: list[str] = []
    because: list[str] = []
    cures: list[str] = []
    for interface in attached.interfaces:
        try:
            public = [one for one in addresses_of(interface) if one.family == 6 and one.public]  # noqa: PLR2004 - IPv6
            routed, routes, table = _routed(inventory, interface, public) if public else ((), (), "")
        except Undecided as doubt:
            doubts.append(doubt.reason)
            continue
        if not routed:
            continue
        addresses += routed
        because += [f"{interface.id} has the IPv6 address {address}" for address in routed]
        because += routes
        cures += _cures(interface, routed, table)
    if addresses:
        if is_stopped(instance):
            because.append(f"the instance is {instance.get('State.Name')}, and keeps its IPv6 addresses")
        noun = "address" if len(addresses) == 1 else "addresses"
        message = f"{instance.label} has the internet-routable IPv6 {noun} {listed(addresses)}"
        return Flag(instance, message, tuple(dict.fromkeys(because)), fix="\n".join(dict.fromkeys(cures)))
    if doubts:
        return Unsure(instance, doubts[0])
    return Clear(instance, "no route from the internet leads to an IPv6 address of it")


def _routed(
    inventory: Inventory, interface: Resource, addresses: list[Address]
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The addresses that AWS announces and the subnet's table connects, the routes in words, and the table's id."""
    subnet_id = str(interface.get("SubnetId", ""))
    subnet = inventory.find(_SUBNET, subnet_id)
    if subnet is None:
        raise Undecided(f"the subnet {subnet_id} cannot be seen from account {inventory.account}")
    announced = tuple(one.public for one in addresses if is_announced(subnet, one))
    if not announced:
        return (), (), ""
    table = route_table_of(inventory, subnet)
    routes = internet_routes(inventory, table, family=6)
    words = tuple(describe_route(table, route) for route in routes)
    return (announced if routes else ()), words, table.id


def _cures(interface: Resource, addresses: tuple[str, ...], table: str) -> Iterator[str]:
    yield (
        f"aws ec2 unassign-ipv6-addresses --network-interface-id {word(interface.id)}"
        f" --ipv6-addresses {' '.join(map(word, addresses))}"
    )
    yield f"or let the subnet out and nobody in: aws ec2 create-egress-only-internet-gateway --vpc-id {word(interface.get('VpcId', ''))}"
    yield (
        f"aws ec2 replace-route --route-table-id {word(table)} --destination-ipv6-cidr-block ::/0"
        " --egress-only-internet-gateway-id <its eigw-…>"
    )
