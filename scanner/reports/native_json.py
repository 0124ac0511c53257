"""The report for programs: everything a scan knows, in a versioned form that `report_schema` describes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from scanner.model import (
    Coverage,
    Finding,
    Framework,
    Gap,
    Location,
    Outcome,
    Rule,
    ScanReport,
    Severity,
    Target,
)
from scanner.model.evidence import Evidence
from scanner.reports.hops import hop_as_json
from scanner.reports.layout import dump
from scanner.reports.options import RenderOptions
from scanner.reports.report_schema import FORMAT, VERSION, report_schema
from scanner.reports.standing_json import comparison_as_json, standing_of, waiver_as_json
from scanner.reports.text import name_of

__all__ = ["FORMAT", "VERSION", "render", "report_schema"]

_ONE_A_LINE = frozenset(
    {
        *("absent", "comparison", "findings", "frameworks", "gaps", "rules", "severities", "targets", "totals"),
        *("unjudged", "waivers"),
    }
)


def render(report: ScanReport, *, options: RenderOptions) -> str:  # noqa: ARG001 - programs read any width
    """The report as JSON: same report, same bytes; findings sorted, keys sorted, plain ASCII."""
    return dump(_document(report), spread=_ONE_A_LINE)


def _document(report: ScanReport) -> dict[str, Any]:
    failures = report.by_severity
    return {
        "format": FORMAT,
        "version": VERSION,
        "tool_version": report.tool_version,
        "taken_at": report.taken_at,
        "complete": report.complete,
        "totals": {outcome.value: report.totals.get(outcome.value, 0) for outcome in Outcome},
        "severities": {severity.value: failures.get(severity.value, 0) for severity in Severity},
        "coverage": coverage_as_json(report.coverage),
        "targets": [target_as_json(target) for target in sorted(report.targets)],
        "rules": [_rule(rule) for rule in report.rules],
        "frameworks": [_framework(one, {rule.id for rule in report.rules}) for one in report.frameworks],
        "gaps": [gap_as_json(gap) for gap in sorted(report.gaps)],
        "evidence": _evidence(report.evidence) if report.evidence else None,
        "waived": len(report.waived),
        "waivers": [waiver_as_json(judged) for judged in report.waivers],
        "comparison": comparison_as_json(report.comparison, finding_as_json, order=finding_order),
        "findings": [finding_as_json(finding) for finding in sorted(report.findings, key=finding_order)],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "since": evidence.since,
        "until": evidence.until,
        "notice": evidence.notice,
        "unreadable": evidence.unreadable,
        "attempts": [{**asdict(attempt), "sources": list(attempt.sources)} for attempt in evidence.attempts],
    }


def finding_order(finding: Finding) -> tuple[object, ...]:
    """The order of every list of findings for programs."""
    return (*finding.sort_key, finding.message, finding.because)


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """A finding with everything known of it."""
    resource = finding.resource
    return {
        "fingerprint": finding.fingerprint,
        "identity": finding.identity,
        "rule_id": finding.rule_id,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "because": list(finding.because),
        "fix": finding.fix,
        "path": [
            {**hop_as_json(hop), "rule_id": hop.rule_id, "location": _location(hop.location)} for hop in finding.path
        ],
        "resource": {
            "kind": resource.kind,
            "partition": resource.partition,
            "account": resource.account,
            "region": resource.region,
            "id": resource.id,
            "arn": resource.arn,
            "name": name_of(resource),
            "scaling_group": finding.scaling_group,
        },
        "location": _location(finding.location),
        **standing_of(finding),
    }


def _location(place: Location | None) -> dict[str, Any] | None:
    return asdict(place) if place is not None else None


def coverage_as_json(coverage: Coverage | None) -> dict[str, Any] | None:
    """How much of templates was read; None for what was no template."""
    if coverage is None:
        return None
    return {
        "files": coverage.files,
        "resources": coverage.resources,
        "ignored": dict(coverage.ignored),
        "unread": coverage.unread,
    }


def _framework(framework: Framework, rule_ids: AbstractSet[str]) -> dict[str, Any]:
    """A framework with the controls that rules of this report answer."""
    controls = {control: [one for one in rules if one in rule_ids] for control, rules in framework.controls.items()}
    proposed = {
        control: {rule_id: reason for rule_id, reason in rules.items() if rule_id in rule_ids}
        for control, rules in framework.proposed.items()
    }
    return {
        "key": framework.key,
        "name": framework.name,
        "version": framework.version,
        "pattern": framework.pattern,
        "learn": framework.learn,
        "controls": {control: rules for control, rules in controls.items() if rules},
        "proposed": {control: rules for control, rules in proposed.items() if rules},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "family": rule.family,
        "title": rule.title,
        "severity": rule.severity.value,
        "about": rule.about,
        "why": rule.why,
        "fix": rule.fix,
        "learn": list(rule.learn),
        "since": rule.since,
        "aliases": list(rule.aliases),
        "card": PurePath(rule.file).stem,
        "settings": {
            setting.name: {
                "value": plain(rule.values.get(setting.name, setting.default)),
                "default": plain(setting.default),
                "help": setting.help,
            }
            for setting in rule.settings
        },
    }


def gap_as_json(gap: Gap) -> dict[str, Any]:
    """A call without an answer."""
    return {
        "account": gap.account,
        "region": gap.region,
        "call": gap.call,
        "reason": gap.reason.value,
        "detail": gap.detail,
        "kinds": sorted(gap.kinds),
        "resource": gap.resource,
        "sentence": gap.sentence,
    }


def target_as_json(target: Target) -> dict[str, Any]:
    """An account in a Region as it was scanned."""
    return {
        "account": target.account,
        "region": target.region,
        "partition": target.partition,
        "mode": target.mode,
        "resources": target.resources,
        "failed": target.failed,
    }


def plain(value: Any) -> Any:
    """A setting as JSON has it; what JSON has no word for (a date, an infinite number) as its text."""
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if isinstance(value, AbstractSet):
        return sorted((plain(member) for member in value), key=str)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
