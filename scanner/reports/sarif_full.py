"""The report for viewers of SARIF 2.1.0 other than GitHub: every answer, with frameworks and proofs."""

from __future__ import annotations

from scanner.model import ScanReport
from scanner.reports.options import RenderOptions
from scanner.reports.sarif import render_sarif


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """All accounts of the report in one file, nothing left out."""
    return render_sarif(report, full=True, tell=options.tell)
