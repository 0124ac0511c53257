"""Answers put together as people ask about them: refused for one reason, unknown for one reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scanner.model import Finding, Gap

_FEW = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason (a sentence and its evidence) and everything it left unknown, in the order of the report."""

    reason: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def by_rule(self) -> dict[str, list[Finding]]:
        """The findings of each rule."""
        rules: dict[str, list[Finding]] = {}
        for finding in self.findings:
            rules.setdefault(finding.rule_id, []).append(finding)
        return rules


def doubts(findings: Iterable[Finding]) -> list[Doubt]:
    """The *unknown* findings by their reason, sorted by it."""
    reasons: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        reasons.setdefault(_reason(finding), []).append(finding)
    return [Doubt(reason, tuple(sorted(reasons[reason], key=_by_sort_key))) for reason in sorted(reasons)]


def _reason(finding: Finding) -> tuple[str, ...]:
    """The evidence alone where the message only repeats it."""
    facts = tuple(filter(None, map(str.strip, finding.because)))
    told = bool(facts) and all(fact in finding.message for fact in facts)
    return facts if told else (finding.message.strip(), *facts)


def merged_gaps(gaps: Iterable[Gap]) -> list[Gap]:
    """One gap for each call refused for the same reason: its `region` and `resource` name all of them.

    Three resources are named, of more there is the number. Only their sentences make sense.
    """
    same: dict[tuple[str, ...], dict[str, dict[str, None]]] = {}
    first: dict[tuple[str, ...], Gap] = {}
    for gap in sorted(gaps):
        key = (gap.account, gap.call, gap.reason.value, gap.detail, "one" if gap.resource else "")
        first.setdefault(key, gap)
        places = same.setdefault(key, {"regions": {}, "resources": {}})
        places["regions"][gap.region] = None
        places["resources"][gap.resource] = None
    return [
        replace(first[key], region=_listed(places["regions"]), resource=_few(list(places["resources"])))
        for key, places in same.items()
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _few(resources: list[str]) -> str:
    return _listed(resources) if len(resources) <= _FEW else f"{len(resources):,} resources"


def _by_sort_key(finding: Finding) -> tuple[str, ...]:
    return finding.sort_key
