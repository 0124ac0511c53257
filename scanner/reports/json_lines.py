"""The report for log pipelines: one JSON object a line, the first about the scan, each other about one answer or gap."""

from __future__ import annotations

from scanner.model import Outcome, ScanReport, Severity
from scanner.reports.answers import titles_of
from scanner.reports.layout import compact
from scanner.reports.native_json import coverage_as_json, finding_as_json, finding_order, gap_as_json, target_as_json
from scanner.reports.options import RenderOptions
from scanner.reports.standing_json import waiver_as_json

FORMAT = "bastionless-lines"
VERSION = 1


def render(report: ScanReport, *, options: RenderOptions) -> str:  # noqa: ARG001 - programs read any width
    """Lines with the member `record`: scan, then target, waiver, gap and finding; their members are those of the JSON report."""
    failures, titles = report.by_severity, titles_of(report)
    lines = [
        compact(
            {
                "record": "scan",
                "format": FORMAT,
                "version": VERSION,
                "tool_version": report.tool_version,
                "taken_at": report.taken_at,
                "complete": report.complete,
                "totals": {outcome.value: report.totals.get(outcome.value, 0) for outcome in Outcome},
                "severities": {severity.value: failures.get(severity.value, 0) for severity in Severity},
                **({} if report.coverage is None else {"coverage": coverage_as_json(report.coverage)}),
            }
        )
    ]
    lines += [compact({"record": "target", **target_as_json(target)}) for target in sorted(report.targets)]
    lines += [compact({"record": "waiver", **waiver_as_json(judged)}) for judged in report.waivers]
    lines += [compact({"record": "gap", **gap_as_json(gap)}) for gap in sorted(report.gaps)]
    for finding in sorted(report.findings, key=finding_order):
        about = {"record": "finding", "taken_at": report.taken_at, "title": titles.get(finding.rule_id, "")}
        lines.append(compact({**about, **finding_as_json(finding)}))
    return "\n".join(lines) + "\n"
