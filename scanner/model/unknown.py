"""A value nobody could read: it joins every computation and never decides one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn


class Undecided(Exception):
    """A verdict was asked of something unknown; `reason` is the sentence for the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands where a fact would stand that was refused, unreadable, or not yet known.

    Asking it for a decision (truth, order, length, a member) raises `Undecided` with its reason, so that code
    which forgets about it ends in *unknown* and never in *pass* or *fail*.
    """

    why: str

    def _refuse(self, *_: object) -> NoReturn:
        raise Undecided(self.why)

    def __bool__(self) -> bool:
        self._refuse()

    def __len__(self) -> int:
        self._refuse()

    def __iter__(self) -> Iterator[object]:
        self._refuse()

    def __contains__(self, _: object) -> bool:
        self._refuse()

    def __getitem__(self, _: object) -> NoReturn:
        self._refuse()

    def __eq__(self, _: object) -> bool:
        self._refuse()

    def __lt__(self, _: object) -> bool:
        self._refuse()

    __le__ = __gt__ = __ge__ = __lt__

    def __hash__(self) -> int:
        return hash(("Unknown", self.why))

    def __str__(self) -> str:
        return f"unknown ({self.why})"
