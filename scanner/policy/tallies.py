"""What a search found out, context by context: sets of contexts are integers with one bit for each."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.policy.formulas import Access
from scanner.policy.problems import Context, Term


class Tally:
    """Which contexts are let through, which may be, and by which statements.

    `layers` without a term are open: they need nothing.
    """

    def __init__(self, denies: Sequence[Term], layers: Sequence[Sequence[Term]], contexts: Sequence[Context]) -> None:
        self._contexts = contexts
        self._denies = denies
        self._all = (1 << len(contexts)) - 1
        self._sure: dict[int, int] = {}
        self._perhaps: dict[int, int] = {}
        for term in {id(term): term for term in (*denies, *(one for layer in layers for one in layer))}.values():
            self._count(term)
        passing = possible = self._all
        closed = []
        for place, layer in enumerate(layers):
            if layer:
                passing &= self._any(layer, self._sure)
                possible &= self._any(layer, self._sure) | self._any(layer, self._perhaps)
                if not self._any(layer, self._sure) | self._any(layer, self._perhaps):
                    closed.append(place)
        denied = self._any(denies, self._sure)
        self._open = passing
        self._allowed = passing & ~denied & ~self._any(denies, self._perhaps)
        self._unclear = possible & ~denied & ~self._allowed
        self.closed = tuple(closed)

    @property
    def access(self) -> Access:
        """The answer over all contexts."""
        if self._allowed == self._all:
            return Access.ALLOWED
        if self._allowed:
            return Access.CONDITIONAL
        return Access.UNKNOWN if self._unclear else Access.DENIED

    @property
    def witness(self) -> Context | None:
        """The first context that is let through."""
        return self._contexts[(self._allowed & -self._allowed).bit_length() - 1] if self._allowed else None

    def ways(self, layer: Sequence[Term]) -> tuple[int, ...]:
        """The statements of a layer by which every context that is let through is let through, as few as it takes."""
        return _cover(self._allowed, [(term.number, self._sure[id(term)]) for term in layer])

    def limits(self) -> tuple[int, ...]:
        """The statements that deny what would be allowed without them, as few as it takes."""
        taken = self._open & ~self._allowed
        return _cover(taken, [(one.number, self._sure[id(one)] | self._perhaps[id(one)]) for one in self._denies])

    def _count(self, term: Term) -> None:
        sure = perhaps = 0
        bit = 1
        for _, false, unknown in self._contexts:
            if not term.mask & false:
                if term.doubt or term.mask & unknown:
                    perhaps |= bit
                else:
                    sure |= bit
            bit <<= 1
        self._sure[id(term)], self._perhaps[id(term)] = sure, perhaps

    def _any(self, terms: Sequence[Term], sets: dict[int, int]) -> int:
        found = 0
        for term in terms:
            found |= sets[id(term)]
        return found


def _cover(target: int, sets: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Numbers of sets that together hold `target`, as far as any do: the largest first, the earlier of two alike."""
    chosen: list[int] = []
    while target:
        number, best = max(sets, key=lambda one: (one[1] & target).bit_count(), default=(0, 0))
        if not best & target:
            break
        chosen.append(number)
        target &= ~best
    return tuple(sorted(chosen))
