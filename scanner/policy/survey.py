"""One action, every principal: what has the same statements above it and the same facts is searched once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from scanner.model import Unknown, View
from scanner.policy.conditions import Clause
from scanner.policy.documents import Core, Document, Statement
from scanner.policy.facts import Fact, Facts, Target
from scanner.policy.formulas import Formula, Part
from scanner.policy.keys import Key
from scanner.policy.layers import Layer, facts_about, layers_of
from scanner.policy.organizations import organization_of
from scanner.policy.patterns import Lookup
from scanner.policy.principals import Principal, directory_of
from scanner.policy.problems import Kept, lookup_of_known
from scanner.policy.search import Found, search
from scanner.policy.truths import Truth

Request = tuple[Target, ...]
"""The resources that one request needs together; nearly always one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The statements of a document that may be about a target, and whether each is: unknown where a variable is free.

    `marks` are the same for statements that say the same, wherever they stand.
    """

    statements: tuple[tuple[Statement, Truth], ...]
    marks: tuple[object, ...]

    @classmethod
    def of(cls, statements: Sequence[Statement], arn: str, lookup: Lookup) -> Self:
        """Those that are not about something else for certain."""
        truths = ((one, one.core.about_resource(arn, lookup)) for one in statements)
        found = tuple((one, about) for one, about in truths if about is not False)
        return cls(found, tuple((id(one.core), _frozen(about)) for one, about in found))


_OF_THE_TARGET = ("aws:resource", "aws:requestedregion")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a principal and the requests for which it is the same.

    `statements` are those the numbers in `found` mean, `layers` the names of the layers (for each resource in turn), and
    `facts` what is known of the first request.
    """

    principal: Principal
    requests: tuple[Request, ...]
    found: Found
    statements: tuple[Statement, ...]
    layers: tuple[str, ...]
    facts: Facts


