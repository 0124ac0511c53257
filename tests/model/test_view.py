"""The witness: it remembers what was read, and calls no incomplete list complete."""

from __future__ import annotations

import pytest

from scanner.model import Undecided, Unknown, View
from tests.by_hand import ACCOUNT, HOME, SUBNET, VPC, inventory, refused

REFUSED = refused("ec2:DescribeSubnets", SUBNET)
SENTENCE = "ec2:DescribeSubnets was refused in eu-west-1 \\(AccessDenied\\)"


@pytest.fixture
def view() -> View:
    return View(
        inventory(
            {VPC: [{"VpcId": "vpc-1"}], SUBNET: [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}]},
            gaps=[REFUSED],
        )
    )


def test_of_refuses_an_incomplete_list_and_known_gives_what_is_there(view: View) -> None:
    with pytest.raises(Undecided, match=SENTENCE):
        view.of(SUBNET)
    assert [one.id for one in view.known(SUBNET)] == ["subnet-1"]
    assert [one.id for one in view.of(VPC)] == ["vpc-1"]


def test_linked_refuses_an_incomplete_list(view: View) -> None:
    with pytest.raises(Undecided, match=SENTENCE):
        view.linked(SUBNET, "VpcId", "vpc-1")
    assert [one.id for one in view.linked(VPC, "VpcId", "vpc-1")] == ["vpc-1"]


def test_find_gives_what_it_finds_and_doubts_what_it_does_not(view: View) -> None:
    found = view.find(SUBNET, "subnet-1")
    assert found is not None
    with pytest.raises(Undecided, match=SENTENCE):
        view.find(SUBNET, "subnet-2")
    assert view.find(VPC, "vpc-2") is None


@pytest.mark.parametrize("way", ["of", "known", "gaps_of"])
def test_every_way_of_asking_is_remembered(way: str) -> None:
    view = View(inventory({}))
    getattr(view, way)(SUBNET)
    assert list(view.read) == [SUBNET]


def test_looking_up_is_remembered_too() -> None:
    view = View(inventory({SUBNET: [{"SubnetId": "subnet-1"}]}))
    view.find(SUBNET, "subnet-1")
    view.linked(VPC, "VpcId", "x")
    assert list(view.read) == [SUBNET, VPC]


def test_it_knows_where_and_when_it_is(view: View) -> None:
    assert (view.account, view.region, view.now) == (ACCOUNT, HOME, "2026-01-15T12:00:00Z")
    assert view.place.id == HOME


def test_a_doubt_while_judging_is_that_resource_s_own_and_the_first_one_counts(view: View) -> None:
    [vpc] = view.known(VPC)
    with view.judging(vpc):
        view.of(SUBNET)
    with view.judging(vpc):
        bool(Unknown("something else"))
    assert view.undecided == {vpc: REFUSED.sentence}


def test_a_mistake_while_judging_is_no_doubt(view: View) -> None:
    with pytest.raises(KeyError):
        _stumble(view)
    assert view.undecided == {}


def _stumble(view: View) -> None:
    with view.judging(view.place):
        raise KeyError("x")


class TestShared:
    def test_it_is_made_once_for_all_rules_and_each_is_seen_to_have_read_it(self) -> None:
        made: list[int] = []

        def make(view: View) -> tuple[str, ...]:
            made.append(1)
            return tuple(one.id for one in view.of(VPC))

        known = inventory({VPC: [{"VpcId": "vpc-1"}]})
        first, second = View(known), View(known)
        assert first.shared(make) == second.shared(make) == ("vpc-1",)
        assert (len(made), list(first.read), list(second.read)) == (1, [VPC], [VPC])
        assert View(inventory({})).shared(make) == ()

    def test_a_doubt_is_kept_as_well(self, view: View) -> None:
        def make(view: View) -> object:
            return view.of(SUBNET)

        for _ in range(2):
            with pytest.raises(Undecided, match=SENTENCE):
                view.shared(make)
        assert list(view.read) == [SUBNET]
