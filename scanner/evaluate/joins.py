"""What one inventory has to know of others: the account's own, stores elsewhere, and an organization's trails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scanner.aws.table import KINDS
from scanner.model import GLOBAL, Gap, GapReason, Inventory, Resource, Unknown, merge
from scanner.model.unknown import told

TRAIL = "AWS::CloudTrail::Trail"

# AWS lists such a store in its home Region only, although it records all of them.
_LISTENS_EVERYWHERE = ("AWS::CloudTrail::EventDataStore", "MultiRegionEnabled")

ELSEWHERE = frozenset({TRAIL, _LISTENS_EVERYWHERE[0]})
"""The kinds that other inventories have a word in: a rule that reads none of them can be asked Region by Region."""


def whole_account(inventories: Sequence[Inventory]) -> Inventory:
    """The Regions of an account as one; a kind that was read in some of them only is a gap of the others."""
    whole = merge(inventories)
    asked = frozenset(KINDS) if whole.collected is None else whole.collected
    holes = tuple(
        Gap(one.account, one.region, kind, GapReason.NOT_COLLECTED, kinds=(kind,))
        for one in inventories
        if one.region != GLOBAL and one.collected is not None
        for kind in sorted(asked - one.collected)
        if not KINDS[kind].is_global
    )
    return replace(whole, gaps=(*whole.gaps, *holes))


def with_account_wide(inventories: Sequence[Inventory]) -> tuple[Inventory, ...]:
    """The same inventories, each Region also holding what AWS keeps once for the account (IAM, trail buckets)."""
    wide = {(one.partition, one.account): one for one in inventories if one.region == GLOBAL}
    result = []
    for inventory in inventories:
        account = wide.get((inventory.partition, inventory.account))
        if account is None or inventory is account:
            result.append(inventory)
        else:
            joined = merge((inventory, account), region=inventory.region)
            result.append(replace(joined, taken_at=inventory.taken_at, mode=inventory.mode))
    return tuple(result)


def owned_trails(inventories: Iterable[Inventory]) -> dict[str, Resource]:
    """The trails that are these accounts' own, by ARN, as their home Regions tell of them where those were read."""
    owned: dict[str, Resource] = {}
    for inventory in inventories:
        for trail in inventory.of(TRAIL):
            is_first = trail.arn not in owned or trail.region == inventory.region
            if is_first and owner_of(trail) == inventory.account:
                owned[trail.arn] = trail
    return owned


def with_owned_trails(
    inventories: Sequence[Inventory], owned: Mapping[str, Resource] | None = None
) -> tuple[Inventory, ...]:
    """The same inventories, in which an organization's trail tells its members what only its owner may read.

    AWS refuses a member the event selectors of the trail; they are the same for all accounts of the organization.
    `owned` are the trails of all accounts; None where these inventories are all that there is.
    """
    owned = owned_trails(inventories) if owned is None else owned
    result = []
    for inventory in inventories:
        told_by = {
            trail: _told_by(owned[trail.arn], trail)
            for trail in inventory.of(TRAIL)
            if trail.arn in owned and owned[trail.arn].account != trail.account
        }
        resources = tuple(told_by.get(resource, resource) for resource in inventory.resources) if told_by else ()
        result.append(replace(inventory, resources=resources) if told_by else inventory)
    return tuple(result)


def has_foreign_trails(inventory: Inventory) -> bool:
    """Whether there are trails of which another account may know more."""
    return any(owner_of(trail) not in ("", inventory.account) for trail in inventory.of(TRAIL))


def owner_of(resource: Resource) -> str:
    """The account in an ARN, "" where it names none."""
    return resource.arn.split(":")[4] if resource.arn.count(":") > 4 else ""  # noqa: PLR2004 - an ARN's fifth part


def _told_by(owners: Resource, seen: Resource) -> Resource:
    """A trail as a member sees it, with what was not told there as its owner knows it."""
    facts = dict(seen.facts)
    for key, value in owners.facts.items():
        known = told(facts, key)
        if (known is None or isinstance(known, Unknown)) and not isinstance(value, Unknown):
            facts[key] = value
    return replace(seen, facts=facts)


def with_far_stores(inventories: Sequence[Inventory]) -> tuple[Inventory, ...]:
    """The same inventories, each Region also holding what other Regions of the account keep that records in all."""
    kind, everywhere = _LISTENS_EVERYWHERE
    far: dict[tuple[str, str], dict[Resource, None]] = {}
    for inventory in inventories:
        for store in inventory.of(kind):
            listens = told(store.facts, everywhere)
            if listens is True or isinstance(listens, Unknown):
                far.setdefault((inventory.partition, inventory.account), {})[store] = None
    result = []
    for inventory in inventories:
        stores = far.get((inventory.partition, inventory.account), {})
        missing = tuple(store for store in stores if store.region != inventory.region)
        joins = bool(missing) and inventory.region != GLOBAL
        result.append(replace(inventory, resources=(*inventory.resources, *missing)) if joins else inventory)
    return tuple(result)
