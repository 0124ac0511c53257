"""One path, hop by hop, there and back: the concrete half of the engine, and the evidence of every finding.

The names follow EC2's PathComponent and AWS's explanation codes where they fit:
https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from scanner.model import Hop, Resource, Undecided
from scanner.network.acls import EPHEMERAL, NETWORK_ACL
from scanner.network.addresses import public
from scanner.network.block_public_access import OFF, OPTIONS
from scanner.network.door import Door
from scanner.network.endpoints import VPC_ENDPOINT
from scanner.network.interfaces import Address, groups_of, is_unfiltered, number, worn_by
from scanner.network.lookups import Lookups, family_of
from scanner.network.painting import is_active, target_of
from scanner.network.plain import Answer
from scanner.network.routes import INTERNET_GATEWAY, ROUTE_TABLE, describe_route
from scanner.network.security_groups import NETWORK_INTERFACE, SECURITY_GROUP
from scanner.network.transit import crossing, gateway_towards, refers_across


class Verdict(str, Enum):
    """What can be said of a path."""

    REACHABLE = "reachable"
    VIA_MIDDLEBOX = "reachable-via-middlebox"
    NOT_REACHABLE = "not-reachable"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Path:
    """A walk from one address to another: the verdict, and the hops up to the first that blocks."""

    verdict: Verdict
    source: str
    target: str
    protocol: str
    port: int
    hops: tuple[Hop, ...]
    reason: str = ""
    door: Door | None = None

    @property
    def is_open(self) -> bool:
        """Whether a connection comes to be, inspected or not."""
        return self.verdict in (Verdict.REACHABLE, Verdict.VIA_MIDDLEBOX)


def follow(hops: Iterable[Hop], *, source: str, target: str, protocol: str, port: int) -> Path:
    """Walks until a hop blocks, or until nobody can say how it goes on."""
    taken: list[Hop] = []
    verdict, reason = Verdict.REACHABLE, ""
    try:
        for hop in hops:
            taken.append(hop)
            if not hop.allows:
                verdict, reason = Verdict.NOT_REACHABLE, hop.words
                break
            if hop.is_opaque:
                verdict = Verdict.VIA_MIDDLEBOX
    except Undecided as doubt:
        verdict, reason = Verdict.UNKNOWN, doubt.reason
    return Path(verdict, source, target, protocol, port, tuple(taken), reason)


def from_internet(
    look: Lookups, interface: Resource, address: Address, *, source: str, protocol: str, port: int
) -> Path:
    """The path of a connection from a public address to an address of an interface."""
    hops = _from_internet(look, interface, address, source, protocol, port)
    return follow(hops, source=source, target=interface.id, protocol=protocol, port=port)


def _from_internet(
    look: Lookups, interface: Resource, address: Address, source: str, protocol: str, port: int
) -> Iterator[Hop]:
    vpc_id, subnet_id = str(interface.get("VpcId", "")), str(interface.get("SubnetId", ""))
    gateways = look.fabric.gateways(vpc_id)
    if not gateways or not look.fabric.is_known(subnet_id, address):
        rule = f"{address.words} has no public address" if gateways else f"{vpc_id} has no internet gateway"
        yield Hop(INTERNET_GATEWAY, vpc_id, allows=False, rule=rule, code="IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")
        return
    if not public(((number(source), number(source)),), family=family_of(source)):
        rule = f"{source} is no address of the internet"
        yield Hop(INTERNET_GATEWAY, min(gateways), allows=False, rule=rule, code="CANNOT_ROUTE")
        return
    gateway = min(gateways)
    yield Hop(INTERNET_GATEWAY, gateway, allows=True, rule=f"{gateway}: {address.public} is {address.words}")
    mode = look.fabric.block_mode(subnet_id)
    if mode != OFF:
        rule = f"VPC Block Public Access of {subnet_id} is {mode}"
        yield Hop(OPTIONS, subnet_id, allows=False, rule=rule, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED")
    middlebox = yield from _edge(look, gateway, address)
    yield acl_hop(look, subnet_id, egress=False, protocol=protocol, ports=(port,), address=source)
    yield groups_hop(look, interface, egress=False, protocol=protocol, port=port, address=source)
    yield from _back_to_internet(look, subnet_id, gateways, source, middlebox)
    answer = acl_hop(look, subnet_id, egress=True, protocol=protocol, ports=None, address=source)
    yield returning(answer)


def _edge(look: Lookups, gateway: str, address: Address) -> Generator[Hop, None, str]:
    """What the gateway's own table does with the address; returns the middlebox it steers to, or ""."""
    table = look.fabric.edge_table(gateway)
    route = None
    if table is not None:
        route = look.route_in(table, address.words)
    if table is None or route is None or (is_active(route) and target_of(route) == "local"):
        return ""
    rule = describe_route(table, route)
    if is_active(route):
        look.fabric.inspection(target_of(route))  # who cannot be seen is not guessed at
    yield Hop(ROUTE_TABLE, table.id, allows=is_active(route), rule=rule, code="BAD_STATE_ROUTE", is_opaque=True)
    return target_of(route)


