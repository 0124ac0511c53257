"""Failures as SARIF results: one for each rule and resource, at a path that stands for the resource."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Finding, Outcome, Resource, Rule
from scanner.reports.sarif_rules import LEVELS
from scanner.reports.sarif_text import message_text, percent_encoded
from scanner.reports.text import clean

_ARN_PARTS = 6
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
    """The *fail* findings, worst first; those of one fingerprint together, as viewers merge them."""
    together: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.outcome is Outcome.FAIL:
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
    return om.Result(
        message=om.Message(text=message_text(list(failure.findings), fix=rule.fix, title=rule.title or rule.id)),
        rule_id=rule.id,
        rule_index=index,
        level=LEVELS[failure.worst.severity],
        locations=[_location(resource, failure.path)],
        # GitHub heeds the first only, and makes none for a path that is no file; others read the second.
        partial_fingerprints={
            "primaryLocationLineHash": f"{failure.fingerprint}:1",
            "bastionlessResource/v1": failure.fingerprint,
        },
        guid=str(uuid.uuid5(_NAMESPACE, failure.fingerprint)),
        properties={
            "account": resource.account,
            "region": resource.region,
            "arn": resource.arn,
            "kind": resource.kind,
            "severity": failure.worst.severity.value,
        },
    )


def _location(resource: Resource, path: str) -> Any:
    import sarif_om as om

    return om.Location(
        physical_location=om.PhysicalLocation(
            artifact_location=om.ArtifactLocation(uri=path), region=om.Region(start_line=1)
        ),
        logical_locations=[
            om.LogicalLocation(
                name=clean(resource.id) or None,
                fully_qualified_name=resource.arn or resource.id or None,
                kind="resource",
            )
        ],
    )


def resource_path(resource: Resource) -> str:
    """`aws/<account>/<region>/<service>/<type...>/<id>`: a relative path that no name can break out of.

    Service, type and id are those of the ARN, or of the kind if it has none. An ARN itself would be read as a
    URI of the scheme `arn`, for which GitHub refuses the whole file.
    """
    tail = _arn_parts(resource.arn) or _kind_parts(resource)
    parts = ["aws", resource.account or "global", resource.region or "global", *tail]
    return "/".join(_segment(part) for part in parts if part)


def _arn_parts(arn: str) -> list[str]:
    parts = arn.split(":", 5)
    if len(parts) < _ARN_PARTS or parts[0] != "arn" or not parts[2] or not parts[5]:
        return []
    return [parts[2], *parts[5].replace(":", "/").split("/")]


def _kind_parts(resource: Resource) -> list[str]:
    words = [word.lower() for word in resource.kind.split("::")[1:]] or [resource.kind]
    return [*words, *resource.id.replace(":", "/").split("/")]


def _segment(part: str) -> str:
    encoded = percent_encoded(part)
    # "." and ".." would be resolved away; encoded twice they stay what they are.
    return encoded.replace(".", "%252E") if encoded in {".", ".."} else encoded
