"""Finds subnets that give whatever is launched in them a public address, of either family."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    Unsure,
    describe_route,
    internet_routes,
    is_own,
    listed,
    route_table_of,
    structures,
    tag_among,
    word,
)

_REST = "What has to be public asks for its address when it is launched."


def check(inventory: Inventory, *, exempt_tags: list[str]) -> Iterator[Answer]:
    """Flags by the IPv4 switch alone; the IPv6 switch matters where a route leads to an internet gateway."""
    for subnet in inventory.subjects:
        with inventory.judging(subnet):
            exempt = tag_among(subnet, exempt_tags)
            if exempt:
                yield Aside(subnet, f"its tag {exempt} lets it assign public addresses")
            elif not is_own(inventory, subnet):
                yield Unsure(subnet, f"account {subnet.get('OwnerId')} owns the subnet and decides what it assigns")
            else:
                yield _judge(inventory, subnet)


def _judge(inventory: Inventory, subnet: Resource) -> Answer:
    assigned: list[str] = []
    because: list[str] = []
    switches: list[str] = []
    if subnet.get("MapPublicIpOnLaunch"):
        assigned.append("a public IPv4 address")
        because.append("MapPublicIpOnLaunch is true")
        switches.append("--no-map-public-ip-on-launch")
    try:
        routed = _ipv6_evidence(inventory, subnet)
    except Undecided:
        if not assigned:
            raise
        routed = ()  # one family is proof enough
    if routed:
        assigned.append("an IPv6 address that the internet reaches")
        because.extend(routed)
        switches.append("--no-assign-ipv6-address-on-creation")
    if not assigned:
        return Clear(subnet, "no public address is assigned at launch")
    # AWS takes one switch a call.
    fix = (f"aws ec2 modify-subnet-attribute --subnet-id {word(subnet.id)} {switch}" for switch in switches)
    message = f"{subnet.label} gives whatever is launched in it {listed(assigned)}"
    return Flag(subnet, message, tuple(because), fix="\n".join((*fix, _REST)))


def _ipv6_evidence(inventory: Inventory, subnet: Resource) -> tuple[str, ...]:
    """Why automatic IPv6 addresses are public here; empty where there are none or the internet does not reach them."""
    if not subnet.get("AssignIpv6AddressOnCreation") or _is_all_private(subnet):
        return ()
    table = route_table_of(inventory, subnet)
    routes = internet_routes(inventory, table, family=6)
    if not routes:
        return ()
    return ("AssignIpv6AddressOnCreation is true", *(describe_route(table, route) for route in routes))


def _is_all_private(subnet: Resource) -> bool:
    """Whether every IPv6 block of the subnet is one that AWS does not announce to the internet."""
    blocks = structures(subnet, "Ipv6CidrBlockAssociationSet")
    return bool(blocks) and all(block.get("Ipv6AddressAttribute") == "private" for block in blocks)