def _back_to_internet(
    look: Lookups, subnet_id: str, gateways: frozenset[str], source: str, middlebox: str
) -> Iterator[Hop]:
    """The route of the answer: to the gateway, or to the middlebox and from there to the gateway."""
    yield _route(look, subnet_id, source, frozenset({middlebox}) if middlebox else gateways)
    if not middlebox:
        return
    beyond, takes = look.fabric.inspection(middlebox)
    yield Hop(VPC_ENDPOINT, middlebox, allows=takes, rule=f"{middlebox} inspects", direction="return", is_opaque=True)
    yield _route(look, beyond, source, gateways)


def _route(look: Lookups, subnet_id: str, address: str, wanted: frozenset[str], *, direction: str = "return") -> Hop:
    table = look.fabric.table_of(subnet_id)
    route = look.route_in(table, address)
    if route is None:
        rule = f"{table.id} has no route to {address}"
        return Hop(ROUTE_TABLE, table.id, allows=False, rule=rule, code="CANNOT_ROUTE", direction=direction)
    rule = describe_route(table, route)
    if not is_active(route):
        return Hop(ROUTE_TABLE, table.id, allows=False, rule=rule, code="BAD_STATE_ROUTE", direction=direction)
    allows = target_of(route) in wanted
    code = "" if allows else "CANNOT_ROUTE"
    return Hop(ROUTE_TABLE, table.id, allows=allows, rule=rule, code=code, direction=direction)


def acl_hop(
    look: Lookups, subnet_id: str, *, egress: bool, protocol: str, ports: tuple[int, ...] | None, address: str
) -> Hop:
    """The network ACL at these ports; None stands for the ephemeral ports, of which one that works is enough."""
    answer = Answer(allows=False, words="")
    for port in ports or _ephemeral(look, subnet_id, egress=egress, protocol=protocol, family=family_of(address)):
        answer = look.acl(subnet_id, egress=egress, protocol=protocol, port=port, address=address)
        if answer.allows:
            break
    acl = look.fabric.acl_of(subnet_id).id
    code = "" if answer.allows else "SUBNET_ACL_RESTRICTION"
    return Hop(NETWORK_ACL, acl, answer.allows, answer.words, code)


def _ephemeral(look: Lookups, subnet_id: str, *, egress: bool, protocol: str, family: int) -> list[int]:
    """The ephemeral ports at which the ACL may answer differently: the first of each of its ranges."""

    def make() -> list[int]:
        found = look.fabric.entries(subnet_id, egress=egress, protocol=protocol, family=family)
        edges = {port for entry in found for port in (entry.ports[0], entry.ports[1] + 1)}
        return sorted({EPHEMERAL[0], *(port for port in edges if EPHEMERAL[0] <= port <= EPHEMERAL[1])})

    return look.fabric.once(("ephemeral", subnet_id, egress, protocol, family), make)


def groups_hop(
    look: Lookups,
    interface: Resource,
    *,
    egress: bool,
    protocol: str,
    port: int,
    address: str,
    wears: frozenset[str] = frozenset(),
) -> Hop:
    """What the groups of an interface say; `wears` are the groups of whoever has the other address."""
    if is_unfiltered(interface):
        return Hop(SECURITY_GROUP, interface.id, allows=True, rule=f"{interface.id} wears no group and filters nothing")
    ids = worn_by(interface)
    answer = look.groups(ids, egress=egress, protocol=protocol, port=port, address=address, wears=wears)
    code = "" if answer.allows else "ENI_SG_RULES_MISMATCH"
    return Hop(
        SECURITY_GROUP,
        answer.words.partition(":")[0] if answer.allows else interface.id,
        answer.allows,
        answer.words,
        code,
    )


def returning(hop: Hop) -> Hop:
    """The same hop for the answer."""
    return Hop(hop.kind, hop.id, hop.allows, hop.rule, hop.code, "return", hop.is_opaque)


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


_NOT_FOLLOWED = {
    "tgw-": "the transit gateway", "vgw-": "the virtual private gateway", "eni-": "the network interface",
    "i-": "the instance", "vpce-": "the endpoint", "lgw-": "the local gateway", "cagw-": "the carrier gateway",
    "arn:": "the core network", "nat-": "the NAT gateway",
}  # fmt: skip


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
        return _route(look, subnet_id, address, frozenset({"local"}), direction="forward")
    peerings = look.fabric.peerings(str(source.get("VpcId", "")), str(target.get("VpcId", "")))
    return _route(look, subnet_id, address, peerings, direction="forward")
