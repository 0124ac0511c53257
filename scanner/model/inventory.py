"""What is known of one account, in one Region or merged over several: resources, indexes, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from scanner.model.gap import Gap, GapReason
from scanner.model.resource import Resource
from scanner.model.unknown import Undecided, Unknown, told

GLOBAL = "global"

_Index = dict[str, tuple[Resource, ...]]


@dataclass(frozen=True)
class Inventory:
    """The resources of one account and Region, with their gaps.

    `collected` names the kinds somebody asked AWS for; None means that everything there is was handed over.
    `taken_at` is the time of collection (ISO 8601, UTC, "" where no clock matters): the only clock a rule may read.
    `history_since` is the time from which CloudTrail's event history was read, "" where nobody asked for it.
    `mode` tells where it comes from: live, mock, snapshot, describe, world. `kept` holds what several rules ask for and
    what is worth making once (see `View.shared`); it is derived, and no part of the value.

    A template or a plan is a part of an account: `outside` names the kinds of which the account may have more that matter
    here (None: it is no part), and `planned` the ids of what is new, so that nothing outside can hang on it.
    """

    partition: str
    account: str
    region: str
    resources: tuple[Resource, ...] = ()
    gaps: tuple[Gap, ...] = ()
    collected: frozenset[str] | None = None
    taken_at: str = ""
    mode: str = "live"
    history_since: str = ""
    outside: frozenset[str] | None = None
    planned: frozenset[str] = frozenset()
    _grouped: _Index | None = field(init=False, repr=False, compare=False, default=None)
    _links: dict[tuple[str, str], _Index] = field(init=False, repr=False, compare=False, default_factory=dict)
    _gaps: dict[str, tuple[Gap, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    kept: dict[Any, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    _doubts: dict[tuple[str, str], str] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def _kinds(self) -> _Index:
        """The resources of each kind, sorted out when somebody asks: many an inventory is but a step to the next."""
        if self._grouped is None:
            kinds: dict[str, list[Resource]] = {}
            for kind, run in groupby(self.resources, attrgetter("kind")):
                kinds.setdefault(kind, []).extend(run)
            object.__setattr__(self, "_grouped", {kind: tuple(members) for kind, members in kinds.items()})
        return self._grouped or {}

    def forget(self) -> None:
        """Lets go of all that was worked out: it holds the inventory in turn, and would stay until the collector comes."""
        for value in self.kept.values():
            if isinstance(value, Inventory):
                value.forget()
        for worked_out in (self.kept, self._links, self._gaps, self._doubts):
            worked_out.clear()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of which at least one resource is here, sorted."""
        return tuple(sorted(self._kinds))

    @property
    def place(self) -> Resource:
        """The Region as a resource, or the account where the inventory is of no single Region."""
        kind = "AWS::Account" if self.region == GLOBAL else "AWS::Region"
        found = self.of(kind)
        return found[0] if found else Resource(kind, self.partition, self.account, self.region, self.region, "", {})

    @property
    def failed(self) -> str:
        """Why nothing at all could be read here: the first refusal, or "" where at least one kind was read."""
        asked = {kind for kind in self.collected or () if kind not in ("AWS::Account", "AWS::Region")}
        refused = {kind for gap in self.gaps if not gap.resource for kind in gap.kinds}
        if not asked or not asked <= refused or set(self._kinds) & asked:
            return ""
        return next(gap.sentence for gap in self.gaps if asked & set(gap.kinds))

    @property
    def is_cut_short(self) -> bool:
        """Whether the scan ended before everything here was asked."""
        return any(gap.reason is GapReason.STOPPED for gap in self.gaps)

    def of(self, kind: str) -> tuple[Resource, ...]:
        """Every known resource of a kind, in the order AWS gave them."""
        return self._kinds.get(kind, ())

    def find(self, kind: str, id: str) -> Resource | None:  # noqa: A002 - AWS's own word
        """The resource with this id, or None."""
        found = self.linked(kind, "", id)
        return found[0] if found else None

    def linked(self, kind: str, path: str, value: str) -> tuple[Resource, ...]:
        """The resources of `kind` in which the fact at `path` ("VpcId", "Groups[].GroupId") is or holds `value`.

        The empty path stands for the resource's own id. Each index is built once, when it is first asked for.
        """
        return self._index(kind, path).get(value, ())

    def doubt(self, kind: str, path: str) -> str:
        """Why some resource of `kind` may hold other values at `path` than `linked` knows of; "" where none does."""
        if (kind, path) not in self._links:
            self._index(kind, path)
        return self._doubts.get((kind, path), "")

    def _index(self, kind: str, path: str) -> _Index:
        index = self._links.get((kind, path))
        if index is None:
            pairs = list(_pairs(self.of(kind), path))
            doubt = next((key.why for key, _ in pairs if key.__class__ is not str and isinstance(key, Unknown)), "")
            if doubt:
                self._doubts[kind, path] = doubt
                pairs = [pair for pair in pairs if not isinstance(pair[0], Unknown)]
            index = _indexed(pairs)
            self._links[kind, path] = index
        return index

    def gaps_of(self, kind: str) -> tuple[Gap, ...]:
        """Why the list of this kind may be incomplete; empty when it is complete."""
        found = self._gaps.get(kind)
        if found is None:
            found = self._gaps[kind] = self._gaps_of(kind)
        return found

    def _gaps_of(self, kind: str) -> tuple[Gap, ...]:
        found = tuple(gap for gap in self.gaps if kind in gap.kinds and not gap.resource)
        if self.collected is not None and kind not in self.collected and not found:
            return (Gap(self.account, self.region, kind, GapReason.NOT_COLLECTED, kinds=(kind,)),)
        if self.outside is not None and kind in self.outside:
            return (*found, Gap(self.account, self.region, kind, GapReason.OUTSIDE, kinds=(kind,)))
        return found


