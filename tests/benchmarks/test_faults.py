"""A fault may make a finding unknown, with the refusal's name; whatever else it changes is told as a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.aws import MANAGEMENT, PASSING, Faults, loopback
from benchmarks.faults import Verdict, compare, scan_all

REFUSAL = "ec2:DescribeVpcs was refused in us-east-1 (UnauthorizedOperation)"
ARN = "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1"


def report(*outcomes: str, message: str = "the VPC is open", gaps: tuple[str, ...] = (), arn: str = ARN) -> Any:
    resource = {"account": MANAGEMENT, "region": "us-east-1", "arn": arn}
    return {
        "findings": [{"rule_id": "NET001", "outcome": one, "message": message, "resource": resource} for one in outcomes],
        "gaps": [{"account": MANAGEMENT, "call": "ec2:DescribeVpcs", "sentence": sentence} for sentence in gaps],
    }  # fmt: skip


def test_the_same_findings_are_the_same() -> None:
    assert compare([report("fail", "pass")], [report("pass", "fail")]) == Verdict(1, 0, ())


def test_a_failure_that_names_less_is_still_one() -> None:
    holed = report("fail", message="the VPC is open to somebody", gaps=(REFUSAL,))
    assert compare([report("fail")], [holed]) == Verdict(0, 0, (), reworded=1)


def test_unknown_with_the_refusals_name_is_undecided() -> None:
    holed = report("unknown", message=f"cannot be decided: {REFUSAL}", gaps=(REFUSAL,))
    assert compare([report("fail")], [holed]) == Verdict(0, 1, ())


def test_unknown_without_a_name_is_a_mistake() -> None:
    holed = report("unknown", message="cannot be decided", gaps=(REFUSAL,))
    assert compare([report("fail")], [holed]).mistakes == (
        f"NET001 on {ARN}: unknown without a refusal's name (cannot be decided)",
    )


@pytest.mark.parametrize(("before", "after"), [("fail", "pass"), ("pass", "fail")])
def test_another_answer_is_a_mistake(before: str, after: str) -> None:
    verdict = compare([report(before)], [report(after, gaps=(REFUSAL,))])
    assert verdict.mistakes == (f"NET001 on {ARN} in us-east-1: {before} became {after}",)


def test_a_lost_finding_is_a_mistake_even_where_something_was_refused() -> None:
    assert compare([report("fail")], [report(gaps=(REFUSAL,))]).mistakes == (
        f"NET001 on {ARN} in us-east-1: fail became nothing",
    )


def test_what_nobody_listed_is_undecided_where_its_rule_says_so() -> None:
    holed = report("unknown", message=f"cannot be decided: {REFUSAL}", gaps=(REFUSAL,), arn="arn:aws:ec2:other")
    assert compare([report("fail")], [holed]) == Verdict(0, 2, ())


def test_a_scan_among_faults_finds_what_one_without_them_finds(tmp_path: Path) -> None:
    regions = ("us-east-1",)
    with loopback(instances={"us-east-1": 20}, regions=regions) as aws:
        whole = scan_all(aws, (MANAGEMENT,), tmp_path / "whole")
        aws.forget()
        aws.change(faults=Faults(share=0.25, kinds=PASSING, in_a_row=2))
        holed = scan_all(aws, (MANAGEMENT,), tmp_path / "holed")
        aws.assert_only_read()
        verdict = compare(whole, holed)
        assert sum(aws.seen.injected.values()) > 5
    assert verdict.mistakes == ()
    assert verdict.same > 100
