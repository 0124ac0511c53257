"""Properties as AWS's types: text that means a number or a truth, lists that may be one thing, and whatever is unknown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from scanner.gate.planned import Planned
from scanner.model import Unknown

_TRUTHS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def text(value: Any) -> Any:
    """Text, None or Unknown; numbers and truths as CloudFormation writes them."""
    if value is None or isinstance(value, (str, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return Unknown("a property that should be text is none")


def otherwise(value: Any, default: Any) -> Any:
    """The value, or another where nothing is written; an unknown one is written."""
    return default if value is None or (isinstance(value, str) and not value) else value


def truth(value: Any, *, default: Any = None) -> Any:
    """True, False, or Unknown; `default` where nothing is written."""
    if value is None:
        return default
    if isinstance(value, (bool, Unknown)):
        return value
    found = _TRUTHS.get(str(value).strip().lower())
    return Unknown(f"{value!r} is neither true nor false") if found is None else found


def whole(value: Any) -> Any:
    """An integer, None or Unknown."""
    if value is None or isinstance(value, Unknown):
        return value
    try:
        return int(value)
    except (TypeError, ValueError):
        return Unknown(f"{value!r} is no whole number")


def listed(value: Any) -> Any:
    """A list, [] for nothing, or Unknown; a single thing is a list of one."""
    if value is None:
        return []
    if isinstance(value, (list, Unknown)):
        return value
    return [value]


def structures(value: Any) -> Any:
    """A list of mappings, or Unknown; a member that is neither known nor a mapping makes the list unknown."""
    items = listed(value)
    if isinstance(items, Unknown):
        return items
    for item in items:
        if isinstance(item, Unknown):
            return item
        if not isinstance(item, Mapping):
            return Unknown("a property that should be a list of structures is none")
    return items


def structure(value: Any) -> Any:
    """A mapping, {} for nothing, or Unknown."""
    if value is None:
        return {}
    return value if isinstance(value, (Mapping, Unknown)) else Unknown("a property that should be a structure is none")


def copied(planned: Planned, *names: str) -> dict[str, Any]:
    """The properties that AWS calls the same, as far as they are written."""
    return {name: planned.properties[name] for name in names if planned.properties.get(name) is not None}


def tags(planned: Planned, name: str = "Tags") -> Any:
    """The tags as AWS lists them; a mapping of keys and values counts too."""
    value = planned.properties.get(name)
    if isinstance(value, Mapping):
        return [{"Key": str(key), "Value": text(one)} for key, one in value.items()]
    found = structures(value)
    if isinstance(found, Unknown):
        return found
    return [{"Key": text(one.get("Key")), "Value": text(one.get("Value", ""))} for one in found]


def document(value: Any) -> Any:
    """A policy document as the text that AWS keeps, None or Unknown."""
    if value is None or isinstance(value, (str, Unknown)):
        return value
    found = first_unknown(value)
    return found if found is not None else json.dumps(value, sort_keys=True, default=str)


def first_unknown(value: Any) -> Unknown | None:
    """The first unknown in a value, however deep."""
    if isinstance(value, Unknown):
        return value
    inner: Iterable[Any] = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for one in inner if (found := first_unknown(one)) is not None), None)


def without_none(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts without what is not there."""
    return {key: value for key, value in facts.items() if value is not None}
