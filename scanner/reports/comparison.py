"""What a change closes and what it leaves as it is, in a few lines of the terminal report."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Comparison, Finding, Outcome, ScanReport
from scanner.reports.sheet import Sheet, Style
from scanner.reports.text import clean, counted, label


def add_change_of_account(sheet: Sheet, report: ScanReport, comparison: Comparison) -> None:
    """What is gone, one line a rule; of the rest only how much there is."""
    if comparison.absent:
        sheet.gap()
        sheet.add(f"CLOSED  this change closes {counted(len(comparison.absent), 'finding')}", style=Style.GOOD)
        for rule_id, names in _by_rule(comparison.absent):
            sheet.add(names, first=f"  {clean(rule_id)}  ", rest="    ")
    stays = [
        one for one in report.findings if one.change is not None and not one.change.is_worse and not one.suppression
    ]
    failed = [one for one in stays if one.outcome is Outcome.FAIL]
    doubtful = [one for one in stays if one.outcome is Outcome.UNKNOWN]
    if stays:
        sheet.gap()
        told = [counted(len(failed), "finding")] if failed else []
        told += [f"{len(doubtful):,} not decided"] if doubtful else []
        words = " and ".join(told) or counted(len(stays), "answer")
        sheet.add(f"BEFORE  {words} of {clean(comparison.name)} stay as they are (-v lists them)", style=Style.QUIET)


def _by_rule(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    rules: dict[str, list[str]] = {}
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        rules.setdefault(finding.rule_id, []).append(label(finding.resource))
    return [(rule_id, ", ".join(names)) for rule_id, names in rules.items()]
