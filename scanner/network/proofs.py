"""Where the two halves meet: what intervals found is walked packet by packet before anybody hears of it."""

from __future__ import annotations

import ipaddress

from scanner.errors import InternalError
from scanner.model import Hop, Resource, Undecided
from scanner.network.addresses import Intervals, intersection
from scanner.network.exposure import Opening
from scanner.network.fabric import Fabric
from scanner.network.interfaces import addresses_of
from scanner.network.inward import from_internet
from scanner.network.lookups import Plain, family_of
from scanner.network.paths import Path, Verdict, follow
from scanner.network.security_groups import NETWORK_INTERFACE

# A witness that people recognise, where the sources hold it: an address of a public resolver of each family.
_FAMILIAR = {4: int(ipaddress.ip_address("8.8.8.8")), 6: int(ipaddress.ip_address("2001:4860:4860::8888"))}


def witness(sources: Intervals, *, family: int) -> str:
    """One address out of a set that is not empty, as text."""
    familiar = _FAMILIAR[family]
    first = familiar if intersection(sources, ((familiar, familiar),)) else sources[0][0]
    return str(ipaddress.IPv4Address(first) if family == 4 else ipaddress.IPv6Address(first))  # noqa: PLR2004 - IPv4


def prove(fabric: Fabric, interface: Resource, opening: Opening, *, port: int) -> Path:
    """The path of one packet through an opening, hop by hop; raises `InternalError` where there is none, or `Undecided`."""
    source = witness(opening.sources, family=opening.family)
    look = Plain(fabric)
    wanted = Verdict.VIA_MIDDLEBOX if opening.middlebox else Verdict.REACHABLE
    path = None
    for address in addresses_of(interface):
        if address.public and address.family == opening.family:
            path = from_internet(look, interface, address, source=source, protocol=opening.protocol, port=port)
            if path.verdict is wanted:
                break
    if path is not None and path.verdict is Verdict.UNKNOWN:
        # Sets leave out what cannot be read where it makes no difference to them; a packet may still meet it.
        raise Undecided(path.reason)
    if path is None or path.verdict is not wanted:
        found = path.reason or path.verdict if path else "it has no public address"
        raise InternalError(
            f"{interface.id} is open at {opening.protocol}/{port} by its sets, and not by its rules: {found}",
            cure="report this with a snapshot; it is a mistake of the scanner",
        )
    return path


def refute(fabric: Fabric, interface: Resource, *, source: str, protocol: str, port: int) -> Path:
    """Why a public address does not get through: the path up to the hop that blocks it (or the open path, if it does)."""
    look = Plain(fabric)
    family = family_of(source)
    paths = [
        from_internet(look, interface, address, source=source, protocol=protocol, port=port)
        for address in addresses_of(interface)
        if address.family == family
    ]
    if not paths:
        rule = f"{interface.id} has no IPv{family} address"
        blocked = Hop(NETWORK_INTERFACE, interface.id, allows=False, rule=rule, code="UNSUPPORTED_ADDRESS_FAMILY")
        return follow([blocked], source=source, target=interface.id, protocol=protocol, port=port)
    return max(paths, key=lambda path: (path.is_open, path.verdict is Verdict.UNKNOWN, len(path.hops)))
