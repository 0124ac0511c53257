"""Waivers over a report: what they match is marked and kept, and each is told what became of it."""

from __future__ import annotations

import dataclasses
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from scanner.evaluate.waivers import waive
from scanner.model import (
    Config,
    Finding,
    Gap,
    GapReason,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Scope,
    Severity,
    Suppression,
    Target,
    Unknown,
    Waiver,
)
from scanner.pipeline import settle

HERE, THERE = "111122223333", "444455556666"
TODAY = date(2026, 6, 1)
RULES = tuple(
    Rule(rule_id, "a flaw", Severity.HIGH, "AWS::EC2::Instance", aliases=aliases, retired=retired)
    for rule_id, aliases, retired in (
        ("NET001", ("OLD001",), ""),
        ("NET002", (), ""),
        ("EIC001", (), ""),
        ("NET099", (), "it was wrong"),
    )
)


def found(
    name: str = "i-1",
    *,
    rule_id: str = "NET001",
    outcome: Outcome = Outcome.FAIL,
    account: str = HERE,
    region: str = "eu-west-1",
    tags: object = (),
    kind: str = "AWS::EC2::Instance",
) -> Finding:
    arn = f"arn:aws:ec2:{region}:{account}:instance/{name}"
    resource = Resource(kind, "aws", account, region, name, arn, {"Tags": tags})
    return Finding(rule_id, outcome, Severity.HIGH, resource, f"{name} is open", ("a fact",))


def report(*findings: Finding, targets: tuple[Target, ...] = (), gaps: tuple[Gap, ...] = ()) -> ScanReport:
    return ScanReport(findings, gaps, targets or (Target(HERE, "eu-west-1"),), RULES[:3], {}, "2026-06-01T00:00:00Z")


def waiver(rule: str = "NET001", until: date = TODAY, **scope: object) -> Waiver:
    return Waiver(rule, Scope(**(scope or {"id": "i-1"})), "net", "a demo", until, "b.yaml:2")  # type: ignore[arg-type]


def waived(told: ScanReport) -> set[tuple[str, str]]:
    return {(one.rule_id, one.resource.id) for one in told.waived}


def states(told: ScanReport) -> list[str]:
    return [f"{judged.state}: {judged.sentence}" for judged in told.waivers]


def put(told: ScanReport, *waivers: Waiver) -> ScanReport:
    return waive(told, waivers, known=RULES, today=TODAY)


def test_a_waived_finding_keeps_its_outcome_and_evidence_and_does_not_count() -> None:
    before = report(found("i-1"), found("i-2"))
    after = put(before, waiver())
    accepted = Suppression("a demo", "net", "2026-06-01", "b.yaml:2", "external", "accepted")
    assert after.findings == (dataclasses.replace(before.findings[0], suppression=accepted), before.findings[1])
    assert [one.resource.id for one in after.failures()] == ["i-2"]
    assert after.by_severity == {"high": 1}
    assert states(after) == ["used: 1 finding waived until 2026-06-01"]


def test_rules_are_named_by_id_family_alias_or_glob() -> None:
    before = report(found(rule_id="NET001"), found(rule_id="NET002"), found(rule_id="EIC001"))
    assert waived(put(before, waiver("NET001"))) == waived(put(before, waiver("OLD001"))) == {("NET001", "i-1")}
    both = {("NET001", "i-1"), ("NET002", "i-1")}
    assert waived(put(before, waiver("NET"))) == waived(put(before, waiver("NET0*"))) == both
    assert waived(put(before, waiver("*"))) == {*both, ("EIC001", "i-1")}


def test_resources_are_named_by_all_that_is_said_of_them() -> None:
    tagged = found("i-1", tags=[{"Key": "Env", "Value": "demo"}])
    before = report(tagged, found("i-2"), found("i-3", account=THERE), found("i-4", region="us-east-1"))
    for scope, names in (
        ({"id": "i-2"}, {"i-2"}),
        ({"arn": f"arn:aws:ec2:*:{HERE}:instance/*"}, {"i-1", "i-2", "i-4"}),
        ({"arn": "arn:aws:ec2:*:instance/i-"}, set()),
        ({"tag": ("Env", "demo")}, {"i-1"}),
        ({"tag": ("Env", "Demo")}, set()),
        ({"account": THERE}, {"i-3"}),
        ({"region": "us-east-1"}, {"i-4"}),
        ({"account": HERE, "region": "eu-west-1"}, {"i-1", "i-2"}),
        ({"id": "i-2", "tag": ("Env", "demo")}, set()),
    ):
        assert {name for _, name in waived(put(before, waiver("NET", **scope)))} == names, scope


def test_a_fingerprint_is_one_finding() -> None:
    before = report(found("i-1"), found("i-1", rule_id="NET002"))
    assert waived(put(before, waiver("", fingerprint=before.findings[1].fingerprint))) == {("NET002", "i-1")}


def test_a_waiver_holds_through_its_last_day_and_no_longer() -> None:
    before = report(found("i-1"))
    assert waived(put(before, waiver(until=date(2026, 6, 1)))) == {("NET001", "i-1")}
    expired = put(before, waiver(until=date(2026, 5, 31)))
    assert expired.findings == before.findings
    assert states(expired) == ["expired: it expired on 2026-05-31, and 1 finding counts again"]
    assert [judged.findings for judged in expired.waiver_troubles] == [1]


def test_the_first_of_several_valid_waivers_speaks_and_none_of_them_is_unused() -> None:
    first, second = waiver(until=date(2020, 1, 1)), waiver("NET", region="eu-west-1")
    third = dataclasses.replace(waiver("NET"), reason="another")
    after = put(report(found("i-1")), first, second, third)
    (finding,) = after.findings
    assert finding.suppression is not None
    assert finding.suppression.justification == "a demo"
    assert [judged.state.value for judged in after.waivers] == ["expired", "used", "used"]


