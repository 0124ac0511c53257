"""The way out: the path of a connection from an interface to an address on the internet, hop by hop, there and back.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html,
https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from scanner.model import Hop, Resource, Undecided
from scanner.network import acls
from scanner.network.addresses import Intervals, complement, intersection, joined
from scanner.network.block_public_access import OFF, OPTIONS
from scanner.network.endpoints import VPC_ENDPOINT, endpoint_state, endpoint_type
from scanner.network.fabric import Fabric
from scanner.network.hops import acl_hop, groups_hop, returning
from scanner.network.interfaces import Address, groups_of, is_unfiltered
from scanner.network.lookups import Lookups
from scanner.network.painting import SPACE, is_active, target_of
from scanner.network.proofs import witness
from scanner.network.routes import INTERNET_GATEWAY, ROUTE_TABLE, describe_route
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.structures import structures, text_of
from scanner.network.transit_parts import parts_beyond

NAT_GATEWAY = "AWS::EC2::NatGateway"
EGRESS_ONLY_GATEWAY = "AWS::EC2::EgressOnlyInternetGateway"

# What others do with traffic is in no table of the VPC.
_NOT_FOLLOWED = {
    "tgw-": "the transit gateway", "vgw-": "the virtual private gateway", "eni-": "the network interface",
    "i-": "the instance", "lgw-": "the local gateway", "cagw-": "the carrier gateway", "arn:": "the core network",
}  # fmt: skip

Hops = Generator[Hop, None, str]


@dataclass(frozen=True, slots=True)
class Packet:
    """What leaves an interface: from which of its addresses, where to, and for which port."""

    interface: Resource
    address: Address
    destination: str
    protocol: str
    port: int

    @property
    def vpc_id(self) -> str:
        """The VPC it starts in."""
        return str(self.interface.get("VpcId", ""))

    @property
    def subnet_id(self) -> str:
        """The subnet it starts in."""
        return str(self.interface.get("SubnetId", ""))


def destinations(
    fabric: Fabric,
    interface: Resource,
    wanted: Intervals,
    *,
    family: int,
    protocol: str,
    port: int,
    is_back: bool = False,
) -> list[str]:
    """One address of each part of `wanted` (not empty) that is routed alike, out of those that may get through.

    `is_back` asks for sources of connections, not for destinations; then the network ACL alone chooses among them.
    """
    subnet_id = str(interface.get("SubnetId", ""))
    granted: Intervals = (SPACE[family],)
    if not is_back and not is_unfiltered(interface):
        granted = fabric.grants(groups_of(interface), egress=True, protocol=protocol).at(port, family=family)
    out = fabric.entries(subnet_id, egress=not is_back, protocol=protocol, family=family)
    back = fabric.entries(subnet_id, egress=is_back, protocol=protocol, family=family)
    let_out = intersection(wanted, granted)
    answered = intersection(
        intersection(let_out, acls.admitted(out, port=port, family=family)), acls.answered(back, family=family)
    )
    chosen = answered or let_out or wanted
    parts: dict[str, list[tuple[int, int]]] = {}
    for span, route in fabric.routes(subnet_id, family).spans():
        parts.setdefault(target_of(route) if is_active(route) else "", []).append(span)
    routed = joined(span for spans in parts.values() for span in spans)
    sets = []
    for target, spans in sorted(parts.items()):
        beyond: tuple[Intervals, ...] = ((SPACE[family],),)
        if target.startswith("tgw-") and not is_back:
            beyond = parts_beyond(fabric, target, str(interface.get("VpcId", "")), family=family)
        sets += [intersection(intersection(chosen, joined(spans)), part) for part in beyond]
    sets.append(intersection(chosen, complement(routed, within=SPACE[family])))
    return [witness(one, family=family) for one in sets if one]


def leaving(look: Lookups, packet: Packet) -> Hops:
    """The hops to an address on the internet and of the answer; returns the address others see."""
    neighbour = next_target(look, packet.subnet_id, packet.destination)
    yield Hop(
        NETWORK_INTERFACE, packet.interface.id, allows=True, rule=f"{packet.interface.id} ({packet.address.words})"
    )
    yield groups_hop(
        look, packet.interface, egress=True, protocol=packet.protocol, port=packet.port, address=packet.destination
    )
    nat = look.fabric.inventory.find(NAT_GATEWAY, neighbour) if neighbour.startswith("nat-") else None
    stays = nat is not None and nat.get("SubnetId") == packet.subnet_id
    if not stays:
        yield _acl(look, packet, packet.subnet_id, egress=True)
    seen = yield from _onward(look, packet, packet.subnet_id)
    if not stays:
        yield returning(_acl(look, packet, packet.subnet_id, egress=False))
    return seen


def inside(look: Lookups, packet: Packet) -> Hops:
    """The hops towards a private address that no known interface has."""
    yield groups_hop(
        look, packet.interface, egress=True, protocol=packet.protocol, port=packet.port, address=packet.destination
    )
    yield _acl(look, packet, packet.subnet_id, egress=True)
    via = next_target(look, packet.subnet_id, packet.destination)
    if via.startswith("pcx-"):
        raise Undecided(f"what lies behind {via} at {packet.destination} is not known")
    yield route_hop(look, packet.subnet_id, packet.destination, allows=via == "local")
    rule = f"no interface that could be read has {packet.destination}"
    yield Hop(NETWORK_INTERFACE, packet.destination, allows=False, rule=rule, code="CANNOT_ROUTE")
    return ""


def _acl(look: Lookups, packet: Packet, subnet_id: str, *, egress: bool) -> Hop:
    """The ACL of a subnet: forward on the way out, the answer on the way in."""
    ports = (packet.port,) if egress else None
    return acl_hop(look, subnet_id, egress=egress, protocol=packet.protocol, ports=ports, address=packet.destination)


def next_target(look: Lookups, subnet_id: str, address: str) -> str:
    """Where the subnet's active route for an address leads, "" for none; raises `Undecided` where nobody follows."""
    route = look.route(subnet_id, address)
    via = target_of(route) if route is not None and is_active(route) else ""
    for prefix, name in _NOT_FOLLOWED.items():
        if via.startswith(prefix):
            raise Undecided(f"what {name} {via} does with traffic from {subnet_id} is not known")
    return via


