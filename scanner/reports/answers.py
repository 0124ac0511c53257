"""A report's answers put in order: what every format with one entry an answer begins with."""

from __future__ import annotations

from scanner.model import Finding, Outcome, ScanReport, Severity
from scanner.reports.text import counted

_GRAVITY = (Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE, Outcome.PASS)
_WORDS = {
    Outcome.UNKNOWN: "not decided",
    Outcome.ERROR: "crashed",
    Outcome.NOT_APPLICABLE: "not applicable",
    Outcome.PASS: "passed",
}


def worst_first(report: ScanReport) -> list[Finding]:
    """Every answer: failures before all else, then by severity, then in the order of every report."""
    return sorted(
        report.findings,
        key=lambda one: (_GRAVITY.index(one.outcome), -one.severity.rank, one.sort_key, one.message, one.because),
    )


def failures_worst_first(report: ScanReport) -> list[Finding]:
    """The failures alone."""
    return sorted(report.failures(), key=lambda one: (-one.severity.rank, one.sort_key, one.message, one.because))


def waiver_troubles_in_words(report: ScanReport) -> list[str]:
    """A sentence for each waiver that somebody has to look after: expired, unused, or of no rule."""
    return [
        f"{f'{one.waiver.place}: ' if one.waiver.place else ''}the waiver of {one.waiver.words}: {one.sentence} ({one.waiver.owner})"
        for one in report.waiver_troubles
    ]


def titles_of(report: ScanReport) -> dict[str, str]:
    """Rule id -> title."""
    return {rule.id: rule.title.strip() for rule in report.rules}


def failed_in_words(report: ScanReport) -> str:
    """Words such as "3 findings (1 critical, 2 high)"."""
    severities = report.by_severity
    found = [f"{severities[one.value]:,} {one.value}" for one in reversed(Severity) if severities.get(one.value)]
    return counted(sum(severities.values()), "finding") + (f" ({', '.join(found)})" if found else "")


def others_in_words(report: ScanReport) -> str:
    """The other answers that were given: "40 passed, 2 not decided", "" where there are none."""
    numbers = [(report.totals.get(outcome.value, 0), words) for outcome, words in _WORDS.items()]
    numbers.insert(0, (len(report.waived), "waived"))
    return ", ".join(f"{number:,} {words}" for number, words in numbers if number)
