"""What a gate read of somebody's files, and what it could not, in sentences for reports that only list answers."""

from __future__ import annotations

from scanner.model import ScanReport
from scanner.reports.grouping import merged_gaps
from scanner.reports.summary import coverage_in_words
from scanner.reports.text import clean, counted

_MOST = 10


def reading_in_words(report: ScanReport) -> list[str]:
    """How much was read, then what was not, each with its reason; nothing for what is no report of a gate."""
    if report.coverage is None:
        return []
    unread = unread_in_words(report)
    cut = len(unread) - _MOST
    more = [f"and {counted(cut, 'more part')} that could not be read"] if cut > 0 else []
    return [f"read {coverage_in_words(report.coverage)}", *unread[:_MOST], *more]


def unread_in_words(report: ScanReport) -> list[str]:
    """A sentence for each file and each part of one that could not be read."""
    return [*files_in_words(report), *(clean(gap.sentence) for gap in merged_gaps(report.gaps))]


def files_in_words(report: ScanReport) -> list[str]:
    """A sentence for each file, or each account beneath, of which nothing could be read."""
    return [clean(target.failed) for target in sorted(report.failed_targets)]
