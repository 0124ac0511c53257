"""An earlier result, read back: our JSON or SARIF, or one sentence about what is wrong with the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.errors import ReportError
from scanner.model import EarlierFinding, EarlierReport, Outcome, ScanReport
from scanner.reports.earlier_json import earlier_from_json, report_from_json
from scanner.reports.earlier_sarif import earlier_from_sarif, report_from_sarif
from scanner.reports.report_schema import FORMAT, VERSION

_WRITE = "give a file that `bastionless scan --report json=FILE` or `--report sarif=FILE` wrote"


def read_baseline(path: Path, *, with_unjudged: bool = False) -> EarlierReport:
    """The failures of a result and what they are known by; raises `ReportError` for a file that holds none of ours.

    With `with_unjudged` also those of a still earlier one that the result could not judge: nobody has seen them go.
    """
    document = _document(path)
    try:
        failures = earlier_from_json(document) if "format" in document else earlier_from_sarif(document)
        if with_unjudged and document.get("comparison"):
            failures += earlier_from_json({"findings": document["comparison"]["unjudged"]})
        report = _report(document)
    except _DAMAGE as damage:
        raise _damaged(damage, path) from None
    return EarlierReport(path.name, report.taken_at, failures)


def read_result(path: Path) -> ScanReport:
    """A result as a report, with whatever the file tells; raises `ReportError` for a file that holds none of ours."""
    document = _document(path)
    try:
        return _report(document)
    except _DAMAGE as damage:
        raise _damaged(damage, path) from None


def as_earlier(report: ScanReport, *, name: str) -> EarlierReport:
    """A report that is at hand as the baseline of another."""
    failures = (finding for finding in report.findings if finding.outcome is Outcome.FAIL)
    known = tuple(EarlierFinding(finding, finding.fingerprint, finding.digest) for finding in failures)
    return EarlierReport(name, report.taken_at, known)


# What a missing member, a value of another type or an impossible word raises.
_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def _report(document: Mapping[str, Any]) -> ScanReport:
    return report_from_json(document) if "format" in document else report_from_sarif(document)


def _document(path: Path) -> Mapping[str, Any]:
    place = str(path)
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise ReportError(f"the earlier result cannot be read ({failure.strerror})", place=place, cure=_WRITE) from None
    try:
        document = json.loads(content)
    except json.JSONDecodeError as mistake:
        where = f"{place}:{mistake.lineno}"
        raise ReportError(f"the file is cut off, or no JSON ({mistake.msg})", place=where, cure=_WRITE) from None
    except (ValueError, RecursionError) as mistake:
        raise ReportError(f"the file is no result ({type(mistake).__name__})", place=place, cure=_WRITE) from None
    if not isinstance(document, dict):
        raise ReportError("the file is no result of Bastionless", place=place, cure=_WRITE)
    _insist_on_ours(document, place)
    return document


def _insist_on_ours(document: Mapping[str, Any], place: str) -> None:
    if document.get("format") == "bastionless-snapshot":
        cure = "scan it with `bastionless scan --snapshot FILE --report json=OUT` first"
        raise ReportError("the file is a snapshot, not the result of a scan", place=place, cure=cure)
    if "format" in document:
        if document["format"] != FORMAT:
            raise ReportError("the file is no result of Bastionless", place=place, cure=_WRITE)
        found = document.get("version")
        if found != VERSION:
            cure = "upgrade bastionless" if isinstance(found, int) and found > VERSION else _WRITE
            raise ReportError(f"the report is of version {found!r}, not {VERSION}", place=place, cure=cure)
        return
    runs = document.get("runs")
    if not isinstance(runs, list):
        raise ReportError("the file is no result of Bastionless", place=place, cure=_WRITE)
    for run in runs:
        name = _tool_of(run)
        if name != "Bastionless":
            raise ReportError(f"the SARIF is of {name!r}, not of Bastionless", place=place, cure=_WRITE)


def _tool_of(run: Any) -> str:
    try:
        return str(run["tool"]["driver"]["name"])
    except (KeyError, TypeError):
        return ""


def _damaged(damage: Exception, path: Path) -> ReportError:
    words = f"{damage.args[0]!r} is missing" if isinstance(damage, KeyError) else str(damage)
    return ReportError(f"the result is damaged: {' '.join(words.split())}", place=str(path), cure=_WRITE)
