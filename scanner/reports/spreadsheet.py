"""The report for spreadsheets: one answer a row, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io

from scanner.model import Finding, ScanReport
from scanner.reports.answers import titles_of, waiver_troubles_in_words, worst_first
from scanner.reports.options import RenderOptions
from scanner.reports.reading import reading_in_words
from scanner.reports.text import clean, name_of

COLUMNS = (
    *("severity", "outcome", "rule", "title", "account", "region", "kind", "resource", "name", "arn"),
    *("message", "because", "fix", "file", "line", "fingerprint", "waived", "change"),
)
# The last four are the wide forms, which some spreadsheets take for the narrow ones.
_FORMULA = tuple("=+-@|%\uff1d\uff0b\uff0d\uff20")


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """Comma-separated values with a heading, worst first; quoted as RFC 4180 has it, lines ended by a newline."""
    for sentence in (*reading_in_words(report), *waiver_troubles_in_words(report)):
        options.tell(sentence)
    page = io.StringIO()
    titles = titles_of(report)
    table = csv.writer(page, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(finding, titles.get(finding.rule_id, "")) for finding in worst_first(report))
    return page.getvalue()


def _row(finding: Finding, title: str) -> list[str]:
    resource, place, waived = finding.resource, finding.location, finding.suppression
    texts = (
        *(finding.severity.value, finding.outcome.value, finding.rule_id, title),
        *(resource.account, resource.region, resource.kind, resource.id, name_of(resource), resource.arn),
        *(
            finding.message,
            "; ".join(finding.because),
            "; ".join(filter(None, map(str.strip, finding.fix.splitlines()))),
        ),
        *((place.file, str(place.line)) if place is not None else ("", "")),
        finding.fingerprint,
        f"{waived.justification} ({waived.owner}, until {waived.until})" if waived is not None else "",
        finding.change.state.value if finding.change is not None else "",
    )
    return [cell(text) for text in texts]


def cell(text: str) -> str:
    """Clean text; an apostrophe before what would be a formula, as spreadsheets themselves mark text."""
    shown = clean(text.strip())
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
