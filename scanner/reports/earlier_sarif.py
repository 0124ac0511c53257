"""Our own SARIF back into findings: half of a report, and enough to know each of them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scanner.model import (
    GLOBAL,
    EarlierFinding,
    Finding,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Severity,
    Suppression,
    Target,
)
from scanner.model.finding import GROUP_TAG
from scanner.reports.sarif_notices import CRASHED, CUT, UNKNOWN
from scanner.reports.sarif_standing import RESOURCE, SAYS

_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW}


def earlier_from_sarif(document: Mapping[str, Any]) -> tuple[EarlierFinding, ...]:
    """The failures; what is missing or strange raises KeyError, TypeError or ValueError."""
    found = []
    for run in document["runs"]:
        for result in _failures(run):
            names, finding = result["partialFingerprints"], _finding(result)
            found.append(EarlierFinding(finding, str(names[RESOURCE]), str(names.get(SAYS, ""))))
            found += _on_the_same_line(result, finding, str(names[RESOURCE]))
    return tuple(found)


def report_from_sarif(document: Mapping[str, Any]) -> ScanReport:
    """What the file tells of a report: failures, rules, and what was scanned; raises like `earlier_from_sarif`.

    A rule of which something stayed unknown is unknown for its whole account: a file for GitHub does not say where.
    """
    findings: list[Finding] = []
    targets: list[Target] = []
    rules: dict[str, Rule] = {}
    moments = []
    version = ""
    for run in document["runs"]:
        _insist_on_all(run)
        driver = run["tool"]["driver"]
        version = str(driver.get("semanticVersion") or driver.get("version") or "")
        targets += [Target(**one) for one in (run.get("properties") or {}).get("targets", ())]
        for rule in driver.get("rules") or ():
            rules.setdefault(rule["id"], _rule(rule))
        findings += [_finding(result) for result in _failures(run)]
        findings += _doubts(run)
        moments += [str(one.get("startTimeUtc", "")) for one in run.get("invocations") or ()]
    totals = {outcome.value: sum(one.outcome is outcome for one in findings) for outcome in Outcome}
    return ScanReport(
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        gaps=(),
        targets=tuple(sorted(set(targets))),
        rules=tuple(rules.values()),
        totals=totals,
        taken_at=max(moments, default=""),
        tool_version=version,
    )


def _failures(run: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the scan itself found: neither other kinds nor what is shown only because it is gone."""
    for result in run.get("results") or ():
        if result.get("kind", "fail") == "fail" and result.get("baselineState") != "absent":
            yield result


def _insist_on_all(run: Mapping[str, Any]) -> None:
    """Raises ValueError for a run that was cut: what it lacks would look new."""
    if CUT.id in {_sort_of(notice) for notice in _notices(run)}:
        raise ValueError("its results were cut to those that GitHub keeps: take the JSON report")


def _on_the_same_line(result: Mapping[str, Any], finding: Finding, main: str) -> Iterator[EarlierFinding]:
    """The failures of other resources that one line of a template stands for, where a file for GitHub has one result."""
    told = result.get("properties") or {}
    for name, arn in zip(told.get("fingerprints", ()), told.get("arns", ()), strict=False):
        if name != main:
            resource = replace(finding.resource, id=str(arn).rpartition("/")[2], arn=str(arn))
            yield EarlierFinding(replace(finding, resource=resource), str(name))


def _finding(result: Mapping[str, Any]) -> Finding:
    told = result.get("properties") or {}
    logical = (result["locations"][0].get("logicalLocations") or [{}])[0]
    arn = str(told.get("arn") or "")
    parts = arn.split(":")
    group = told.get("scalingGroup", "")
    level = _LEVELS.get(str(result.get("level", "warning")), Severity.INFO)
    return Finding(
        rule_id=str(result["ruleId"]),
        outcome=Outcome.FAIL,
        severity=Severity(told["severity"]) if "severity" in told else level,
        resource=Resource(
            str(told["kind"]),
            str(told.get("partition") or (parts[1] if len(parts) > 1 else "aws")),
            str(told.get("account") or ""),
            str(told.get("region") or GLOBAL),
            str(told.get("id") or logical.get("name") or ""),
            arn,
            {"Tags": [{"Key": GROUP_TAG, "Value": group}]} if group else {},
        ),
        message=str(result["message"]["text"]),
        suppression=_suppression(result.get("suppressions") or ()),
    )


def _suppression(listed: Any) -> Suppression | None:
    for one in listed:
        told = one.get("properties") or {}
        texts = (str(one.get("justification", "")), str(told.get("owner", "")), str(told.get("until", "")))
        return Suppression(*texts, str(told.get("place", "")), str(one["kind"]))
    return None


def _rule(record: Mapping[str, Any]) -> Rule:
    short, level = record.get("shortDescription") or {}, record.get("defaultConfiguration") or {}
    help_text = (record.get("help") or {}).get("text", "")
    severity = _LEVELS.get(str(level.get("level", "warning")), Severity.INFO)
    return Rule(str(record["id"]), str(short.get("text", "")), severity, "", fix=str(help_text))


def _doubts(run: Mapping[str, Any]) -> Iterator[Finding]:
    """One answer about the account for each rule that a notification or a result calls unknown or crashed."""
    account = _account_of(run)
    rule_ids = [_rule_of(one) for one in _notices(run) if _sort_of(one) in {UNKNOWN.id, CRASHED.id}]
    rule_ids += [str(one["ruleId"]) for one in run.get("results") or () if one.get("kind") in {"open", "review"}]
    for rule_id in sorted(set(filter(None, rule_ids))):
        resource = Resource("AWS::Account", "aws", account, GLOBAL, account, "", {})
        message = "something stayed undecided, and the file does not say what"
        yield Finding(rule_id, Outcome.UNKNOWN, Severity.INFO, resource, message)


def _account_of(run: Mapping[str, Any]) -> str:
    """The account in `bastionless/<mode>/<account>/`."""
    parts = str((run.get("automationDetails") or {}).get("id", "")).split("/")
    return parts[2] if len(parts) > 2 and parts[2].isdigit() else ""  # noqa: PLR2004 - its third part


def _notices(run: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for invocation in run.get("invocations") or ():
        yield from invocation.get("toolExecutionNotifications") or ()


def _sort_of(notice: Mapping[str, Any]) -> str:
    return str((notice.get("descriptor") or {}).get("id", ""))


def _rule_of(notice: Mapping[str, Any]) -> str:
    return str((notice.get("associatedRule") or {}).get("id", ""))
