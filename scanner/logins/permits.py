"""What the policies say of one action: each principal's answers about many requests, told apart only where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.model import View
from scanner.policy.conditions import Clause
from scanner.policy.documents import Statement
from scanner.policy.formulas import Access
from scanner.policy.layers import NOT_SEEN
from scanner.policy.organizations import organization_of
from scanner.policy.places import Place
from scanner.policy.principals import Principal, directory_of
from scanner.policy.survey import Request, Survey
from scanner.policy.who import Grant, grant_of


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """An answer about some requests; answers that say the same are one object."""

    access: Access
    conditions: str
    reason: str
    statements: tuple[Place, ...]
    notes: tuple[str, ...]

    @property
    def is_shut(self) -> bool:
        """Whether the request is never let through."""
        return self.access is Access.DENIED


Answered = tuple[frozenset[int], Permit]
"""The numbers of the requests that have an answer."""


class Permits:
    """The answers about one action; raises `Undecided` where IAM was not read whole."""

    def __init__(self, view: View, action: str) -> None:
        self._survey = Survey(view, action)
        self._organization = organization_of(view)
        self._action = action
        self._told = {self._organization.note, NOT_SEEN}
        self._permits: dict[object, Permit] = {}
        self.able = tuple(one for one in directory_of(view).principals if self._survey.may_be_allowed(one))
        """The principals that may be let through at all, in the directory's order."""

    def narrow(self, words: Iterable[str] | None) -> None:
        """Only the principals with these ARNs are asked about, where any are named."""
        if words is not None:
            wanted = frozenset(words)
            self.able = tuple(one for one in self.able if one.arn in wanted)

    def asks_for(self, principal: Principal, key: str) -> tuple[str, ...]:
        """The values that conditions on a key name, in the order of the policies."""
        return tuple(dict.fromkeys(value for one in self._survey.clauses(principal, key) for value in one.values))

    def clauses(self, principal: Principal, key: str) -> tuple[Clause, ...]:
        """The conditions on a key in any layer of a principal."""
        return self._survey.clauses(principal, key)

    def of(
        self, requests: Sequence[Request], principals: Sequence[Principal]
    ) -> Iterator[tuple[Principal, list[Answered]]]:
        """The answers of each principal about all of the requests."""
        numbers = {id(request): number for number, request in enumerate(requests)}
        groups: dict[int, tuple[object, frozenset[int]]] = {}
        own: list[Answered] = []
        before: Principal | None = None
        for answer in self._survey.answers(requests, principals):
            if before is not None and answer.principal is not before:
                yield before, own
                own = []
            before = answer.principal
            kept = groups.get(id(answer.requests))
            if kept is None or kept[0] is not answer.requests:
                found = frozenset(numbers[id(request)] for request in answer.requests)
                kept = groups[id(answer.requests)] = (answer.requests, found)
            own.append((kept[1], self._permit(grant_of(answer, self._organization, self._action))))
        if before is not None:
            yield before, own

    def _permit(self, grant: Grant) -> Permit:
        key = (grant.access, grant.statements, grant.needs, grant.reason, grant.notes)
        if key not in self._permits:
            self._permits[key] = Permit(
                grant.access,
                grant.words,
                grant.reason,
                tuple(one.place for one in statements_of(grant)),
                tuple(note for note in grant.notes if note not in self._told),
            )
        return self._permits[key]


def statements_of(grant: Grant) -> tuple[Statement, ...]:
    """What allows, and what takes away from it."""
    return tuple(dict.fromkeys((*grant.statements, *(one for need in grant.needs for one in need.statements))))
