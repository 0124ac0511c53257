"""What a request needs, as the search is asked for it, and the four answers it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from scanner.policy.documents import Core
from scanner.policy.truths import Truth


class Access(Enum):
    """Whether a principal may: in every context, in some, in none."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    DENIED = "denied"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Part:
    """A statement in the search: its number, and whether it is about the resource (a truth, for variables)."""

    number: int
    core: Core
    about: Truth = True


@dataclass(frozen=True, slots=True)
class Formula:
    """What one resource needs: no denying part, and in each layer an allowing one."""

    denies: tuple[Part, ...]
    layers: tuple[tuple[Part, ...], ...]
