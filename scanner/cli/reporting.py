"""Where the answers of a command go: stdout in one format, and any number of files in others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TextIO

from scanner.cli.output import read_reports, tell, write_all
from scanner.cli.talk import Talk
from scanner.model import Config, ScanReport


@dataclasses.dataclass(frozen=True)
class Reports:
    """What the report options said, checked before any work is done."""

    format: str
    files: tuple[tuple[str, str], ...]
    include_pass: bool
    fail_on: str | None
    fail_on_unknown: bool

    @classmethod
    def prepared(cls, options: dict[str, Any]) -> Reports:
        """Takes the report options out of a command's keywords; raises `OutputError` for what cannot be written."""
        from scanner.reports import format_named

        name = options.pop("format_")
        format_named(name)
        files = tuple(read_reports(options.pop("reports")))
        return cls(
            name,
            files,
            options.pop("include_pass"),
            options.pop("fail_on"),
            options.pop("fail_on_unknown"),
        )

    def configured(self, config: Config) -> Config:
        """The configuration with the thresholds that were asked for."""
        from scanner.rulebook.configuration import threshold

        changes: Mapping[str, Any] = {} if self.fail_on is None else {"fail_on": threshold(self.fail_on)}
        return dataclasses.replace(config, **changes, fail_on_unknown=self.fail_on_unknown or config.fail_on_unknown)

    def write(
        self, report: ScanReport, *, stream: TextIO, verbose: bool, seconds: float, changes_only: bool = False
    ) -> None:
        """Writes every file, then stdout; raises `OutputError` afterwards where a file could not be written."""
        from scanner.reports import RenderOptions

        look = RenderOptions.for_stream(stream, verbose=verbose, seconds=seconds, tell=tell)
        look = dataclasses.replace(look, changes_only=changes_only)
        _log(report, seconds=seconds)
        write_all(report, self.files, format=self.format, look=look)


def _log(report: ScanReport, *, seconds: float) -> None:
    """What a log keeps of a report: each gap, and the whole in numbers."""
    talk = Talk.heard()
    for gap in report.gaps:
        facts = {"account": gap.account, "region": gap.region, "call": gap.call, "reason": gap.reason.value}
        talk.record("gap", gap.sentence, level="warning", **facts)
    compared = report.comparison
    changes = (
        {
            "new": len(report.regressions()),
            "gone": len(compared.absent),
            "not_compared": len(compared.unjudged),
        }
        if compared
        else {}
    )
    talk.record(
        "summary",
        f"{len(report.failures())} findings{'' if report.whole else '; incomplete'}",
        level="info" if report.whole else "warning",
        whole=report.whole,
        totals=dict(report.totals),
        severities=dict(report.by_severity),
        **changes,
        gaps=len(report.gaps),
        unread=[f"{target.account} {target.region}" for target in report.failed_targets],
        taken_at=report.taken_at,
        seconds=round(seconds, 3),
    )
