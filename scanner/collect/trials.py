"""Asking AWS whether a pattern would notice a made-up call: the requests, the answers, and when they are worth a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scanner.aws.kinds import Detail, Kind
from scanner.aws.trials import fact_of
from scanner.collect.rows import UnreadableError
from scanner.policy.synthetic_events import envelope_of, message_of
from scanner.policy.trials import EVENT_RULE, read_filter, read_rule


def is_worth_asking(kind: Kind, detail: Detail, facts: Mapping[str, Any], *, account: str, region: str) -> bool:
    """Whether the local reading leaves a chance that the pattern notices one of the trials."""
    read = read_rule if kind.name == EVENT_RULE else read_filter
    return any(read(facts, name, account=account, region=region).matches is not False for name in detail.trials)


def trial_request(detail: Detail, *, account: str, region: str) -> dict[str, Any]:
    """The members that hold the made-up calls: one event, or a list of log lines."""
    if detail.operation == "TestEventPattern":
        (name,) = detail.trials
        return {"Event": json.dumps(dict(envelope_of(name, account=account, region=region)))}
    return {"logEventMessages": [message_of(name, account=account, region=region) for name in detail.trials]}


def trial_facts(detail: Detail, answer: Mapping[str, Any]) -> dict[str, bool]:
    """One fact for each trial; raises `UnreadableError` for an answer of another shape."""
    told = answer.get(detail.proof)
    if detail.operation == "TestEventPattern":
        if not isinstance(told, bool):
            raise UnreadableError(f"no {detail.proof}")
        return {fact_of(name): told for name in detail.trials}
    if not isinstance(told, list) or not all(isinstance(match, Mapping) for match in told):
        raise UnreadableError(f"no {detail.proof}")
    numbers = {match.get("eventNumber") for match in told}
    return {fact_of(name): number in numbers for number, name in enumerate(detail.trials, start=1)}
