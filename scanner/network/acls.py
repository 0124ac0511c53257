"""Network ACLs: stateless, ordered, first match decides; what comes in and whether an answer gets out.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Interval, Intervals, intersection, joined, span_of, subtract
from scanner.network.painting import SPACE
from scanner.network.structures import structures

NETWORK_ACL = "AWS::EC2::NetworkAcl"

EPHEMERAL: Interval = (1024, 65535)
"""The ports a client may listen on for its answer; one of them has to be let through."""

_CIDR = {4: "CidrBlock", 6: "Ipv6CidrBlock"}
_NUMBERS = {"tcp": "6", "udp": "17"}
_PORTS: Interval = (0, 65535)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that is about a protocol: its ports and addresses, what it does, and its number."""

    number: int
    allows: bool
    ports: Interval
    addresses: Interval
    cidr: str


def acl_of(inventory: View, subnet: Resource) -> Resource:
    """The network ACL of a subnet; raises `Undecided` where it cannot be seen."""
    found = inventory.linked(NETWORK_ACL, "Associations[].SubnetId", subnet.id)
    if found:
        return found[0]
    for acl in inventory.linked(NETWORK_ACL, "VpcId", str(subnet.get("VpcId", ""))):
        if acl.get("IsDefault") is True:
            return acl
    raise Undecided(f"the network ACL of {subnet.id} cannot be seen from account {inventory.account}")


def entries(acl: Resource, *, egress: bool, protocol: str, family: int) -> tuple[Entry, ...]:
    """The entries of one direction that are about "tcp" or "udp", in the order AWS reads them.

    Raises `Undecided` for an entry that does not say what it is about.
    """
    found = list(_entries(acl, egress=egress, protocol=protocol, family=family))
    return tuple(sorted(found, key=lambda entry: entry.number))


def _entries(acl: Resource, *, egress: bool, protocol: str, family: int) -> Iterator[Entry]:
    for raw in structures(acl, "Entries"):
        if bool(raw.get("Egress")) is not egress:
            continue
        insist_on_sense(acl, raw)
        cidr, spoken = raw.get(_CIDR[family]), str(raw["Protocol"])
        if not cidr or spoken not in ("-1", _NUMBERS[protocol], protocol):
            continue
        ports = (_PORTS if spoken == "-1" else ports_of(raw)) or _PORTS
        yield Entry(
            raw["RuleNumber"], raw["RuleAction"] == "allow", ports, span_of(str(cidr), family=family), str(cidr)
        )


def insist_on_sense(acl: Resource, raw: Mapping[str, Any]) -> None:
    """Raises `Undecided` for an entry that does not say its number, its protocol, its block or what it does."""
    if (
        not isinstance(raw.get("RuleNumber"), int)
        or raw.get("RuleAction") not in ("allow", "deny")
        or not raw.get("Protocol")
        or not any(raw.get(member) for member in _CIDR.values())
        or ports_of(raw) == ()
    ):
        raise Undecided(f"an entry of {acl.id} does not say its number, its traffic or what it does")


def ports_of(raw: Mapping[str, Any]) -> Interval | tuple[()] | None:
    """The ports that an entry names, None where it names none (all of them), () where what it names is no range."""
    span = raw.get("PortRange")
    if not span:
        return None
    first, last = (span.get("From"), span.get("To")) if isinstance(span, Mapping) else (None, None)
    if str(raw["Protocol"]) not in ("6", "17", "tcp", "udp"):
        return None
    return (first, last) if isinstance(first, int) and isinstance(last, int) and 0 <= first <= last else ()


def admitted(found: tuple[Entry, ...], *, port: int, family: int) -> Intervals:
    """The addresses that these entries let through at a port."""
    left: Intervals = (SPACE[family],)
    allowed: list[Interval] = []
    for entry in found:
        if not entry.ports[0] <= port <= entry.ports[1]:
            continue
        if entry.allows:
            allowed += intersection(left, (entry.addresses,))
        left = subtract(left, (entry.addresses,))
        if not left:
            break
    return joined(allowed)


def boundaries(found: tuple[Entry, ...]) -> set[int]:
    """The ports at which what is let through may change."""
    return {port for entry in found for port in (entry.ports[0], entry.ports[1] + 1) if port <= _PORTS[1]}


def answered(found: tuple[Entry, ...], *, family: int) -> Intervals:
    """The addresses to which an answer gets out at some ephemeral port (the client is free to choose its own)."""
    ports = sorted({EPHEMERAL[0], *(port for port in boundaries(found) if EPHEMERAL[0] <= port <= EPHEMERAL[1])})
    return joined(span for port in ports for span in admitted(found, port=port, family=family))


def first_match(found: tuple[Entry, ...], *, port: int, address: int) -> Entry | None:
    """The entry that decides about one packet; None is the last entry (*), which denies."""
    for entry in found:
        if entry.ports[0] <= port <= entry.ports[1] and entry.addresses[0] <= address <= entry.addresses[1]:
            return entry
    return None
