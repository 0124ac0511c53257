"""What other scanners get wrong about trails, each by its name."""

from __future__ import annotations

from typing import Any

from scanner.aws.build import make_inventory
from scanner.evaluate.run import evaluate
from scanner.model import Config, Gap, GapReason
from scanner.rulebook.shelf import select_rules
from tests.rules.answers import ACCOUNT, NOON, OTHER_ACCOUNT, RULES, answers_of, outcomes

CALLED_OTHERWISE = [{"Name": "our own label", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


def trail(owner: str = ACCOUNT, **facts: Any) -> dict[str, Any]:
    return {
        "Name": "audit",
        "TrailARN": f"arn:aws:cloudtrail:eu-west-1:{owner}:trail/audit",
        "HomeRegion": "eu-west-1",
        "IsMultiRegionTrail": True,
        "IsLogging": True,
        "LatestDeliveryTime": "2026-01-15T11:55:00Z",
        **facts,
    }


def with_refused_selectors(rule: str, *, call: str = "cloudtrail:GetEventSelectors") -> dict[str, str]:
    arn = f"arn:aws:cloudtrail:eu-west-1:{OTHER_ACCOUNT}:trail/audit"
    kind = "AWS::CloudTrail::Trail"
    gap = Gap(ACCOUNT, "eu-west-1", call, GapReason.DENIED, "AccessDeniedException", (kind,), arn)
    inventory = make_inventory(
        {kind: [trail(OTHER_ACCOUNT, IsOrganizationTrail=True)]},
        account=ACCOUNT,
        region="eu-west-1",
        gaps=[gap],
        taken_at=NOON,
    )
    report = evaluate([inventory], select_rules(RULES, Config(select=(rule,))), include_pass=True)
    return {one.resource.id: one.outcome.value for one in report.findings}


def test_a_selector_label_that_is_not_management_events_selector() -> None:
    found = answers_of("TRL001", trailList=[trail(AdvancedEventSelectors=CALLED_OTHERWISE)])
    assert outcomes(found)["eu-west-1"] == "pass"


def test_split_read_write_selectors_counted_as_missing() -> None:
    management = {"Field": "eventCategory", "Equals": ["Management"]}
    halves = [{"FieldSelectors": [management, {"Field": "readOnly", "Equals": [half]}]} for half in ("true", "false")]
    for rule, subject in (("TRL001", "eu-west-1"), ("TRL003", ACCOUNT)):
        assert outcomes(answers_of(rule, trailList=[trail(AdvancedEventSelectors=halves)]))[subject] == "pass"


def test_an_organization_trail_ignored() -> None:
    seen = trail(OTHER_ACCOUNT, IsOrganizationTrail=True, AdvancedEventSelectors=CALLED_OTHERWISE)
    for rule, subject in (("TRL001", "eu-west-1"), ("TRL003", ACCOUNT)):
        assert outcomes(answers_of(rule, trailList=[seen]))[subject] == "pass"


def test_pass_on_access_denied() -> None:
    assert with_refused_selectors("TRL001")["eu-west-1"] == "unknown"
    assert with_refused_selectors("TRL003")[ACCOUNT] == "unknown"
    assert with_refused_selectors("TRL002", call="cloudtrail:GetTrailStatus")["audit"] == "unknown"
