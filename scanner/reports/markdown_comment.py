"""The report for a comment of a pull request: the Markdown in as much room as GitHub gives a comment."""

from __future__ import annotations

from scanner.model import ScanReport
from scanner.reports.markdown import render_within
from scanner.reports.options import RenderOptions

ROOM = 65_000
"""Bytes; GitHub refuses a comment of more than 65,536 characters."""


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """Markdown of at most `ROOM` bytes."""
    return render_within(report, options=options, room=ROOM)
