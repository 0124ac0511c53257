"""Which ports a network ACL lets the world come in to, whatever lies behind it.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html: entries are read by number, and the first that matches
decides; an entry that denies half of the internet leaves only the other half to the next.
"""

from __future__ import annotations

from scanner.model import Resource
from scanner.network.acls import admitted, entries
from scanner.network.addresses import public, public_addresses, size

_WAYS_IN = (4, 6)


def world_entries(acl: Resource, *, port: int, share: float) -> tuple[str, ...]:
    """The inbound entries through which the world reaches a TCP port, in words; () where it does not.

    The world is at least `share` of the public addresses of a family. Raises `Undecided` for an entry nobody can read.
    """
    found: list[str] = []
    for family in _WAYS_IN:
        listed = entries(acl, egress=False, protocol="tcp", family=family)
        let_in = public(admitted(listed, port=port, family=family), family=family)
        if size(let_in) >= share * public_addresses(family):
            found += [
                f"{acl.id}: entry {entry.number} allows from {entry.cidr}"
                for entry in listed
                if entry.allows
                and entry.ports[0] <= port <= entry.ports[1]
                and public((entry.addresses,), family=family)
            ]
    return tuple(found)
