"""The free condition keys of a search: which clauses hang on them, and every context that can tell these apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scanner.model import Undecided, Unknown
from scanner.policy.cells import Probe, probes
from scanner.policy.conditions import Clause
from scanner.policy.facts import Fact
from scanner.policy.formulas import Part
from scanner.policy.keys import Key
from scanner.policy.patterns import Lookup, Values
from scanner.policy.truths import Truth

MOST_CONTEXTS = 50_000
"""How many combinations of values are tried before the answer is that there are too many condition keys."""

_MFA, _MFA_AGE = "aws:multifactorauthpresent", "aws:multifactorauthage"
_FROM_INTERNET = "aws:sourceip"
_THROUGH_ENDPOINT = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")
_RELATED = frozenset({_MFA, _MFA_AGE, _FROM_INTERNET, *_THROUGH_ENDPOINT})
_CLOCKS = ("aws:currenttime", "aws:epochtime")

Variable = tuple[str, int]
"""A free key; two resources of one request have tags of their own, so their number belongs to it."""


Kept = dict[tuple[object, ...], tuple[tuple[Probe, tuple[Truth, ...]], ...]]
"""What clauses answered to the probes of a key, for the searches that ask the same ones again."""


@dataclass(frozen=True, slots=True)
class Term:
    """A statement as far as it is not decided: the bits of its clauses on free keys, and a doubt that none of them ends."""

    number: int
    mask: int = 0
    doubt: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether it applies to every request."""
        return not self.mask and not self.doubt


Cell = tuple[Probe, int, int]
"""A value of one key, with the bits of the clauses that are false for it, and of those that are unknown."""

Context = tuple[tuple[Cell, ...], int, int]
"""One combination of values, with the bits of all their clauses."""


