"""A JSON report back into the nouns it was made of, as far as a comparison and a rendering need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model import (
    EarlierFinding,
    Finding,
    Gap,
    GapReason,
    Hop,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Setting,
    Severity,
    Suppression,
    Target,
)
from scanner.model.evidence import Attempt, Evidence
from scanner.model.finding import GROUP_TAG
from scanner.reports.stored import coverage_from, framework_from, location_from


def earlier_from_json(document: Mapping[str, Any]) -> tuple[EarlierFinding, ...]:
    """The failures; what is missing or strange raises KeyError, TypeError or ValueError."""
    found = []
    for record in document["findings"]:
        if record["outcome"] == Outcome.FAIL.value:
            finding = _finding(record)
            found.append(EarlierFinding(finding, _text(record, "fingerprint"), finding.digest))
    return tuple(found)


def report_from_json(document: Mapping[str, Any]) -> ScanReport:
    """The whole report but what became of its waivers and of an earlier baseline; raises like `earlier_from_json`."""
    evidence = document["evidence"]
    return ScanReport(
        findings=tuple(_finding(record) for record in document["findings"]),
        gaps=tuple(_gap(record) for record in document["gaps"]),
        targets=tuple(Target(**_members(record, Target)) for record in document["targets"]),
        rules=tuple(_rule(record) for record in document["rules"]),
        totals={outcome.value: int(document["totals"][outcome.value]) for outcome in Outcome},
        taken_at=_text(document, "taken_at"),
        tool_version=_text(document, "tool_version"),
        evidence=None if evidence is None else _evidence(evidence),
        coverage=coverage_from(document.get("coverage")),
        frameworks=tuple(framework_from(record) for record in document.get("frameworks", ())),
    )


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record[name]
    if not isinstance(value, str):
        raise TypeError(f"{name!r} is not text")
    return value


def _texts(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = record[name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name!r} is no list of texts")
    return tuple(value)


def _members(record: Mapping[str, Any], noun: type) -> dict[str, Any]:
    """The members that the noun has, their types as the noun's own; a later version may have written more."""
    names: tuple[str, ...] = noun.__slots__  # type: ignore[attr-defined] # all nouns have slots
    found = {name: value for name, value in record.items() if name in names}
    for name, value in found.items():
        if isinstance(value, dict) or value is None:
            raise TypeError(f"{name!r} is not what it should be")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def _finding(record: Mapping[str, Any]) -> Finding:
    about, waived = record["resource"], record.get("suppression")
    tags = {"Name": _text(about, "name"), GROUP_TAG: about.get("scaling_group", "")}
    facts = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items() if value]}
    return Finding(
        rule_id=_text(record, "rule_id"),
        outcome=Outcome(record["outcome"]),
        severity=Severity(record["severity"]),
        resource=Resource(
            _text(about, "kind"),
            _text(about, "partition"),
            _text(about, "account"),
            _text(about, "region"),
            _text(about, "id"),
            _text(about, "arn"),
            facts,
        ),
        message=_text(record, "message"),
        because=_texts(record, "because"),
        fix=_text(record, "fix"),
        path=tuple(_hop(hop) for hop in record["path"]),
        location=location_from(record.get("location")),
        identity=record.get("identity", ""),
        suppression=None if waived is None else Suppression(**_members(waived, Suppression)),
    )


def _hop(record: Mapping[str, Any]) -> Hop:
    plain = {name: value for name, value in record.items() if name != "location"}
    return Hop(
        **{**_members(plain, Hop), "is_opaque": record["inspects"], "location": location_from(record.get("location"))}
    )


def _gap(record: Mapping[str, Any]) -> Gap:
    return Gap(**{**_members(record, Gap), "reason": GapReason(record["reason"])})


def _rule(record: Mapping[str, Any]) -> Rule:
    settings = record["settings"]
    plain = {name: value for name, value in record.items() if name != "settings"}
    return Rule(
        **{
            **_members(plain, Rule),
            "severity": Severity(record["severity"]),
            "file": f"{record['card']}.yaml" if record.get("card") else "",
            "settings": tuple(Setting(name, one["default"], one["help"]) for name, one in settings.items()),
            "values": {name: one["value"] for name, one in settings.items()},
        }
    )


def _evidence(record: Mapping[str, Any]) -> Evidence:
    attempts = tuple(Attempt(**_members(one, Attempt)) for one in record["attempts"])
    plain = {name: value for name, value in record.items() if name != "attempts"}
    return Evidence(**{**_members(plain, Evidence), "attempts": attempts})
