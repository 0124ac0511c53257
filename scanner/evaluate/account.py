"""One account, Region by Region: each is asked what it can answer alone, and leaves behind what the whole account needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.aws.build import ALWAYS
from scanner.aws.table import KINDS
from scanner.evaluate.evidence import EVENT, Witnesses
from scanner.evaluate.joins import (
    ELSEWHERE,
    TRAIL,
    has_foreign_trails,
    whole_account,
    with_account_wide,
    with_far_stores,
    with_owned_trails,
)
from scanner.evaluate.judge import judge
from scanner.evaluate.tally import Tally
from scanner.evaluate.worlds import kinds_read
from scanner.model import GLOBAL, Finding, Gap, Inventory, Outcome, Resource, Rule, Target


@dataclass(frozen=True, slots=True)
class Question:
    """A rule as it is asked: its number among those of its id, whether others have that id, and the kinds it reads."""

    rule: Rule
    number: int
    is_single: bool
    kinds: frozenset[str]

    @property
    def is_global(self) -> bool:
        """Whether it is asked once, of the whole account."""
        return KINDS[self.rule.about].is_global and self.rule.about != "AWS::Region"

    @property
    def looks_elsewhere(self) -> bool:
        """Whether a Region alone cannot answer it."""
        return self.is_global or bool(self.kinds & ELSEWHERE)


def questions_of(rules: Iterable[Rule]) -> tuple[Question, ...]:
    """The rules as they are asked, in their order."""
    rules = tuple(rules)
    of_id = Counter(rule.id for rule in rules)
    seen: Counter[str] = Counter()
    questions = []
    for rule in rules:
        questions.append(Question(rule, seen[rule.id], of_id[rule.id] == 1, kinds_read(rule)))
        seen[rule.id] += 1
    return tuple(questions)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an inventory stands among all of a scan, which decides between equal answers."""

    number: int
    inventory: Inventory


@dataclass(slots=True)
class Facts:
    """What a report says of an account beside the findings."""

    gaps: dict[Gap, None] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    taken_at: str = ""
    witnesses: Witnesses = field(default_factory=Witnesses)

    def add(self, inventory: Inventory) -> None:
        """Takes what one inventory tells."""
        self.gaps.update(dict.fromkeys(inventory.gaps))
        self.targets.append(target_of(inventory))
        self.taken_at = max(self.taken_at, inventory.taken_at)
        self.witnesses.hear(inventory)

    def join(self, other: Facts) -> None:
        """Takes what another account tells."""
        self.gaps.update(other.gaps)
        self.targets += other.targets
        self.taken_at = max(self.taken_at, other.taken_at)
        self.witnesses.join(other.witnesses)


