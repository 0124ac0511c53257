"""A request as a caller describes it, and what it carries beside that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.errors import UsageError
from scanner.model import Undecided, Unknown
from scanner.policy.conditions import text_of_value
from scanner.policy.facts import Facts
from scanner.policy.keys import Key
from scanner.policy.operators import moment_of
from scanner.policy.patterns import Lookup, Values

ContextValue = str | int | float | bool | Sequence[str | int | float | bool] | None
"""What a request may carry under a key; None says that it does not carry it."""


def check_action(action: str) -> None:
    """Raises `UsageError` for what is no action ("service:Operation")."""
    service, _, operation = action.partition(":")
    if not service or not operation or any(wild in action for wild in "*?"):
        raise UsageError(f"{action!r} is no action", cure="write it as ec2-instance-connect:OpenTunnel")


def given_context(context: Mapping[str, ContextValue]) -> dict[str, Values | None]:
    """The context with its keys in small letters and its values as texts; raises `UsageError`."""
    given: dict[str, Values | None] = {}
    for key, value in context.items():
        listed = value if isinstance(value, (list, tuple)) else (value,)
        try:
            given[key.lower()] = None if value is None else tuple(text_of_value(one) for one in listed)
        except Undecided:
            raise UsageError(f"the context has no usable value for {key!r}", cure="give a text or a number") from None
    return given


def lookup_of(facts: Facts, given: Mapping[str, Values | None], *, now: str) -> Lookup:
    """The context of one request: what was given, else what is known, else what nearly every request has."""
    unknown = Unknown("the inventory does not say when it was taken")
    usual: dict[str, Values | Unknown] = {
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        "aws:currenttime": (now,) if now else unknown,
        "aws:epochtime": (str(int(moment_of(now).timestamp())),) if now else unknown,
    }

    def look(key: str) -> Values | Unknown | None:
        if key in given:
            return given[key]
        found = facts(key)
        if not isinstance(found, Key):
            return found
        if "resourcetag/" in key:
            return Unknown(f"{facts.target.arn} is not in the inventory, and its tags are not known")
        return usual.get(key, found.usual)

    return look
