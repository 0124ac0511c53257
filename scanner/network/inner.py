"""The path of a connection between two interfaces by their private addresses, hop by hop, there and back."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Hop, Resource, Undecided
from scanner.network.hops import acl_hop, groups_hop, leading_hop, returning
from scanner.network.interfaces import Address, groups_of
from scanner.network.lookups import Lookups
from scanner.network.painting import is_active, target_of
from scanner.network.paths import Path, follow
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.transit import crossing, gateway_towards, refers_across

_NOT_FOLLOWED = {
    "tgw-": "the transit gateway", "vgw-": "the virtual private gateway", "eni-": "the network interface",
    "i-": "the instance", "vpce-": "the endpoint", "lgw-": "the local gateway", "cagw-": "the carrier gateway",
    "arn:": "the core network", "nat-": "the NAT gateway",
}  # fmt: skip


def between(
    look: Lookups, source: Resource, target: Resource, *, here: Address, there: Address, protocol: str, port: int
) -> Path:
    """The path of a connection between two interfaces, by their private addresses."""
    hops = between_interfaces(look, source, target, here, there, protocol, port)
    return follow(hops, source=source.id, target=target.id, protocol=protocol, port=port)


def between_interfaces(
    look: Lookups,
    source: Resource,
    target: Resource,
    here: Address,
    there: Address,
    protocol: str,
    port: int,
    *,
    wears: frozenset[str] | None = None,
    is_checked: bool = False,
    client: str = "",
) -> Iterator[Hop]:
    """The hops between two interfaces, there and back.

    `wears` replaces the groups of the source (an endpoint tells its own); `is_checked` says that what those let out was
    looked at before. `client` is whom the target sees where a load balancer keeps the address of its client; the answer
    then finds back to the load balancer whatever the routes say.
    """
    seen = client or here.words
    worn = groups_of(source) if wears is None else wears
    sides = (str(source.get("SubnetId", "")), str(target.get("SubnetId", "")))
    is_neighbour = sides[0] == sides[1]
    gateway = "" if is_neighbour else gateway_towards(look, source, target, there.words)
    if gateway and client:
        raise Undecided(f"how the address of a client is kept over {gateway} is not known")
    yield Hop(NETWORK_INTERFACE, source.id, allows=True, rule=f"{source.id} ({here.words})")
    if not is_checked:
        # Over a transit gateway no rule about what goes out knows the groups of another VPC.
        known = frozenset() if gateway else groups_of(target)
        yield groups_hop(look, source, egress=True, protocol=protocol, port=port, address=there.words, wears=known)
    if not is_neighbour:
        yield from _one_way(look, source, target, seen, there.words, protocol, (port,))
    if gateway:
        worn = _known_across(look, gateway, source, target, worn, here.words, protocol, port)
    yield groups_hop(look, target, egress=False, protocol=protocol, port=port, address=seen, wears=worn)
    if client and not is_neighbour:
        yield returning(acl_hop(look, sides[1], egress=True, protocol=protocol, ports=None, address=seen))
        yield returning(acl_hop(look, sides[0], egress=False, protocol=protocol, ports=None, address=there.words))
    elif not is_neighbour:
        yield from map(returning, _one_way(look, target, source, there.words, here.words, protocol, None))


def _one_way(
    look: Lookups,
    source: Resource,
    target: Resource,
    here: str,
    there: str,
    protocol: str,
    ports: tuple[int, ...] | None,
) -> Iterator[Hop]:
    """Out of one interface's subnet, along its route, and into another's; `ports` None are ephemeral ones."""
    home, goal = str(source.get("SubnetId", "")), str(target.get("SubnetId", ""))
    yield acl_hop(look, home, egress=True, protocol=protocol, ports=ports, address=there)
    gateway = gateway_towards(look, source, target, there)
    if not gateway:
        yield _inside(look, source, target, there)
        yield acl_hop(look, goal, egress=False, protocol=protocol, ports=ports, address=here)
        return
    for step in crossing(look, gateway, source, target, here, there):
        if isinstance(step, Hop):
            yield step
        else:
            yield acl_hop(
                look, step.subnet_id, egress=step.egress, protocol=protocol, ports=ports, address=step.address
            )


def _known_across(
    look: Lookups,
    gateway: str,
    source: Resource,
    target: Resource,
    worn: frozenset[str],
    address: str,
    protocol: str,
    port: int,
) -> frozenset[str]:
    """The groups of the source that the target's rules know; `Undecided` only where that makes a difference."""
    try:
        return worn if refers_across(look, gateway, source, target) else frozenset()
    except Undecided:
        hops = [
            groups_hop(look, target, egress=False, protocol=protocol, port=port, address=address, wears=known)
            for known in (frozenset(), worn)
        ]
        if hops[0].allows or not hops[1].allows:
            return frozenset()
        raise


def _inside(look: Lookups, source: Resource, target: Resource, address: str) -> Hop:
    """The route from one interface's subnet to another interface: local, or over an active peering connection."""
    subnet_id = str(source.get("SubnetId", ""))
    is_home = source.get("VpcId") == target.get("VpcId")
    route = look.route(subnet_id, address)
    if route is not None and is_active(route):
        via = target_of(route)
        for prefix, name in _NOT_FOLLOWED.items():
            # Through a NAT gateway nothing gets into another VPC that a peering connection would not bring there.
            if via.startswith(prefix) and (is_home or prefix != "nat-"):
                raise Undecided(f"what {name} {via} does with traffic from {subnet_id} is not known")
    if is_home:
        return leading_hop(look, subnet_id, address, frozenset({"local"}), direction="forward")
    peerings = look.fabric.peerings(str(source.get("VpcId", "")), str(target.get("VpcId", "")))
    return leading_hop(look, subnet_id, address, peerings, direction="forward")
