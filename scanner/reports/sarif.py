"""The report for GitHub code scanning: SARIF 2.1.0 with one run for each account.

GitHub takes a file whole or not at all, so this keeps to what it accepts: only failures are results (any
other kind would become an alert), each has a relative path and a fingerprint, and a run holds 5,000 at most.
"""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from scanner.model import Coverage, Finding, Gap, Rule, ScanReport, Target
from scanner.model.garbage import rare_collections
from scanner.reports.answers import waiver_troubles_in_words
from scanner.reports.native_json import coverage_as_json
from scanner.reports.options import RenderOptions
from scanner.reports.resource_paths import percent_encoded
from scanner.reports.sarif_notices import (
    CROWDED,
    CUT,
    WAIVER,
    finding_notices,
    gap_notices,
    notice,
    notice_descriptors,
    target_notices,
)
from scanner.reports.sarif_results import Answer, Results, answers_of, failures_of
from scanner.reports.sarif_rules import descriptors, rules_of
from scanner.reports.sarif_serializer import serialize
from scanner.reports.sarif_standing import scope_of
from scanner.reports.sarif_taxonomies import references, taxonomies

MOST_RESULTS = 5_000
MOST_RUNS = 20
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """All accounts of the report in one file; what GitHub's limits cut is told to `options.tell`, too."""
    return render_sarif(report, tell=options.tell)


def accounts_of(report: ScanReport) -> tuple[str, ...]:
    """The accounts the report speaks of, sorted: each of them is a run."""
    accounts = {target.account for target in report.targets} | {gap.account for gap in report.gaps}
    return tuple(sorted(accounts | {finding.resource.account for finding in report.findings}))


def batches_of(report: ScanReport) -> tuple[tuple[str, ...], ...]:
    """The accounts of the report, as many together as GitHub takes in one file; at least one batch."""
    accounts = accounts_of(report)
    return tuple(accounts[start : start + MOST_RUNS] for start in range(0, len(accounts), MOST_RUNS)) or ((),)


def render_sarif(
    report: ScanReport,
    *,
    accounts: Collection[str] | None = None,
    full: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> str:
    """The report, or what it says of some accounts, as SARIF text: same report, same bytes.

    With `full` every answer is a result, none is cut, and the rules are related to the controls of frameworks. What is
    gone since a baseline, or what a planned change closes, is a result with the state "absent".

    No account is ever left out of what was asked for. GitHub refuses a file of more than 20 runs, which the
    first run then says in a notification: for so many accounts write one file for each of `batches_of(report)`.
    """
    import sarif_om as om

    gone = report.comparison.absent if full and report.comparison is not None else ()
    rules = rules_of(report, gone=gone)
    shares = _shares(report, gone)
    chosen = tuple(account for account in sorted(shares) if accounts is None or account in accounts)
    make = _full_run if full else _github_run
    runs = [make(report, account, shares.get(account) or _Share(), rules, tell) for account in chosen or ("",)]
    if len(runs) > MOST_RUNS and not full:
        crowd = f"This file holds {len(runs)} runs and GitHub accepts {MOST_RUNS}: write one for each account"
        runs[0].invocations[0].tool_execution_notifications.insert(0, notice(CROWDED, crowd))
        tell(
            f"the SARIF holds {len(runs)} accounts and GitHub accepts {MOST_RUNS}: use --report, which writes several files"
        )
    troubles = [notice(WAIVER, trouble) for trouble in waiver_troubles_in_words(report)]
    runs[0].invocations[0].tool_execution_notifications.extend(troubles)
    with rare_collections():
        return serialize(om.SarifLog(version="2.1.0", schema_uri=_SCHEMA, runs=runs))


class _Share:
    """What a report says of one account."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.gone: list[Finding] = []
        self.gaps: list[Gap] = []
        self.targets: list[Target] = []


def _shares(report: ScanReport, gone: Iterable[Finding]) -> dict[str, _Share]:
    shares: dict[str, _Share] = {account: _Share() for account in accounts_of(report)}
    for finding in gone:
        shares.setdefault(finding.resource.account, _Share()).gone.append(finding)
    for finding in report.findings:
        shares[finding.resource.account].findings.append(finding)
    for gap in report.gaps:
        shares[gap.account].gaps.append(gap)
    for target in report.targets:
        shares[target.account].targets.append(target)
    return shares


def _github_run(
    report: ScanReport, account: str, share: _Share, rules: tuple[Rule, ...], tell: Callable[[str], None]
) -> Any:
    """A run with failures alone, and no more of them than GitHub keeps."""
    indexed = {rule.id: (index, rule) for index, rule in enumerate(rules)}
    failures = failures_of(share.findings)
    notices = _notices(share, indexed)
    run = _run(report, account, share, failures[:MOST_RESULTS], indexed)
    if len(failures) > MOST_RESULTS:
        notices.insert(0, notice(CUT, f"The {MOST_RESULTS:,} gravest of {len(failures):,} results are in this file"))
        run.properties |= {"resultsFound": len(failures), "resultsWritten": MOST_RESULTS}
        tell(f"the SARIF of {account or 'the report'} holds the {MOST_RESULTS:,} gravest of {len(failures):,} results")
    run.tool.driver.rules = descriptors(rules, frameworks=report.frameworks)
    run.invocations = [_invocation(report, notices)]
    return run


def _full_run(
    report: ScanReport,
    account: str,
    share: _Share,
    rules: tuple[Rule, ...],
    tell: Callable[[str], None],  # noqa: ARG001 - nothing is cut
) -> Any:
    """A run with every answer, in which the rules are related to the controls of frameworks."""
    indexed = {rule.id: (index, rule) for index, rule in enumerate(rules)}
    run = _run(report, account, share, answers_of([*share.findings, *share.gone]), indexed)
    run.tool.driver.rules = descriptors(rules, frameworks=report.frameworks, related=True)
    run.tool.driver.supported_taxonomies = references(report.frameworks) or None
    run.taxonomies = taxonomies(report.frameworks) or None
    run.invocations = [_invocation(report, _notices(share, indexed))]
    return run


def _run(
    report: ScanReport,
    account: str,
    share: _Share,
    answers: Sequence[Answer],
    indexed: Mapping[str, tuple[int, Rule]],
) -> Any:
    import sarif_om as om

    return om.Run(
        tool=om.Tool(driver=_driver(report)),
        automation_details=om.RunAutomationDetails(id=_category(account, share.targets)),
        results=Results(answers, rules=indexed),
        properties=scope_of(share.targets) | _coverage(report.coverage),
    )


def _coverage(coverage: Coverage | None) -> dict[str, Any]:
    return {} if coverage is None else {"coverage": coverage_as_json(coverage)}


def _notices(share: _Share, indexed: Mapping[str, tuple[int, Rule]]) -> list[Any]:
    return [
        *target_notices(share.targets),
        *gap_notices(share.gaps),
        *finding_notices(share.findings, rules=indexed),
    ]


def _driver(report: ScanReport) -> Any:
    import sarif_om as om

    version = report.tool_version
    semantic = bool(_SEMANTIC.fullmatch(version))
    return om.ToolComponent(
        name="Bastionless",
        semantic_version=version if semantic else None,
        version=version if version and not semantic else None,
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
