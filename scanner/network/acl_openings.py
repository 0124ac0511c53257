"""Which ports a network ACL lets the world come in to, whatever lies behind it.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html: entries are read by number, and the first that matches
decides; an entry that denies half of the internet leaves only the other half to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Resource
from scanner.network.acls import admitted, entries
from scanner.network.addresses import public, public_addresses, size

_WAYS_IN = (4, 6)


@dataclass(frozen=True, slots=True)
class WorldEntry:
    """An inbound entry that lets the world in: its family (4 or 6), and the entry in words."""

    family: int
    words: str


def world_entries(acl: Resource, *, port: int, share: float) -> tuple[WorldEntry, ...]:
    """The inbound entries through which the world reaches a TCP port; () where it does not.

    The world is at least `share` of the public addresses of a family. Raises `Undecided` for an entry nobody can read.
    """
    found: list[WorldEntry] = []
    for family in _WAYS_IN:
        listed = entries(acl, egress=False, protocol="tcp", family=family)
        let_in = public(admitted(listed, port=port, family=family), family=family)
        if size(let_in) >= share * public_addresses(family):
            found += [
                WorldEntry(family, f"{acl.id}: entry {entry.number} allows from {entry.cidr}")
                for entry in listed
                if entry.allows
                and entry.ports[0] <= port <= entry.ports[1]
                and public((entry.addresses,), family=family)
            ]
    return tuple(found)
