"""Parts of AWS's dictionaries: what is absent is empty, what has another shape is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model import Resource, Undecided, Unknown


def structures(owner: Resource | Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    """The mappings in the list at `key`; raises `Undecided` where it is unknown or no list of mappings."""
    value = owner.get(key)
    if value is None:
        return ()
    if isinstance(value, Unknown):
        raise Undecided(value.why)
    if not isinstance(value, (list, tuple)):
        raise Undecided(f"the facts hold in {key} something else than a list of structures")
    for item in value:
        # A dictionary is told at once, and what is merely like one only after a search.
        if item.__class__ is not dict and not isinstance(item, Mapping):
            raise Undecided(f"the facts hold in {key} something else than a list of structures")
    return tuple(value)


def text_of(owner: Resource | Mapping[str, Any], key: str) -> str:
    """The text at `key`, "" where there is none; raises `Undecided` where it is unknown or no text."""
    value = owner.get(key)
    if value is None:
        return ""
    if isinstance(value, Unknown):
        raise Undecided(value.why)
    if not isinstance(value, str):
        raise Undecided(f"the facts hold in {key} something else than text")
    return value
