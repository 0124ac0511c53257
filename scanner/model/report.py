"""The result of a scan: every answer, every gap, and what was scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.model.change import BaselineState
from scanner.model.comparison import Comparison
from scanner.model.evidence import Evidence
from scanner.model.finding import Finding, Outcome
from scanner.model.framework import Framework
from scanner.model.gap import Gap, GapReason
from scanner.model.rule import Rule
from scanner.model.severity import Severity
from scanner.model.waiver import JudgedWaiver


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One account in one Region as it was scanned. `failed` says why nothing at all could be read there, or is ""."""

    account: str
    region: str
    partition: str = "aws"
    mode: str = "live"
    resources: int = 0
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of somebody's templates and plans was read.

    `resources` counts what rules could see, `ignored` the resources of each type that no rule asks about, and `unread`
    those of which nobody could tell what they bring (each of them is a gap, too).
    """

    files: int
    resources: int
    ignored: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What `scanner.scan` and `scanner.evaluate` return.

    `findings` holds *fail*, *unknown* and *error* in a stable order, and *pass* and *not-applicable* when they were
    asked for; `totals` counts every outcome either way. `taken_at` is the time of collection (ISO 8601, UTC).
    `evidence` tells what CloudTrail's event history holds, None where nobody asked for it; `frameworks` which controls
    the rules answer; `waivers` what became of each waiver; `comparison` what became of what was wrong before, None where
    nothing was compared.
    """

    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    targets: tuple[Target, ...]
    rules: tuple[Rule, ...]
    totals: Mapping[str, int] = field(default_factory=dict)
    taken_at: str = ""
    tool_version: str = ""
    evidence: Evidence | None = None
    waivers: tuple[JudgedWaiver, ...] = ()
    comparison: Comparison | None = None
    frameworks: tuple[Framework, ...] = ()
    coverage: Coverage | None = None
    """Of templates and plans only."""

    def failures(self, *, at_least: Severity = Severity.INFO) -> tuple[Finding, ...]:
        """The *fail* findings of this severity and above that nobody waived."""
        return tuple(
            finding
            for finding in self.findings
            if finding.outcome is Outcome.FAIL
            and finding.severity.rank >= at_least.rank
            and finding.suppression is None
        )

    def regressions(self, *, at_least: Severity = Severity.INFO) -> tuple[Finding, ...]:
        """Those of `failures` that are new since the baseline, graver, or no longer waived; all, where there is none."""
        if self.comparison is None:
            return self.failures(at_least=at_least)
        return tuple(
            finding
            for finding in self.failures(at_least=at_least)
            if finding.change is None or finding.change.state is BaselineState.NEW or finding.change.is_worse
        )

    @property
    def waived(self) -> tuple[Finding, ...]:
        """The findings that somebody waived; they keep their outcome and their evidence."""
        return tuple(finding for finding in self.findings if finding.suppression is not None)

    @property
    def waiver_troubles(self) -> tuple[JudgedWaiver, ...]:
        """The waivers that expired, match nothing, or name a rule that does not exist."""
        return tuple(judged for judged in self.waivers if judged.state.is_trouble)

    @property
    def by_severity(self) -> Mapping[str, int]:
        """How many *fail* findings that nobody waived there are of each severity that occurs."""
        return Counter(finding.severity.value for finding in self.failures())

    @property
    def failed_targets(self) -> tuple[Target, ...]:
        """The accounts and Regions from which nothing could be read."""
        return tuple(target for target in self.targets if target.failed)

    @property
    def whole(self) -> bool:
        """True when every target was read to the end, the list of Regions was told, and no rule crashed."""
        unnamed = any("AWS::Region" in gap.kinds or gap.reason is GapReason.STOPPED for gap in self.gaps)
        return not (self.failed_targets or unnamed or self.totals.get("error"))

    @property
    def complete(self) -> bool:
        """True when it is whole and no answer stayed unknown."""
        return self.whole and not self.totals.get("unknown")
