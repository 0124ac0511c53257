"""Ports and ranges of security group rules, held against the plainest way to compute them."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Inventory, Undecided, View
from scanner.network.addresses import is_world
from scanner.network.security_groups import lets_through, lets_through_only, traffic_in_words, world_ranges

NOWHERE = View(Inventory("aws", "111122223333", "eu-west-1"))
PORTS = st.integers(0, 65535)


def _tcp(first: int, last: int, *cidrs: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": cidr} for cidr in cidrs]}


@given(first=PORTS, width=st.integers(0, 6), ports=st.lists(st.integers(0, 65535), max_size=4), asked=PORTS)
def test_ports_are_let_through_as_a_plain_set_says(first: int, width: int, ports: list[int], asked: int) -> None:
    last = min(first + width, 65535)
    ports = [*ports, first]
    rule = _tcp(first, last)
    assert lets_through(rule, asked) is (asked in range(first, last + 1))
    assert lets_through_only(rule, ports) is (set(range(first, last + 1)) <= set(ports))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"IpProtocol": "-1"}, "all traffic"),
        ({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}, "tcp 22"),
        ({"IpProtocol": "6", "FromPort": 0, "ToPort": 65535}, "tcp 0-65535"),
        ({"IpProtocol": "udp", "FromPort": 53, "ToPort": 53}, "udp 53"),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, "icmp"),
        ({"IpProtocol": "58"}, "icmpv6"),
        ({"IpProtocol": "50"}, "50"),
    ],
)
def test_traffic_is_put_in_words(rule: dict[str, Any], words: str) -> None:
    assert traffic_in_words(rule) == words


@given(depth=st.integers(0, 6))
def test_the_internet_in_equal_pieces_is_the_world_however_small_they_are(depth: int) -> None:
    pieces = [str(piece) for piece in ipaddress.ip_network("0.0.0.0/0").subnets(prefixlen_diff=depth)]
    assert is_world(pieces, share=1)
    assert world_ranges(NOWHERE, [_tcp(22, 22, *pieces)], share=0.25, way="from", port=22)


@pytest.mark.parametrize(
    ("cidrs", "share", "world"),
    [
        (["0.0.0.0/0"], 1.0, True),
        (["64.0.0.0/2"], 0.25, True),
        (["0.0.0.0/3"], 0.25, False),
        (["10.0.0.0/8", "192.168.0.0/16"], 0.0001, False),
        (["::/0"], 1.0, True),
        (["::/1"], 1.0, True),
        (["2000::/3"], 1.0, True),
        (["8000::/1"], 0.25, False),
        (["2000::/6"], 0.25, False),
        (["0.0.0.0/3", "2000::/6"], 0.25, False),
    ],
)
def test_the_world_is_a_share_of_what_is_public_in_one_family(cidrs: list[str], share: float, world: bool) -> None:  # noqa: FBT001 - the expected value
    assert is_world(cidrs, share=share) is world


def test_nothing_is_no_world_however_little_it_takes() -> None:
    assert world_ranges(NOWHERE, [_tcp(22, 22, "10.0.0.0/8")], share=0, way="from", port=22) == ()


def test_the_fewest_ranges_are_told_and_all_large_ones() -> None:
    rule = _tcp(22, 22, "54.214.7.9/32", "128.0.0.0/1", "10.0.0.0/8", "0.0.0.0/1", "0.0.0.0/0")
    found = world_ranges(NOWHERE, [rule], share=0.25, way="from", port=22)
    assert [one.cidr for one in found] == ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"]
    assert found[0].rule == "tcp 22 from 0.0.0.0/0"


def test_a_prefix_list_that_is_not_there_leaves_the_question_open() -> None:
    rule = {**_tcp(22, 22), "PrefixListIds": [{"PrefixListId": "pl-0b61f0c2d4e980001"}]}
    with pytest.raises(Undecided, match="pl-0b61f0c2d4e980001"):
        world_ranges(NOWHERE, [rule], share=0.25, way="from", port=22)
    assert world_ranges(NOWHERE, [rule], share=0.25, way="from", port=23) == ()


def test_all_ports_of_a_protocol_hold_every_port() -> None:
    assert lets_through(_tcp(-1, -1), 22)
    assert lets_through(_tcp(-1, -1), 65535)
