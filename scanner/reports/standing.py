"""The parts of the terminal report about waivers and about an earlier scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from scanner.model import BaselineState, Comparison, Finding, ScanReport
from scanner.reports.options import RenderOptions
from scanner.reports.sheet import Sheet, Style
from scanner.reports.text import clean, counted, label

_NAMED = 10
_WORDS = {
    BaselineState.NEW: "new",
    BaselineState.UPDATED: "changed",
    BaselineState.UNCHANGED: "unchanged",
    BaselineState.ABSENT: "gone",
    BaselineState.UNJUDGED: "not compared",
}


def mark_of(finding: Finding) -> str:
    """What stands behind a finding's place: "  [new]", "  [changed: it was low]", "" where nothing was compared."""
    if finding.change is None:
        return ""
    remark = f": {clean(finding.change.remark)}" if finding.change.remark else ""
    return f"  [{_WORDS[finding.change.state]}{remark}]"


def add_waived(sheet: Sheet, report: ScanReport, options: RenderOptions) -> None:
    """The waived findings, folded: those of one rule, reason, owner and day on a line."""
    if not report.waived:
        return
    sheet.gap()
    sheet.add(f"WAIVED  {counted(len(report.waived), 'finding')} that somebody accepts", style=Style.STRONG)
    alike: dict[tuple[str, str, str], dict[str, list[Finding]]] = {}
    for finding in report.waived:
        if finding.suppression is not None:
            key = (finding.suppression.justification, finding.suppression.owner, finding.suppression.until)
            alike.setdefault(key, {}).setdefault(finding.rule_id, []).append(finding)
    for (reason, owner, until), rules in sorted(alike.items()):
        sheet.add(f"{clean(reason)} ({clean(owner)}, until {clean(until)})", first="  ", rest="    ")
        for rule_id, found in sorted(rules.items()):
            text = f"{clean(rule_id)}: {len(found):,}: {_named(found, options)}"
            sheet.add(text, first="    ", rest="      ", style=Style.QUIET)


def add_waiver_troubles(sheet: Sheet, report: ScanReport) -> None:
    """The waivers that somebody has to look after."""
    if not report.waiver_troubles:
        return
    sheet.gap()
    troubles = counted(len(report.waiver_troubles), "waiver")
    sheet.add(f"WAIVERS TO MEND  {troubles}", style=Style.DOUBT)
    for judged in report.waiver_troubles:
        waiver = judged.waiver
        place = f"{waiver.place}: " if waiver.place else ""
        text = f"{place}{waiver.words}: {judged.sentence} ({waiver.owner})"
        sheet.add(clean(text), first="  ", rest="    ")


def add_comparison(sheet: Sheet, comparison: Comparison, options: RenderOptions) -> None:
    """What the earlier scan found and this one does not: gone, or not looked at."""
    if comparison.absent:
        sheet.gap()
        sheet.add(f"GONE  {counted(len(comparison.absent), 'finding')} of {clean(comparison.name)}", style=Style.GOOD)
        _add_by(sheet, comparison.absent, options, key=lambda finding: finding.rule_id)
    if comparison.unjudged:
        sheet.gap()
        many = counted(len(comparison.unjudged), "finding")
        sheet.add(f"NOT COMPARED  {many} of {clean(comparison.name)}", style=Style.DOUBT)
        _add_by(sheet, comparison.unjudged, options, key=_remark)


def comparison_in_words(report: ScanReport) -> str:
    """A line such as "Since old.json: 1 new, 40 unchanged, 2 gone.", "" where nothing was compared."""
    comparison = report.comparison
    if comparison is None:
        return ""
    numbers = Counter(one.change.state for one in report.failures() if one.change is not None)
    numbers[BaselineState.ABSENT] = len(comparison.absent)
    numbers[BaselineState.UNJUDGED] = len(comparison.unjudged)
    always = {BaselineState.NEW, BaselineState.UNCHANGED, BaselineState.ABSENT}
    told = [f"{numbers[state]:,} {words}" for state, words in _WORDS.items() if numbers[state] or state in always]
    return clean(f"Since {comparison.name}: {', '.join(told)}.")


def _remark(finding: Finding) -> str:
    return finding.change.remark if finding.change is not None else ""


def _add_by(
    sheet: Sheet, findings: Iterable[Finding], options: RenderOptions, *, key: Callable[[Finding], str]
) -> None:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    for word, found in groups.items():
        sheet.add(f"{clean(word)}: {_named(found, options)}", first="  ", rest="    ")


def _named(findings: Iterable[Finding], options: RenderOptions) -> str:
    names = list(dict.fromkeys(label(finding.resource) for finding in findings))
    if options.verbose or len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"
