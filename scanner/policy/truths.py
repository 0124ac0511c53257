"""Kleene's three answers: what is unknown decides only where it could have decided otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Unknown

Truth = bool | Unknown
"""True, False, or an `Unknown` with its reason."""


def opposite(truth: Truth) -> Truth:
    """The other answer; what is unknown stays unknown."""
    return truth if isinstance(truth, Unknown) else not truth


def either(truths: Iterable[Truth]) -> Truth:
    """Whether one of them holds: a true one decides, and an unknown one only where no other is true."""
    doubt: Unknown | None = None
    for truth in truths:
        if isinstance(truth, Unknown):
            doubt = truth if doubt is None else doubt
        elif truth:
            return True
    return False if doubt is None else doubt


def every(truths: Iterable[Truth]) -> Truth:
    """Whether all of them hold: a false one decides, and an unknown one only where no other is false."""
    doubt: Unknown | None = None
    for truth in truths:
        if isinstance(truth, Unknown):
            doubt = truth if doubt is None else doubt
        elif not truth:
            return False
    return True if doubt is None else doubt
