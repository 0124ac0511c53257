"""What a report comes to: waivers, an earlier result, the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from scanner.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INCOMPLETE
from scanner.model import Config, EarlierReport, InlineWaiver, Outcome, ScanReport, Severity
from scanner.pipeline import clock


def settle(
    report: ScanReport,
    config: Config,
    *,
    baseline: EarlierReport | None = None,
    today: date | None = None,
    inline: Sequence[InlineWaiver] = (),
    is_change: bool = False,
) -> ScanReport:
    """The report with what is waived, and with what became of an earlier one; no finding comes, goes or changes.

    Waivers expire by `today`, else by the day the facts were collected. `inline` are those that stood beside their
    resources; raises `ConfigError` for one that lacks something. `is_change`: the report is of a gate.
    """
    from scanner.evaluate.baseline import compare
    from scanner.evaluate.waivers import waive
    from scanner.rulebook.shelf import load_rules
    from scanner.rulebook.waivers import inline_waiver

    waivers = (*config.waivers, *map(inline_waiver, inline))
    if waivers:
        known = (*report.rules, *load_rules(config.rules, brief=True))
        report = waive(
            report,
            waivers,
            known=known,
            today=today or clock.day_of(report.taken_at or clock.now()),
            is_change=is_change,
        )
    return report if baseline is None else compare(report, baseline)


def read_baseline(baseline: str | Path | EarlierReport | None) -> EarlierReport | None:
    """The baseline in a file; raises `ReportError` where it is none of ours, or damaged."""
    if baseline is None or isinstance(baseline, EarlierReport):
        return baseline
    from scanner.reports.earlier import read_baseline as read

    return read(Path(baseline))


def diff(before: str | Path, after: str | Path) -> ScanReport:
    """The later of two results (JSON or SARIF files of ours) with what is new, unchanged, changed and gone since the earlier.

    Raises `ReportError` for a file that is no result, or is damaged.
    """
    from scanner.evaluate.baseline import compare
    from scanner.reports.earlier import read_baseline as read
    from scanner.reports.earlier import read_result

    later = read(Path(after))
    digests = {one.finding.fingerprint: one.digest for one in later.failures}
    return compare(read_result(Path(after)), read(Path(before)), digests=digests)


def exit_code(report: ScanReport, config: Config) -> int:
    """0 clean, 1 findings at or above the threshold, 3 incomplete.

    Incomplete wins: a report with holes must not be mistaken for a whole one, whatever it found. A Region that could not
    be read, Regions that nobody could name, and a rule that crashed are such holes. What is waived does not count, and with
    `new_only` only what is worse than the baseline does; `strict_waivers` counts waivers that somebody has to look after.
    """
    if not report.whole or (config.fail_on_unknown and _doubts(report, config)):
        return EXIT_INCOMPLETE
    find = report.regressions if config.new_only else report.failures
    if config.fail_on is not None and find(at_least=config.fail_on):
        return EXIT_FINDINGS
    if config.strict_waivers and report.waiver_troubles:
        return EXIT_FINDINGS
    return EXIT_CLEAN


def _doubts(report: ScanReport, config: Config) -> bool:
    """Whether anything stayed unknown, or against an account became so: a baseline holds failures alone."""
    changes = [one.change for one in report.findings if one.outcome is Outcome.UNKNOWN]
    if not (config.new_only and any(changes)):
        return bool(report.totals.get("unknown"))
    return any(change is not None and change.is_worse for change in changes)


def diff_exit_code(report: ScanReport, *, at_least: Severity | None) -> int:
    """Of a comparison: 0 nothing is worse, 1 something is, 3 the later result is incomplete."""
    return exit_code(report, Config(fail_on=at_least, new_only=True))