def route_hop(look: Lookups, subnet_id: str, address: str, *, allows: bool, direction: str = "forward") -> Hop:
    """The route of a subnet for an address as a hop, blocking where there is none or it is a blackhole."""
    table, route = look.fabric.table_of(subnet_id), look.route(subnet_id, address)
    if route is None:
        rule, code = f"{table.id} has no route to {address}", "CANNOT_ROUTE"
        return Hop(ROUTE_TABLE, table.id, allows=False, rule=rule, code=code, direction=direction)
    active = is_active(route)
    code = "" if allows and active else "CANNOT_ROUTE" if active else "BAD_STATE_ROUTE"
    return Hop(ROUTE_TABLE, table.id, allows and active, describe_route(table, route), code, direction)


def _onward(look: Lookups, packet: Packet, subnet_id: str, *, passed: str = "") -> Hops:
    """From a subnet to the internet; `passed` is the inspection the packet has behind it."""
    via = next_target(look, subnet_id, packet.destination)
    if via.startswith("igw-"):
        yield route_hop(look, subnet_id, packet.destination, allows=True)
        return (yield from _internet_gateway(look, packet, subnet_id, via, passed))
    if via.startswith("nat-"):
        yield route_hop(look, subnet_id, packet.destination, allows=True)
        return (yield from nat_gateway(look, packet, subnet_id, via, vpc_id=packet.vpc_id))
    if via.startswith("eigw-"):
        yield route_hop(look, subnet_id, packet.destination, allows=True)
        return (yield from _egress_only(look, packet, subnet_id, via))
    if via.startswith("vpce-") and not passed:
        yield route_hop(look, subnet_id, packet.destination, allows=True)
        return (yield from _endpoint(look, packet, via))
    yield route_hop(look, subnet_id, packet.destination, allows=False)
    return ""


def _internet_gateway(look: Lookups, packet: Packet, subnet_id: str, gateway: str, passed: str) -> Hops:
    if gateway not in look.fabric.gateways(packet.vpc_id):
        rule = f"{gateway} is not attached to {packet.vpc_id}"
        yield Hop(INTERNET_GATEWAY, gateway, allows=False, rule=rule, code="BAD_STATE_ATTACHMENT")
    yield from _block(look, subnet_id, lets=(OFF,))
    if not packet.address.public:
        rule, code = f"{packet.address.words} has no public address", "IGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"
        yield Hop(INTERNET_GATEWAY, gateway, allows=False, rule=rule, code=code)
    yield Hop(
        INTERNET_GATEWAY, gateway, allows=True, rule=f"{gateway}: {packet.address.public} is {packet.address.words}"
    )
    table = look.fabric.edge_table(gateway)
    if table is not None:
        route = look.fabric.painted(table, packet.address.family).route_to(packet.address.private)
        back = target_of(route) if route is not None else ""
        if back not in ("", "local", passed):
            raise Undecided(f"the answer comes back through {back}, which the packet did not pass")
    return packet.address.public


