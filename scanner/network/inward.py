"""The path of a connection from the internet to an interface, hop by hop, there and back."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from scanner.model import Hop, Resource
from scanner.network.addresses import public
from scanner.network.block_public_access import OFF, OPTIONS
from scanner.network.endpoints import VPC_ENDPOINT
from scanner.network.hops import acl_hop, groups_hop, leading_hop, returning
from scanner.network.interfaces import Address, number
from scanner.network.lookups import Lookups, family_of
from scanner.network.painting import is_active, target_of
from scanner.network.paths import Path, follow
from scanner.network.routes import INTERNET_GATEWAY, ROUTE_TABLE, describe_route


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
    yield leading_hop(look, subnet_id, source, frozenset({middlebox}) if middlebox else gateways)
    if not middlebox:
        return
    beyond, takes = look.fabric.inspection(middlebox)
    yield Hop(VPC_ENDPOINT, middlebox, allows=takes, rule=f"{middlebox} inspects", direction="return", is_opaque=True)
    yield leading_hop(look, beyond, source, gateways)
