"""What to ask of one Region, and what to make of the answers: a generator of calls that neither sends nor waits."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.aws.build import ALWAYS, make_inventory, make_resource
from scanner.aws.kinds import Detail, Kind
from scanner.aws.table import KINDS
from scanner.collect.details import (
    Facts,
    climbed,
    detail_facts,
    details_due,
    holds,
    is_top,
    named_above,
    render_request,
    search,
)
from scanner.collect.failures import Failure
from scanner.collect.paging import Answer, Call, make_call
from scanner.collect.rows import UnreadableError, is_here, rows_of, strings_at
from scanner.collect.trials import is_worth_asking, trial_request
from scanner.model import GLOBAL, Gap, GapReason, Inventory

Plan = Generator[Sequence[Call], Mapping[Call, Answer], Inventory]
"""Yields calls, is sent their answers, and returns the inventory."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is about: one Region of one account, or the account itself (`region` "global").

    `kinds` are all kinds of the scan with their parents, `homes` the Region to ask in for each global kind, `regions`
    all Regions of the scan, `facts` the Region's own entry of DescribeRegions, `gaps` those known before. A sparing plan
    leaves out the lists that have no occasion (`Kind.occasions`).
    """

    partition: str
    account: str
    region: str
    regions: tuple[str, ...]
    kinds: frozenset[str]
    homes: Mapping[str, str] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    taken_at: str = ""
    mode: str = "live"
    is_sparing: bool = False

    @property
    def own(self) -> tuple[Kind, ...]:
        """The kinds whose resources this plan gives, in the table's order."""
        is_account = self.region == GLOBAL
        return tuple(kind for kind in self._known if kind.is_global == is_account)

    @property
    def levels(self) -> list[list[Kind]]:
        """The kinds to list, parents and occasions first; those of another place are here only as parents."""
        wanted = {kind.name for own in self.own for kind in _lineage(own)}
        levels: list[list[Kind]] = []
        for kind in self._known:
            if kind.name in wanted:
                depth = self._depth(kind)
                levels.extend([] for _ in range(depth + 1 - len(levels)))
                levels[depth].append(kind)
        return levels

    def occasions(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """What has to be there for a kind to be listed; empty where it is listed in any case."""
        is_known = self.is_sparing and all(name in self.kinds for name, _ in kind.occasions)
        return kind.occasions if is_known else ()

    def places(self, kind: Kind) -> tuple[str, ...]:
        """The Regions to ask for a kind."""
        if kind.is_global:
            return (self.homes[kind.name],)
        return self.regions if self.region == GLOBAL else (self.region,)

    def fed_by(self, kinds: Sequence[Kind]) -> tuple[str, ...]:
        """The kinds that stay incomplete when the lists of these do: themselves and everything listed for them."""
        names = {kind.name for kind in kinds}
        return tuple(sorted(kind.name for kind in self._known if names & {one.name for one in _lineage(kind)}))

    def _depth(self, kind: Kind) -> int:
        before = [name for name, _ in self.occasions(kind)] + ([kind.parent.kind] if kind.parent else [])
        return max((1 + self._depth(KINDS[name]) for name in before), default=0)

    @property
    def _known(self) -> tuple[Kind, ...]:
        return tuple(kind for kind in KINDS.values() if kind.name in self.kinds and kind.name not in ALWAYS)


def plan(scope: Scope) -> Plan:
    """Lists, then what hangs on them, then details; the inventory is the generator's return value."""
    gathering = _Gathering(scope)
    for kinds in scope.levels:
        yield from gathering.list_kinds(kinds)
    yield from gathering.ask_details()
    return gathering.inventory()


@dataclass(frozen=True, slots=True)
class _Question:
    """A detail to ask about the resource at an index of its kind's rows; `way` is what a climb has passed so far."""

    kind: Kind
    index: int
    detail: Detail
    call: Call
    way: tuple[Facts, ...] = ()


class _Gathering:
    """The rows and gaps of one plan while it runs."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._rows: dict[str, list[Facts]] = {}
        self._gaps: dict[Gap, None] = {}
        self._lacking: set[str] = set()

    def list_kinds(self, kinds: Sequence[Kind]) -> Generator[Sequence[Call], Mapping[Call, Answer], None]:
        """Asks for the lists of kinds whose parents are known."""
        asked: dict[Call, dict[str, Kind]] = {}
        for kind in kinds:
            self._rows[kind.name] = [] if kind.operation else self._seeds(kind)
            for request in self._requests(kind):
                for place in self._scope.places(kind):
                    call = make_call(kind.service, place, kind.operation, request, kind.pages)
                    asked.setdefault(call, {})[kind.name] = kind
        answers = yield tuple(asked)
        for call, named in asked.items():
            answer = answers[call]
            sharers = list(named.values())
            for kind in sharers:
                self._read_pages(kind, call, answer)
            failure = answer.failure
            if failure and not all(failure.detail in kind.absent for kind in sharers):
                self._lack(call, failure, self._scope.fed_by(sharers))

    def ask_details(self) -> Generator[Sequence[Call], Mapping[Call, Answer], None]:
        """Asks what the lists do not tell, each question once; some answers lead to another question."""
        questions = [
            _Question(kind, index, detail, self._detail_call(kind, detail, self._rows[kind.name][index]))
            for kind in self._scope.own
            for index, detail in details_due(kind, self._rows[kind.name], self._rows.get)
            if not detail.trials or self._has_chance(kind, detail, self._rows[kind.name][index])
        ]
        while True:
            answers = yield tuple(dict.fromkeys(question.call for question in questions))
            further = [self._hear(question, answers[question.call]) for question in questions]
            questions = [question for question in further if question]
            if not questions:
                return

    def inventory(self) -> Inventory:
        """Everything gathered, in the table's order."""
        scope = self._scope
        given = {kind.name: self._rows[kind.name] for kind in scope.own}
        return make_inventory(
            {"AWS::Region": [scope.facts], **given} if scope.facts else given,
            account=scope.account,
            region=scope.region,
            partition=scope.partition,
            gaps=(*sorted(self._gaps), *scope.gaps),
            collected=given,
            taken_at=scope.taken_at,
            mode=scope.mode,
        )

    def _requests(self, kind: Kind) -> Iterator[Mapping[str, Any]]:
        if self._is_spared(kind):
            return
        if kind.operation and not kind.parent:
            yield kind.request
        elif kind.operation:
            for facts in self._parents(kind):
                yield render_request(kind.request, facts)

    def _is_spared(self, kind: Kind) -> bool:
        """Whether the lists that would be the occasion for this one were read to their ends, and none of them is."""
        occasions = self._scope.occasions(kind)
        return bool(occasions) and not any(
            name in self._lacking or any(is_here(found, self._scope.region) for found in strings_at(facts, path))
            for name, path in occasions
            for facts in (self._rows[name] or ({},))
        )

    def _parents(self, kind: Kind) -> list[Facts]:
        parent = kind.parent
        return [facts for facts in self._rows[parent.kind] if holds(parent.where, facts)] if parent else []

    def _seeds(self, kind: Kind) -> list[Facts]:
        """Resources made of their parents' facts and the account's, each once however many parents mention it."""
        known = ({"Account": self._scope.account, **facts} for facts in self._parents(kind))
        seeds = ({member: search(path, facts) for member, path in kind.seed.items()} for facts in known)
        return list({json.dumps(seed, sort_keys=True): seed for seed in seeds}.values())

    def _read_pages(self, kind: Kind, call: Call, answer: Answer) -> None:
        for page in answer.pages:
            try:
                self._rows[kind.name].extend(rows_of(kind, page))
            except UnreadableError as missing:
                self._lack(call, Failure(GapReason.UNREADABLE, str(missing)), self._scope.fed_by([kind]))

    def _detail_call(self, kind: Kind, detail: Detail, facts: Facts) -> Call:
        home = facts.get(detail.home)
        place = home if isinstance(home, str) and home else self._scope.places(kind)[0]
        request = render_request(detail.request, facts)
        if detail.trials:
            request |= trial_request(detail, account=self._scope.account, region=place)
        return make_call(kind.service, place, detail.operation, request, detail.pages)

    def _has_chance(self, kind: Kind, detail: Detail, facts: Facts) -> bool:
        return is_worth_asking(kind, detail, facts, account=self._scope.account, region=self._scope.region)

    def _hear(self, question: _Question, answer: Answer) -> _Question | None:
        """Lays the answer into the facts; the question it leads to, if any."""
        kind, detail, call = question.kind, question.detail, question.call
        rows = self._rows[kind.name]
        facts = rows[question.index]
        failure = answer.failure
        if failure and failure.detail in detail.absent:
            return None
        if not failure:
            try:
                added, further = self._read_detail(question, answer, facts)
            except UnreadableError as missing:
                failure = Failure(GapReason.UNREADABLE, str(missing))
            else:
                # Another Region's plan holds the same dictionary, so the members join a copy.
                rows[question.index] = {**facts, **added}
                return further
        scope = self._scope
        resource = make_resource(kind, facts, partition=scope.partition, account=scope.account, region=scope.region)
        self._lack(call, failure, (kind.name,), resource.arn)
        return None

    def _read_detail(
        self, question: _Question, answer: Answer, facts: Facts
    ) -> tuple[dict[str, Any], _Question | None]:
        """The members of an answer, and the next question of a climb that is not at its top; raises `UnreadableError`."""
        detail, call = question.detail, question.call
        if not detail.climb:
            return detail_facts(detail, answer.pages, facts), None
        above = named_above(detail, answer.pages, question.way)
        way = (*question.way, above)
        if is_top(detail.climb, above):
            return climbed(detail.climb, way), None
        request = {**render_request(detail.request, facts), detail.climb.asks: above[detail.climb.id]}
        further = make_call(call.service, call.region, call.operation, request, call.pages)
        return {}, replace(question, call=further, way=way)

    def _lack(self, call: Call, failure: Failure, kinds: tuple[str, ...], resource: str = "") -> None:
        gap = Gap(self._scope.account, call.region, call.name, failure.reason, failure.detail, kinds, resource)
        self._gaps[gap] = None
        self._lacking.update(kinds)


def _lineage(kind: Kind) -> list[Kind]:
    """The kind and its parents, itself first."""
    line = [kind]
    while line[-1].parent:
        line.append(KINDS[line[-1].parent.kind])
    return line