def test_a_rule_that_does_not_exist_is_told_with_its_neighbour_and_a_retired_one_as_retired() -> None:
    assert states(put(report(), waiver("NET01"), waiver("NET099"), waiver("X*"))) == [
        "unknown-rule: no rule or family is called 'NET01'; did you mean 'NET001'?",
        "unknown-rule: the rule NET099 is retired",
        "unknown-rule: no rule or family is called 'X*'; choose one of EIC, EIC001, NET, NET001, NET002, NET099, OLD001",
    ]


def test_what_matches_nothing_is_unused_only_where_the_scan_looked() -> None:
    failed = Target(THERE, "eu-west-1", failed="the role cannot be assumed")
    place = found(HERE, rule_id="NET002", outcome=Outcome.UNKNOWN, kind="AWS::Region")
    before = report(place, targets=(Target(HERE, "eu-west-1"), failed))
    told = put(
        before,
        waiver(account=HERE),
        waiver(account=THERE),
        waiver(account=HERE, region="us-east-1"),
        waiver(arn="arn:aws:ec2:us-east-1:*:instance/*"),
        waiver("NET002", id="i-9", account=HERE),
    )
    assert states(told) == [
        "unused: it matches no finding",
        f"undecided: it was not put to use: {THERE} eu-west-1 could not be read",
        f"undecided: it was not put to use: {HERE} us-east-1 was not scanned",
        "undecided: it was not put to use: us-east-1 was not scanned",
        f"undecided: it was not put to use: NET002 cannot be decided for all of {HERE} eu-west-1",
    ]
    assert [judged.waiver.scope.account for judged in told.waiver_troubles] == [HERE]


def test_a_rule_that_was_not_asked_leaves_its_waivers_undecided() -> None:
    some = dataclasses.replace(report(), rules=RULES[1:3])
    assert states(put(some, waiver())) == ["undecided: it was not put to use: its rule was not asked"]


def test_regions_that_nobody_could_list_may_hold_what_a_waiver_is_about() -> None:
    unseen = Gap(HERE, "us-east-1", "ec2:DescribeRegions", GapReason.DENIED, "x", ("AWS::Region",))
    assert states(put(report(gaps=(unseen,)), waiver())) == [
        f"undecided: it was not put to use: the Regions of {HERE} could not be listed"
    ]


def test_nothing_unknown_is_waived() -> None:
    before = report(found("i-1", outcome=Outcome.UNKNOWN), found("i-1", rule_id="NET002", outcome=Outcome.ERROR))
    after = put(before, waiver("NET"))
    assert after.findings == before.findings
    assert states(after) == ["undecided: it was not put to use: NET002 cannot be decided for i-1"]


def test_tags_that_could_not_be_read_waive_nothing_and_are_told() -> None:
    before = report(found("i-1", tags=Unknown("refused")))
    after = put(before, waiver(tag=("Env", "demo")))
    assert (after.waived, states(after)) == (
        (),
        ["undecided: it was not put to use: the tags of i-1 could not be read"],
    )


FINDINGS = st.lists(
    st.builds(
        found,
        st.sampled_from(["i-1", "i-2", "x\x1b[31m", "a*"]),
        rule_id=st.sampled_from(["NET001", "NET002", "EIC001"]),
        outcome=st.sampled_from(list(Outcome)),
        account=st.sampled_from([HERE, THERE]),
        region=st.sampled_from(["eu-west-1", "us-east-1", "global"]),
        tags=st.sampled_from([(), [{"Key": "Env", "Value": "demo"}], Unknown("refused")]),
    ),
    max_size=6,
)
WAIVERS = st.lists(
    st.builds(
        Waiver,
        st.sampled_from(["NET001", "NET", "*", "EIC0*", "GONE"]),
        st.builds(
            Scope,
            id=st.sampled_from(["", "i-1", "a*"]),
            arn=st.sampled_from(["", "arn:*", "arn:aws:ec2:eu-west-1:*"]),
            tag=st.sampled_from([None, ("Env", "demo")]),
            account=st.sampled_from(["", HERE]),
            region=st.sampled_from(["", "global"]),
        ),
        st.just("net"),
        st.just("a demo"),
        st.dates(date(2026, 5, 28), date(2026, 6, 3)),
    ),
    max_size=4,
)


@given(FINDINGS, WAIVERS)
def test_waivers_change_nothing_but_the_suppressions_of_failures(
    findings: list[Finding], waivers: list[Waiver]
) -> None:
    before = report(*findings)
    after = put(before, *waivers)
    assert tuple(dataclasses.replace(one, suppression=None) for one in after.findings) == before.findings
    assert {one.outcome for one in after.waived} <= {Outcome.FAIL}
    assert dataclasses.replace(after, findings=before.findings, waivers=()) == before
    assert [judged.waiver for judged in after.waivers] == waivers
    assert sum(judged.findings for judged in after.waivers if judged.state == "used") >= len(after.waived)
    # Each waived finding would be waived by one waiver alone, and no other by any.
    alone = {one.fingerprint for single in waivers for one in put(before, single).waived}
    assert {one.fingerprint for one in after.waived} == alone


def test_the_clock_of_waivers_is_the_day_the_facts_were_collected_or_one_that_is_given() -> None:
    before = report(found("i-1"))
    assert before.taken_at == "2026-06-01T00:00:00Z"
    config = Config(waivers=(waiver(until=date(2026, 6, 1)),))
    assert waived(settle(before, config)) == {("NET001", "i-1")}
    later = settle(before, config, today=date(2026, 6, 2))
    assert (waived(later), [str(one.state) for one in later.waiver_troubles]) == (set(), ["expired"])
