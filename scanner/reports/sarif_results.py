"""Failures as SARIF results: one for each rule and resource, at a path that stands for the resource."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Finding, Outcome, Rule
from scanner.reports.sarif_flows import code_flows
from scanner.reports.sarif_places import location, resource_path
from scanner.reports.sarif_rules import LEVELS
from scanner.reports.sarif_standing import RESOURCE, add_standing
from scanner.reports.sarif_text import message_text

_NAMESPACE = uuid.UUID("6f2a3bd8-93c5-5d0e-8a54-1d9f7c0e4b21")


@dataclass(frozen=True, slots=True)
class Failure:
    """Everything one rule says against one resource; `worst` is its gravest finding."""

    fingerprint: str
    path: str
    worst: Finding
    findings: tuple[Finding, ...]

    @property
    def place(self) -> tuple[str, str, str]:
        """The order inside a run."""
        return (self.worst.rule_id, self.path, self.fingerprint)


def failures_of(findings: Iterable[Finding]) -> list[Failure]:
    """The *fail* findings that nobody waived, worst first; those of one fingerprint together, as viewers merge them."""
    together: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.outcome is Outcome.FAIL and finding.suppression is None:
            together.setdefault(finding.fingerprint, []).append(finding)
    failures = [_failure(fingerprint, same) for fingerprint, same in together.items()]
    return sorted(failures, key=lambda failure: (-failure.worst.severity.rank, failure.place))


def _failure(fingerprint: str, same: list[Finding]) -> Failure:
    ordered = sorted(same, key=lambda finding: (-finding.severity.rank, finding.message, finding.because, finding.fix))
    return Failure(fingerprint, resource_path(ordered[0].resource), ordered[0], tuple(ordered))


def results(failures: Iterable[Failure], *, rules: Mapping[str, tuple[int, Rule]]) -> list[Any]:
    """One `sarif_om.Result` each, in a stable order; `rules` gives each rule's index in the driver's list."""
    return [_result(failure, *rules[failure.worst.rule_id]) for failure in sorted(failures, key=lambda f: f.place)]


def _result(failure: Failure, index: int, rule: Rule) -> Any:
    import sarif_om as om

    resource = failure.worst.resource
    result = om.Result(
        message=om.Message(text=message_text(list(failure.findings), fix=rule.fix, title=rule.title or rule.id)),
        rule_id=rule.id,
        rule_index=index,
        level=LEVELS[failure.worst.severity],
        locations=[location(resource, failure.path)],
        # GitHub heeds the first only, and makes none for a path that is no file; others read the second.
        partial_fingerprints={
            "primaryLocationLineHash": f"{failure.fingerprint}:1",
            RESOURCE: failure.fingerprint,
        },
        guid=str(uuid.uuid5(_NAMESPACE, failure.fingerprint)),
        code_flows=code_flows(resource, failure.worst.path) or None,
        properties={
            "account": resource.account,
            "region": resource.region,
            "arn": resource.arn,
            "kind": resource.kind,
            "severity": failure.worst.severity.value,
        },
    )
    return add_standing(result, failure.worst)
