"""Sets of addresses: exact unions, and what counts as the world."""

from __future__ import annotations

import ipaddress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Undecided, Unknown
from scanner.network.addresses import (
    complement,
    intersection,
    interval,
    is_world,
    public,
    public_addresses,
    size,
    union,
)

# A line of 40 points is small enough to check every law point by point.
_LAST = 39
_SPANS = st.lists(
    st.tuples(st.integers(0, _LAST), st.integers(0, 8)).map(lambda pair: (pair[0], min(sum(pair), _LAST)))
)


def as_intervals(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The points of spans as `union` would give them."""
    points = sorted({point for first, last in spans for point in range(first, last + 1)})
    found: list[tuple[int, int]] = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1] = (found[-1][0], point)
        else:
            found.append((point, point))
    return tuple(found)


SETS = _SPANS.map(as_intervals)


def points(intervals: tuple[tuple[int, int], ...]) -> set[int]:
    """Every address of a set, which has to be sorted, disjoint and without touching neighbours."""
    for (_, last), (first, _) in pairwise(intervals):
        assert last + 1 < first
    assert all(first <= last for first, last in intervals)
    return {point for first, last in intervals for point in range(first, last + 1)}


@given(SETS, SETS)
def test_an_intersection_holds_what_is_in_both(left: Any, right: Any) -> None:
    assert points(intersection(left, right)) == points(left) & points(right)
    assert intersection(left, right) == intersection(right, left)


@given(SETS, st.integers(0, _LAST), st.integers(0, _LAST))
def test_a_complement_holds_the_rest_of_its_room(members: Any, one: int, other: int) -> None:
    room = (min(one, other), max(one, other))
    rest = complement(members, within=room)
    assert points(rest) == set(range(room[0], room[1] + 1)) - points(members)
    assert size(rest) + size(intersection(members, (room,))) == room[1] - room[0] + 1
    assert complement(rest, within=room) == intersection(members, (room,))


_BLOCKS = st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
    lambda pair: str(ipaddress.ip_network((f"198.51.100.{pair[0]}", pair[1]), strict=False))
)


@given(st.lists(_BLOCKS), st.lists(_BLOCKS))
def test_a_union_holds_every_address_of_its_blocks_once(left: list[str], right: list[str]) -> None:
    whole = {int(address) for block in (*left, *right) for address in ipaddress.ip_network(block)}
    assert points(union([*left, *right], family=4)) == whole
    assert union([*left, *right], family=4) == union([*right, *left, *left], family=4)
    assert size(union([*left, *right], family=4)) == len(whole)


def test_a_union_takes_the_blocks_of_its_family_only() -> None:
    blocks = ["10.0.0.0/8", "2001:db8::/32"]
    assert union(blocks, family=4) == ((0x0A000000, 0x0AFFFFFF),)
    assert union(blocks, family=6) == (interval("2001:db8::/32")[1],)


def test_a_block_may_name_a_host_inside_it() -> None:
    assert interval("10.1.2.3/8") == interval("10.0.0.0/8") == (4, (0x0A000000, 0x0AFFFFFF))
    assert interval("10.1.2.3") == (4, (0x0A010203, 0x0A010203))


@pytest.mark.parametrize(
    "word",
    ["", "everywhere", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8 ", "pl-1", "010.1.2.3", "10.1.2.256", None],
)
def test_what_is_no_block_is_undecided(word: Any) -> None:
    with pytest.raises(Undecided, match="is no CIDR block"):
        union([word], family=4)


def test_an_unknown_block_is_undecided() -> None:
    with pytest.raises(Undecided):
        union([Unknown("it was refused")], family=4)  # type: ignore[list-item]


THIRDS = ["0.0.0.0/2", "64.0.0.0/3", "96.0.0.0/4", "112.0.0.0/5", "120.0.0.0/6"]


class TestWorld:
    @pytest.mark.parametrize(
        "blocks",
        [
            ["0.0.0.0/0"],
            ["0.0.0.0/1", "128.0.0.0/1"],
            ["128.0.0.0/1"],
            THIRDS,
            ["0.0.0.0/3", "32.0.0.0/3", "64.0.0.0/3"],
            ["0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3"],
            ["::/0"],
            ["::/1"],
            ["2000::/3"],
            ["2000::/4", "3000::/4"],
            ["10.0.0.0/8", "::/0"],
            [f"{first}.0.0.0/8" for first in range(1, 224)],
        ],
        ids=["whole", "halves", "one half", "a third in pieces", "three eighths", "all but ten", "v6", "v6 half", "v6 public",
             "v6 public halves", "private and v6", "eights"],
    )  # fmt: skip
    def test_a_quarter_of_the_public_addresses_is_the_world(self, blocks: list[str]) -> None:
        assert is_world(blocks, share=0.25) is True

    @pytest.mark.parametrize(
        "blocks",
        [
            [],
            ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
            ["224.0.0.0/3"],
            ["8.8.8.8/32", "1.1.1.1/32"],
            ["64.0.0.0/3"],
            ["fc00::/7", "fe80::/10", "::/3", "8000::/1"],
            ["2001:db8::/32"],
            ["2000::/6"],
        ],
        ids=[
            "nothing",
            "private",
            "multicast",
            "two hosts",
            "an eighth",
            "v6 private",
            "v6 one provider",
            "v6 an eighth",
        ],
    )
    def test_less_or_private_ranges_are_not(self, blocks: list[str]) -> None:
        assert is_world(blocks, share=0.25) is False

    def test_private_ranges_do_not_count(self) -> None:
        assert size(public(union(["10.0.0.0/7"], family=4), family=4)) == 2**24
        assert public(union(["10.1.0.0/16", "100.64.0.0/10", "169.254.0.0/16"], family=4), family=4) == ()

    @pytest.mark.parametrize("everything", ["0.0.0.0/0", "::/0"])
    def test_everything_is_the_world_whatever_the_share(self, everything: str) -> None:
        assert is_world([everything], share=1.0) is True
        assert is_world(["0.0.0.0/1", "::/3"], share=1.0) is False

    def test_the_public_addresses_are_counted(self) -> None:
        private = sum(ipaddress.ip_network(block).num_addresses for block in (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"))  # fmt: skip
        assert public_addresses(4) == 2**32 - private
        assert public_addresses(6) == 2**125
