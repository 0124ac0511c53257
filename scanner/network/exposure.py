"""What the internet reaches of an interface: for every port at once, exactly which addresses get an answer.

The symbolic half of the engine. A source counts when it gets in (Block Public Access, network ACL, security groups) and
its answer gets out (the subnet's route to the source leads through an attached internet gateway, network ACL).
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import partial

from scanner.model import Resource, Undecided
from scanner.network import acls
from scanner.network.addresses import Intervals, intersection, joined, public, public_addresses, size
from scanner.network.admission import Grants
from scanner.network.block_public_access import OFF
from scanner.network.fabric import Fabric
from scanner.network.interfaces import Address, addresses_of, is_unfiltered, worn_by
from scanner.network.painting import SPACE, is_active, target_of

PROTOCOLS = ("tcp", "udp")
LAST_PORT = 65535
_WORLD = 0.99


@dataclass(frozen=True, slots=True)
class Opening:
    """A range of ports of one protocol and family that the same sources reach; `middlebox` names what they pass."""

    protocol: str
    family: int
    first: int
    last: int
    sources: Intervals
    middlebox: str = ""

    def holds(self, port: int) -> bool:
        """Whether a port is in the range."""
        return self.first <= port <= self.last

    @property
    def words(self) -> str:
        """The sources for people."""
        return sources_in_words(self.sources, family=self.family)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Everything the internet reaches of an interface, and what could not be decided about the rest."""

    openings: tuple[Opening, ...]
    doubts: tuple[str, ...] = ()

    def at(self, port: int, *, protocol: str = "tcp") -> tuple[Opening, ...]:
        """The openings at a port."""
        if not self.openings:
            return ()
        return tuple(one for one in self.openings if one.protocol == protocol and one.holds(port))


_UNSEEN = Exposure(())
"""Of most interfaces the internet sees nothing, and one such answer is enough for all of them."""


def sources_in_words(sources: Intervals, *, family: int) -> str:
    """A set of addresses for people: "any IPv4 address", "203.0.113.0/24", "12 blocks (524,288 addresses)"."""
    kind = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address  # noqa: PLR2004 - the families are called so
    if size(public(sources, family=family)) >= _WORLD * public_addresses(family):
        return f"any IPv{family} address"
    blocks = [
        str(block) for first, last in sources for block in ipaddress.summarize_address_range(kind(first), kind(last))
    ]
    few = 4
    return ", ".join(blocks) if len(blocks) <= few else f"{len(blocks)} blocks ({size(sources):,} addresses)"


def kept_exposure(fabric: Fabric, interface: Resource) -> Exposure:
    """What the internet reaches of an interface as the inventory has it, found once for all rules that ask."""
    kept: dict[str, Exposure] = fabric.once("exposures", dict)
    found = kept.get(interface.id)
    if found is None:
        found = kept[interface.id] = exposure_of(fabric, interface)
    return found


def exposure_of(fabric: Fabric, interface: Resource) -> Exposure:
    """What the internet reaches of an interface, whether or not anything listens there.

    Only addresses that the internet knows count: an associated public IPv4 address, or an IPv6 address. What cannot be
    seen ends in `doubts`, and what is proven stands beside them.
    """
    openings: list[Opening] = []
    doubts: list[str] = []
    try:
        known = [address for address in addresses_of(interface) if address.public]
        groups = None if is_unfiltered(interface) else worn_by(interface)
    except Undecided as doubt:
        return Exposure((), (doubt.reason,))
    subnet_id, vpc_id = str(interface.get("SubnetId", "")), str(interface.get("VpcId", ""))
    for family in sorted({address.family for address in known}):
        steered: set[str] = set()
        for address in known:
            if address.family == family:
                try:
                    steered |= _steered(fabric, subnet_id, vpc_id, address)
                except Undecided as doubt:
                    doubts.append(doubt.reason)
        for middlebox in sorted(steered):
            for protocol in PROTOCOLS:
                key = ("openings", subnet_id, vpc_id, groups, family, protocol, middlebox)
                try:
                    make = partial(_openings, fabric, subnet_id, vpc_id, groups, family, protocol, middlebox)
                    found = fabric.once(key, make)
                except Undecided as doubt:
                    doubts.append(doubt.reason)
                else:
                    openings += found.openings
                    doubts += found.doubts
    return Exposure(tuple(openings), tuple(dict.fromkeys(doubts))) if openings or doubts else _UNSEEN


