"""Small words for the sentences of rules."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from functools import lru_cache

from scanner.model import Resource


def listed(words: Iterable[str], *, most: int = 5) -> str:
    """Words in a sentence: "a", "a and b", "a, b and c"; of more than `most` the number of those left out is told."""
    every = list(dict.fromkeys(words))
    told = every if len(every) <= most else [*every[:most], f"{len(every) - most} more"]
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)


def word(value: object) -> str:
    """A value as one word of a command in a cure: people copy commands, and an id in a snapshot may hold anything."""
    return shlex.quote(str(value))


def tag_among(resource: Resource, names: Iterable[str]) -> str:
    """The first of these tags ("Key", or "Key=Value") that a resource bears, or ""."""
    named = tuple(names)
    if resource.tag_keys.isdisjoint(_keys(named)):
        return ""
    tags = resource.tags
    for name in named:
        if name in tags:
            return name
        key, equals, value = name.partition("=")
        if equals and tags.get(key) == value:
            return name
    return ""


@lru_cache(maxsize=256)
def _keys(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key for name in names for key in (name, name.partition("=")[0]))
