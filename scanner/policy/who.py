"""Who may do something, and under which conditions: every principal of the account against every resource asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from scanner.errors import UsageError
from scanner.model import Undecided, View
from scanner.policy.documents import Statement
from scanner.policy.facts import target_of
from scanner.policy.formulas import Access
from scanner.policy.keys import Key
from scanner.policy.layers import foreign_keys, notes_about
from scanner.policy.organizations import ACCOUNT, ORGANIZATION, POLICY, Organization, organization_of
from scanner.policy.patterns import Values
from scanner.policy.principals import GROUP, MANAGED_POLICY, ROLE, USER, Principal, directory_of
from scanner.policy.requests import check_action
from scanner.policy.survey import Answer, Request, Survey
from scanner.policy.words import conditions_in_words

KINDS = frozenset({USER, GROUP, ROLE, MANAGED_POLICY, ORGANIZATION, ACCOUNT, POLICY})
"""What has to be collected to answer, beside the resources asked about (`LOGINS[action].kind` for their tags)."""

ROOT_NOTE = "the account's root user is not listed: it may do whatever no service control policy denies"


Resources = tuple[tuple[str, ...], ...]
"""ARNs, in tuples where one request needs several."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that has to be so: a layer allows only under conditions, or a statement denies under some.

    `words` tell it ("port 22, with MFA"; of a denial "never without MFA"), and `statements` say so, each with its place and
    its Condition (`block_of(statement.core.clauses)`). Of several that allow, one is enough.
    """

    words: str
    statements: tuple[Statement, ...]
    denies: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What one principal may do with those resources for which the answer is the same.

    `resources` are the ARNs, in tuples where one request needs several. `statements` are those that allow (for a denied
    principal: those that deny), `needs` what has to be so for a conditional one. `witness` is a context that is let
    through (None: the request lacks that key), `reason` says why the answer is unknown, or no. `notes` tell what was not
    weighed.
    """

    principal: Principal
    resources: Resources
    access: Access
    statements: tuple[Statement, ...] = ()
    needs: tuple[Requirement, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    witness: Mapping[str, Values | None] = field(default_factory=dict, compare=False)

    @property
    def words(self) -> str:
        """Everything that is needed, as one phrase; "" for nothing."""
        return "; ".join(dict.fromkeys(need.words for need in self.needs))


@dataclass(frozen=True, slots=True)
class Answers:
    """Who may: of every user and role a grant or more, in which every resource is once. `doubt` says why nobody could be judged, "" where they were."""

    action: str
    grants: tuple[Grant, ...] = ()
    notes: tuple[str, ...] = ()
    doubt: str = ""

    def able(self) -> Iterator[Grant]:
        """The grants that let something through, always or under conditions."""
        return (grant for grant in self.grants if grant.access in (Access.ALLOWED, Access.CONDITIONAL))

    def unknown(self) -> Iterator[Grant]:
        """The grants of which nothing could be said."""
        return (grant for grant in self.grants if grant.access is Access.UNKNOWN)


def who_may(
    view: View,
    action: str,
    resources: Iterable[str | Sequence[str]] = ("*",),
    *,
    principals: Iterable[str] | None = None,
) -> Answers:
    """Who may do an action on each of some resources, and what that takes.

    Args:
        view: The inventory of the account, merged over its Regions where resources are to be known with their tags.
        action: "service:Operation".
        resources: ARNs, or ids of instances and EC2 Instance Connect Endpoints; a tuple of them where one request needs all
            (an instance and a document for ssm:StartSession). Of what is not in the inventory the tags are free: the answer
            is then about any such resource. "*" for actions without resources.
        principals: ARNs or names ("role/ops") of those that are asked about; None for every user and role.

    Returns `Answers` in the order users, roles. Raises `UsageError` for what means nothing.
    """
    check_action(action)
    words = [(one,) if isinstance(one, str) else tuple(one) for one in resources]
    if not all(words):
        raise UsageError("a request is about a resource", cure='say "*" for an action without one')
    try:
        directory = directory_of(view)
        survey = Survey(view, action)
    except Undecided as doubt:
        return Answers(action, doubt=doubt.reason)
    organization = organization_of(view)
    chosen = directory.principals if principals is None else tuple(map(directory.named, principals))
    requests = [tuple(target_of(view, word) for word in one) for one in dict.fromkeys(words)]
    shared: dict[tuple[int, ...], Resources] = {}
    grants = (
        replace(grant, resources=_resources(groups, shared))
        for grant, groups in _merged(survey.answers(requests, chosen), organization, action)
    )
    notes = (organization.note, ROOT_NOTE) if organization.note else (ROOT_NOTE,)
    return Answers(action, tuple(grants), notes)


def _merged(
    answers: Iterable[Answer], organization: Organization, action: str
) -> Iterator[tuple[Grant, list[tuple[Request, ...]]]]:
    """The grants without their resources, and these: answers of one principal that differ in nothing else are one."""
    for _, own in groupby(answers, key=lambda answer: answer.principal.arn):
        merged: dict[object, tuple[Grant, list[tuple[Request, ...]]]] = {}
        for answer in own:
            grant = grant_of(answer, organization, action)
            alike = (grant.access, grant.statements, grant.needs, grant.reason, grant.notes)
            merged.setdefault(alike, (grant, []))[1].append(answer.requests)
        yield from merged.values()


def _resources(groups: Sequence[tuple[Request, ...]], shared: dict[tuple[int, ...], Resources]) -> Resources:
    """The ARNs of some groups of requests; thousands of principals have the same thousands of them, and share one tuple."""
    key = tuple(map(id, groups))
    if key not in shared:
        shared[key] = tuple(tuple(target.arn for target in request) for group in groups for request in group)
    return shared[key]


def grant_of(answer: Answer, organization: Organization, action: str) -> Grant:
    """An answer with its statements, its needs and its notes; its resources are left out."""
    found = answer.found
    numbers = found.limits if found.access is Access.DENIED else [number for way in found.ways for number in way]
    notes = (*notes_about(organization, answer.principal, action),
             *(note for one in answer.statements for note in foreign_keys(one, action)))  # fmt: skip
    return Grant(
        answer.principal,
        (),
        found.access,
        tuple(dict.fromkeys(answer.statements[number] for number in numbers)),
        tuple(dict.fromkeys(_needs(answer))) if found.access is Access.CONDITIONAL else (),
        _reason(answer),
        tuple(dict.fromkeys(notes)),
        found.witness,
    )


def _needs(answer: Answer) -> Iterator[Requirement]:
    """What the layers that are not open ask for, then what is taken away."""
    found = answer.found
    for way, is_open in zip(found.ways, found.is_open, strict=True):
        if way and not is_open:
            statements = tuple(answer.statements[number] for number in way)
            phrases = dict.fromkeys(_words(one, answer) for one in statements)
            comma = "," if any("," in phrase for phrase in phrases) else ""
            yield Requirement(f"{comma} or ".join(phrases), statements)
    for number in found.limits:
        statement = answer.statements[number]
        yield Requirement(f"never {_words(statement, answer) or 'at all, perhaps'}", (statement,), denies=True)


def _words(statement: Statement, answer: Answer) -> str:
    """The conditions of a statement that are not met by what is known already."""
    return conditions_in_words(
        clause for clause in statement.core.clauses if clause.kind is None or isinstance(answer.facts(clause.key), Key)
    )


def _reason(answer: Answer) -> str:
    found = answer.found
    if found.access is Access.DENIED:
        told = [f"{answer.statements[number].place} denies it" for number in found.limits]
        told += [f"no {answer.layers[place]} allows it" for place in found.closed]
        return "; ".join(dict.fromkeys(told)) or "no context meets all conditions"
    doubts = (f"{answer.statements[number].place}: {why}" if number >= 0 else why for number, why in found.doubts)
    return "; ".join(dict.fromkeys(doubts))
