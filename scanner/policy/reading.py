"""What a local reading of somebody else's pattern language answers: it matches, it does not, or nobody can tell here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """`matches` is None where it cannot be told, and `why` says for what reason.

    `varies` is True where the reason is a field that differs from call to call (who calls, from where, to what): then
    the pattern matches some of these events, and an answer about one example says nothing about the others.
    """

    matches: bool | None
    why: str = ""
    varies: bool = False


YES = Reading(matches=True)
NO = Reading(matches=False)


def unread(why: str) -> Reading:
    """Nobody can tell, for this reason."""
    return Reading(matches=None, why=why)


def depends_on(field: str) -> Reading:
    """It depends on a field that differs from call to call."""
    return Reading(matches=None, why=f"it depends on {field}, which differs from call to call", varies=True)


def decided(matches: object) -> Reading:
    """A plain yes or no: the truth of anything."""
    return YES if matches else NO


def every(readings: Iterable[Reading]) -> Reading:
    """All of them have to match: one that does not decides, whatever the others say."""
    return _first(list(readings), decisive=False)


def some(readings: Iterable[Reading]) -> Reading:
    """One of them has to match."""
    return _first(list(readings), decisive=True)


def _first(readings: list[Reading], *, decisive: bool) -> Reading:
    for reading in readings:
        if reading.matches is decisive:
            return reading
    doubts = [reading for reading in readings if reading.matches is None]
    # What cannot be read at all weighs more than what merely varies.
    doubts.sort(key=lambda reading: reading.varies)
    return doubts[0] if doubts else decided(not decisive)