class Survey:
    """The statements of an account that are about one action, and what was found out with them so far.

    Raises `Undecided` where the account's users, roles, groups or policies were not read whole.
    """

    def __init__(self, view: View, action: str) -> None:
        self._account = view.account
        self._directory = directory_of(view)
        self._organization = organization_of(view)
        self._action = action.lower()
        self._about_action: dict[Document, tuple[Statement, ...]] = {}
        self._about_target: dict[tuple[Document, str], Chosen] = {}
        self._searched: dict[object, Found] = {}
        self._kept: Kept = {}
        self._keys: dict[object, tuple[str, ...]] = {}
        self._above: dict[str, tuple[Layer, ...]] = {}

    def may_be_allowed(self, principal: Principal) -> bool:
        """Whether each layer above a principal has a statement that is about the action and does not deny it."""
        return all(
            any(one.core.allows is not False for document in layer.documents for one in self._statements(document))
            for layer in self._layers(principal)
        )

    def clauses(self, principal: Principal, key: str) -> tuple[Clause, ...]:
        """The conditions that statements about the action put on a key (in small letters), in any layer of a principal."""
        documents = (document for layer in self._layers(principal) for document in layer.documents)
        cores = dict.fromkeys(one.core for document in documents for one in self._statements(document))
        return tuple(dict.fromkeys(clause for core in cores for clause in core.clauses if clause.key == key))

    def answers(self, requests: Sequence[Request], principals: Sequence[Principal]) -> Iterator[Answer]:
        """The answers for every principal, each about all of the requests together."""
        layers = {principal.arn: self._layers(principal) for principal in principals}
        documents = {document: None for found in layers.values() for layer in found for document in layer.documents}
        alike = self._classes(requests, tuple(documents), principals)
        apart = tuple((request,) for request in requests)
        varied = frozenset(document for document in documents if any(map(_has_variables, self._statements(document))))
        for principal in principals:
            own = layers[principal.arn]
            is_varied = bool(varied) and any(document in varied for layer in own for document in layer.documents)
            for group in apart if is_varied else alike:
                yield self._answer(principal, own, group)

    def _layers(self, principal: Principal) -> tuple[Layer, ...]:
        """The layers without the documents that are not about the action."""
        kept = self._above.get(principal.arn)
        if kept is None:
            kept = self._above[principal.arn] = tuple(
                Layer(layer.name, tuple(document for document in layer.documents if self._statements(document)))
                for layer in layers_of(self._directory, self._organization, principal)
            )
        return kept

    def _statements(self, document: Document) -> tuple[Statement, ...]:
        found = self._about_action.get(document)
        if found is None:
            found = tuple(one for one in document.statements if one.core.about_action(self._action) is not False)
            self._about_action[document] = found
        return found

    def _classes(
        self, requests: Sequence[Request], documents: Sequence[Document], principals: Sequence[Principal]
    ) -> tuple[tuple[Request, ...], ...]:
        """The requests that no statement tells apart, but for those with variables in them."""
        cores = list(dict.fromkeys(one.core for document in documents for one in self._statements(document)))
        plain = [core for core in cores if not _has_variables_in(core)]
        asked = {name for core in cores for clause in core.clauses for name in (clause.key, *clause.variables)}
        given = {key for request in requests for target in request for key, _ in target.given}
        keys = [
            key
            for key in asked
            if key.startswith(_OF_THE_TARGET) or "resourcetag/" in key or key.endswith(":region") or key in given
        ]
        groups: dict[object, list[Request]] = {}
        for request in requests if principals else ():
            marks: list[object] = []
            for target in request:
                facts = self._facts(principals[0], target)
                marks += (_frozen(core.about_resource(target.arn, _nothing)) for core in plain)
                marks += (_frozen(facts(key)) for key in keys)
            groups.setdefault(tuple(marks), []).append(request)
        return tuple(tuple(group) for group in groups.values())

    def _facts(self, principal: Principal, target: Target) -> Facts:
        return facts_about(
            self._directory, self._organization, principal, target, account=self._account, action=self._action
        )

    def _answer(self, principal: Principal, layers: Sequence[Layer], group: tuple[Request, ...]) -> Answer:
        known = [self._facts(principal, target) for target in group[0]]
        chosen = [
            [self._chosen(document, facts) for document in layer.documents] for facts in known for layer in layers
        ]
        statements = tuple(statement for layer in chosen for some in layer for statement, _ in some.statements)
        signature = tuple(tuple(mark for some in layer for mark in some.marks) for layer in chosen)
        keys = self._keys.get(signature)
        if keys is None:
            keys = self._keys[signature] = tuple(
                dict.fromkeys(
                    name
                    for one in statements
                    for clause in one.core.clauses
                    for name in (clause.key, *clause.variables)
                )
            )
        key = (signature, tuple(tuple(_frozen(facts(name)) for name in keys) for facts in known))
        found = self._searched.get(key)
        if found is None:
            found = self._searched[key] = search(_formulas(chosen, len(known)), known, kept=self._kept)
        return Answer(
            principal,
            group,
            found,
            statements,
            tuple(layer.name for _ in known for layer in layers),
            known[0],
        )

    def _chosen(self, document: Document, facts: Facts) -> Chosen:
        """The statements of a document that may be about a target."""
        key = (document, facts.target.arn)
        found = self._about_target.get(key)
        if found is None:
            statements = self._statements(document)
            is_varied = any(map(_has_variables, statements))
            found = Chosen.of(statements, facts.target.arn, lookup_of_known(facts) if is_varied else _nothing)
            if not is_varied:
                self._about_target[key] = found
        return found


def _formulas(chosen: Sequence[Sequence[Chosen]], targets: int) -> list[Formula]:
    """The statements of each layer, numbered through, as what each target needs."""
    parts: list[tuple[Part, ...]] = []
    number = 0
    for layer in chosen:
        found = [pair for some in layer for pair in some.statements]
        parts.append(tuple(Part(number + place, one.core, about) for place, (one, about) in enumerate(found)))
        number += len(found)
    size = len(parts) // targets
    rows = [parts[start : start + size] for start in range(0, len(parts), size)]
    return [
        Formula(
            denies=tuple(part for layer in row for part in layer if part.core.allows is not True),
            layers=tuple(tuple(part for part in layer if part.core.allows is not False) for layer in row),
        )
        for row in rows
    ]


def _has_variables(statement: Statement) -> bool:
    return _has_variables_in(statement.core)


def _has_variables_in(core: Core) -> bool:
    return core.resources is not None and any(pattern.variables for pattern in core.resources.patterns)


def _frozen(fact: Fact | Truth) -> object:
    """A fact as a part of a key: an unknown one refuses to be compared."""
    if isinstance(fact, Unknown):
        return ("?", fact.why)
    return (fact, fact.pattern) if isinstance(fact, Key) else fact


def _nothing(_: str) -> None:
    """A lookup for patterns without variables."""
    return
