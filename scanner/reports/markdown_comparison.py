"""What is new and what is gone since an earlier scan or by a planned change, as a section of a Markdown page."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import BaselineState, Comparison, Finding, ScanReport
from scanner.reports.markdown_text import code, escaped
from scanner.reports.standing import comparison_in_words

_NAMED = 10


def comparison_section(report: ScanReport, *, room: int) -> list[str]:
    """Lines of at most `room` bytes; none where nothing was compared. The numbers are of all, whatever is cut."""
    comparison = report.comparison
    if comparison is None:
        return []
    lines = ["", "### Comparison", "", escaped(comparison_in_words(report))]
    new = [one for one in report.failures() if one.change is not None and one.change.state is BaselineState.NEW]
    return _within(room, [*lines, *_listed("New", new), *_listed(_gone(comparison), comparison.absent)])


def _gone(comparison: Comparison) -> str:
    return "Closed by this change" if comparison.is_of_change else "Gone"


def _listed(title: str, findings: Iterable[Finding]) -> list[str]:
    """A line for each rule, with the first of its resources."""
    rules: dict[str, dict[str, None]] = {}
    for finding in sorted(findings, key=lambda one: one.sort_key):
        rules.setdefault(finding.rule_id, {})[code(finding.resource.id)] = None
    lines = [f"- {escaped(rule_id)}: {_named(list(names))}" for rule_id, names in rules.items()]
    return ["", f"{title}:", "", *lines] if lines else []


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _within(room: int, lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            return [*lines[:number], "", "_There is no room for all of the comparison here._"]
    return lines
