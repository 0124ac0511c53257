"""What is known of one account, in one Region or merged over several: resources, indexes, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.model.gap import Gap, GapReason
from scanner.model.resource import Resource

GLOBAL = "global"

_Index = dict[str, tuple[Resource, ...]]


@dataclass(frozen=True)
class Inventory:
    """The resources of one account and Region, with their gaps.

    `collected` names the kinds somebody asked AWS for; None means that everything there is was handed over.
    `taken_at` is the time of collection (ISO 8601, UTC, "" where no clock matters): the only clock a rule may read.
    `mode` tells where it comes from: live, mock, snapshot, describe, world.
    """

    partition: str
    account: str
    region: str
    resources: tuple[Resource, ...] = ()
    gaps: tuple[Gap, ...] = ()
    collected: frozenset[str] | None = None
    taken_at: str = ""
    mode: str = "live"
    _kinds: _Index = field(init=False, repr=False, compare=False)
    _links: dict[tuple[str, str], _Index] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_kinds", _grouped((resource.kind, resource) for resource in self.resources))

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
        return self.gaps[0].sentence if asked and asked <= refused and not (set(self._kinds) & asked) else ""

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
        index = self._links.get((kind, path))
        if index is None:
            index = _grouped((key, resource) for resource in self.of(kind) for key in _keys(resource, path))
            self._links[kind, path] = index
        return index.get(value, ())

    def gaps_of(self, kind: str) -> tuple[Gap, ...]:
        """Why the list of this kind may be incomplete; empty when it is complete."""
        found = tuple(gap for gap in self.gaps if kind in gap.kinds and not gap.resource)
        if self.collected is not None and kind not in self.collected and not found:
            return (Gap(self.account, self.region, kind, GapReason.NOT_COLLECTED, kinds=(kind,)),)
        return found


def merge(inventories: Sequence[Inventory], *, region: str = GLOBAL) -> Inventory:
    """Several Regions of one account as one inventory; the same ARN seen from two Regions is one resource."""
    first = inventories[0]
    unique: dict[tuple[str, str], Resource] = {}
    for inventory in inventories:
        for resource in inventory.resources:
            unique.setdefault((resource.kind, resource.arn), resource)
    collected = [inventory.collected for inventory in inventories if inventory.collected is not None]
    return Inventory(
        partition=first.partition,
        account=first.account,
        region=region,
        resources=tuple(unique.values()),
        gaps=tuple(dict.fromkeys(gap for inventory in inventories for gap in inventory.gaps)),
        collected=frozenset().union(*collected) if collected else None,
        taken_at=max(inventory.taken_at for inventory in inventories),
        mode=first.mode,
    )


def _grouped(pairs: Iterable[tuple[str, Resource]]) -> _Index:
    groups: dict[str, list[Resource]] = {}
    for key, resource in pairs:
        groups.setdefault(key, []).append(resource)
    return {key: tuple(members) for key, members in groups.items()}


def _keys(resource: Resource, path: str) -> Iterator[str]:
    if not path:
        yield resource.id
        return
    yield from dict.fromkeys(_walk(resource.facts, path.split(".")))


def _walk(value: Any, steps: Sequence[str]) -> Iterator[str]:
    """Strings at the end of a path; whatever has another shape (absent, unknown) has no key and joins nothing."""
    if not steps:
        if isinstance(value, str):
            yield value
        return
    step, rest = steps[0], steps[1:]
    if not isinstance(value, Mapping):
        return
    found = value.get(step.removesuffix("[]"))
    if step.endswith("[]"):
        for item in found if isinstance(found, (list, tuple)) else ():
            yield from _walk(item, rest)
    else:
        yield from _walk(found, rest)
