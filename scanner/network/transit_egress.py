"""The way out over a transit gateway: to the NAT gateway of another VPC, and back by that VPC's own route.

https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html: the attachment's subnet sends to a NAT gateway, whose
subnet needs a route back to the transit gateway. Network ACLs are asked as `scanner.network.transit` tells.
"""

from __future__ import annotations

from collections.abc import Generator

from scanner.model import Hop, Resource, Undecided
from scanner.network import egress
from scanner.network.egress import NAT_GATEWAY, Hops, Packet, nat_gateway, next_target, route_hop
from scanner.network.hops import acl_hop, groups_hop, returning
from scanner.network.lookups import Lookups
from scanner.network.painting import is_active, target_of
from scanner.network.routes import INTERNET_GATEWAY
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.structures import text_of
from scanner.network.transit import Gate, arrival, crossing, entry_of, switch
from scanner.network.transit_attachments import door_of, usable

_NEVER_HOME = ("", "local", "igw-", "nat-", "eigw-")


def leaving(look: Lookups, packet: Packet) -> Hops:
    """The hops to an address on the internet and of the answer, by whatever way; returns the address others see."""
    gateway = _target(look, packet.subnet_id, packet.destination)
    if gateway.startswith("tgw-"):
        return (yield from _over(look, packet, gateway))
    return (yield from egress.leaving(look, packet))


def _over(look: Lookups, packet: Packet, gateway: str) -> Hops:
    home, there, here = packet.subnet_id, packet.destination, packet.address.words
    yield Hop(NETWORK_INTERFACE, packet.interface.id, allows=True, rule=f"{packet.interface.id} ({here})")
    yield groups_hop(
        look, packet.interface, egress=True, protocol=packet.protocol, port=packet.port, address=packet.destination
    )
    yield _gate(look, packet, Gate(home, egress=True, address=there))
    yield route_hop(look, home, there, allows=True)
    entry = yield from entry_of(look, gateway, packet.vpc_id, home, there)
    if entry is None:
        return ""
    yield _gate(look, packet, Gate(door_of(look.fabric.inventory, entry, home), egress=False, address=here))
    exit_ = yield from switch(look, gateway, entry, there)
    if exit_ is None:
        return ""
    yield usable(exit_, there)
    if exit_.get("VpcId") == packet.vpc_id:
        raise Undecided(f"what {packet.vpc_id} does with what {exit_.id} brings back to it is not known")
    return (yield from _out_of(look, packet, exit_))


def _out_of(look: Lookups, packet: Packet, exit_: Resource) -> Hops:
    """From the attachment of another VPC to the internet."""
    vpc_id = str(exit_.get("VpcId", ""))
    door = arrival(look, exit_, packet.subnet_id, "", packet.destination)
    via = next_target(look, door, packet.destination)
    if via.startswith("nat-"):
        yield route_hop(look, door, packet.destination, allows=True)
        return (yield from _translated(look, packet, vpc_id, door, via))
    if via.startswith("igw-"):
        yield route_hop(look, door, packet.destination, allows=True)
        rule = f"{packet.address.words} of {packet.vpc_id} has no public address in {vpc_id}"
        yield Hop(INTERNET_GATEWAY, via, allows=False, rule=rule, code="IGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS")
        return ""
    if via not in ("", "local"):
        raise Undecided(f"what {via} in {vpc_id} does with what {exit_.id} brings is not known")
    yield route_hop(look, door, packet.destination, allows=False)
    return ""


def _translated(look: Lookups, packet: Packet, vpc_id: str, door: str, nat_id: str) -> Hops:
    """Through the NAT gateway to which the attachment's subnet sends, and the answer's way home.

    A gateway in that very subnet is never passed: one table would have to lead both to it and away from it.
    """
    nat = look.fabric.inventory.find(NAT_GATEWAY, nat_id)
    home = str(nat.get("SubnetId") or "") if nat is not None else ""
    if nat is not None and (not home or text_of(nat, "AvailabilityMode") == "regional"):
        raise Undecided(f"how the regional {nat_id} answers to {packet.vpc_id} is not known")
    yield _gate(look, packet, Gate(door, egress=True, address=packet.destination))
    seen = yield from nat_gateway(look, packet, door, nat_id, vpc_id=vpc_id)
    if nat is not None:
        yield from _home(look, packet, nat, home)
    return seen


def _home(look: Lookups, packet: Packet, nat: Resource, subnet_id: str) -> Generator[Hop, None, None]:
    """The answer, from the NAT gateway's subnet to the interface."""
    here = packet.address.words
    back = _target(look, subnet_id, here)
    if back.startswith("tgw-"):
        for step in crossing(look, back, nat, packet.interface, packet.destination, here):
            yield returning(_gate(look, packet, step, answers=True) if isinstance(step, Gate) else step)
        return
    if back.partition("-")[0] + ("-" if "-" in back else "") not in _NEVER_HOME:
        raise Undecided(f"the answer comes back through {back}, which the packet did not pass")
    yield route_hop(look, subnet_id, here, allows=False, direction="return")


def _gate(look: Lookups, packet: Packet, gate: Gate, *, answers: bool = False) -> Hop:
    ports = None if answers else (packet.port,)
    return acl_hop(
        look, gate.subnet_id, egress=gate.egress, protocol=packet.protocol, ports=ports, address=gate.address
    )


def _target(look: Lookups, subnet_id: str, address: str) -> str:
    route = look.route(subnet_id, address)
    return target_of(route) if route is not None and is_active(route) else ""
