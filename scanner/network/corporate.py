"""What comes to an interface from a company's own network: over VPN gateways, transit gateways and Client VPN.

https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html: a private address outside every VPC gets an
answer only where the subnet's table leads back to it. Client VPN translates its clients' addresses, so that an instance
sees an interface of the endpoint: https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/how-it-works.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.model import Hop, Resource, Undecided
from scanner.network import acls
from scanner.network.addresses import Intervals, intersection, joined, public, subtract, union
from scanner.network.fabric import VPC, Fabric
from scanner.network.hops import acl_hop, groups_hop, returning
from scanner.network.inner import between
from scanner.network.interfaces import addresses_of, groups_of, number
from scanner.network.lookups import Quick, family_of
from scanner.network.painting import SPACE, is_active, target_of
from scanner.network.paths import Path, follow
from scanner.network.proofs import witness
from scanner.network.routes import ROUTE_TABLE, describe_route
from scanner.network.security_groups import NETWORK_INTERFACE

_WAYS_OUT = {
    "vgw-": "AWS::EC2::VPNGateway", "tgw-": "AWS::EC2::TransitGateway", "lgw-": "AWS::EC2::LocalGateway",
    "arn:": "AWS::NetworkManager::CoreNetwork",
}  # fmt: skip
# Only the description tells these interfaces from others; their type is "interface".
_CLIENT_VPN = ("clientvpn", "client vpn", "cvpn-endpoint-")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An admin port that opens to somebody outside: the interface, the port, from where in words, and the proof."""

    interface: Resource
    port: int
    source: str
    path: Path


def corporate_arrivals(
    fabric: Fabric, interface: Resource, ports: Iterable[int], internal: Iterable[str], doubts: list[str]
) -> Iterator[Arrival]:
    """One arrival a port that private addresses outside every VPC reach; what cannot be told is added to `doubts`.

    `internal` are further blocks that are VPCs somewhere else.
    """
    for family in sorted({address.family for address in addresses_of(interface)}):
        subnet_id, groups = str(interface.get("SubnetId", "")), groups_of(interface)
        beyond = _beyond(fabric, subnet_id, family, tuple(internal), doubts)
        if not beyond:
            continue
        grants = fabric.grants(groups, egress=False, protocol="tcp")
        inbound = fabric.entries(subnet_id, egress=False, protocol="tcp", family=family)
        doubts += grants.doubts
        for port in ports:
            sources = intersection(
                intersection(beyond, grants.at(port, family=family)), _admitted(inbound, port, family)
            )
            if sources:
                address = witness(sources, family=family)
                hops = _hops(Quick(fabric), interface, address, port)
                path = follow(hops, source=address, target=interface.id, protocol="tcp", port=port)
                yield Arrival(interface, port, f"{address}, outside every VPC,", path)


def client_vpn_arrivals(
    fabric: Fabric, interface: Resource, ports: Iterable[int], doubts: list[str]
) -> Iterator[Arrival]:
    """One arrival a port that the clients of a Client VPN endpoint reach, for endpoints in the interface's own VPC."""
    own = groups_of(interface)
    for gate in fabric.once("client VPN", lambda: tuple(_client_vpn(fabric))):
        if gate.get("VpcId") != interface.get("VpcId"):
            continue
        grants = fabric.grants(own, egress=False, protocol="tcp")
        pairs = [
            (here, there)
            for here in addresses_of(gate)
            for there in addresses_of(interface)
            if here.family == there.family
        ]
        for port in ports:
            for here, there in pairs:
                if not grants.first(port=port, address=here.private, family=here.family, wears=groups_of(gate)):
                    doubts += grants.doubts
                    continue
                path = between(Quick(fabric), gate, interface, here=here, there=there, protocol="tcp", port=port)
                if path.is_open:
                    yield Arrival(interface, port, f"the Client VPN interface {gate.id}", path)
                    break
                if path.reason and path.verdict == "unknown":
                    doubts.append(path.reason)


def _client_vpn(fabric: Fabric) -> Iterator[Resource]:
    for interface in fabric.inventory.of(NETWORK_INTERFACE):
        described = str(interface.get("Description", "")).lower()
        if any(word in described for word in _CLIENT_VPN):
            yield interface


def _beyond(fabric: Fabric, subnet_id: str, family: int, internal: tuple[str, ...], doubts: list[str]) -> Intervals:
    """The private addresses outside every VPC to which a subnet answers over a gateway of the company's."""
    routes = fabric.routes(subnet_id, family)
    doubts += [str(route["Undecided"]) for _, route in routes.spans() if "Undecided" in route]

    def make() -> Intervals:
        led = joined(
            span for span, route in routes.spans() if is_active(route) and target_of(route).startswith(tuple(_WAYS_OUT))
        )
        private = subtract(led, public((SPACE[family],), family=family))
        outside = subtract(private, _inside(fabric, family, internal)) if private else ()
        if not outside:
            return ()
        outbound = fabric.entries(subnet_id, egress=True, protocol="tcp", family=family)
        return intersection(outside, acls.answered(outbound, family=family))

    return fabric.once(("beyond", subnet_id, family, internal), make)


def _inside(fabric: Fabric, family: int, internal: tuple[str, ...]) -> Intervals:
    """The blocks of every VPC of the inventory, and those that the configuration calls internal."""

    def make() -> Intervals:
        blocks = [block for vpc in fabric.inventory.of(VPC) for block in fabric.vpc_blocks(vpc.id)]
        return union((*blocks, *internal), family=family)

    return fabric.once(("inside", family, internal), make)


def _admitted(inbound: tuple[acls.Entry, ...], port: int, family: int) -> Intervals:
    return acls.admitted(inbound, port=port, family=family)


def _hops(look: Quick, interface: Resource, source: str, port: int) -> Iterator[Hop]:
    """The way in from a company's address and the way back; nothing is known of what lies beyond the gateway."""
    subnet_id = str(interface.get("SubnetId", ""))
    table = look.fabric.table_of(subnet_id)
    route = look.fabric.painted(table, family_of(source)).route_to(number(source))
    if route is None:
        raise Undecided(f"{table.id} has no route to {source}")
    via = target_of(route)
    kind = next((name for prefix, name in _WAYS_OUT.items() if via.startswith(prefix)), ROUTE_TABLE)
    yield Hop(kind, via, allows=True, rule=f"{via} leads to {source}, which is in no VPC of the inventory")
    yield acl_hop(look, subnet_id, egress=False, protocol="tcp", ports=(port,), address=source)
    yield groups_hop(look, interface, egress=False, protocol="tcp", port=port, address=source)
    yield returning(Hop(ROUTE_TABLE, table.id, is_active(route), describe_route(table, route)))
    yield returning(acl_hop(look, subnet_id, egress=True, protocol="tcp", ports=None, address=source))
