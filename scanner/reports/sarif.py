"""The report for GitHub code scanning and every other viewer of SARIF 2.1.0: one run for each account.

GitHub takes a file whole or not at all, so this keeps to what it accepts: only failures are results (any
other kind would become an alert), each has a relative path and a fingerprint, and a run holds 5,000 at most.
"""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from scanner.model import Finding, Gap, Rule, ScanReport, Target
from scanner.reports.options import RenderOptions
from scanner.reports.sarif_notices import (
    CROWDED,
    CUT,
    finding_notices,
    gap_notices,
    notice,
    notice_descriptors,
    target_notices,
)
from scanner.reports.sarif_results import failures_of, results
from scanner.reports.sarif_rules import descriptors, rules_of
from scanner.reports.sarif_serializer import serialize
from scanner.reports.sarif_standing import scope_of
from scanner.reports.sarif_text import percent_encoded

MOST_RESULTS = 5_000
MOST_RUNS = 20
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


def render(report: ScanReport, *, options: RenderOptions) -> str:  # noqa: ARG001 - programs read any width
    """All accounts of the report in one file."""
    return render_sarif(report)


def accounts_of(report: ScanReport) -> tuple[str, ...]:
    """The accounts the report speaks of, sorted: each of them is a run."""
    accounts = {target.account for target in report.targets} | {gap.account for gap in report.gaps}
    return tuple(sorted(accounts | {finding.resource.account for finding in report.findings}))


def render_sarif(report: ScanReport, *, accounts: Collection[str] | None = None) -> str:
    """The report, or what it says of some accounts, as SARIF text: same report, same bytes.

    No account is ever left out of what was asked for. GitHub refuses a file of more than 20 runs, which the
    first run then says in a notification: for so many accounts write one file each, `accounts=(account,)` for
    every one of `accounts_of(report)`.
    """
    import sarif_om as om

    chosen = tuple(account for account in accounts_of(report) if accounts is None or account in accounts)
    rules = rules_of(report)
    shares = _shares(report)
    runs = [_run(report, account, shares.get(account) or _Share(), rules) for account in chosen or ("",)]
    if len(runs) > MOST_RUNS:
        crowd = notice(
            CROWDED,
            f"This file holds {len(runs)} runs and GitHub accepts {MOST_RUNS}: write one for each account",
        )
        runs[0].invocations[0].tool_execution_notifications.insert(0, crowd)
    return serialize(om.SarifLog(version="2.1.0", schema_uri=_SCHEMA, runs=runs))


class _Share:
    """What a report says of one account."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.gaps: list[Gap] = []
        self.targets: list[Target] = []


def _shares(report: ScanReport) -> dict[str, _Share]:
    shares: dict[str, _Share] = {account: _Share() for account in accounts_of(report)}
    for finding in report.findings:
        shares[finding.resource.account].findings.append(finding)
    for gap in report.gaps:
        shares[gap.account].gaps.append(gap)
    for target in report.targets:
        shares[target.account].targets.append(target)
    return shares


def _run(report: ScanReport, account: str, share: _Share, rules: tuple[Rule, ...]) -> Any:
    import sarif_om as om

    indexed = {rule.id: (index, rule) for index, rule in enumerate(rules)}
    failures = failures_of(share.findings)
    notices = [
        *target_notices(share.targets),
        *gap_notices(share.gaps),
        *finding_notices(share.findings, rules=indexed),
    ]
    if len(failures) > MOST_RESULTS:
        notices.insert(0, notice(CUT, f"The {MOST_RESULTS:,} gravest of {len(failures):,} results are in this file"))
    return om.Run(
        tool=om.Tool(driver=_driver(report, rules)),
        automation_details=om.RunAutomationDetails(id=_category(account, share.targets)),
        invocations=[_invocation(report, notices)],
        results=results(failures[:MOST_RESULTS], rules=indexed),
        properties=scope_of(share.targets),
    )


def _driver(report: ScanReport, rules: tuple[Rule, ...]) -> Any:
    import sarif_om as om

    version = report.tool_version
    semantic = bool(_SEMANTIC.fullmatch(version))
    return om.ToolComponent(
        name="Bastionless",
        semantic_version=version if semantic else None,
        version=version if version and not semantic else None,
        rules=descriptors(rules),
        notifications=notice_descriptors(),
    )


def _category(account: str, targets: Collection[Target]) -> str:
    """`bastionless/<mode>/<account>/`: GitHub closes alerts by it, so nothing in it ever changes."""
    mode = "+".join(sorted({percent_encoded(target.mode) for target in targets})) or "none"
    # A report without any account: nobody's name is encoded like this.
    return f"bastionless/{mode}/{percent_encoded(account) or '(none)'}/"


def _invocation(report: ScanReport, notices: list[Any]) -> Any:
    import sarif_om as om

    # GitHub keeps nothing of a run that calls itself unsuccessful; what was missed is in the notifications.
    return om.Invocation(
        execution_successful=True,
        start_time_utc=_moment(report.taken_at),
        tool_execution_notifications=notices,
    )


def _moment(taken_at: str) -> str | None:
    """The time as SARIF wants it, in UTC with a Z; None where the report holds no time."""
    try:
        moment = datetime.fromisoformat(taken_at)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
