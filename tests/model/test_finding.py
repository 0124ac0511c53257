"""Fingerprints, order and totals: what must stay the same from scan to scan."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.model import Finding, Outcome, Resource, Rule, ScanReport, Severity, Target

HERE = Resource("AWS::EC2::VPC", "aws", "111122223333", "eu-west-1", "vpc-1", "arn:vpc-1", {})
FINDING = Finding("ACME001", Outcome.FAIL, Severity.HIGH, HERE, "it is open")


def test_a_fingerprint_is_the_rule_and_the_resource_and_nothing_else() -> None:
    other_words = dataclasses.replace(
        FINDING,
        message="it is wide open",
        severity=Severity.LOW,
        because=("x",),
        resource=dataclasses.replace(HERE, facts={"a": 1}),
    )
    assert FINDING.fingerprint == other_words.fingerprint
    assert FINDING.fingerprint == "566beea0e16afc72bc963dc441d609a5"


@pytest.mark.parametrize(
    "change",
    [{"partition": "aws-cn"}, {"account": "1"}, {"region": "us-east-1"}, {"kind": "K"}, {"id": "vpc-2"}],
    ids=str,
)
def test_another_resource_has_another_fingerprint(change: dict[str, str]) -> None:
    elsewhere = dataclasses.replace(HERE, **change)  # type: ignore[arg-type]
    assert dataclasses.replace(FINDING, resource=elsewhere).fingerprint != FINDING.fingerprint
    assert dataclasses.replace(FINDING, rule_id="ACME002").fingerprint != FINDING.fingerprint


def test_findings_sort_by_rule_account_region_and_resource() -> None:
    assert FINDING.sort_key == ("ACME001", "111122223333", "eu-west-1", "AWS::EC2::VPC", "vpc-1", "fail")


def test_severities_are_ordered_and_written_in_lower_case() -> None:
    assert sorted(Severity, key=lambda level: level.rank) == [
        Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL,
    ]  # fmt: skip
    assert f"{Severity.HIGH} {Outcome.NOT_APPLICABLE}" == "high not-applicable"


def test_failures_are_the_fails_at_or_above_a_severity() -> None:
    low = dataclasses.replace(FINDING, severity=Severity.LOW)
    unknown = dataclasses.replace(FINDING, outcome=Outcome.UNKNOWN)
    report = ScanReport((FINDING, low, unknown), (), (), ())
    assert report.failures() == (FINDING, low)
    assert report.failures(at_least=Severity.MEDIUM) == report.failures(at_least=Severity.HIGH) == (FINDING,)
    assert report.by_severity == {"high": 1, "low": 1}


@pytest.mark.parametrize(
    ("totals", "failed", "complete"),
    [({"fail": 3}, "", True), ({"unknown": 1}, "", False), ({"error": 1}, "", False), ({}, "it was refused", False)],
)
def test_a_report_is_complete_when_nothing_stayed_open(totals: dict[str, int], failed: str, complete: bool) -> None:  # noqa: FBT001
    report = ScanReport((), (), (Target("1", "eu-west-1", failed=failed),), (), totals)
    assert report.complete is complete


def test_a_family_is_the_letters_of_an_id() -> None:
    assert Rule("ACME001", "t", Severity.LOW, "K").family == "ACME"
