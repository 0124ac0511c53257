"""One answer for each rule and resource, however many places tell of it, without keeping those that nobody else can tell."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from scanner.evaluate.joins import owner_of
from scanner.model import Finding, Inventory, Outcome, Resource

# A resource seen from several places gets one answer: that of its own Region and account, then the one that tells most.
_WEIGHT = {Outcome.NOT_APPLICABLE: 0, Outcome.PASS: 1, Outcome.UNKNOWN: 2, Outcome.ERROR: 3, Outcome.FAIL: 4}

Ordinal = tuple[int, int, int]
"""Where a finding was told: the rule among those of its id, the place among all places, the answer among those there."""

Key = tuple[str, str, str | Resource, bool]
"""What is told once: the rule's id, the kind, the ARN (or the resource, where accounts share an ARN), whether it is a crash."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with what decides between several of the same key; `first` is where the key was told first."""

    finding: Finding
    is_home: bool
    ordinal: Ordinal
    first: Ordinal

    def joined(self, other: Told) -> Told:
        """The one of two that counts; of equal ones the earlier."""
        (mine, theirs) = ((told.is_home, _WEIGHT[told.finding.outcome]) for told in (self, other))
        best = self if mine > theirs or (mine == theirs and self.ordinal < other.ordinal) else other
        return replace(best, first=min(self.first, other.first))


class Tally:
    """The answers of one account.

    What is told at home cannot be outdone by any other place, so it is settled at once: `settle` is handed the finding,
    and a number of eight bytes is all that stays of it. The rest is loose until every place has spoken.
    """

    def __init__(
        self, settle: Callable[[Finding, Ordinal], None], *, shown: frozenset[Outcome] = frozenset(Outcome)
    ) -> None:
        """`shown` are the outcomes of which somebody wants more than their number."""
        self._settle = settle
        self.shown = shown
        self.totals: Counter[Outcome] = Counter()
        self.homes = array("Q")
        self.loose: dict[Key, Told] = {}

    def take(
        self,
        inventory: Inventory,
        findings: Iterable[Finding],
        *,
        rule: int,
        place: int,
        is_sole: bool,
        is_single: bool,
    ) -> None:
        """The findings of one rule in one place.

        `is_sole` means that no other place is asked by this rule's id, `is_single` that no other rule has the id.
        """
        if is_sole and is_single:
            for number, finding in enumerate(findings):
                self._close(finding, (rule, place, number))
            return
        told: dict[Key, Told] = {}
        for number, finding in enumerate(findings):
            here = (rule, place, number)
            one = Told(finding, _is_at_home(finding.resource, inventory), here, here)
            key = key_of(finding)
            told[key] = told[key].joined(one) if key in told else one
        for key, one in told.items():
            if is_single and one.is_home and owner_of(one.finding.resource) == inventory.account:
                self.homes.append(number_of(key))
                self._close(one.finding, one.first)
            else:
                self.loose[key] = self.loose[key].joined(one) if key in self.loose else one

    def reduce(self) -> None:
        """Lets go of what this account has told better at home, and settles what no other account can tell."""
        known = found_at_home(self.loose, [self.homes])
        for key, one in list(self.loose.items()):
            if key in known:
                del self.loose[key]
            elif isinstance(key[2], Resource):
                del self.loose[key]
                self._close(one.finding, one.first)

    def _close(self, finding: Finding, ordinal: Ordinal) -> None:
        self.totals[finding.outcome] += 1
        self._settle(finding, ordinal)


def key_of(finding: Finding) -> Key:
    """What a finding is told once for."""
    resource = finding.resource
    # AWS's own policies have one ARN in all accounts, and reach other people in each.
    name = resource if not resource.arn or owner_of(resource) == "aws" else resource.arn
    return (finding.rule_id, resource.kind, name, finding.outcome is Outcome.ERROR)


def number_of(key: Key) -> int:
    """A key in eight bytes, the same in every process."""
    rule_id, kind, name, is_crash = key
    told = name if isinstance(name, str) else f"{name.account}\x1f{name.region}\x1f{name.id}\x1f{name.arn}"
    text = "\x1f".join((rule_id, kind, told, str(is_crash)))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def found_at_home(loose: Iterable[Key], homes: Iterable[Iterable[int]]) -> frozenset[Key]:
    """The keys that some home has told of."""
    numbers = {number_of(key): key for key in loose}
    return (
        frozenset(numbers[number] for home in homes for number in home if number in numbers) if numbers else frozenset()
    )


def _is_at_home(resource: Resource, inventory: Inventory) -> bool:
    """Whether an inventory is of the Region and account that hold a resource: others see copies, and not all around it."""
    return resource.region == inventory.region and owner_of(resource) in ("", inventory.account)
