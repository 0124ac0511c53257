"""Waivers and comparisons as plain JSON values, and what the schema of reports says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from scanner.model import BaselineState, Comparison, Finding, JudgedWaiver, WaiverState

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}


def standing_of(finding: Finding) -> dict[str, Any]:
    """The members of a finding that are about waivers and an earlier scan."""
    change = finding.change
    return {
        "suppression": None if finding.suppression is None else asdict(finding.suppression),
        "change": None
        if change is None
        else {"state": change.state.value, "remark": change.remark, "is_worse": change.is_worse},
    }


def waiver_as_json(judged: JudgedWaiver) -> dict[str, Any]:
    """A waiver and what became of it."""
    waiver, scope = judged.waiver, judged.waiver.scope
    return {
        "rule": waiver.rule,
        "resource": {
            "id": scope.id,
            "arn": scope.arn,
            "tag": "=".join(scope.tag) if scope.tag else "",
            "account": scope.account,
            "region": scope.region,
            "fingerprint": scope.fingerprint,
        },
        "owner": waiver.owner,
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
        "place": waiver.place,
        "is_inline": waiver.is_inline,
        "state": judged.state.value,
        "sentence": judged.sentence,
        "findings": judged.findings,
    }


def comparison_as_json(
    comparison: Comparison | None,
    finding_as_json: Callable[[Finding], dict[str, Any]],
    *,
    order: Callable[[Finding], tuple[Any, ...]],
) -> dict[str, Any] | None:
    """The comparison with an earlier report, None where there was none."""
    if comparison is None:
        return None
    return {
        "name": comparison.name,
        "taken_at": comparison.taken_at,
        "is_of_change": comparison.is_of_change,
        "absent": [finding_as_json(finding) for finding in sorted(comparison.absent, key=order)],
        "unjudged": [finding_as_json(finding) for finding in sorted(comparison.unjudged, key=order)],
    }


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def suppression_schema() -> dict[str, Any]:
    """Of a finding's `suppression`."""
    suppression = _object(
        status={"enum": ["accepted"]},
        kind={"enum": ["external", "inSource"]},
        justification=_TEXT,
        owner=_TEXT,
        until={**_TEXT, "description": "The last day of the waiver, YYYY-MM-DD."},
        place={**_TEXT, "description": 'Where the waiver stands (file:line), or "".'},
    )
    about = "Who waived the finding and why; null where it counts. Outcome and evidence stay what they are."
    return {"anyOf": [{"type": "null"}, suppression], "description": about}


def change_schema() -> dict[str, Any]:
    """Of a finding's `change`."""
    change = _object(
        state={"enum": [state.value for state in BaselineState]},
        remark={**_TEXT, "description": 'What changed, or why nobody can say, or "".'},
        is_worse={"type": "boolean", "description": "True where it is new, graver, or no longer waived."},
    )
    return {"anyOf": [{"type": "null"}, change], "description": "Against the baseline; null where there was none."}


def waivers_schema() -> dict[str, Any]:
    """Of a report's `waivers`."""
    scope = _object(id=_TEXT, arn=_TEXT, tag=_TEXT, account=_TEXT, region=_TEXT, fingerprint=_TEXT)
    waiver = _object(
        rule={**_TEXT, "description": 'An id, a family or a glob; "" where a fingerprint tells it.'},
        resource={**scope, "description": 'All that is not "" has to hold.'},
        owner=_TEXT,
        reason=_TEXT,
        until=_TEXT,
        place=_TEXT,
        is_inline={"type": "boolean", "description": "True where it stands beside the resource in a template."},
        state={"enum": [state.value for state in WaiverState]},
        sentence={**_TEXT, "description": "What became of it, in words."},
        findings={**_COUNT, "description": "How many failures it matches."},
    )
    return {"type": "array", "items": waiver, "description": "Every waiver that was given, and what became of it."}


def comparison_schema(finding: dict[str, Any]) -> dict[str, Any]:
    """Of a report's `comparison`."""
    listed = {"type": "array", "items": finding}
    comparison = _object(
        name={**_TEXT, "description": "The baseline's file name."},
        taken_at=_TEXT,
        is_of_change={
            "type": "boolean",
            "description": "True for an account before and after a planned change, false for two scans.",
        },
        absent={**listed, "description": "Failures of the baseline that are gone: their scope was looked at."},
        unjudged={**listed, "description": "Failures of the baseline that were not looked at, or not decided."},
    )
    return {"anyOf": [{"type": "null"}, comparison], "description": "What became of the baseline; null without one."}
