"""The report for programs: everything a scan knows, in a versioned form that `report_schema` describes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from typing import Any

from scanner.model import Finding, Gap, Outcome, Rule, ScanReport, Severity, Target
from scanner.model.evidence import Evidence
from scanner.reports.hops import hop_as_json
from scanner.reports.layout import dump
from scanner.reports.options import RenderOptions
from scanner.reports.report_schema import FORMAT, VERSION, report_schema
from scanner.reports.standing_json import comparison_as_json, standing_of, waiver_as_json
from scanner.reports.text import name_of

__all__ = ["FORMAT", "VERSION", "render", "report_schema"]

_ONE_A_LINE = frozenset(
    {"absent", "comparison", "findings", "gaps", "rules", "severities", "targets", "totals", "unjudged", "waivers"}
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
        "targets": [_target(target) for target in sorted(report.targets)],
        "rules": [_rule(rule) for rule in report.rules],
        "gaps": [_gap(gap) for gap in sorted(report.gaps)],
        "evidence": _evidence(report.evidence) if report.evidence else None,
        "waived": len(report.waived),
        "waivers": [waiver_as_json(judged) for judged in report.waivers],
        "comparison": comparison_as_json(report.comparison, _finding),
        "findings": [_finding(finding) for finding in sorted(report.findings, key=_order)],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "since": evidence.since,
        "until": evidence.until,
        "notice": evidence.notice,
        "unreadable": evidence.unreadable,
        "attempts": [{**asdict(attempt), "sources": list(attempt.sources)} for attempt in evidence.attempts],
    }


def _order(finding: Finding) -> tuple[object, ...]:
    return (*finding.sort_key, finding.message, finding.because)


def _finding(finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    return {
        "fingerprint": finding.fingerprint,
        "rule_id": finding.rule_id,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "because": list(finding.because),
        "fix": finding.fix,
        "path": [hop_as_json(hop) for hop in finding.path],
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
        **standing_of(finding),
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
        "settings": {
            setting.name: {
                "value": plain(rule.values.get(setting.name, setting.default)),
                "default": plain(setting.default),
                "help": setting.help,
            }
            for setting in rule.settings
        },
    }


def _gap(gap: Gap) -> dict[str, Any]:
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


def _target(target: Target) -> dict[str, Any]:
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
