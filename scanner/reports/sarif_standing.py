"""Where SARIF results stand: against a baseline, against waivers, and in the words another scan knows them by."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from scanner.model import BaselineState, Finding, Suppression, Target
from scanner.reports.sarif_text import plain_text

RESOURCE = "bastionlessResource/v1"
GROUP = "bastionlessGroup/v1"
SAYS = "bastionlessSays/v1"


def add_standing(result: Any, finding: Finding) -> Any:
    """The same `sarif_om.Result` with baseline state, suppressions, further fingerprints and properties of a finding.

    The fingerprints tell whether it says the same as before, and which scaling group an instance is of.
    """
    result.partial_fingerprints = {
        **(result.partial_fingerprints or {}),
        SAYS: finding.digest,
        **({GROUP: finding.group_fingerprint} if finding.scaling_group else {}),
    }
    resource = finding.resource
    known = {"id": resource.id, "partition": resource.partition, "scalingGroup": finding.scaling_group}
    result.properties = {**(result.properties or {}), **{name: text for name, text in known.items() if text}}
    if finding.change is not None and finding.change.state is not BaselineState.UNJUDGED:
        result.baseline_state = finding.change.state.value
        if finding.change.remark:
            result.properties["baselineRemark"] = plain_text(finding.change.remark)
    if finding.suppression is not None:
        result.suppressions = [_suppression(finding.suppression)]
    return result


def scope_of(targets: Iterable[Target]) -> dict[str, Any]:
    """A run's properties: what was scanned, without which nobody can say that something is gone."""
    return {"targets": [asdict(target) for target in sorted(targets)]}


def _suppression(suppression: Suppression) -> Any:
    import sarif_om as om

    return om.Suppression(
        kind=suppression.kind,
        state=suppression.status,
        justification=plain_text(suppression.justification),
        properties={"owner": suppression.owner, "until": suppression.until, "place": suppression.place},
    )
