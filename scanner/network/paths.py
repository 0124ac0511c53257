"""What a path is: a walk from one address to another, up to the first hop that blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from scanner.model import Hop, Undecided
from scanner.network.door import Door


class Verdict(str, Enum):
    """What can be said of a path."""

    REACHABLE = "reachable"
    VIA_MIDDLEBOX = "reachable-via-middlebox"
    NOT_REACHABLE = "not-reachable"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Path:
    """A walk from one address to another: the verdict, and the hops up to the first that blocks."""

    verdict: Verdict
    source: str
    target: str
    protocol: str
    port: int
    hops: tuple[Hop, ...]
    reason: str = ""
    door: Door | None = None

    @property
    def is_open(self) -> bool:
        """Whether a connection comes to be, inspected or not."""
        return self.verdict in (Verdict.REACHABLE, Verdict.VIA_MIDDLEBOX)


def follow(hops: Iterable[Hop], *, source: str, target: str, protocol: str, port: int) -> Path:
    """Walks until a hop blocks, or until nobody can say how it goes on."""
    taken: list[Hop] = []
    verdict, reason = Verdict.REACHABLE, ""
    try:
        for hop in hops:
            taken.append(hop)
            if not hop.allows:
                verdict, reason = Verdict.NOT_REACHABLE, hop.words
                break
            if hop.is_opaque:
                verdict = Verdict.VIA_MIDDLEBOX
    except Undecided as doubt:
        verdict, reason = Verdict.UNKNOWN, doubt.reason
    return Path(verdict, source, target, protocol, port, tuple(taken), reason)
