"""The plain half by itself: what it says of one packet where the other half is not asked."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model import Undecided
from scanner.network.lookups import Plain, Quick
from scanner.network.painting import target_of
from tests.network.estates import LIST, V4, Estate, public_host, route

HALVES = (Plain, Quick)


def listed(*routes: Any) -> Estate:
    """The public host with these routes, and three prefix lists that hold all of IPv4."""
    estate = public_host().routes("rtb-1", *routes)
    for id_ in ("pl-1", "pl-2", "pl-3"):
        estate.add(LIST, PrefixListId=id_, Entries=[{"Cidr": V4}])
    return estate


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(
    "routes",
    [
        (route("pl-1", "igw-1"), route("pl-2", "nat-1")),
        (route("pl-1", "nat-1"), route("pl-2", "igw-1")),
        (route("pl-1", "igw-1"), route("pl-2", "igw-1", state="blackhole")),
        (route("pl-1", "igw-1"), route("pl-2", "nat-1"), route("pl-3", "nat-1")),
        (route(V4, "igw-1"), {"DestinationCidrBlock": "9.0.0.0/8", "State": "active"}),
        (route(V4, "igw-1"), {"GatewayId": "igw-1", "State": "active"}),
        (route(V4, "igw-1"), route("pl-9", "nat-1")),
    ],
)
def test_a_route_that_nobody_can_tell_is_undecided(half: Any, routes: tuple[Any, ...]) -> None:
    with pytest.raises(Undecided):
        half(listed(*routes).fabric()).route("subnet-1", "8.8.8.8")


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(
    ("routes", "target"),
    [
        ((route("pl-1", "igw-1"), route("pl-2", "igw-1")), "igw-1"),
        ((route("pl-1", "nat-1"), route(V4, "igw-1")), "igw-1"),
        ((route(V4, "igw-1"), route("pl-1", "nat-1")), "igw-1"),
        ((route(V4, "vgw-1", origin="Advertisement"), route("pl-1", "nat-1")), "nat-1"),
        ((route("pl-1", "nat-1"), route(V4, "vgw-1", origin="Advertisement")), "nat-1"),
        ((route(V4, "igw-1"), route(V4, "vgw-1", origin="Advertisement")), "igw-1"),
        ((route(V4, "igw-1"), route("8.0.0.0/8", "vgw-1", origin="Advertisement")), "vgw-1"),
        ((route("8.0.0.0/8", "nat-1"), route(V4, "igw-1")), "nat-1"),
        ((route("8.0.0.0/8", "nat-1", state="filtered"), route(V4, "igw-1")), "igw-1"),
    ],
)
def test_the_route_that_wins(half: Any, routes: tuple[Any, ...], target: str) -> None:
    found = half(listed(*routes).fabric()).route("subnet-1", "8.8.8.8")
    assert found is not None
    assert target_of(found) == target


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("origin", ["EnableVgwRoutePropagation", "Advertisement"])
def test_inside_the_vpc_the_local_route_beats_whatever_was_learned(half: Any, origin: str) -> None:
    estate = public_host().routes("rtb-1", route("10.1.2.0/24", "vgw-1", origin=origin), route("10.1.3.0/24", "eni-7"))
    look = half(estate.fabric())
    assert [target_of(look.route("subnet-1", one) or {}) for one in ("10.1.2.9", "10.1.3.9")] == ["local", "eni-7"]
