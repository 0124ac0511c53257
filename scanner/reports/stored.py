"""A stored JSON report back into the report it was made of, or one sentence about what is wrong with the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from scanner.errors import ReportError
from scanner.model import (
    BaselineState,
    Change,
    Comparison,
    Coverage,
    Finding,
    Framework,
    Gap,
    GapReason,
    Hop,
    JudgedWaiver,
    Location,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Scope,
    Setting,
    Severity,
    Suppression,
    Target,
    Waiver,
    WaiverState,
)
from scanner.model.evidence import Attempt, Evidence
from scanner.model.finding import GROUP_TAG
from scanner.reports.report_schema import FORMAT, VERSION, report_schema
from scanner.reports.shape import compile_schema

_WRITE = "give a file that `bastionless scan --format json` or `--report json=FILE` wrote"


def read_report(path: Path) -> ScanReport:
    """The report in a file; raises `ReportError` for a file that is unreadable, cut off, foreign, or of another version."""
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise ReportError(f"the report cannot be read ({failure.strerror})", place=str(path)) from None
    return parse_report(content, place=str(path))


def parse_report(content: str | bytes, *, place: str) -> ScanReport:
    """The report in the text of a JSON report; `place` is what errors call it. Raises `ReportError`."""
    try:
        document = json.loads(content)
    except json.JSONDecodeError as mistake:
        where = f"{place}:{mistake.lineno}"
        raise ReportError(f"the report is cut off, or no JSON ({mistake.msg})", place=where, cure=_WRITE) from None
    except (ValueError, RecursionError) as mistake:
        raise ReportError(f"the file is no report ({type(mistake).__name__})", place=place, cure=_WRITE) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ReportError("the file is no report of Bastionless", place=place, cure=_cure(document))
    if document.get("version") != VERSION:
        found = document.get("version")
        cure = "upgrade bastionless" if isinstance(found, int) and found > VERSION else _WRITE
        raise ReportError(f"the report is of version {found!r}, not {VERSION}", place=place, cure=cure)
    wrong = compile_schema(report_schema())(document)
    if wrong:
        raise ReportError(
            f"the report is damaged at {wrong.removeprefix('.').removeprefix(': ')}", place=place, cure=_WRITE
        )
    try:
        return _report(document)
    except ValueError as mistake:  # a day that no calendar has
        raise ReportError(f"the report is damaged: {mistake}", place=place, cure=_WRITE) from None


def _cure(document: Any) -> str:
    if isinstance(document, dict) and "runs" in document:
        return f"this is SARIF, which lacks half of a report: {_WRITE}"
    if isinstance(document, dict) and document.get("format") == "bastionless-snapshot":
        return "this is a snapshot: scan it with `bastionless scan --snapshot FILE`"
    return _WRITE


def _report(document: Mapping[str, Any]) -> ScanReport:
    return ScanReport(
        findings=tuple(_finding(one) for one in document["findings"]),
        gaps=tuple(_gap(one) for one in document["gaps"]),
        targets=tuple(Target(**_only(one, Target)) for one in document["targets"]),
        rules=tuple(_rule(one) for one in document["rules"]),
        totals=dict(document["totals"]),
        taken_at=document["taken_at"],
        tool_version=document["tool_version"],
        evidence=_evidence(document["evidence"]),
        coverage=coverage_from(document["coverage"]),
        frameworks=tuple(framework_from(one) for one in document["frameworks"]),
        waivers=tuple(_waiver(one) for one in document["waivers"]),
        comparison=_comparison(document["comparison"]),
    )


def coverage_from(record: Mapping[str, Any] | None) -> Coverage | None:
    """How much of templates was read, back from JSON."""
    return None if record is None else Coverage(**_only(record, Coverage))


def _only(record: Mapping[str, Any], noun: type) -> dict[str, Any]:
    """The members that the noun has: a later version may have written more."""
    names: tuple[str, ...] = noun.__slots__  # type: ignore[attr-defined] # all nouns have slots
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items() if name in names}


def _finding(record: Mapping[str, Any]) -> Finding:
    about = record["resource"]
    tags = {"Name": about["name"], GROUP_TAG: about["scaling_group"]}
    listed = [{"Key": key, "Value": value} for key, value in tags.items() if value]
    identity = (about["kind"], about["partition"], about["account"], about["region"], about["id"], about["arn"])
    return Finding(
        rule_id=record["rule_id"],
        outcome=Outcome(record["outcome"]),
        severity=Severity(record["severity"]),
        resource=Resource(*identity, {"Tags": listed} if listed else {}),
        message=record["message"],
        because=tuple(record["because"]),
        fix=record["fix"],
        path=tuple(_hop(hop) for hop in record["path"]),
        location=location_from(record["location"]),
        identity=record["identity"],
        suppression=_suppression(record["suppression"]),
        change=_change(record["change"]),
    )


def _suppression(record: Mapping[str, Any] | None) -> Suppression | None:
    return None if record is None else Suppression(**_only(record, Suppression))


def _waiver(record: Mapping[str, Any]) -> JudgedWaiver:
    """Raises `ValueError` for a day that is none; the schema has seen all else."""
    about = record["resource"]
    key, _, value = about["tag"].partition("=")
    scope = Scope(**{**_only(about, Scope), "tag": (key, value) if about["tag"] else None})
    until = date.fromisoformat(record["until"])
    waiver = Waiver(**{**_only(record, Waiver), "scope": scope, "until": until})
    return JudgedWaiver(waiver, WaiverState(record["state"]), record["sentence"], record["findings"])


def _change(record: Mapping[str, Any] | None) -> Change | None:
    return None if record is None else Change(**{**_only(record, Change), "state": BaselineState(record["state"])})


def _comparison(record: Mapping[str, Any] | None) -> Comparison | None:
    if record is None:
        return None
    return Comparison(
        record["name"],
        record["taken_at"],
        absent=tuple(_finding(one) for one in record["absent"]),
        unjudged=tuple(_finding(one) for one in record["unjudged"]),
        is_of_change=record["is_of_change"],
    )


def _hop(record: Mapping[str, Any]) -> Hop:
    members = _only(record, Hop)
    return Hop(**{**members, "is_opaque": record["inspects"], "location": location_from(record["location"])})


def location_from(record: Mapping[str, Any] | None) -> Location | None:
    """A line, back from JSON."""
    return None if record is None else Location(**_only(record, Location))


def _gap(record: Mapping[str, Any]) -> Gap:
    return Gap(**{**_only(record, Gap), "reason": GapReason(record["reason"])})


def _rule(record: Mapping[str, Any]) -> Rule:
    settings = record["settings"]
    members = {name: value for name, value in _only(record, Rule).items() if name != "settings"}
    return Rule(
        **{
            **members,
            "severity": Severity(record["severity"]),
            "file": f"{record['card']}.yaml" if record["card"] else "",
            "settings": tuple(Setting(name, one["default"], one["help"]) for name, one in settings.items()),
            "values": {name: one["value"] for name, one in settings.items()},
        }
    )


def _evidence(record: Mapping[str, Any] | None) -> Evidence | None:
    if record is None:
        return None
    attempts = tuple(Attempt(**_only(one, Attempt)) for one in record["attempts"])
    return Evidence(**{**_only(record, Evidence), "attempts": attempts})


def framework_from(record: Mapping[str, Any]) -> Framework:
    """A framework, back from JSON."""
    controls = {control: tuple(rules) for control, rules in record["controls"].items()}
    return Framework(**{**_only(record, Framework), "controls": controls, "proposed": record["proposed"]})
