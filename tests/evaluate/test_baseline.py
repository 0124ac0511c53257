"""A report held against an earlier one: new, unchanged, changed, gone, and what nobody can say."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.evaluate.baseline import compare
from scanner.model import (
    BaselineState,
    Config,
    Finding,
    Gap,
    GapReason,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Severity,
    Suppression,
    Target,
    Unknown,
)
from scanner.pipeline import exit_code, read_baseline
from scanner.reports import render
from scanner.reports.earlier import as_earlier

HERE, THERE = "111122223333", "444455556666"
EU, US = Target(HERE, "eu-west-1"), Target(HERE, "us-east-1")
NET, EIC = (Rule(name, "a flaw", Severity.HIGH, "AWS::EC2::Instance") for name in ("NET001", "EIC001"))


def found(
    name: str,
    *,
    rule_id: str = "NET001",
    outcome: Outcome = Outcome.FAIL,
    severity: Severity = Severity.HIGH,
    region: str = "eu-west-1",
    account: str = HERE,
    group: object = "",
    kind: str = "AWS::EC2::Instance",
    message: str = "",
) -> Finding:
    tags = [{"Key": "aws:autoscaling:groupName", "Value": group}] if isinstance(group, str) else group
    arn = f"arn:aws:ec2:{region}:{account}:instance/{name}"
    resource = Resource(kind, "aws", account, region, name, arn, {"Tags": tags})
    return Finding(rule_id, outcome, severity, resource, message or f"{name} is open", ("a fact",))


def report(
    *findings: Finding, targets: tuple[Target, ...] = (EU, US), rules: tuple[Rule, ...] = (NET, EIC)
) -> ScanReport:
    totals = Counter(finding.outcome.value for finding in findings)
    return ScanReport(findings, (), targets, rules, totals, "2026-06-01T00:00:00Z")


def against(before: ScanReport, after: ScanReport) -> ScanReport:
    return compare(after, as_earlier(before, name="old.json"))


def changes(told: ScanReport) -> dict[str, str]:
    """Resource id -> its state and remark, for all that is told of it."""
    comparison = told.comparison
    assert comparison is not None
    listed = [*told.findings, *comparison.absent, *comparison.unjudged]
    return {
        one.resource.id: f"{one.change.state}: {one.change.remark}".removesuffix(": ")
        for one in listed
        if one.change is not None
    }


def test_new_unchanged_and_gone_by_rule_and_resource_whatever_their_order() -> None:
    before = report(found("i-1"), found("i-2"), found("i-3"))
    after = report(found("i-4"), found("i-3"), found("i-1"))
    assert changes(against(before, after)) == {
        "i-4": "new",
        "i-3": "unchanged",
        "i-1": "unchanged",
        "i-2": "absent",
    }


def test_a_rule_more_changes_nothing_of_the_others() -> None:
    before = report(found("i-1"), rules=(NET,))
    told = against(before, report(found("i-1"), found("i-9", rule_id="EIC001")))
    assert changes(told) == {"i-1": "unchanged", "i-9": "new"}


def test_a_rule_by_another_name_is_the_same_rule() -> None:
    renamed = dataclasses.replace(NET, id="NET050", aliases=("NET001",))
    told = against(report(found("i-1")), report(found("i-1", rule_id="NET050"), rules=(renamed,)))
    assert changes(told) == {"i-1": "unchanged"}


def test_a_graver_or_milder_finding_or_one_that_says_something_else_has_changed() -> None:
    before = report(*(found(name, severity=Severity.MEDIUM) for name in ("i-1", "i-2", "i-3")))
    after = report(
        found("i-1", severity=Severity.HIGH),
        found("i-2", severity=Severity.LOW),
        found("i-3", severity=Severity.MEDIUM, message="i-3 is open at two ports"),
    )
    told = against(before, after)
    assert changes(told) == {
        "i-1": "updated: it was medium",
        "i-2": "updated: it was medium",
        "i-3": "updated: the evidence is another",
    }
    assert [one.resource.id for one in told.regressions()] == ["i-1"]


def test_a_finding_that_is_no_longer_waived_is_worse() -> None:
    waived = dataclasses.replace(found("i-1"), suppression=Suppression("a demo", "net", "2026-05-31"))
    told = against(report(waived), report(found("i-1")))
    assert changes(told) == {"i-1": "updated: it was waived"}
    assert exit_code(told, Config(new_only=True)) == 1
    assert exit_code(against(report(waived), report(waived)), Config(new_only=True)) == 0


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (report(targets=(US,)), f"{HERE} eu-west-1 was not scanned"),
        (report(targets=(dataclasses.replace(EU, failed="no role"), US)), f"{HERE} eu-west-1 could not be read"),
        (report(rules=(EIC,)), "NET001 was not asked"),
        (report(found("i-1", outcome=Outcome.UNKNOWN)), "it cannot be decided now"),
        (report(found("i-1", outcome=Outcome.ERROR)), "it cannot be decided now"),
        (
            report(found("eu-west-1", outcome=Outcome.UNKNOWN, kind="AWS::Region")),
            f"NET001 cannot be decided for all of {HERE} eu-west-1",
        ),
        (
            report(found(HERE, outcome=Outcome.ERROR, kind="AWS::Account", region="global")),
            f"NET001 cannot be decided for all of {HERE} global",
        ),
        (
            report(found("subnet-1", outcome=Outcome.UNKNOWN, kind="AWS::EC2::Subnet")),
            f"NET001 cannot be decided for all of {HERE} eu-west-1",
        ),
    ],
    ids=["region", "failed", "rule", "unknown", "crash", "place", "account", "other kind"],
)
def test_what_was_not_looked_at_is_not_gone(after: ScanReport, reason: str) -> None:
    told = against(report(found("i-1")), after)
    assert {name: state for name, state in changes(told).items() if name == "i-1"} == {"i-1": f"unjudged: {reason}"}


@pytest.mark.parametrize(
    "after",
    [
        report(found("i-2", outcome=Outcome.UNKNOWN)),
        report(found("us-east-1", outcome=Outcome.UNKNOWN, kind="AWS::Region", region="us-east-1")),
        report(found("eu-west-1", outcome=Outcome.UNKNOWN, kind="AWS::Region", rule_id="EIC001")),
        report(targets=(EU, Target(THERE, "eu-west-1", failed="no role"))),
    ],
    ids=["another instance", "another Region", "another rule", "another account"],
)
def test_doubts_elsewhere_do_not_keep_a_finding(after: ScanReport) -> None:
    assert changes(against(report(found("i-1")), after))["i-1"] == "absent"


def test_regions_that_nobody_could_list_keep_what_has_no_region() -> None:
    unseen = Gap(HERE, "us-east-1", "ec2:DescribeRegions", GapReason.DENIED, "x", ("AWS::Region",))
    after = dataclasses.replace(report(), gaps=(unseen,))
    told = against(report(found("bucket", region="global"), found("i-1")), after)
    assert changes(told) == {"bucket": f"unjudged: the Regions of {HERE} could not be listed", "i-1": "absent"}


def test_a_new_instance_of_a_scaling_group_stands_for_a_gone_one_each_for_one() -> None:
    before = report(found("i-1", group="web"), found("i-2", group="web"), found("i-3", group="api"))
    after = report(
        found("i-5", group="web"),
        found("i-6", group="web"),
        found("i-7", group="web"),
        found("i-8", group="db"),
        found("i-9"),
    )
    assert changes(against(before, after)) == {
        "i-5": "unchanged: it took the place of i-1 in the scaling group web",
        "i-6": "unchanged: it took the place of i-2 in the scaling group web",
        "i-7": "new",
        "i-8": "new",
        "i-9": "new",
        "i-3": "absent",
    }


def test_a_group_is_one_of_its_rule_account_and_region() -> None:
    before = report(found("i-1", group="web"))
    for other in (
        found("i-5", group="web", rule_id="EIC001"),
        found("i-5", group="web", region="us-east-1"),
        found("i-5", group="web", account=THERE),
        found("i-5", group="web", kind="AWS::EC2::Volume"),
        found("i-5", group=Unknown("refused")),
    ):
        assert changes(against(before, report(other))) == {"i-5": "new", "i-1": "absent"}


def test_what_is_no_instance_is_never_replaced() -> None:
    before, after = (report(found(name, group="web", kind="AWS::EC2::Volume")) for name in ("vol-1", "vol-2"))
    assert changes(against(before, after)) == {"vol-2": "new", "vol-1": "absent"}


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_a_gone_instance_is_known_by_its_group_from_a_file_too(tmp_path: Path, format_: str) -> None:
    path = tmp_path / f"old.{format_}"
    path.write_text(render(report(found("i-1", group="web")), format=format_), encoding="utf-8")
    earlier = read_baseline(path)
    assert earlier is not None
    told = compare(report(found("i-2", group="web")), earlier)
    assert changes(told) == {"i-2": "unchanged: it took the place of i-1 in the scaling group web"}


def test_an_instance_that_stays_is_itself_and_one_in_doubt_is_not_replaced() -> None:
    before = report(found("i-1", group="web"), found("i-2", group="web"))
    after = report(
        found("i-2", group="web"),
        found("i-1", group="web", outcome=Outcome.UNKNOWN),
        found("i-3", group="web"),
    )
    assert changes(against(before, after)) == {
        "i-2": "unchanged",
        "i-3": "new",
        "i-1": "unjudged: it cannot be decided now",
    }


def test_a_replaced_instance_that_is_worse_off_counts() -> None:
    before = report(found("i-1", group="web", severity=Severity.LOW))
    told = against(before, report(found("i-2", group="web")))
    remark = "it took the place of i-1 in the scaling group web; it was low"
    assert changes(told) == {"i-2": f"updated: {remark}"}
    assert [one.resource.id for one in told.regressions()] == ["i-2"]


def test_two_trails_of_one_name_that_an_account_sees_are_two() -> None:
    own, organizations = (
        Resource("AWS::CloudTrail::Trail", "aws", HERE, "eu-west-1", "main", f"arn:aws:cloudtrail:eu-west-1:{owner}:trail/main", {})
        for owner in (HERE, THERE)
    )  # fmt: skip
    first, second = (dataclasses.replace(found("x"), resource=resource) for resource in (own, organizations))
    assert first.fingerprint == dataclasses.replace(first, resource=dataclasses.replace(own, arn="")).fingerprint
    assert first.fingerprint != second.fingerprint
    told = against(report(first, second), report(first))
    assert told.comparison is not None
    assert [one.resource.arn for one in told.comparison.absent] == [organizations.arn]


def test_only_failures_are_compared() -> None:
    before = report(found("i-1", outcome=Outcome.UNKNOWN), found("i-2", outcome=Outcome.PASS))
    told = against(before, report(found("i-2"), found("i-3", outcome=Outcome.PASS)))
    assert changes(told) == {"i-2": "new"}


def test_new_only_counts_what_is_worse_at_or_above_the_threshold() -> None:
    old = found("i-1", severity=Severity.CRITICAL)
    told = against(report(old), report(old, found("i-2", severity=Severity.LOW)))
    assert exit_code(told, Config(new_only=True)) == 1
    assert exit_code(told, Config(new_only=True, fail_on=Severity.MEDIUM)) == 0
    assert exit_code(told, Config(fail_on=Severity.MEDIUM)) == 1
    assert exit_code(against(report(), report(found("i-2"))), Config(new_only=True, fail_on=None)) == 0


FINDINGS = st.lists(
    st.builds(
        found,
        st.sampled_from(["i-1", "i-2", "i-3", "x\x1b[31m`](y) {0}", "\ud800", "é 🔒"]),
        rule_id=st.sampled_from(["NET001", "EIC001"]),
        outcome=st.sampled_from(list(Outcome)),
        severity=st.sampled_from(list(Severity)),
        region=st.sampled_from(["eu-west-1", "us-east-1", "global"]),
        group=st.sampled_from(["", "web"]),
    ),
    max_size=6,
    unique_by=lambda one: one.fingerprint,
)


@given(FINDINGS)
def test_a_report_against_itself_is_unchanged_and_nothing_of_it_is_gone(findings: list[Finding]) -> None:
    before = report(*findings)
    told = against(before, before)
    states = {one.change.state for one in told.findings if one.change is not None}
    assert states <= {BaselineState.UNCHANGED}
    assert {one.outcome for one in told.findings if one.change is None} <= set(Outcome) - {Outcome.FAIL}
    assert told.comparison is not None
    assert (told.comparison.absent, told.comparison.unjudged, told.regressions()) == ((), (), ())
    assert tuple(dataclasses.replace(one, change=None) for one in told.findings) == before.findings


@pytest.mark.parametrize("format_", ["json", "sarif"])
@given(findings=FINDINGS)
def test_a_report_against_its_own_file_is_unchanged(
    tmp_path_factory: pytest.TempPathFactory, format_: str, findings: list[Finding]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"old.{format_}"
    Path(path).write_text(render(report(*findings), format=format_), encoding="utf-8")
    earlier = read_baseline(path)
    assert earlier is not None
    told = compare(report(*findings), earlier)
    assert {one.change.state for one in told.findings if one.change is not None} <= {BaselineState.UNCHANGED}
    assert told.comparison is not None
    assert (told.comparison.absent, told.comparison.unjudged) == ((), ())


@given(FINDINGS, FINDINGS)
def test_every_earlier_failure_is_told_of_once_and_every_later_one_is_marked(
    earlier: list[Finding], later: list[Finding]
) -> None:
    told = against(report(*earlier), report(*later))
    comparison = told.comparison
    assert comparison is not None
    failures = [one for one in told.findings if one.outcome is Outcome.FAIL]
    assert all(one.change is not None for one in failures)
    kept = [one for one in failures if one.change is not None and one.change.state is not BaselineState.NEW]
    before = [one for one in earlier if one.outcome is Outcome.FAIL]
    assert len(before) == len(kept) + len(comparison.absent) + len(comparison.unjudged)
