"""What a security group's rules let through, as the union of all of them.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.model.unknown import told
from scanner.network.addresses import interval, is_world, public, public_addresses, size
from scanner.network.prefix_lists import PREFIX_LIST, entries_of
from scanner.network.structures import structures

SECURITY_GROUP = "AWS::EC2::SecurityGroup"
NETWORK_INTERFACE = "AWS::EC2::NetworkInterface"

_ALL = frozenset({"-1", "all"})
_TCP = frozenset({"tcp", "6"})
# A range this large is told although others make the world without it: who closes those must close it too.
_LARGE = 0.01
# The API writes these protocols with their names, and takes them as numbers too.
_NUMBERED = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


@dataclass(frozen=True, slots=True)
class Range:
    """A range of addresses that a rule names: the CIDR block, and the rule in words as evidence."""

    cidr: str
    rule: str


def lets_through(permission: Mapping[str, Any], port: int) -> bool:
    """Whether a rule is about this TCP port; raises `Undecided` where it does not say its protocol or ports."""
    protocol = _protocol(permission)
    if protocol in _ALL:
        return True
    if protocol not in _TCP:
        return False
    first, last = _ports(permission)
    return first <= port <= last


def lets_through_only(permission: Mapping[str, Any], ports: Sequence[int]) -> bool:
    """Whether a rule is about none but these TCP ports; raises `Undecided` where it does not say which."""
    if _protocol(permission) not in _TCP:
        return False
    first, last = _ports(permission)
    return all(port in ports for port in range(first, min(last, first + len(ports)) + 1))


def traffic_in_words(permission: Mapping[str, Any]) -> str:
    """A rule's protocol and ports: "tcp 22", "tcp 22-443", "udp 53", "all traffic"."""
    protocol = _protocol(permission)
    if protocol in _ALL:
        return "all traffic"
    name = _NUMBERED.get(protocol, protocol)
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if name not in ("tcp", "udp") or first is None:
        return name
    return f"{name} {first}" if first == last else f"{name} {first}-{last}"


def world_ranges(
    inventory: View,
    permissions: Iterable[Mapping[str, Any]],
    *,
    share: float,
    way: str,
    port: int | None = None,
) -> tuple[Range, ...]:
    """The ranges with which these rules together reach the world, as `is_world` sees it; () where they do not.

    Only rules that let the TCP `port` through count, all of them where none is given. `way` is the word between
    traffic and range in the evidence ("from" or "to"). Raises `Undecided` where a rule, a range or a prefix list
    that cannot be read might make the difference.
    """
    rules = tuple(permissions)
    ranges: list[Range] = []
    doubts: list[str] = []
    for rule in rules:
        _take(_ranges(rule, way, port), ranges, doubts)
    found = _world(ranges, share=share)
    if not found:
        for rule in rules:
            _take(_listed_ranges(inventory, rule, way, port), ranges, doubts)
        found = _world(ranges, share=share)
    if not found and doubts:
        raise Undecided(doubts[0])
    return found


def group_name(group: Resource) -> str:
    """The name of a group, "" where it has none or nobody knows it: for sentences, never for a verdict."""
    name = told(group.facts, "GroupName")
    return " ".join(name.split()) if isinstance(name, str) else ""


def called_group(group: Resource) -> str:
    """A group for sentences: its id, with its name in brackets."""
    name = group_name(group)
    return f"{group.id} ({name})" if name else group.id


def interfaces_of(inventory: View, group_id: str) -> tuple[Resource, ...]:
    """Every network interface that wears a group; raises `Undecided` where the list may be incomplete."""
    return inventory.linked(NETWORK_INTERFACE, "Groups[].GroupId", group_id)


def _protocol(permission: Mapping[str, Any]) -> str:
    protocol = permission.get("IpProtocol")
    if not protocol:
        raise Undecided("a rule of the group does not say its protocol")
    return str(protocol).lower()


def _ports(permission: Mapping[str, Any]) -> tuple[int, int]:
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if not isinstance(first, int) or not isinstance(last, int):
        raise Undecided("a rule of the group does not say its ports")
    return (0, 65535) if first == -1 else (first, last)


def _take(found: Iterator[Range], ranges: list[Range], doubts: list[str]) -> None:
    """Keeps what can be read, and the reason for what cannot: often the rest is enough."""
    try:
        for one in found:
            try:
                interval(one.cidr)
            except Undecided as doubt:
                doubts.append(doubt.reason)
            else:
                ranges.append(one)
    except Undecided as doubt:
        doubts.append(doubt.reason)


def _ranges(permission: Mapping[str, Any], way: str, port: int | None) -> Iterator[Range]:
    if port is not None and not lets_through(permission, port):
        return
    traffic = traffic_in_words(permission)
    for key, member in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
        for entry in structures(permission, key):
            cidr = str(entry.get(member, ""))
            yield Range(cidr, f"{traffic} {way} {cidr}")


def _listed_ranges(inventory: View, permission: Mapping[str, Any], way: str, port: int | None) -> Iterator[Range]:
    """A customer's prefix list stands for its entries."""
    if port is not None and not lets_through(permission, port):
        return
    for entry in structures(permission, "PrefixListIds"):
        list_id = str(entry.get("PrefixListId", ""))
        for cidr in _entries(inventory, list_id):
            yield Range(cidr, f"{traffic_in_words(permission)} {way} {list_id}, which holds {cidr}")


def _entries(inventory: View, list_id: str) -> Iterator[str]:
    found = inventory.find(PREFIX_LIST, list_id)
    if found is not None and (
        found.get("OwnerId") == "AWS" or str(found.get("PrefixListName", "")).startswith("com.amazonaws.")
    ):
        return  # AWS's own lists hold the addresses of one service, which is not the world
    yield from entries_of(inventory, list_id)


def _world(ranges: Iterable[Range], *, share: float) -> tuple[Range, ...]:
    """Of each family that adds up to the world the ranges that do it, largest first, and no stray /32 beside them."""
    needed: list[Range] = []
    for family in (4, 6):
        sized = [(_public_size(one.cidr, family), one) for one in dict.fromkeys(ranges)]
        largest = sorted((pair for pair in sized if pair[0]), key=lambda pair: -pair[0])
        cidrs = [one.cidr for _, one in largest]
        if not cidrs or not is_world(cidrs, share=share):
            continue
        enough = partial(_first_are_world, cidrs, share=share)
        count = 1 + bisect_left(range(1, len(cidrs)), x=True, key=enough)
        large = _LARGE * public_addresses(family)
        needed += [one for place, (addresses, one) in enumerate(largest) if place < count or addresses >= large]
    return tuple(needed)


def _first_are_world(cidrs: Sequence[str], count: int, *, share: float) -> bool:
    return is_world(cidrs[:count], share=share)


@lru_cache(maxsize=65536)
def _public_size(cidr: str, family: int) -> int:
    version, span = interval(cidr)
    return size(public((span,), family=family)) if version == family else 0
