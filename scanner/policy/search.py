"""Under which free conditions a set of statements lets a request through: exact, over one value for each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.model import Undecided
from scanner.policy.facts import Fact
from scanner.policy.formulas import Access, Formula
from scanner.policy.patterns import Values
from scanner.policy.problems import Kept, Problem, Term
from scanner.policy.tallies import Tally


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a search.

    `ways` has for each layer the numbers of the statements that let requests through, without conditions where `is_open`
    says so; `limits` are the numbers of denying statements that take something away. `closed` are the layers that allow
    nothing. `witness` is a context that is let through (None: the request lacks the key). `doubts` say, by number, what
    could not be decided (-1: the whole).
    """

    access: Access
    ways: tuple[tuple[int, ...], ...] = ()
    is_open: tuple[bool, ...] = ()
    limits: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    witness: Mapping[str, Values | None] = field(default_factory=dict)
    doubts: tuple[tuple[int, str], ...] = ()


def search(formulas: Sequence[Formula], facts: Sequence[Callable[[str], Fact]], *, kept: Kept | None = None) -> Found:
    """The answer about one request that needs every formula; `facts` tell, for each, what is known and what is free.

    Searches that share `kept` share what they try; their clauses have to live as long as that.
    """
    problem = Problem({} if kept is None else kept)
    layers: list[list[Term]] = []
    denies: list[Term] = []
    for place, (formula, known) in enumerate(zip(formulas, facts, strict=True)):
        denies += problem.terms(formula.denies, known, place)
        layers += [problem.terms(layer, known, place) for layer in formula.layers]
    opened = tuple(any(term.is_certain for term in layer) for layer in layers)
    closed = tuple(place for place, layer in enumerate(layers) if not layer)
    certain = tuple(term.number for term in denies if term.is_certain)
    if certain or closed:
        return Found(Access.DENIED, limits=certain, closed=closed)
    asked = [() if is_open else tuple(layer) for layer, is_open in zip(layers, opened, strict=True)]
    try:
        contexts = problem.contexts((*denies, *(term for layer in asked for term in layer)))
    except Undecided as doubt:
        return Found(Access.UNKNOWN, doubts=((-1, doubt.reason),))
    tally = Tally(denies, asked, contexts)
    ways = tuple(
        tuple(term.number for term in layer if term.is_certain) if is_open else tally.ways(layer)
        for layer, is_open in zip(layers, opened, strict=True)
    )
    access = tally.access
    doubts = (
        ()
        if access in (Access.ALLOWED, Access.DENIED)
        else problem.doubts((*denies, *(term for layer in asked for term in layer)))
    )
    return Found(access, ways, opened, tally.limits(), tally.closed, problem.witness(tally.witness), doubts)
