"""Rules and inventories in one line each, for tests that are about the engine and not about any built-in rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scanner.aws.build import make_inventory
from scanner.model import Check, Finding, Gap, GapReason, Inventory, Rule, Severity

ACCOUNT = "111122223333"
HOME = "eu-west-1"
VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
TRAIL = "AWS::CloudTrail::Trail"

Facts = Mapping[str, Any]


def inventory(
    given: Mapping[str, Iterable[Facts]],
    *,
    region: str = HOME,
    account: str = ACCOUNT,
    gaps: Iterable[Gap] = (),
    collected: Iterable[str] | None = None,
) -> Inventory:
    """An inventory of kind -> dictionaries; without `collected`, what is not given does not exist."""
    return make_inventory(
        given,
        account=account,
        region=region,
        gaps=gaps,
        collected=collected,
        taken_at="2026-01-15T12:00:00Z",
    )


def refused(call: str, *kinds: str, region: str = HOME, account: str = ACCOUNT, resource: str = "") -> Gap:
    """A call that AWS denied."""
    return Gap(account, region, call, GapReason.DENIED, "AccessDenied", kinds, resource)


def rule(
    check: Check | None = None,
    *,
    about: str = VPC,
    when: str = "",
    require: str = "",
    say: str = "it is so",
    fix: str = "",
    values: Mapping[str, Any] | None = None,
    severity: Severity = Severity.MEDIUM,
    severity_set: bool = False,
    rule_id: str = "ACME001",
) -> Rule:
    """A rule as its card would make it."""
    return Rule(
        id=rule_id,
        title="a flaw",
        severity=severity,
        about=about,
        when=when,
        require=require,
        say=say,
        fix=fix,
        check=check,
        values=values or {},
        severity_set=severity_set,
        file="rules/a_flaw.yaml",
    )


def outcomes(findings: Iterable[Finding]) -> dict[str, str]:
    """Resource id -> outcome; two answers about one resource make the test fail."""
    told: dict[str, str] = {}
    for finding in findings:
        assert finding.resource.id not in told, f"two answers about {finding.resource.id}"
        told[finding.resource.id] = finding.outcome.value
    return told


def write_card(folder: Path, text: str, *, name: str = "a_flaw.yaml", python: str = "") -> Path:
    """A card in a folder, with Python beside it where there is some."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    if python:
        path.with_suffix(".py").write_text(python, encoding="utf-8")
    return path
