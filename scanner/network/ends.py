"""The words people use for the two ends of a path, and what they stand for in an inventory."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scanner.errors import UsageError, did_you_mean
from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Intervals, intersection, interval, public
from scanner.network.balancers import BALANCERS
from scanner.network.endpoints import VPC_ENDPOINT, endpoint_type
from scanner.network.fabric import Fabric
from scanner.network.front_doors import balancer_interfaces
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT
from scanner.network.instances import INSTANCE
from scanner.network.interfaces import addresses_of, number
from scanner.network.painting import SPACE
from scanner.network.paths import Path
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.structures import structures

INTERNET = "internet"

PROTOCOLS = ("tcp", "udp")
_LAST_PORT = 65535
_IDS = {
    "i-": INSTANCE, "eni-": NETWORK_INTERFACE, "eice-": INSTANCE_CONNECT_ENDPOINT, "vpce-": VPC_ENDPOINT,
}  # fmt: skip
_FORMS = (
    "internet, an address, a CIDR block, the id of an instance, interface, or endpoint (i-, eni-, eice-, vpce-),"
    " or a load balancer's name"
)


@dataclass(frozen=True, slots=True)
class End:
    """One end: the interfaces it stands for, and for addresses and the internet the blocks of each family.

    `resource` is what an id names; a block of addresses has the interfaces whose addresses lie in it, each with those
    addresses alone.
    """

    word: str
    interfaces: tuple[Resource, ...] = ()
    resource: Resource | None = None
    blocks: tuple[tuple[int, Intervals], ...] = ()

    def space(self, family: int) -> Intervals:
        """The addresses of a family that are meant."""
        return dict(self.blocks).get(family, ())

    def outside(self, family: int) -> Intervals:
        """Those of them that are routed on the internet."""
        return public(self.space(family), family=family)

    @property
    def is_outside(self) -> bool:
        """Whether the internet, or a part of it, is meant."""
        return any(self.outside(family) for family, _ in self.blocks)

    @property
    def is_tunnel(self) -> bool:
        """Whether it is an EC2 Instance Connect Endpoint."""
        return self.resource is not None and self.resource.kind == INSTANCE_CONNECT_ENDPOINT

    @property
    def is_balancer(self) -> bool:
        """Whether it is a load balancer."""
        return self.resource is not None and self.resource.kind in BALANCERS

    @property
    def is_service(self) -> bool:
        """Whether it is an interface endpoint."""
        return self.resource is not None and self.resource.kind == VPC_ENDPOINT


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, read against one inventory."""

    fabric: Fabric
    source: End
    target: End
    protocol: str
    port: int


Found = tuple[Path, tuple[str, ...]]
"""A way, and whom it is open to, in words."""


def check(source: str, target: str, *, protocol: str, port: int) -> None:
    """Raises `UsageError` for what makes no question, whatever the inventory holds."""
    if protocol not in PROTOCOLS:
        raise UsageError(f"there is no path for the protocol {protocol!r}", cure=did_you_mean(protocol, PROTOCOLS))
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= _LAST_PORT:
        raise UsageError(f"{port!r} is no port", cure="name one from 0 to 65535")
    if source == target:
        raise UsageError(f"{source} is both ends of the path", cure="name two different ends")
    if source.startswith("vpce-"):
        raise UsageError(f"{source} opens no connections", cure="name it as the target")
    if target.startswith("eice-"):
        raise UsageError(f"{target} is entered through IAM, not over the network", cure="name it as the source")


def kind_of(word: str) -> str:
    """The kind that an id's beginning tells, "" for what is no id."""
    return next((kind for prefix, kind in _IDS.items() if word.startswith(prefix)), "")


def holding(views: Sequence[View], words: Iterable[str]) -> tuple[View, ...]:
    """The views that know every id among these words.

    Raises `UsageError` for an id that is in none of them, and `Undecided` where it may exist unseen or where the two
    ids are in different accounts or Regions.
    """
    ids = [word for word in words if kind_of(word)]
    for word in ids:
        if not any(_has(view, word) for view in views):
            raise _absent(views, word)
    found = tuple(view for view in views if all(_has(view, word) for word in ids))
    if not found:
        places = [
            f"{word} is in {view.account} {view.region}"
            for word in ids
            for view in [next(view for view in views if _has(view, word))]
        ]
        raise Undecided(f"{' and '.join(places)}; paths between accounts and Regions are not followed")
    return found


def _has(view: View, word: str) -> bool:
    try:
        return view.find(kind_of(word), word) is not None
    except Undecided:
        return False