class Problem:
    """The clauses of a search, each as one bit, and the free keys they are about."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._bits: dict[tuple[Variable, Clause], int] = {}
        self._keys: dict[Variable, Key] = {}
        self._lookups: dict[Variable, Lookup] = {}
        self._asked: tuple[Variable, ...] = ()
        self._reasons: dict[int, str] = {}

    def terms(self, parts: Sequence[Part], facts: Callable[[str], Fact], place: int) -> list[Term]:
        """The parts that may apply, with what is known put in."""
        found = (self._term(part, facts, place) for part in parts)
        return [term for term in found if term is not None]

    def contexts(self, terms: Sequence[Term]) -> list[Context]:
        """Every combination of values that these terms can tell apart and that a request can have.

        Raises `Undecided` where there are too many, or they cannot be told apart exactly.
        """
        mask = 0
        for term in terms:
            mask |= term.mask
        clauses: dict[Variable, list[Clause]] = {}
        for (variable, clause), bit in self._bits.items():
            if mask >> bit & 1:
                clauses.setdefault(variable, []).append(clause)
        self._asked = tuple(clauses)
        if all(any(name == clock for name, _ in self._asked) for clock in _CLOCKS):
            raise Undecided("conditions ask for the time in two ways")
        columns = [self._column(variable, clauses[variable]) for variable in self._asked]
        size = 1
        for column in columns:
            size *= len(column)
        if size > MOST_CONTEXTS:
            raise Undecided(f"too many condition keys: {', '.join(self._keys[one].name for one in self._asked)}")
        return self._combined(columns)

    def witness(self, context: Context | None) -> Mapping[str, Values | None]:
        """A context by the names of its keys."""
        chosen = zip(self._asked, context[0], strict=True) if context is not None else ()
        return {self._keys[variable].name: probe for variable, (probe, _, _) in chosen}

    def doubts(self, terms: Sequence[Term]) -> tuple[tuple[int, str], ...]:
        """What could not be decided of these terms, by their numbers."""
        found: dict[tuple[int, str], None] = {}
        for term in terms:
            if term.doubt:
                found[term.number, term.doubt] = None
            for bit, reason in self._reasons.items():
                if term.mask >> bit & 1:
                    found[term.number, reason] = None
        return tuple(found)

    def _term(self, part: Part, facts: Callable[[str], Fact], place: int) -> Term | None:
        """None where the part applies to no request."""
        doubt = part.about.why if isinstance(part.about, Unknown) else part.core.trouble
        lookup = lookup_of_known(facts)
        mask = 0
        for clause in part.core.clauses:
            fact = facts(clause.key) if clause.kind is not None else Unknown(clause.trouble)
            if isinstance(fact, Key):
                mask |= 1 << self._bit(clause, fact, place, lookup)
                continue
            truth = fact if isinstance(fact, Unknown) else clause.holds_for(fact, lookup)
            if truth is False:
                return None
            if isinstance(truth, Unknown):
                doubt = doubt or truth.why
        return Term(part.number, mask, doubt)

    def _bit(self, clause: Clause, key: Key, place: int, lookup: Lookup) -> int:
        is_own = "resourcetag/" in clause.key or any("resource" in name for name in clause.variables)
        variable = (clause.key, place if is_own else 0)
        self._keys[variable] = key
        self._lookups[variable] = lookup
        return self._bits.setdefault((variable, clause), len(self._bits))

    def _column(self, variable: Variable, clauses: Sequence[Clause]) -> list[Cell]:
        """The probes of one key, with the bits of the clauses that are false and unknown for each."""
        bits = [self._bits[variable, clause] for clause in clauses]
        column = []
        for probe, truths in self._probed(variable, clauses):
            false = unknown = 0
            for bit, truth in zip(bits, truths, strict=True):
                if isinstance(truth, Unknown):
                    unknown |= 1 << bit
                    self._reasons[bit] = truth.why
                elif not truth:
                    false |= 1 << bit
            column.append((probe, false, unknown))
        return column

    def _probed(self, variable: Variable, clauses: Sequence[Clause]) -> Sequence[tuple[Probe, tuple[Truth, ...]]]:
        """The probes with the answers of the clauses; the same clauses give the same, unless they have variables."""
        key, lookup = self._keys[variable], self._lookups[variable]
        known = (key, *map(id, clauses))
        if known in self._kept:
            return self._kept[known]
        found = tuple(
            (probe, tuple(clause.holds_for(probe, lookup) for clause in clauses))
            for probe in probes(key, clauses, lookup, mark=_mark(variable[0]))
        )
        if not any(clause.variables for clause in clauses):
            self._kept[known] = found
        return found

    def _combined(self, columns: Sequence[Sequence[Cell]]) -> list[Context]:
        related = [place for place, (name, _) in enumerate(self._asked) if name in _RELATED]
        contexts: list[Context] = [((), 0, 0)]
        for column in columns:
            contexts = [
                ((*chosen, cell), false | cell[1], unknown | cell[2])
                for chosen, false, unknown in contexts
                for cell in column
            ]
        if len(related) < 2:  # noqa: PLR2004 - a single key depends on no other
            return contexts
        return [one for one in contexts if _can_be({self._asked[place][0]: one[0][place][0] for place in related})]


def lookup_of_known(facts: Callable[[str], Fact]) -> Lookup:
    """What fills variables before there is a request: a free key is not known yet."""

    def look(key: str) -> Values | Unknown | None:
        found = facts(key)
        return Unknown(f"${{{found.name}}} is known only with the request") if isinstance(found, Key) else found

    return look


def _mark(name: str) -> Callable[[Probe], object]:
    """What has to be kept apart because other keys depend on it."""
    if name == _MFA:
        return lambda probe: probe
    return (lambda probe: probe is None) if name in _RELATED else (lambda _: None)


def _can_be(values: Mapping[str, Probe]) -> bool:
    """Whether one request can have these together: the age of an MFA there is none of, or two ways at once, it cannot."""
    if _MFA in values and _MFA_AGE in values and (values[_MFA] == ("true",)) is (values[_MFA_AGE] is None):
        return False
    inside = [values[name] is not None for name in _THROUGH_ENDPOINT if name in values]
    return not any(inside) or (all(inside) and values.get(_FROM_INTERNET) is None)
