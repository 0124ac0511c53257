"""What the security groups of one interface let in or out together, port by port, as sets of addresses and of groups.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: groups only allow, the union of all of an
interface's groups counts, and a reference to a group stands for the private addresses of those who wear it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Interval, Intervals, interval, joined, span_of
from scanner.network.prefix_lists import entries_of
from scanner.network.security_groups import SECURITY_GROUP, traffic_in_words
from scanner.network.structures import structures

_ALL = frozenset({"-1", "all"})
_NUMBERS = {"tcp": "6", "udp": "17"}
_PORTS: Interval = (0, 65535)


@dataclass(frozen=True, slots=True)
class Grant:
    """One source (or destination) of one rule: ports, and the addresses or the group it lets through.

    `words` is the rule as evidence: "sg-1: tcp 22 from 10.0.0.0/8". `peering` is the connection a reference goes through.
    """

    group: str
    ports: Interval
    family: int
    addresses: Interval | None
    referenced: str
    peering: str
    words: str

    def admits(self, *, port: int, address: int, family: int, wears: frozenset[str]) -> bool:
        """Whether it lets one packet through; `wears` are the groups of whoever has the address."""
        if not self.ports[0] <= port <= self.ports[1]:
            return False
        if self.addresses is None:
            return self.referenced in wears
        return self.family == family and self.addresses[0] <= address <= self.addresses[1]


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything a set of groups lets through in one direction for one protocol; `doubts` tell what could not be read."""

    all: tuple[Grant, ...]
    doubts: tuple[str, ...]

    def at(self, port: int, *, family: int) -> Intervals:
        """The addresses that are let through at a port by their blocks (references are private addresses, not here)."""
        return joined(
            grant.addresses
            for grant in self.all
            if grant.addresses is not None and grant.family == family and grant.ports[0] <= port <= grant.ports[1]
        )

    def boundaries(self) -> set[int]:
        """The ports at which what is let through may change."""
        return {port for grant in self.all for port in (grant.ports[0], grant.ports[1] + 1) if port <= _PORTS[1]}

    def first(self, *, port: int, address: int, family: int, wears: frozenset[str] = frozenset()) -> Grant | None:
        """The first grant that lets one packet through, or None."""
        for grant in self.all:
            if grant.admits(port=port, address=address, family=family, wears=wears):
                return grant
        return None


def grants_of(inventory: View, group_ids: Iterable[str], *, egress: bool, protocol: str) -> Grants:
    """What these groups together let through; what cannot be read becomes a doubt, because the rest may be enough."""
    found: list[Grant] = []
    doubts: list[str] = []
    for group_id in group_ids:
        group = inventory.find(SECURITY_GROUP, group_id)
        if group is None:
            doubts.append(f"the security group {group_id} cannot be seen from account {inventory.account}")
            continue
        try:
            rules = structures(group, "IpPermissionsEgress" if egress else "IpPermissions")
        except Undecided as doubt:
            doubts.append(doubt.reason)
            continue
        for rule in rules:
            try:
                found += _grants(inventory, group, rule, doubts, egress=egress, protocol=protocol)
            except Undecided as doubt:
                doubts.append(doubt.reason)
    return Grants(tuple(found), tuple(doubts))


def _grants(
    inventory: View, group: Resource, rule: Mapping[str, Any], doubts: list[str], *, egress: bool, protocol: str
) -> list[Grant]:
    spoken = str(rule.get("IpProtocol", "")).lower()
    if not spoken:
        raise Undecided(f"a rule of {group.id} does not say its protocol")
    if spoken not in _ALL and spoken not in (protocol, _NUMBERS[protocol]):
        return []
    ports = _PORTS if spoken in _ALL else _ports(group, rule)
    words = f"{group.id}: {traffic_in_words(rule)} {'to' if egress else 'from'}"
    return [
        Grant(group.id, ports, family, span, referenced, peering, f"{words} {source}")
        for source, family, span, referenced, peering in _sources(inventory, rule, doubts)
    ]


def _ports(group: Resource, rule: Mapping[str, Any]) -> Interval:
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if first == -1 and isinstance(last, int):
        return _PORTS
    if not isinstance(first, int) or not isinstance(last, int) or not 0 <= first <= last:
        raise Undecided(f"a rule of {group.id} does not say its ports")
    return first, last


def _sources(
    inventory: View, rule: Mapping[str, Any], doubts: list[str]
) -> Iterator[tuple[str, int, Interval | None, str, str]]:
    """Words, family, block, referenced group, peering connection; one that cannot be read leaves the others standing."""
    for key, member, family in (("IpRanges", "CidrIp", 4), ("Ipv6Ranges", "CidrIpv6", 6)):
        for entry in structures(rule, key):
            cidr = str(entry.get(member, ""))
            try:
                yield cidr, family, span_of(cidr, family=family), "", ""
            except Undecided as doubt:
                doubts.append(doubt.reason)
    for entry in structures(rule, "UserIdGroupPairs"):
        group_id = str(entry.get("GroupId", ""))
        yield group_id, 0, None, group_id, str(entry.get("VpcPeeringConnectionId") or "")
    for entry in structures(rule, "PrefixListIds"):
        list_id = str(entry.get("PrefixListId", ""))
        try:
            for cidr in entries_of(inventory, list_id):
                version, span = interval(cidr)
                yield f"{list_id} ({cidr})", version, span, "", ""
        except Undecided as doubt:
            doubts.append(doubt.reason)
