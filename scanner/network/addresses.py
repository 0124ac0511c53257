"""Sets of addresses as sorted, disjoint intervals of integers: unions are exact, and two halves make a whole."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from scanner.model import Undecided

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]

_V4_SIZE = 2**32
# Not reachable over the internet: https://www.iana.org/assignments/iana-ipv4-special-registry. The three blocks reserved
# for documentation count as public: nobody's private network has them, and examples use them for the internet.
_V4_PRIVATE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
)  # fmt: skip
_V6_PUBLIC = "2000::/3"


@lru_cache(maxsize=65536)
def interval(cidr: str) -> tuple[int, Interval]:
    """The family (4 or 6) and the first and last address of a CIDR block; raises `Undecided` for what is none."""
    plain = dotted(cidr)
    if plain is not None:
        return 4, (plain, plain)
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise Undecided(f"{cidr!r} is no CIDR block") from None
    return network.version, (int(network.network_address), int(network.broadcast_address))


def dotted(text: str) -> int | None:
    """A plain IPv4 address as an integer, and None for everything else; a tenth of what `ipaddress` takes for it."""
    parts = str(text).split(".")  # a fact may be anything, whatever its type says
    if len(parts) != 4:  # noqa: PLR2004 - an IPv4 address has four bytes
        return None
    number = 0
    for part in parts:
        if not (part.isascii() and part.isdigit()) or len(part) > 3 or (part[0] == "0" and part != "0"):  # noqa: PLR2004 - as above
            return None
        byte = int(part)
        if byte > 255:  # noqa: PLR2004 - the largest byte
            return None
        number = number << 8 | byte
    return number


def span_of(cidr: str, *, family: int) -> Interval:
    """The first and last address of a block of one family; raises `Undecided` for a block of the other and for none."""
    version, span = interval(cidr)
    if version != family:
        raise Undecided(f"{cidr!r} is no block of IPv{family}")
    return span


def union(cidrs: Iterable[str], *, family: int) -> Intervals:
    """The blocks of one family as disjoint intervals; raises `Undecided` for what is no CIDR block."""
    members = (interval(cidr) for cidr in cidrs)
    return _joined(sorted(span for version, span in members if version == family))


def public(intervals: Intervals, *, family: int) -> Intervals:
    """The part of a set that is routed on the internet."""
    return intersection(intervals, _public_space(family))


def size(intervals: Intervals) -> int:
    """How many addresses a set has."""
    return sum(last - first + 1 for first, last in intervals)


def intersection(left: Intervals, right: Intervals) -> Intervals:
    """The addresses in both."""
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        first, last = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if first <= last:
            found.append((first, last))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def complement(intervals: Intervals, *, within: Interval) -> Intervals:
    """The addresses of `within` that the set lacks."""
    found: list[Interval] = []
    start = within[0]
    for first, last in intersection(intervals, (within,)):
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    if start <= within[1]:
        found.append((start, within[1]))
    return tuple(found)


def subtract(left: Intervals, right: Intervals) -> Intervals:
    """The addresses of the first set that the second lacks."""
    return tuple(rest for span in left for rest in complement(right, within=span))


def joined(spans: Iterable[Interval]) -> Intervals:
    """Any intervals as one sorted, disjoint set."""
    return _joined(sorted(spans))


def is_world(cidrs: Iterable[str], *, share: float) -> bool:
    """Whether these blocks together let in the world: at least `share` of the public addresses of IPv4, or of IPv6.

    Two halves (0.0.0.0/1 and 128.0.0.0/1) are as open as 0.0.0.0/0, so only the union counts.
    """
    blocks = tuple(cidrs)
    v4 = public(union(blocks, family=4), family=4)
    v6 = public(union(blocks, family=6), family=6)
    return size(v4) >= share * public_addresses(4) or size(v6) >= share * public_addresses(6)


def public_addresses(family: int) -> int:
    """How many addresses of a family are routed on the internet."""
    return size(_public_space(family))


@lru_cache(maxsize=2)
def _public_space(family: int) -> Intervals:
    if family == 6:  # noqa: PLR2004 - the address families are called 4 and 6
        return union((_V6_PUBLIC,), family=6)
    return complement(union(_V4_PRIVATE, family=4), within=(0, _V4_SIZE - 1))


def _joined(spans: Iterable[Interval]) -> Intervals:
    found: list[Interval] = []
    for first, last in spans:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)
