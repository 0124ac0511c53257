"""Ways into a SARIF file of which nothing is known to be as it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Wrong = tuple[str, str, bool]
"""JSON Pointer, sentence, and whether GitHub refuses the whole file for it."""


def items(holder: Any, key: str, *, under: str = "") -> Iterator[tuple[str, Any]]:
    """The members of a list with their pointers; none where there is no list."""
    found = holder.get(key) if isinstance(holder, dict) else None
    for index, value in enumerate(found if isinstance(found, list) else ()):
        yield f"{under}/{key}/{index}", value


def member(holder: Any, *path: str) -> dict[str, Any]:
    """The object at a path; an empty one where there is none."""
    for key in path:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else {}


def texts(holder: Any, *keys: str) -> tuple[str, ...]:
    """The texts under these keys; "" for each that is none."""
    found = [holder.get(key) if isinstance(holder, dict) else None for key in keys]
    return tuple(value if isinstance(value, str) else "" for value in found)
