"""What was found out once, kept for the next question; a doubt is kept as well, and told again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from scanner.model import Undecided

_Made = TypeVar("_Made")


class Memory:
    """Answers by key; whoever has one is the only one who knows its keys."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, str]] = {}

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` makes, made at the first time of asking; raises `Undecided` every time where that did."""
        if key not in self._kept:
            try:
                self._kept[key] = (make(), "")
            except Undecided as doubt:
                self._kept[key] = (None, doubt.reason)
        made, reason = self._kept[key]
        if reason:
            raise Undecided(reason)
        return made  # type: ignore[return-value] # what was kept under this key is what its maker made
