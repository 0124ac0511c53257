"""Finds endpoint policies that let everybody do everything with everything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.kit import (
    Answer,
    Aside,
    Flag,
    Inventory,
    Resource,
    Undecided,
    actions_of,
    endpoint_type,
    is_going,
    is_named,
    leads_to_aws,
    names_every_action,
    names_every_resource,
    names_everyone,
    narrowing_keys,
    service_of,
    statements,
)

_MOST_LETTERS = 400

# Every call through an endpoint brings the same values of these, so that a condition on them holds always, or never.
_OF_THE_ENDPOINT = frozenset({
    "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
})  # fmt: skip


def check(inventory: Inventory, *, no_policy_services: list[str]) -> Iterator[Answer]:
    """An unconditional statement for everything is the flaw, unless another one denies what is foreign."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            aside = _aside(endpoint, no_policy_services)
            if aside:
                yield Aside(endpoint, aside)
                continue
            opening = _opening(endpoint)
            if opening:
                yield Flag(
                    endpoint,
                    f"the policy of {endpoint.id} lets everybody do everything with everything in {service_of(endpoint)}",
                    opening,
                )


def _aside(endpoint: Resource, no_policy_services: list[str]) -> str:
    kind = endpoint_type(endpoint)
    if kind not in {"Interface", "Gateway"}:
        return f"an endpoint of the type {kind} takes no policy"
    if is_going(endpoint):
        return "the endpoint is being deleted"
    if endpoint.get("RequesterManaged", default=False):
        return "the endpoint is managed by a service"
    if not leads_to_aws(endpoint):
        return "somebody's own endpoint service takes no policy"
    if is_named(endpoint, no_policy_services):
        return f"{service_of(endpoint)} takes no endpoint policy"
    return ""


def _opening(endpoint: Resource) -> str:
    """The statement that opens the endpoint, as evidence; "" where none does."""
    document = endpoint.get("PolicyDocument")
    if document is None:
        return "the endpoint has no policy of its own, and AWS's default one allows everything"
    policy = statements(document)
    doubt: Undecided | None = None
    found = ""
    for statement in policy:
        try:
            if statement["Effect"] == "Allow" and _is_about_all(statement, endpoint) and not _is_limited(statement):
                found = found or _written(statement)
            elif statement["Effect"] == "Deny" and _denies_what_is_foreign(statement, endpoint):
                return ""
        except Undecided as raised:
            doubt = doubt or raised
    if doubt:
        raise doubt
    return found


def _is_about_all(statement: Mapping[str, Any], endpoint: Resource) -> bool:
    return (
        names_everyone(statement)
        and names_every_action(statement, actions_of(endpoint))
        and names_every_resource(statement)
    )


def _is_limited(statement: Mapping[str, Any]) -> bool:
    """Whether a condition makes a difference between the calls that come through the endpoint."""
    return any(key.lower() not in _OF_THE_ENDPOINT for key in narrowing_keys(statement))


def _denies_what_is_foreign(statement: Mapping[str, Any], endpoint: Resource) -> bool:
    """Whether a Deny for everything limits callers or resources; one that only asks for TLS does not."""
    unconditional = not statement.get("Condition")
    return _is_about_all(statement, endpoint) and (unconditional or _is_limited(statement))


def _written(statement: Mapping[str, Any]) -> str:
    text = json.dumps(statement, sort_keys=True)
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
