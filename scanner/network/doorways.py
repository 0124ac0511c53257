"""A way through a door put together: what comes in, what the door does with it, and what reaches the target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanner.model import Hop
from scanner.network.addresses import public
from scanner.network.door import Door
from scanner.network.ends import Found, Question
from scanner.network.entrances import Entrance
from scanner.network.exposure import sources_in_words
from scanner.network.handing_on import Handing, admitted_clients, handed_on
from scanner.network.painting import SPACE
from scanner.network.paths import Path, Verdict
from scanner.network.proofs import witness

_UNSEEN = "the addresses that the accelerator speaks from are not known, and the target does not admit every address"


def stopped(question: Question, door: Door | None, hops: Iterable[Hop]) -> Found:
    """A way that ends with the last of these hops, which blocks."""
    taken = tuple(hops)
    return _path(question, Verdict.NOT_REACHABLE, door, taken, taken[-1].words), ()


def doubtful(question: Question, reason: str, *, door: Door | None = None, hops: Iterable[Hop] = ()) -> Found:
    """A way of which nobody can say how it goes on."""
    return _path(question, Verdict.UNKNOWN, door, tuple(hops), reason), ()


def kept_out(question: Question, door: Door, entrance: Entrance) -> Found:
    """A way that does not come to the door's own port, or not for certain."""
    path = entrance.path
    return _path(question, path.verdict, entrance.door or door, path.hops, path.reason), ()


def passage(
    question: Question, door: Door, entrance: Entrance, middle: Iterable[Hop], handing: Handing, *, keeps: bool | None
) -> Found:
    """The way in, the hops of the door, and the way on to the target, which sees the client where `keeps` says so.

    None leaves it open which of the two it sees: then both have to come to the same.
    """
    if keeps is not None:
        return _passage(question, door, entrance, tuple(middle), handing, keeps=keeps)
    hops = tuple(middle)
    one, other = (_passage(question, door, entrance, hops, handing, keeps=keeps) for keeps in (True, False))
    if one[0].verdict is other[0].verdict:
        return one
    reason = "whether the target sees the client or the load balancer was not read (preserve_client_ip.enabled)"
    return doubtful(question, reason, door=one[0].door, hops=(*_part(entrance.path, "forward"), *hops))


def _passage(
    question: Question, door: Door, entrance: Entrance, middle: tuple[Hop, ...], handing: Handing, *, keeps: bool
) -> Found:
    front, shown = entrance.path, entrance.door or door
    sources = entrance.sources
    keeps = keeps and handing.address.family == entrance.family
    # Behind an accelerator that speaks for itself the clients are its own addresses, wherever they are.
    clients = public((SPACE[entrance.family],), family=entrance.family) if keeps and entrance.is_masked else sources
    admitted = admitted_clients(handing, clients, family=entrance.family) if keeps else sources
    client = witness(admitted or clients, family=entrance.family) if keeps else ""
    path = handed_on(handing, client=client)
    before = (*_part(front, "forward"), *middle)
    if path is None:
        family = handing.address.family
        return _path(question, Verdict.NOT_REACHABLE, shown, before, f"{door.words} has no IPv{family} address"), ()
    if keeps and entrance.is_masked and admitted and admitted != clients:
        return doubtful(question, _UNSEEN, door=shown, hops=before)
    if not path.is_open:
        return _path(question, path.verdict, shown, (*before, *path.hops), path.reason), ()
    hops = (*before, *_part(path, "forward"), *_part(path, "return"), *_part(front, "return"))
    verdict = front.verdict if path.verdict is Verdict.REACHABLE else path.verdict
    admitted = sources if entrance.is_masked else admitted
    return _path(question, verdict, shown, hops, ""), (sources_in_words(admitted, family=entrance.family),)


def unsure(found: Found, reason: str) -> Found:
    """The same way, unknown where it is open."""
    path, sources = found
    return (replace(path, verdict=Verdict.UNKNOWN, reason=reason), ()) if path.is_open else (path, sources)


def _part(path: Path, direction: str) -> tuple[Hop, ...]:
    return tuple(hop for hop in path.hops if hop.direction == direction)


def _path(question: Question, verdict: Verdict, door: Door | None, hops: tuple[Hop, ...], reason: str) -> Path:
    source, target = question.source.word, question.target.word
    return Path(verdict, source, target, question.protocol, question.port, hops, reason, door)
