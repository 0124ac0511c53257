"""The short way to a rule's answers: API responses in, findings by the id of their resource out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner import inventory_from_describe
from scanner.evaluate.run import evaluate
from scanner.model import Config, Finding
from scanner.rulebook.shelf import load_rules, select_rules

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
NOON = "2026-01-15T12:00:00Z"
RULES = load_rules()  # once for all tests: reading every card takes longer than judging by one


def answers_of(
    rule_id: str,
    *,
    settings: Mapping[str, Any] | None = None,
    complete: bool = True,
    taken_at: str = NOON,
    **responses: list[dict[str, Any]] | dict[str, Any],
) -> dict[str, Finding]:
    """What a rule says, passes and all; with `complete` a response that is not given means that there is none."""
    inventory = inventory_from_describe(
        responses, account=ACCOUNT, region="eu-west-1", complete=complete, taken_at=taken_at
    )
    rules = select_rules(RULES, Config(select=(rule_id,), settings={rule_id: settings or {}}))
    report = evaluate([inventory], rules, include_pass=True)
    return {finding.resource.id: finding for finding in report.findings}


def outcomes(found: Mapping[str, Finding]) -> dict[str, str]:
    """The outcome of each resource: "pass", "fail", "unknown", "not-applicable" or "error"."""
    return {identity: finding.outcome.value for identity, finding in found.items()}
