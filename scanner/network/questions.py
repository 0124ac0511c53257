"""The questions about paths that rules ask, over an inventory; what is worth keeping is kept for the next rule."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Resource, View
from scanner.network.exposure import Exposure, Opening, kept_exposure
from scanner.network.fabric import PEERING, fabric_of
from scanner.network.inner import between
from scanner.network.interfaces import Address, addresses_of
from scanner.network.lookups import Quick
from scanner.network.paths import Path, Verdict
from scanner.network.proofs import prove
from scanner.network.transit_tables import read_transit
from scanner.network.tunnels import kept_tunnel, tunnel_to


def internet_exposure(inventory: View, interface: Resource) -> Exposure:
    """What the internet reaches of a network interface: every port, every source, and what stays in doubt."""
    return kept_exposure(fabric_of(inventory), interface)


def proof_of(inventory: View, interface: Resource, opening: Opening, *, port: int) -> Path:
    """The path of one packet through an opening, hop by hop."""
    return prove(fabric_of(inventory), interface, opening, port=port)


def tunnel_path(
    inventory: View, endpoint: Resource, interface: Resource, *, port: int, address: Address | None = None
) -> Path:
    """The path of a session from an EC2 Instance Connect Endpoint to an interface; raises `Undecided`.

    To one of its addresses where one is named, else to the first that is reached.
    """
    if address is not None and len(addresses_of(interface)) > 1:
        return tunnel_to(Quick(fabric_of(inventory)), endpoint, interface, address, port=port)
    return kept_tunnel(Quick(fabric_of(inventory)), endpoint, interface, port=port)


def connection_path(
    inventory: View, source: Resource, target: Resource, *, port: int, protocol: str = "tcp"
) -> Path | None:
    """The best path from one interface to another by their private addresses; None where no two speak one family.

    Raises `Undecided` where the addresses cannot be read.
    """
    inventory.known(PEERING)
    if source.get("VpcId") != target.get("VpcId"):
        read_transit(inventory)
    look = Quick(fabric_of(inventory))
    paths = [
        between(look, source, target, here=here, there=there, protocol=protocol, port=port)
        for here in _first_of_each_family(addresses_of(source))
        for there in addresses_of(target)
        if here.family == there.family
    ]
    return max(paths, key=_openness, default=None)


def _first_of_each_family(addresses: Iterable[Address]) -> tuple[Address, ...]:
    first: dict[int, Address] = {}
    for address in addresses:
        first.setdefault(address.family, address)
    return tuple(first.values())


def _openness(path: Path) -> tuple[bool, bool, int]:
    return path.is_open, path.verdict is Verdict.UNKNOWN, len(path.hops)
