"""What was found out once, kept for the next question; a doubt is kept as well, and told again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from scanner.model import Undecided

_Made = TypeVar("_Made")


class Memory:
    """Answers by key; whoever has one is the only one who knows its keys."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, object] = {}
        self._doubts: dict[Hashable, str] = {}

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` makes, made at the first time of asking; raises `Undecided` every time where that did."""
        if key in self._kept:
            return self._kept[key]  # type: ignore[return-value] # what was kept under this key is what its maker made
        if key in self._doubts:
            raise Undecided(self._doubts[key])
        try:
            made = make()
        except Undecided as doubt:
            self._doubts[key] = doubt.reason
            raise
        self._kept[key] = made
        return made
