"""How the internet comes to one interface: by sets what gets in at a port, and by packets the path that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.errors import InternalError
from scanner.model import Resource
from scanner.network.addresses import Intervals, intersection
from scanner.network.door import Door
from scanner.network.ends import Question
from scanner.network.exposure import exposure_of
from scanner.network.interfaces import groups_of, is_unfiltered
from scanner.network.paths import Path, Verdict
from scanner.network.proofs import prove, refute, witness


@dataclass(frozen=True, slots=True)
class Entrance:
    """A path to an interface, and the addresses of one family that it is open to (none where it is closed).

    `door` is the accelerator's, where the path comes through one; `is_masked` says that the interface then sees other
    addresses, which nobody knows.
    """

    path: Path
    family: int = 0
    sources: Intervals = ()
    door: Door | None = None
    is_masked: bool = False


def entrances(question: Question, interface: Resource) -> Iterator[Entrance]:
    """One for each opening that the source of a question finds, or the one that shows why it finds none."""
    exposure = exposure_of(question.fabric, interface)
    doors = 0
    for opening in exposure.at(question.port, protocol=question.protocol):
        sources = intersection(opening.sources, question.source.space(opening.family))
        if sources:
            doors += 1
            narrowed = replace(opening, sources=sources)
            yield Entrance(prove(question.fabric, interface, narrowed, port=question.port), opening.family, sources)
    if not doors:
        yield Entrance(_blocked(question, interface, exposure.doubts))


def _blocked(question: Question, interface: Resource, doubts: tuple[str, ...]) -> Path:
    """Where the packet that gets farthest is stopped."""
    paths: list[Path] = []
    for family, _ in question.source.blocks:
        space = question.source.outside(family)
        granted = space
        if not is_unfiltered(interface) and space:
            grants = question.fabric.grants(groups_of(interface), egress=False, protocol=question.protocol)
            granted = intersection(space, grants.at(question.port, family=family))
        for one in {witness(some, family=family) for some in (space, granted) if some}:
            path = refute(question.fabric, interface, source=one, protocol=question.protocol, port=question.port)
            if path.is_open and not doubts:
                raise _disagreement(question, f"{interface.id} is closed to {one} by its sets, and not by its rules")
            paths.append(path)
    best = max(paths, key=lambda path: (path.is_open, path.verdict is Verdict.NOT_REACHABLE, len(path.hops)))
    if doubts:
        return best if best.is_open else replace(best, verdict=Verdict.UNKNOWN, hops=(), reason=doubts[0])
    if best.verdict is Verdict.UNKNOWN:
        reason = "no public address gets in and an answer out, whatever else is unknown"
        return replace(best, verdict=Verdict.NOT_REACHABLE, reason=f"{reason} ({best.reason})")
    return best


def _disagreement(question: Question, sentence: str) -> InternalError:
    where = f"{question.source.word} to {question.target.word}"
    return InternalError(f"{where}: {sentence}", cure="report this with a snapshot; it is a mistake of the scanner")
