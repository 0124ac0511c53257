"""The last lines of the terminal report: is it well, what was scanned, how many answers of each sort."""

from __future__ import annotations

from scanner.model import GLOBAL, Coverage, Outcome, ScanReport, Severity
from scanner.reports.sheet import Sheet, Style
from scanner.reports.standing import comparison_in_words
from scanner.reports.text import clean, counted

_WORDS = {
    Outcome.UNKNOWN: "not decided",
    Outcome.ERROR: "crashed",
    Outcome.PASS: "passed",
    Outcome.NOT_APPLICABLE: "not applicable",
}
_ALWAYS = (Outcome.UNKNOWN, Outcome.PASS)


def add_summary(sheet: Sheet, report: ScanReport, *, seconds: float | None) -> None:
    """What was scanned, then the counts; before them one friendly line where nothing is wrong."""
    sheet.gap()
    if not _failed(report) and not report.failures():
        sheet.add(_no_flaw(report), style=Style.GOOD if report.complete and _resources(report) else Style.DOUBT)
    sheet.add(_scanned(report, seconds=seconds), rest="  ")
    sheet.add(_counts(report), rest="  ", style=Style.STRONG)
    since = comparison_in_words(report)
    if since:
        sheet.add(since, rest="  ", style=Style.STRONG)


def _no_flaw(report: ScanReport) -> str:
    if report.coverage is not None and not _resources(report):
        return "No flaw found, but nothing that any rule asks about is planned there."
    if not _resources(report):
        return "No flaw found, but no resources either: check the account, the Regions and the permissions."
    if not report.complete or report.gaps:
        return "No flaw found in what could be read; what is listed above was not decided."
    if report.waived:
        return "No flaw found but those that are waived. Everything that was asked could be decided."
    return "No flaw found. Everything that was asked could be decided."


def _scanned(report: ScanReport, *, seconds: float | None) -> str:
    if report.coverage is not None:
        return _planned(report, report.coverage, seconds=seconds)
    read = [target for target in report.targets if not target.failed]
    accounts = {target.account for target in read}
    regions = {target.region for target in read if target.region != GLOBAL}
    modes = sorted({target.mode for target in read} - {"live"})
    kind = f" ({', '.join(modes)})" if modes else ""
    places = [f"{counted(len(accounts), 'account')}{kind}", counted(len(regions), "Region")]
    looked = f"{counted(_resources(report), 'resource')} with {counted(len(report.rules), 'rule')}"
    moment = f", as of {report.taken_at}" if report.taken_at else ""
    duration = f", in {seconds:.1f} s" if seconds is not None else ""
    return clean(f"Scanned {', '.join(places)}, {looked}{moment}{duration}.")


def _planned(report: ScanReport, coverage: Coverage, *, seconds: float | None) -> str:
    duration = f", in {seconds:.1f} s" if seconds is not None else ""
    return f"Read {coverage_in_words(coverage)}. Asked {counted(len(report.rules), 'rule')}{duration}."


def coverage_in_words(coverage: Coverage) -> str:
    """How much of templates and plans was read, how many types were not, and why."""
    others = sum(coverage.ignored.values())
    sorts = counted(len(coverage.ignored), "type")
    beside = f", and {others:,} of {sorts} that no rule asks about" if others else ""
    unread = f"; {counted(coverage.unread, 'part')} could not be read" if coverage.unread else ""
    return f"{counted(coverage.files, 'file')}: {counted(coverage.resources, 'planned resource')}{beside}{unread}"


def _counts(report: ScanReport) -> str:
    severities = report.by_severity
    found = [f"{severities[s.value]:,} {s.value}" for s in reversed(Severity) if severities.get(s.value)]
    failed = _failed(report)
    detail = f" ({', '.join(found)})" if found else ""
    numbers = {outcome: report.totals.get(outcome.value, 0) for outcome in _WORDS}
    others = [
        f"{numbers[outcome]:,} {words}" for outcome, words in _WORDS.items() if numbers[outcome] or outcome in _ALWAYS
    ]
    waived = [f"{len(report.waived):,} waived"] if report.waived else []
    return f"{counted(failed, 'finding')}{detail}; {', '.join([*waived, *others])}."


def _failed(report: ScanReport) -> int:
    """How many failures count, listed or not."""
    waived = len(report.waived)
    return report.totals.get(Outcome.FAIL.value, len(report.failures()) + waived) - waived


def _resources(report: ScanReport) -> int:
    return sum(target.resources for target in report.targets)
