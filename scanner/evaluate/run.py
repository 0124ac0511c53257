"""All rules over all inventories: Region by Region, then the questions about a whole account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from scanner.evaluate.account import Account, Facts, Place, Question, questions_of
from scanner.evaluate.joins import owned_trails
from scanner.evaluate.tally import Key, Ordinal, Tally, Told, found_at_home
from scanner.evaluate.worlds import kinds_read
from scanner.model import GLOBAL, Finding, Inventory, Outcome, Rule, ScanReport
from scanner.model.garbage import rare_collections

NOTABLE = frozenset({Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR})


def evaluate(
    inventories: Sequence[Inventory], rules: Sequence[Rule], *, include_pass: bool = False, tool_version: str = ""
) -> ScanReport:
    """The report of all rules over all inventories, in a stable order."""
    conclusion = Conclusion(include_pass=include_pass)
    questions = questions_of(rules)
    with rare_collections():
        for account in _accounts(inventories, questions, conclusion):
            conclusion.add(*account)
    return conclusion.report(rules, tool_version=tool_version)


def needed(rules: Iterable[Rule]) -> frozenset[str]:
    """The kinds these rules read."""
    return frozenset[str]().union(*(kinds_read(rule) for rule in rules))


class Shelf(Protocol):
    """Where findings are until the report is made."""

    def put(self, finding: Finding) -> int:
        """Takes a finding; the number it is got back by."""

    def get(self, number: int) -> Finding:
        """The finding of a number."""


class _Memory:
    """Findings in a list."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def put(self, finding: Finding) -> int:
        self._findings.append(finding)
        return len(self._findings) - 1

    def get(self, number: int) -> Finding:
        return self._findings[number]


class Conclusion:
    """What all accounts of a scan have answered, in the order of reports."""

    def __init__(self, *, include_pass: bool = False, shelf: Shelf | None = None) -> None:
        """`shelf` keeps the findings until the report is made; None keeps them in memory."""
        self._shelf = shelf or _Memory()
        self.shown = frozenset(Outcome) if include_pass else NOTABLE
        self._found: list[tuple[tuple[str, ...], Ordinal, int]] = []
        self._totals: Counter[Outcome] = Counter()
        self._loose: dict[Key, Told] = {}
        self._homes: list[Sequence[int]] = []
        self._facts = Facts()

    def settle(self, finding: Finding, ordinal: Ordinal) -> None:
        """Takes a finding that nothing will outdo; what nobody is shown is let go."""
        if finding.outcome in self.shown:
            self._found.append((finding.sort_key, ordinal, self._shelf.put(finding)))

    def add(self, facts: Facts, tally: Tally) -> None:
        """Takes the rest of what an account has to say."""
        self._facts.join(facts)
        self._totals += tally.totals
        self._homes.append(tally.homes)
        for key, told in tally.loose.items():
            self._loose[key] = self._loose[key].joined(told) if key in self._loose else told

    def report(self, rules: Sequence[Rule], *, tool_version: str = "") -> ScanReport:
        """The report of everything that was taken."""
        known = found_at_home(self._loose, self._homes)
        for key, told in self._loose.items():
            if key not in known:
                self._totals[told.finding.outcome] += 1
                self.settle(told.finding, told.first)
        self._found.sort()
        return ScanReport(
            findings=tuple(self._shelf.get(number) for _, _, number in self._found),
            gaps=tuple(sorted(self._facts.gaps)),
            targets=tuple(sorted(self._facts.targets)),
            rules=tuple(rules),
            totals={outcome.value: number for outcome, number in sorted(self._totals.items())},
            taken_at=self._facts.taken_at,
            tool_version=tool_version,
            evidence=self._facts.witnesses.evidence,
        )


def _accounts(
    inventories: Sequence[Inventory], questions: Sequence[Question], conclusion: Conclusion
) -> Iterable[tuple[Facts, Tally]]:
    """Every account's judgement, when all of its inventories are there."""
    owned = owned_trails(inventories)
    members: dict[tuple[str, str], list[Place]] = {}
    for number, inventory in enumerate(inventories):
        members.setdefault((inventory.partition, inventory.account), []).append(Place(number, inventory))
    regional = sum(inventory.region != GLOBAL for inventory in inventories)
    for places in members.values():
        regions = [place.inventory.region for place in places]
        tally = Tally(conclusion.settle, shown=conclusion.shown)
        account = Account(
            questions,
            tally,
            has_wide=GLOBAL in regions,
            is_unique=len(set(regions)) == len(regions),
            is_only=len(members) == 1 and regional <= 1,
        )
        for place in sorted(places, key=lambda place: place.inventory.region != GLOBAL):
            account.take(place)
        account.finish(owned)
        yield account.facts, tally
