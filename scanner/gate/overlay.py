"""A plan laid over what exists: live resources, less what the change deletes, with what it exchanges and what it adds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.aws.table import KINDS
from scanner.errors import UsageError
from scanner.gate import addresses
from scanner.gate.build import Surface, fill, gap_of, left_of, resource_of
from scanner.gate.departures import depart, remove, without_address
from scanner.gate.estate import Estate, Row
from scanner.gate.exchange import alike
from scanner.gate.planned import Plan, Planned
from scanner.gate.standing import stand
from scanner.model import GLOBAL, Gap, Inventory, Origin, Resource, Unknown

_INTERFACE, _ADDRESS, _INSTANCE = "AWS::EC2::NetworkInterface", "AWS::EC2::EIP", "AWS::EC2::Instance"
_TRAIL = "AWS::CloudTrail::Trail"
# One of these follows one list only: what is new in one goes from all others.
_EXCLUSIVE = (
    ("AWS::EC2::RouteTable", "Associations", "SubnetId"),
    ("AWS::EC2::NetworkAcl", "Associations", "SubnetId"),
    ("AWS::EC2::TransitGatewayRouteTable", "Associations", "TransitGatewayAttachmentId"),
)
# A service deletes the interfaces of subnets that it leaves; those of an instance may be somebody's own.
_TIDY = ("AWS::EC2::VPCEndpoint", "AWS::ElasticLoadBalancingV2::LoadBalancer")


@dataclass(frozen=True, slots=True)
class Laid:
    """The account after a change. `stands_for` is the way from the id of what replaces something to the id of that."""

    inventories: tuple[Inventory, ...]
    surface: Surface = field(repr=False)
    stands_for: Mapping[tuple[str, str], str]
    unread: frozenset[str] = frozenset()


def place_of(inventories: Sequence[Inventory], *, account: str = "", region: str = "") -> tuple[str, str]:
    """The account and Region that a change goes to; raises `UsageError` where several are possible, or none."""
    accounts = sorted({one.account for one in inventories})
    regions = sorted(
        {one.region for one in inventories if one.region != GLOBAL and one.account in (account or one.account)}
    )
    for asked, stored, noun, option in (
        (account, accounts, "account", "--account"),
        (region, regions, "Region", "--region"),
    ):
        if asked and asked not in stored:
            cure = f"it holds {', '.join(stored)}" if stored else "take the snapshot again"
            raise UsageError(f"the {noun} {asked!r} is not in what the change is laid over", place=option, cure=cure)
        if not asked and len(stored) != 1:
            told = f"{len(stored)} {noun}s" if stored else f"no {noun}"
            cure = f"say which one with {option}: {', '.join(stored)}" if stored else "take the snapshot again"
            raise UsageError(f"what the change is laid over holds {told}", place="--against", cure=cure)
    return account or accounts[0], region or regions[0]


def lay(plan: Plan, before: Sequence[Inventory], *, account: str, region: str, now: str = "") -> Laid:
    """The account after a plan; raises `UsageError` where nothing is known of the place that the plan goes to."""
    place_of(before, account=account, region=region)
    home = next(one for one in before if (one.account, one.region) == (account, region))
    wide = next((one for one in before if (one.account, one.region) == (account, GLOBAL)), None)
    estate = Estate(account, region, home.partition, home.taken_at or now)
    stand(estate, [home] if wide is None else [home, wide])
    stood = {id(row.live): row for rows in estate.rows.values() for row in rows.values()}
    stands_for = _replace(plan, estate)
    unread = [*plan.unread, *depart(plan.deleted, estate)]
    kept = list(_kept(plan, estate))
    untouched = {id(planned) for _, planned in kept}
    fill(estate, tuple(one for one in plan.resources if id(one) not in untouched))
    _settle(estate)
    examples = addresses.assign(estate)
    gaps = tuple(
        gap_of(one, account=account, region=region) for one in (*unread, *left_of(estate)) if one.kinds != ("-",)
    )
    after, rows = _after(estate, home, wide, stood, gaps)
    for row, planned in kept:
        row.parts.append(planned)
    others = [_elsewhere(one, home, rows, stood) for one in before if one is not home and one is not wide]
    return Laid(
        (*after, *others), Surface(after[0], rows, examples), stands_for, frozenset(gap.sentence for gap in gaps)
    )


def _replace(plan: Plan, estate: Estate) -> dict[tuple[str, str], str]:
    """What is replaced goes first; what takes its place stands for it, and so do its interfaces."""
    made: dict[tuple[str, str], str] = {}
    for planned in plan.resources:
        if planned.replaces and planned.replaces != planned.id:
            made[planned.type, planned.id] = planned.replaces
            for index, interface in enumerate(estate.held.get(planned.replaces, ())):
                made[_INTERFACE, f"eni-{planned.address}-{index}"] = interface
                made.setdefault((_INTERFACE, f"eni-{planned.address}"), interface)
            remove(planned.type, planned.replaces, estate)
    return made


def _kept(plan: Plan, estate: Estate) -> Iterator[tuple[Row, Planned]]:
    """What a plan leaves as it is, where it is known: nobody has to guess what AWS made of it."""
    for planned in plan.resources:
        row = estate.rows.get(planned.type, {}).get(planned.id)
        if planned.action == "keep" and row is not None and row.live is not None:
            if row.kind == _ADDRESS:
                row.notes["token"] = f"address of {planned.address}"
            yield row, planned


def _settle(estate: Estate) -> None:
    """What moved is no longer where it was."""
    for kind, key, member in _EXCLUSIVE:
        _settle_members(kind, key, member, estate)
    for row in estate.of(_ADDRESS):
        held = row.live.facts.get("NetworkInterfaceId") if row.live is not None else None
        if isinstance(held, str) and not alike(row.facts.get("NetworkInterfaceId"), held):
            freed = estate.find(_INTERFACE, held)
            if freed is not None and "elastic" not in freed.notes:
                without_address(freed)
    _follow_addresses(estate)
    _tidy(estate)


def _follow_addresses(estate: Estate) -> None:
    """Whose interface lost an address is told so."""
    for row in estate.of(_INTERFACE):
        attached = row.facts.get("Attachment")
        if row.notes.get("freed") and isinstance(attached, Mapping):
            instance = estate.find(_INSTANCE, attached.get("InstanceId"))
            if instance is not None:
                instance.notes["interfaces"] = list(estate.held.get(instance.id, ()))


def _tidy(estate: Estate) -> None:
    """The interfaces of subnets that a service leaves."""
    for kind in _TIDY:
        for row in estate.of(kind):
            where = row.facts.get("SubnetIds", row.facts.get("AvailabilityZones"))
            if row.live is not None and row.parts and not isinstance(where, Unknown):
                for interface in [one for one in estate.held.get(row.id, ()) if one not in estate.claimed]:
                    remove(_INTERFACE, interface, estate)


def _settle_members(kind: str, key: str, member: str, estate: Estate) -> None:
    moved: dict[str, str] = {}
    for row in estate.of(kind):
        was = _members(row.live.facts.get(key), member) if row.live is not None else set()
        moved.update(dict.fromkeys(_members(row.facts.get(key), member) - was, row.id))
    for row in estate.of(kind):
        listed = row.facts.get(key)
        if moved and row.live is not None and isinstance(listed, list):
            left = [one for one in listed if moved.get(_text(one.get(member)), row.id) == row.id]
            if len(left) != len(listed):
                row.facts[key] = left


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _members(listed: Any, member: str) -> set[str]:
    found = [one.get(member) for one in listed] if isinstance(listed, (list, tuple)) else []
    return {one for one in found if isinstance(one, str)}


def _after(
    estate: Estate, home: Inventory, wide: Inventory | None, stood: Mapping[int, Row], gaps: tuple[Gap, ...]
) -> tuple[list[Inventory], dict[Resource, Row]]:
    """The inventories of the Region and of the account: what nothing becomes of is the very same as before."""
    there = {id(row) for rows in estate.rows.values() for row in rows.values()}
    rows: dict[Resource, Row] = {}
    result: dict[str, list[Resource]] = {home.region: [], GLOBAL: []}
    for inventory in (home, wide):
        for resource in inventory.resources if inventory is not None else ():
            row = stood.get(id(resource))
            if row is None:
                result[inventory.region if inventory else ""].append(resource)
            elif id(row) in there:
                made = _remade(row, resource, estate)
                rows[made] = row
                result[inventory.region if inventory else ""].append(made)
    planned: set[str] = set()
    for kind, found in estate.rows.items():
        for row in found.values():
            if row.live is None:
                made = resource_of(row, estate)
                rows.setdefault(made, row)
                planned.add(made.id)
                result[GLOBAL if KINDS[kind].is_global and wide is not None else home.region].append(made)
    after = [
        dataclasses.replace(
            home, resources=tuple(result[home.region]), gaps=(*home.gaps, *gaps), planned=frozenset(planned)
        )
    ]
    if wide is not None:
        after.append(dataclasses.replace(wide, resources=tuple(result[GLOBAL])))
    return after, rows


def _remade(row: Row, live: Resource, estate: Estate) -> Resource:
    """A resource that exists, with the facts it will have; the same where nothing becomes of it."""
    if not row.parts and _is_as_before(row.facts, live.facts):
        return live
    origin = Origin(row.parts[0].address) if row.parts else live.origin
    return dataclasses.replace(live, facts=resource_of(row, estate).facts, origin=origin)


def _is_as_before(facts: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    return all(_is_same(value, live.get(key)) for key, value in facts.items()) and all(key in facts for key in live)


def _is_same(value: Any, known: Any) -> bool:
    """Whether a fact is what it was; lists that were merely made up for mappers count as absent."""
    if known is None and value in ([], {}, None, False):
        return True
    if isinstance(value, (dict, Mapping)) and isinstance(known, Mapping):
        return value.keys() == known.keys() and all(_is_same(value[key], known[key]) for key in value)
    if isinstance(value, (list, tuple)) and isinstance(known, (list, tuple)):
        return len(value) == len(known) and all(map(_is_same, value, known))
    return alike(value, known)


def _elsewhere(
    inventory: Inventory, home: Inventory, rows: Mapping[Resource, Row], stood: Mapping[int, Row]
) -> Inventory:
    """Another Region sees the trails that record in all of them."""
    if inventory.account != home.account or inventory.region == GLOBAL:
        return inventory
    now = {made.arn: made for made, row in rows.items() if made.kind == _TRAIL and made.region == home.region}
    gone = {row.live.arn for row in stood.values() if row.kind == _TRAIL and row.live is not None} - set(now)
    new = [
        made
        for made, row in rows.items()
        if made.arn in now and row.live is None and row.facts.get("IsMultiRegionTrail") is True
    ]
    if not now and not gone:
        return inventory
    resources = [
        now.get(one.arn, one) if one.kind == _TRAIL else one
        for one in inventory.resources
        if one.kind != _TRAIL or one.arn not in gone
    ]
    return dataclasses.replace(inventory, resources=(*resources, *new))
