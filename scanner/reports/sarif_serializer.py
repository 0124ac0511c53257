"""sarif_om objects as plain JSON values, by a plan made once for each class."""

# ruff: noqa: PLC0415 - attrs is loaded with the first log

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from scanner.reports.layout import dump

_SPREAD = frozenset(
    {
        "runs",
        "tool",
        "driver",
        "rules",
        "notifications",
        "results",
        "taxonomies",
        "taxa",
        "invocations",
        "toolExecutionNotifications",
    }
)
_BY_THE_LINE = "results"
# A reader that finds no level takes the rule's own, not the schema's default: what we mean is always written.
_ALWAYS_WRITTEN = frozenset({("Result", "level"), ("Result", "rule_index"), ("ReportingConfiguration", "level")})
# sarif_om calls it `state`; the standard, and every validator, `status`.
_RENAMED = {("Suppression", "state"): "status"}


@dataclass(frozen=True, slots=True)
class _Member:
    key: str
    default: Any
    always: bool


def serialize(log: object) -> str:
    """A `sarif_om.SarifLog` as SARIF text: keys sorted, one result a line, plain ASCII.

    Raises `TypeError` for anything that is neither a sarif_om object nor a plain JSON value.
    """
    value = plain(log)
    if not isinstance(value, dict):
        raise TypeError(f"a SARIF log is an object, not {type(log).__name__}")
    return dump(value, spread=_SPREAD, default=_members)


def plain(value: Any) -> Any:
    """A sarif_om object, or a structure with some inside, as JSON values as far as the lines of the text need it.

    What has a line of its own is left to the encoder, which asks `_members`; members that are None go.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if isinstance(value, Mapping):
        return {_key(key): plain(member) for key, member in value.items() if member is not None}
    members = _members(value)
    return {key: found if key == _BY_THE_LINE else plain(found) for key, found in members.items()}


def _members(value: Any) -> dict[str, Any]:
    """The members of a sarif_om object that are worth writing, not yet looked into."""
    plan = _plan(value.__class__)
    members: dict[str, Any] = {}
    for attribute, found in vars(value).items():
        if found is None:
            continue
        member = plan[attribute]
        if member.default is None or member.always or found != member.default:
            members[member.key] = plain(found) if isinstance(found, dict) else found
    return members


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a JSON key is text, not {type(key).__name__}")
    return key


def _default(default: Any) -> Any:
    """The value itself, or what a factory of attrs makes."""
    factory = getattr(default, "factory", None)
    return default if factory is None else factory()


@cache
def _plan(owner: type) -> Mapping[str, _Member]:
    import attr

    if not owner.__module__.startswith("sarif_om.") or not attr.has(owner):
        raise TypeError(f"{owner.__module__}.{owner.__qualname__} is no part of SARIF")
    return {
        field.name: _Member(
            key=_RENAMED.get((owner.__name__, field.name), field.metadata["schema_property_name"]),
            default=_default(field.default),
            always=(owner.__name__, field.name) in _ALWAYS_WRITTEN,
        )
        for field in attr.fields(owner)
    }
