"""The report for GitLab's Code Quality: one entry for each failure."""

from __future__ import annotations

from typing import Any

from scanner.model import Finding, ScanReport, Severity
from scanner.reports.answers import failures_worst_first, titles_of, waiver_troubles_in_words
from scanner.reports.layout import dump_list
from scanner.reports.options import RenderOptions
from scanner.reports.reading import reading_in_words
from scanner.reports.resource_paths import place_of
from scanner.reports.text import clean

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """GitLab's JSON list, one entry a line; each fingerprint once, as GitLab shows only the first of several."""
    for sentence in (*reading_in_words(report), *waiver_troubles_in_words(report)):
        options.tell(sentence)
    titles, entries = titles_of(report), dict[str, dict[str, Any]]()
    for finding in failures_worst_first(report):
        entries.setdefault(finding.fingerprint, _entry(finding, titles.get(finding.rule_id, "")))
    return dump_list(list(entries.values()))


def _entry(finding: Finding, title: str) -> dict[str, Any]:
    path, line = place_of(finding)
    return {
        "description": clean(finding.message.strip() or title or finding.rule_id),
        "check_name": clean(finding.rule_id),
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": path, "lines": {"begin": line}},
    }