def _absent(views: Sequence[View], word: str) -> Exception:
    """An id that nobody has: a mistake, or a gap."""
    kind = kind_of(word)
    gaps = [gap for view in views for gap in view.gaps_of(kind)]
    if gaps:
        return Undecided(f"{word} is not among what could be read, and {gaps[0].sentence}")
    known = [resource.id for view in views for resource in view.known(kind)]
    return UsageError(f"there is no {word} in the inventory", cure=did_you_mean(word, known))


def read_end(view: View, word: str) -> End:
    """What a word stands for.

    Raises `UsageError` for a word that means nothing, and `Undecided` where the interfaces behind an id cannot be seen.
    """
    if word == INTERNET:
        return End(word, blocks=tuple((family, (span,)) for family, span in SPACE.items()))
    kind = kind_of(word)
    if not kind:
        balancer = _balancer(view, word)
        return End(word, balancer_interfaces(view, balancer), balancer) if balancer else _addresses(view, word)
    found = view.find(kind, word)
    if found is None:
        raise _absent((view,), word)
    if kind == NETWORK_INTERFACE:
        return End(word, (found,), found)
    if kind == INSTANCE:
        return End(word, view.linked(NETWORK_INTERFACE, "Attachment.InstanceId", word), found)
    if kind == VPC_ENDPOINT:
        return End(word, _endpoint_interfaces(view, found), found)
    return End(word, (), found)


def _balancer(view: View, word: str) -> Resource | None:
    """The load balancer of this name or ARN; raises `Undecided` for an ARN that may exist unseen."""
    found = [one for kind in BALANCERS for one in view.known(kind) if word in (one.id, one.arn)]
    if found or not word.startswith("arn:"):
        return found[0] if found else None
    gaps = [gap for kind in BALANCERS for gap in view.gaps_of(kind)]
    if gaps:
        raise Undecided(f"{word} is not among what could be read, and {gaps[0].sentence}")
    known = [one.arn for kind in BALANCERS for one in view.known(kind)]
    raise UsageError(f"there is no load balancer {word} in the inventory", cure=did_you_mean(word, known))


def _addresses(view: View, word: str) -> End:
    try:
        ipaddress.ip_network(word, strict=False)
    except ValueError:
        kinds = (*_IDS.values(), *BALANCERS)
        known = [INTERNET, *(resource.id for kind in kinds for resource in view.known(kind))]
        near = did_you_mean(word, known) if known[1:] else ""
        cure = near if near.startswith("did") else f"write {_FORMS}"
        raise UsageError(f"{word!r} is no end of a path", cure=cure) from None
    family, span = interval(word)
    if public((span,), family=family) and span[0] != span[1]:
        return End(word, blocks=((family, (span,)),))
    met = (_narrowed(interface, (span,), family) for interface in view.known(NETWORK_INTERFACE))
    return End(word, tuple(one for one in met if one is not None), blocks=((family, (span,)),))


def _narrowed(interface: Resource, blocks: Intervals, family: int) -> Resource | None:
    """The interface with those of its addresses alone that lie in the blocks, by private or by public address."""
    try:
        met = {
            address.words
            for address in addresses_of(interface)
            if address.family == family
            and any(
                intersection(blocks, ((one, one),))
                for one in (address.private, *([number(address.public)] if address.public else []))
            )
        }
        if not met:
            return None
        facts = dict(interface.facts)
        own = str(interface.get("PrivateIpAddress", ""))
        listed = structures(interface, "PrivateIpAddresses") or ({"PrivateIpAddress": own},)
    except Undecided:
        return None
    kept = [dict(entry) for entry in listed if entry.get("PrivateIpAddress") in met]
    facts["PrivateIpAddresses"] = kept
    facts["Ipv6Addresses"] = [
        entry
        for entry in structures(interface, "Ipv6Addresses")
        if str(ipaddress.ip_address(number(str(entry.get("Ipv6Address"))))) in met
    ]
    if own not in met:
        facts.pop("PrivateIpAddress", None)
        facts.pop("Association", None)
    return replace(interface, facts=facts)


def _endpoint_interfaces(view: View, endpoint: Resource) -> tuple[Resource, ...]:
    if endpoint_type(endpoint) != "Interface":
        kind = endpoint_type(endpoint)
        raise UsageError(f"{endpoint.id} is a {kind} endpoint and listens nowhere", cure="name an interface endpoint")
    ids = [str(one) for one in endpoint.items("NetworkInterfaceIds")]
    found = [view.find(NETWORK_INTERFACE, one) for one in ids]
    if not ids or None in found:
        raise Undecided(f"the network interfaces of {endpoint.id} cannot be seen")
    return tuple(one for one in found if one is not None)