def _openings(
    fabric: Fabric,
    subnet_id: str,
    vpc_id: str,
    groups: frozenset[str] | None,
    family: int,
    protocol: str,
    middlebox: str,
) -> Exposure:
    """The openings of everything in a subnet that wears these groups; None wears nothing and lets everything in."""
    sources = fabric.once(
        ("answerable", subnet_id, vpc_id, family, protocol, middlebox),
        lambda: answerable(fabric, subnet_id, vpc_id, family=family, protocol=protocol, middlebox=middlebox),
    )
    if not sources:
        return Exposure(())
    inbound = fabric.entries(subnet_id, egress=False, protocol=protocol, family=family)
    grants = Grants((), ()) if groups is None else fabric.grants(groups, egress=False, protocol=protocol)
    edges = sorted({0, *grants.boundaries(), *acls.boundaries(inbound)})
    found: list[Opening] = []
    for place, first in enumerate(edges):
        last = edges[place + 1] - 1 if place + 1 < len(edges) else LAST_PORT
        granted = (SPACE[family],) if groups is None else grants.at(first, family=family)
        reached = (
            intersection(intersection(sources, granted), acls.admitted(inbound, port=first, family=family))
            if granted
            else ()
        )
        if not reached:
            continue
        if found and found[-1].last == first - 1 and found[-1].sources == reached:
            found[-1] = Opening(protocol, family, found[-1].first, last, reached, middlebox)
        else:
            found.append(Opening(protocol, family, first, last, reached, middlebox))
    return Exposure(tuple(found), grants.doubts)


def answerable(
    fabric: Fabric, subnet_id: str, vpc_id: str, *, family: int, protocol: str, middlebox: str = ""
) -> Intervals:
    """The public addresses that an interface in this subnet can answer through an internet gateway of its VPC.

    With a `middlebox` (a Gateway Load Balancer endpoint that the gateway's edge table steers to) the answer has to go
    back through that same endpoint. Raises `Undecided`.
    """
    gateways = fabric.gateways(vpc_id)
    if not gateways:
        return ()
    routes = fabric.routes(subnet_id, family)
    if any("Undecided" in route for _, route in routes.spans()):
        routes.route_to(next(span[0] for span, route in routes.spans() if "Undecided" in route))
    wanted = frozenset({middlebox}) if middlebox else gateways
    replies = public(joined(routes.leading(wanted)), family=family)
    if middlebox:
        replies = intersection(replies, _beyond(fabric, middlebox, gateways, family))
    if not replies or fabric.block_mode(subnet_id) != OFF:
        return ()
    outbound = fabric.entries(subnet_id, egress=True, protocol=protocol, family=family)
    return intersection(replies, acls.answered(outbound, family=family))


def _beyond(fabric: Fabric, middlebox: str, gateways: frozenset[str], family: int) -> Intervals:
    """The addresses to which a Gateway Load Balancer endpoint hands inspected traffic on through an internet gateway."""
    subnet_id, takes = fabric.inspection(middlebox)
    return joined(fabric.routes(subnet_id, family).leading(gateways)) if takes else ()


def _steered(fabric: Fabric, subnet_id: str, vpc_id: str, address: Address) -> set[str]:
    """The endpoint to which the internet gateway's edge table sends what is meant for an address, "" for none.

    Nothing at all where the table drops it, or where the internet does not know the address.
    """
    if not fabric.is_known(subnet_id, address):
        return set()
    for gateway_id in sorted(fabric.gateways(vpc_id))[:1]:
        table = fabric.edge_table(gateway_id)
        route = fabric.painted(table, address.family).route_to(address.private) if table is not None else None
        if route is not None and not is_active(route):
            return set()
        if route is not None and target_of(route) != "local":
            return {target_of(route)}
    return {""}
