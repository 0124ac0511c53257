"""The report for the log of a GitHub job: workflow commands that GitHub shows as annotations."""

from __future__ import annotations

from collections import Counter

from scanner.model import Finding, ScanReport, Severity
from scanner.reports.answers import (
    failed_in_words,
    failures_worst_first,
    others_in_words,
    titles_of,
    waiver_troubles_in_words,
)
from scanner.reports.options import RenderOptions
from scanner.reports.reading import reading_in_words
from scanner.reports.text import clean, counted

MOST = 10
"""GitHub shows ten annotations of each level for a step and drops the rest without a word."""

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """`::error file=...,line=...,title=...::message` and the like for the worst failures, then how many there are.

    Only a failure that stands in somebody's files has file and line. A gate begins with a notice of what was read.
    """
    titles, shown = titles_of(report), Counter[str]()
    lines = _reading(report)
    shown["notice"] += len(lines)
    for finding in failures_worst_first(report):
        level = _LEVELS[finding.severity]
        shown[level] += 1
        if shown[level] <= MOST:
            lines.append(_command(level, finding, titles.get(finding.rule_id, "")))
    cut = sum(max(number - MOST, 0) for number in shown.values())
    if cut:
        told = f"GitHub shows {MOST} annotations of each level: {counted(cut, 'finding')} more in the other reports"
        options.tell(told)
        lines.append(f"({told})")
    lines += [f"::warning title=Waiver::{_data(trouble)}" for trouble in waiver_troubles_in_words(report)[:MOST]]
    others = others_in_words(report)
    lines.append(f"Bastionless: {failed_in_words(report)}{f'; {others}' if others else ''}.")
    return "\n".join(lines) + "\n"


def _reading(report: ScanReport) -> list[str]:
    """One notice, since GitHub shows few of them."""
    sentences = reading_in_words(report)
    return [f"::notice title=What was read::{'%0A'.join(map(_data, sentences))}"] if sentences else []


def _command(level: str, finding: Finding, title: str) -> str:
    place = finding.location
    properties = {
        **({"file": place.file, "line": str(place.line)} if place is not None else {}),
        "title": f"{finding.rule_id} {title}".strip(),
    }
    words = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    facts = (finding.message.strip() or title, *filter(None, map(str.strip, finding.because)))
    return f"::{level} {words}::{'%0A'.join(map(_data, facts))}"


def _data(text: str) -> str:
    """Clean text has no newlines left, so only the sign that begins an escape has to be one itself."""
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