def _block(look: Lookups, subnet_id: str, *, lets: tuple[str, ...]) -> Generator[Hop, None, None]:
    """VPC Block Public Access, where its mode is another than these."""
    mode = look.fabric.block_mode(subnet_id)
    if mode not in lets:
        rule = f"VPC Block Public Access of {subnet_id} is {mode}"
        yield Hop(OPTIONS, subnet_id, allows=False, rule=rule, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED")


def nat_gateway(look: Lookups, packet: Packet, subnet_id: str, nat_id: str, *, vpc_id: str) -> Hops:
    """From a subnet of this VPC through its NAT gateway to the internet, and the answer back to the gateway's subnet."""
    nat = look.fabric.inventory.find(NAT_GATEWAY, nat_id)
    state = text_of(nat, "State") if nat is not None else "deleted"
    if nat is None or state != "available":
        yield Hop(NAT_GATEWAY, nat_id, allows=False, rule=f"{nat_id} is {state or 'in no state'}", code="BAD_STATE")
        return ""
    if packet.address.family != 4:  # noqa: PLR2004 - the families are called 4 and 6
        raise Undecided(f"how {nat_id} translates IPv6 is not known")
    home = str(nat.get("SubnetId") or "")
    beside = not home or home == subnet_id
    if not beside:
        yield _nat_acl(look, packet, home, egress=False)
    is_private = text_of(nat, "ConnectivityType") == "private"
    shown = next((str(one["PublicIp"]) for one in structures(nat, "NatGatewayAddresses") if one.get("PublicIp")), "")
    if text_of(nat, "AvailabilityMode") == "regional" or not home:
        yield from _block(look, subnet_id, lets=(OFF, "block-ingress"))
        attached = bool(look.fabric.gateways(vpc_id))
        rule = f"{nat_id} is regional and {vpc_id} has {'an' if attached else 'no'} internet gateway"
        yield Hop(NAT_GATEWAY, nat_id, attached, rule, "" if attached else "CANNOT_ROUTE")
        return shown
    via = next_target(look, home, packet.destination)
    if via.startswith("vpce-"):
        raise Undecided(f"what {via} does with traffic from {nat_id} is not known")
    leads = via.startswith("igw-")
    if is_private or not shown:
        why = "is private" if is_private else "has no public address"
        yield Hop(NAT_GATEWAY, nat_id, not leads, f"{nat_id} {why}", "CANNOT_ROUTE" if leads else "")
    else:
        yield Hop(NAT_GATEWAY, nat_id, allows=True, rule=f"{nat_id}: {packet.address.words} becomes {shown}")
    yield _acl(look, packet, home, egress=True)
    yield route_hop(look, home, packet.destination, allows=leads)
    if via not in look.fabric.gateways(vpc_id):
        rule = f"{via} is not attached to {vpc_id}"
        yield Hop(INTERNET_GATEWAY, via, allows=False, rule=rule, code="BAD_STATE_ATTACHMENT")
    yield from _block(look, home, lets=(OFF, "block-ingress"))
    yield returning(_acl(look, packet, home, egress=False))
    if not beside:
        yield returning(_nat_acl(look, packet, home, egress=True))
    return shown


def _nat_acl(look: Lookups, packet: Packet, home: str, *, egress: bool) -> Hop:
    """The ACL of the NAT gateway's subnet towards the interface: what comes in is the packet, what goes out the answer."""
    ports = None if egress else (packet.port,)
    return acl_hop(look, home, egress=egress, protocol=packet.protocol, ports=ports, address=packet.address.words)


def _egress_only(look: Lookups, packet: Packet, subnet_id: str, gateway_id: str) -> Hops:
    gateway = look.fabric.inventory.find(EGRESS_ONLY_GATEWAY, gateway_id)
    attached = gateway is not None and any(
        one.get("VpcId") == packet.vpc_id and one.get("State") in ("attached", "available")
        for one in structures(gateway, "Attachments")
    )
    yield from _block(look, subnet_id, lets=(OFF, "block-ingress"))
    rule = f"{gateway_id} lets connections out" if attached else f"{gateway_id} is not attached to {packet.vpc_id}"
    yield Hop(EGRESS_ONLY_GATEWAY, gateway_id, attached, rule, "" if attached else "BAD_STATE_ATTACHMENT")
    return packet.address.words


def _endpoint(look: Lookups, packet: Packet, endpoint_id: str) -> Hops:
    """A gateway endpoint leads to its service; a Gateway Load Balancer endpoint hands on what its appliances let pass."""
    endpoint = look.fabric.inventory.find(VPC_ENDPOINT, endpoint_id)
    if endpoint is None:
        raise Undecided(f"where {endpoint_id} leads is not known")
    works = endpoint_state(endpoint) == "available"
    is_gateway = endpoint_type(endpoint) == "Gateway"
    rule = f"{endpoint_id} {'leads to ' + text_of(endpoint, 'ServiceName') if is_gateway else 'inspects'}"
    code = "" if works else "BAD_STATE"
    yield Hop(VPC_ENDPOINT, endpoint_id, works, rule, code, is_opaque=not is_gateway)
    homes = endpoint.items("SubnetIds")
    if is_gateway:
        return packet.address.words
    if not homes:
        raise Undecided(f"the subnet of {endpoint_id} is not told")
    return (yield from _onward(look, packet, str(homes[0]), passed=endpoint_id))