def merge(inventories: Sequence[Inventory], *, region: str = GLOBAL) -> Inventory:
    """Several Regions of one account as one inventory; what is seen from two Regions is one resource, as its own has it.

    Where everything was handed over for one of them (`collected` None), it counts as such for the whole.
    """
    first = inventories[0]
    unique: dict[Resource, Resource] = {}
    for inventory in inventories:
        for resource in inventory.resources:
            if unique.setdefault(resource, resource) is not resource and resource.region == inventory.region:
                unique[resource] = resource
    collected = [inventory.collected for inventory in inventories]
    return Inventory(
        partition=first.partition,
        account=first.account,
        region=region,
        resources=tuple(unique.values()),
        gaps=tuple(dict.fromkeys(gap for inventory in inventories for gap in inventory.gaps)),
        collected=None if None in collected else frozenset().union(*(kinds or () for kinds in collected)),
        taken_at=max(inventory.taken_at for inventory in inventories),
        mode=first.mode,
        outside=_outside(inventories),
        planned=frozenset().union(*(inventory.planned for inventory in inventories)),
    )


def narrowed(inventory: Inventory, region: str) -> Inventory:
    """One Region of an account's merged inventory, with what belongs to no Region; an inventory of that Region is itself."""
    if inventory.region == region:
        return inventory
    return replace(
        inventory,
        region=region,
        resources=tuple(one for one in inventory.resources if one.region in (region, GLOBAL)),
        gaps=tuple(gap for gap in inventory.gaps if gap.region in (region, GLOBAL)),
    )


def _outside(inventories: Sequence[Inventory]) -> frozenset[str] | None:
    parts = [inventory.outside for inventory in inventories if inventory.outside is not None]
    return frozenset().union(*parts) if parts else None


def _indexed(pairs: Iterable[tuple[str | Unknown, Resource]]) -> _Index:
    alone: dict[Any, tuple[Resource, ...]] = {}
    crowds: dict[Any, list[Resource]] = {}
    for key, resource in pairs:
        first = alone.get(key)
        # Most keys are ids and have one resource; lists for all of them would be made only to be thrown away.
        if first is None:
            alone[key] = (resource,)
        else:
            crowds.setdefault(key, [*first]).append(resource)
    alone.update((key, tuple(crowd)) for key, crowd in crowds.items())
    return alone


def _pairs(resources: Iterable[Resource], path: str) -> Iterator[tuple[str | Unknown, Resource]]:
    """What each resource is or holds at a path, with the resource; no value twice of one resource."""
    if not path:
        yield from ((resource.id, resource) for resource in resources)
        return
    steps = path.split(".")
    has_lists = "[]" in path
    for resource in resources:
        word = None if has_lists else _word(resource.facts, steps)
        if word is not None:
            if word:
                yield word, resource
            continue
        found = list(_walk(resource.facts, steps))
        if len(found) > 1:
            found = list({id(key) if isinstance(key, Unknown) else key: key for key in found}.values())
        for key in found:
            yield key, resource


def _word(value: Any, steps: Sequence[str]) -> str | None:
    """The text at the end of a path without lists, "" where it is absent, None for what has to be walked with care."""
    try:
        for step in steps:
            if value.__class__ is not dict and value.__class__ is not MappingProxyType:
                return "" if value is None else None
            value = value.get(step)
    except Undecided:
        return None
    # An empty text is a value like any other, and rare enough to be walked.
    return "" if value is None else value or None if value.__class__ is str else None


def _walk(value: Any, steps: Sequence[str]) -> Iterator[str | Unknown]:
    """Strings at the end of a path, and the unknown on the way; whatever has another shape (absent) joins nothing."""
    for place, step in enumerate(steps, start=1):
        # A dictionary is told at once, and what is merely like one only after a search.
        if value.__class__ is not dict and (
            isinstance(value, Unknown) or not isinstance(value, (MappingProxyType, Mapping))
        ):
            break
        if step.endswith("[]"):
            found = told(value, step.removesuffix("[]"))
            if isinstance(found, Unknown):
                yield found
            for item in found if isinstance(found, (list, tuple)) else ():
                yield from _walk(item, steps[place:])
            return
        value = told(value, step)
    else:
        if isinstance(value, str):
            yield value
    if isinstance(value, Unknown):
        yield value