class Account:
    """The judgement of one account.

    `take` is given every Region once, in any order, and the account's own inventory ("global") among them where
    `has_wide`; Regions that come before it wait. `finish` answers what is left, after which nothing is kept.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        tally: Tally,
        *,
        has_wide: bool,
        is_unique: bool = True,
        is_only: bool = False,
        is_frugal: bool = False,
    ) -> None:
        """`is_unique` where no Region comes twice, `is_only` where the scan has no other place that rules are asked in.

        `is_frugal` keeps no more of a Region than the kinds that the questions left were seen to read.
        """
        self.facts = Facts()
        self._tally = tally
        self._has_wide = has_wide
        self._is_unique = is_unique
        self._is_only = is_only
        self._is_frugal = is_frugal
        self._wide: Inventory | None = None
        self._waiting: list[Place] = []
        self._kept: list[Place] = []
        self._surprises: dict[int, list[Question]] = {}
        self._later = tuple(question for question in questions if question.looks_elsewhere)
        self._at_once = tuple(question for question in questions if not question.looks_elsewhere)

    def take(self, place: Place) -> None:
        """Asks one Region what it can answer, and keeps of it what the rest will need."""
        self.facts.add(place.inventory)
        if place.inventory.region == GLOBAL:
            self._wide = place.inventory
            self._kept.append(place)
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                self._ask(one)
        elif self._has_wide and self._wide is None:
            self._waiting.append(place)
        else:
            self._ask(place)

    @property
    def awaits_others(self) -> bool:
        """Whether another account may tell more of what was seen here."""
        return any(has_foreign_trails(place.inventory) for place in self._kept)

    @property
    def kept(self) -> tuple[Place, ...]:
        """What is left to ask about."""
        return tuple(sorted(self._kept, key=lambda place: place.number))

    def finish(self, owned: Mapping[str, Resource] | None = None) -> None:
        """Asks what needs the whole account; `owned` are the trails of all accounts, None where there is no other."""
        self._answer(self._later, owned, surprises=True)
        self._kept = []
        self._tally.reduce()

    def finish_own(self) -> None:
        """Asks what no other account has a word in, and keeps no more than what the rest reads."""
        self._answer([question for question in self._later if TRAIL not in question.kinds], {}, surprises=False)
        self._later = tuple(question for question in self._later if TRAIL in question.kinds)
        left = (*self._later, *(question for asked in self._surprises.values() for question in asked))
        kinds = frozenset[str]({TRAIL}).union(*(question.kinds for question in left))
        self._kept = [replace(place, inventory=narrowed_to(place.inventory, kinds)) for place in self._kept]

    def _answer(self, questions: Sequence[Question], owned: Mapping[str, Resource] | None, *, surprises: bool) -> None:
        places = self.kept
        seen = with_account_wide(with_far_stores(with_owned_trails([one.inventory for one in places], owned)))
        whole = whole_account(seen) if places else None
        for question in questions:
            if question.is_global and whole is not None:
                self._tell(question, places[0], judge(question.rule, whole)[0], whole)
        regional = [question for question in questions if not question.is_global]
        for place, inventory in zip(places, seen, strict=True):
            if inventory.region != GLOBAL:
                for question in (*regional, *(self._surprises.pop(place.number, ()) if surprises else ())):
                    self._tell(question, place, judge(question.rule, inventory)[0], inventory)
        for inventory in (*seen, *([whole] if whole is not None else ())):
            inventory.forget()

    def _ask(self, place: Place) -> None:
        inventory = place.inventory
        if self._wide is not None:
            inventory = with_account_wide((inventory, self._wide))[0]
        kinds = {kind for question in self._later for kind in question.kinds}
        for question in self._at_once:
            silent: Counter[Outcome] | None = Counter() if self._is_terse(question) else None
            findings, view = judge(question.rule, inventory, silent=silent)
            if view.read.keys() & ELSEWHERE:  # it was never seen to read that
                kinds |= view.read.keys()
                surprise = replace(question, kinds=question.kinds | view.read.keys())
                self._surprises.setdefault(place.number, []).append(surprise)
            else:
                self._tally.totals.update(silent or {})
                self._tell(question, place, findings, inventory)
        inventory.forget()
        if kinds:
            kept = narrowed_to(place.inventory, frozenset(kinds)) if self._is_frugal else place.inventory
            self._kept.append(replace(place, inventory=kept))

    def _is_terse(self, question: Question) -> bool:
        """Whether what passes is a number and no more: nobody else is asked about it, and nobody wants to read it."""
        is_sole = self._is_only and self._is_unique and question.is_single
        return is_sole and Outcome.PASS not in self._tally.shown and Outcome.NOT_APPLICABLE not in self._tally.shown

    def _tell(self, question: Question, place: Place, findings: Sequence[Finding], inventory: Inventory) -> None:
        self._tally.take(
            inventory,
            findings,
            rule=question.number,
            place=place.number,
            is_sole=self._is_only,
            is_single=question.is_single and self._is_unique,
        )


def narrowed_to(inventory: Inventory, kinds: frozenset[str]) -> Inventory:
    """The same inventory with these kinds only; the others count as not asked for."""
    kept = kinds | frozenset(ALWAYS)
    collected = frozenset(KINDS) if inventory.collected is None else inventory.collected
    return replace(
        inventory,
        resources=tuple(resource for resource in inventory.resources if resource.kind in kept),
        collected=collected & kept,
    )


def only_trails(inventory: Inventory) -> Inventory:
    """What other accounts may need of an inventory."""
    return narrowed_to(inventory, frozenset({TRAIL}))


def target_of(inventory: Inventory) -> Target:
    """What a report says of where an inventory comes from."""
    return Target(
        account=inventory.account,
        region=inventory.region,
        partition=inventory.partition,
        mode=inventory.mode,
        resources=sum(
            len(inventory.of(kind)) for kind in inventory.kinds if kind not in ("AWS::Account", "AWS::Region", EVENT)
        ),
        failed=inventory.failed,
    )
