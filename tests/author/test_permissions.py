"""The policy names what a selection of rules asks of AWS: no more, and never less than a scan calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from scanner import pipeline
from scanner.author.permissions import actions_of, policy_of
from scanner.aws.kinds import iam_action
from scanner.aws.table import KINDS, needed_kinds
from scanner.evaluate.run import needed
from scanner.kit import Answer, Inventory
from scanner.mock.account import mocked_account
from scanner.mock.estate import seed
from scanner.model import Config, Rule
from tests.by_hand import HOME, TRAIL, VPC, rule
from tests.rules.answers import RULES


def test_exactly_the_calls_of_the_kinds_that_are_read_their_details_and_their_parents() -> None:
    assert actions_of([rule(require="IsDefault")]) == (
        "ec2:DescribeRegions",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcs",
    )
    assert actions_of([rule(require="Name", about="AWS::S3::Bucket")]) == (
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "ec2:DescribeRegions",
        "s3:GetBucketAcl",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock",
    )


def test_what_the_python_of_a_rule_was_seen_to_read_counts() -> None:
    def check(view: Inventory) -> Iterator[Answer]:
        view.known("AWS::IAM::User")
        view.known("AWS::IAM::Role")
        yield from ()

    assert actions_of([rule(check, about="AWS::Account")]) == (
        "ec2:DescribeRegions",
        "iam:GetAccountAuthorizationDetails",
    )


def test_several_rules_need_what_each_needs() -> None:
    one, other = rule(require="A", rule_id="ACME001"), rule(require="A", about=TRAIL, rule_id="ACME002")
    assert set(actions_of([one, other])) == {*actions_of([one]), *actions_of([other])}
    assert actions_of([]) == ("ec2:DescribeRegions",)


def test_it_is_a_policy_that_reads_only() -> None:
    policy = policy_of(RULES)
    assert policy["Version"] == "2012-10-17"
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
    # AWS tries a pattern on events that nobody sent, and keeps nothing of it.
    tries = {"events:TestEventPattern", "logs:TestMetricFilter"}
    reads = set(statement["Action"]) - tries
    assert all(action.split(":")[1].startswith(("Describe", "Get", "List", "Search")) for action in reads)
    assert statement["Action"] == sorted(set(statement["Action"]))


@pytest.fixture(scope="module")
def calls_of() -> Iterator[Callable[[Sequence[Rule]], set[str]]]:
    """The IAM actions of every call that a scan of the demo estate makes for some rules."""
    called: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        called.add(iam_action(model.service_model.service_name, model.name))

    def scan(rules: Sequence[Rule]) -> set[str]:
        called.clear()
        pipeline.collect(pipeline.kinds_read(rules), Config(regions=(HOME,)), session=session, mode="mock")
        return set(called)

    with mocked_account(region=HOME) as session:
        seed(session, region=HOME)
        session.events.register("before-call", note)
        yield scan


@pytest.mark.parametrize(
    "rules", [*((one,) for one in RULES), RULES], ids=lambda rules: "-".join(one.id for one in rules)[:7]
)
def test_a_scan_calls_what_the_policy_allows_and_every_list_that_it_names(
    rules: tuple[Rule, ...], calls_of: Callable[[Sequence[Rule]], set[str]]
) -> None:
    called = calls_of(rules)
    assert called <= {*actions_of(rules), "sts:GetCallerIdentity"}
    kinds = [KINDS[name] for name in needed_kinds(needed(rules)) if name != "AWS::Region"]
    lists = {iam_action(kind.service, kind.operation) for kind in kinds if kind.operation and not kind.parent}
    assert lists <= called


def test_kinds_without_a_rule_need_no_permission() -> None:
    assert not [action for action in actions_of([rule(require="A")]) if action.startswith("cloudtrail:")]
    assert VPC in needed([rule(require="A")])
