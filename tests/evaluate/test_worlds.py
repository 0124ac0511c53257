"""The worlds on the cards: what is built of them, and what they tell of a rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.evaluate.worlds import ACCOUNT, NOON, build_world, kinds_read, play
from scanner.kit import Answer, Flag, Inventory, Undecided
from scanner.model import GapReason, Rule, Unknown, World
from tests.by_hand import SUBNET, TRAIL, VPC, rule

TWO: dict[str, list[dict[str, Any]]] = {VPC: [{"VpcId": "vpc-1", "Tags": [{"Key": "a"}]}, {"VpcId": "vpc-2"}]}


def world(expect: str = "good", *ids: str, **more: object) -> World:
    return World("a world", expect, more.pop("given", TWO), ids=ids, **more)  # type: ignore[arg-type]


class TestBuilding:
    def test_everything_that_is_not_given_does_not_exist(self) -> None:
        built = build_world(world(region="us-east-1", at="2026-06-01T00:00:00Z"))
        assert (built.account, built.region, built.taken_at, built.mode) == (
            ACCOUNT,
            "us-east-1",
            "2026-06-01T00:00:00Z",
            "world",
        )
        assert built.gaps_of(SUBNET) == ()
        assert build_world(world()).taken_at == NOON

    def test_a_refused_list_is_a_gap_of_every_kind_it_lists(self) -> None:
        built = build_world(world(gaps=({"call": "iam:GetAccountAuthorizationDetails", "reason": "throttled"},)))
        [gap] = built.gaps
        assert gap.kinds == ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy")
        assert gap.reason is GapReason.THROTTLED

    def test_a_refused_detail_makes_the_facts_of_its_resources_unknown(self) -> None:
        trails = [
            {"Name": "a", "TrailARN": "arn:aws:cloudtrail:us-east-1:1:trail/a", "HomeRegion": "us-east-1"},
            {"Name": "b", "HomeRegion": None},
            {"Name": "c", "HomeRegion": "us-east-1"},
        ]
        built = build_world(world(given={TRAIL: trails}, gaps=({"call": "cloudtrail:GetTrailStatus"},)))
        assert all(isinstance(trail.get("IsLogging"), Unknown) for trail in built.of(TRAIL))
        assert [gap.resource for gap in built.gaps] == [
            "arn:aws:cloudtrail:us-east-1:1:trail/a",
            f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/b",
            f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/c",
        ]
        assert built.gaps_of(TRAIL) == ()

    @pytest.mark.parametrize("resource", ["b", f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/b"])
    def test_a_refusal_may_be_about_one_resource(self, resource: str) -> None:
        gap = {"call": "cloudtrail:GetTrailStatus", "resource": resource}
        built = build_world(world(given={TRAIL: [{"Name": "a"}, {"Name": "b"}]}, gaps=(gap,)))
        assert [isinstance(trail.get("IsLogging"), Unknown) for trail in built.of(TRAIL)] == [False, True]

    def test_a_fact_that_is_given_was_not_refused(self) -> None:
        built = build_world(
            world(given={TRAIL: [{"Name": "a", "IsLogging": True}]}, gaps=({"call": "cloudtrail:GetTrailStatus"},))
        )
        assert built.of(TRAIL)[0].get("IsLogging") is True

    def test_building_leaves_the_card_alone(self) -> None:
        build_world(world()).of(VPC)[0].get("Tags").append("x")
        assert TWO[VPC][0]["Tags"] == [{"Key": "a"}]


def mistakes(made: Rule, played: World) -> list[str]:
    return play(made, played)[1]


class TestPlaying:
    def flag_first(self, view: Inventory) -> Iterator[Answer]:
        yield Flag(view.subjects[0], "it is there")

    def test_exact_ids(self) -> None:
        assert mistakes(rule(self.flag_first), world("bad", "vpc-1")) == []
        assert mistakes(rule(self.flag_first), world("bad", "vpc-2")) == ["it flags vpc-1 where the card says vpc-2"]
        assert mistakes(rule(self.flag_first), world("bad", "vpc-1", "vpc-2")) == [
            "it flags vpc-1 where the card says vpc-1, vpc-2"
        ]
        assert mistakes(rule(self.flag_first), world()) == ["it flags vpc-1 where the card says nothing"]

    def test_unknown_ids_are_exact_too_and_nothing_else_may_be_flagged(self) -> None:
        gaps = ({"call": "ec2:DescribeVpcs"},)
        assert mistakes(rule(require="VpcId"), world("unknown", "eu-west-1", gaps=gaps)) == []
        assert mistakes(rule(require="VpcId"), world("good", gaps=gaps)) == [
            "it leaves eu-west-1 unknown where the card says nothing"
        ]
        assert mistakes(rule(self.flag_first), world("unknown", "eu-west-1", gaps=gaps)) == [
            "it flags vpc-1 where the card says nothing"
        ]

    def test_a_crash_is_told(self) -> None:
        def check(_: Inventory) -> Iterator[Answer]:
            yield from ()
            raise KeyError("x")

        assert mistakes(rule(check), world()) == ["it crashes: the rule crashed: KeyError: 'x'"]

    @pytest.mark.parametrize("gaps", [(), ({"call": "cloudtrail:GetTrailStatus"},)], ids=["seen", "refused"])
    def test_a_rule_that_alters_facts_is_told(self, gaps: tuple[dict[str, str], ...]) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.subjects[0].items("Tags")[0]["Key"] = "b"
            yield from ()

        played = world(given={**TWO, TRAIL: [{"Name": "t"}]}, gaps=gaps)
        assert mistakes(rule(check), played) == ["the rule alters the facts it is shown"]


class TestKindsRead:
    def test_worlds_show_what_an_empty_account_does_not(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for _ in view.subjects:
                if view.known(SUBNET):
                    view.known(TRAIL)
            yield from ()

        made = rule(check)
        assert kinds_read(made) == {VPC, SUBNET}
        seen = dataclasses.replace(made, worlds=(world(given={**TWO, SUBNET: [{"SubnetId": "subnet-1"}]}),))
        assert kinds_read(seen) == {VPC, SUBNET, TRAIL}

    @pytest.mark.parametrize("stop", [Undecided("x"), KeyError("x")])
    def test_what_was_read_before_a_doubt_or_a_crash_counts(self, stop: Exception) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.known(SUBNET)
            yield from ()
            raise stop

        assert kinds_read(rule(check)) == {VPC, SUBNET}
