"""A plan becomes an inventory: mapped, completed with what AWS makes of itself, and honest about what it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.aws.build import ALWAYS, make_resource
from scanner.aws.table import KINDS
from scanner.gate import addresses, implicit
from scanner.gate.estate import Estate, Row
from scanner.gate.mapping.elastic import late_elastic_ip
from scanner.gate.mapping.table import LATE, MAPPERS, kinds_of
from scanner.gate.planned import Plan, Planned, Unread
from scanner.model import Gap, GapReason, Inventory, Origin, Resource, Undecided, Unknown
from scanner.model.unknown import guarded

# Of these an account has more than any template tells, whatever it refers to.
_ACCOUNT_WIDE = frozenset(
    {
        "AWS::SSM::ManagedInstanceInventory", "AWS::Organizations::Organization", "AWS::EC2::SerialConsoleAccess",
        "AWS::CloudTrail::Trail", "AWS::CloudTrail::EventDataStore", "AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm",
        "AWS::Events::Rule", "AWS::S3::Bucket", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role",
        "AWS::IAM::ManagedPolicy",
    }
)  # fmt: skip
# Whatever points at a load balancer or an instance from afar cannot point at one that is only planned.
_FAR = ("AWS::GlobalAccelerator::", "AWS::CloudFront::", "AWS::EC2::VPCBlockPublicAccessOptions")
_NETWORKS = frozenset(
    name for name in KINDS if name not in _ACCOUNT_WIDE and name not in ALWAYS and not name.startswith(_FAR)
)
# A reference to a VPC that leads nowhere leads into a network that exists already.
_ANCHOR = "AWS::EC2::VPC"


@dataclass(frozen=True, slots=True)
class Surface:
    """One world of a plan as rules see it, and the way back from what they flag to what was written."""

    inventory: Inventory
    rows: dict[Resource, Row] = field(repr=False)
    examples: addresses.Examples = field(repr=False)


def estate_of(resources: tuple[Planned, ...], *, account: str, region: str, partition: str, now: str) -> Estate:
    """All rows of what is planned, the implicit ones included; addresses are not yet chosen."""
    estate = Estate(account, region, partition, now)
    fill(estate, resources)
    return estate


def fill(estate: Estate, resources: tuple[Planned, ...]) -> None:
    """Maps what is planned into an estate, beside what may be there already."""
    implicit.add_default_vpc(estate)
    phases: dict[int, list[Planned]] = {}
    for planned in resources:
        phases.setdefault(MAPPERS[planned.type].phase, []).append(planned)
    for phase in sorted({*phases, LATE}):
        if phase == LATE:
            for planned in resources:
                if planned.type == "AWS::EC2::EIP":
                    late_elastic_ip(planned, estate)
        for planned in phases.get(phase, ()):
            try:
                MAPPERS[planned.type].write(planned, estate)
            except Undecided as doubt:
                estate.undecided.append((planned, doubt.reason))
    implicit.drop_unused_vpc(estate)
    implicit.complete(estate)


def surface_of(plan: Plan, *, account: str, region: str, partition: str = "aws", now: str = "") -> Surface:
    """The inventory of a plan; `now` is the time it is asked about (ISO 8601, UTC)."""
    estate = estate_of(plan.resources, account=account, region=region, partition=partition, now=now)
    examples = addresses.assign(estate)
    rows: dict[Resource, Row] = {}
    for found in estate.rows.values():
        for row in found.values():
            rows.setdefault(resource_of(row, estate), row)
    places = [
        Resource("AWS::Account", partition, account, "global", account, f"arn:{partition}:iam::{account}:root", {"Account": account}),
        Resource("AWS::Region", partition, account, region, region, f"arn:{partition}:ec2:{region}::region/{region}", {"RegionName": region}),
    ]  # fmt: skip
    inventory = Inventory(
        partition=partition,
        account=account,
        region=region,
        resources=(*places, *rows),
        gaps=tuple(
            gap_of(one, account=account, region=region)
            for one in (*plan.unread, *left_of(estate))
            if one.kinds != ("-",)
        ),
        taken_at=now,
        mode="plan",
        outside=_ACCOUNT_WIDE | (_NETWORKS if _reaches_out(estate) else frozenset()),
        planned=frozenset(row.id for row in rows.values() if row.parts),
    )
    return Surface(inventory, rows, examples)


def resource_of(row: Row, estate: Estate) -> Resource:
    """A row as rules see it, with AWS's ids in place of those that plans give to what exists."""
    origin = Origin(f"{row.parts[0].address}" if row.parts else "")
    told = _named(row.facts, estate.names) if estate.names else row.facts
    # Who reads policies looks at each value itself, and makes more of half of them than nothing.
    facts = told if row.kind.startswith("AWS::IAM::") else guarded(told)
    try:
        return make_resource(
            KINDS[row.kind],
            facts,
            partition=estate.partition,
            account=estate.account,
            region=estate.region,
            origin=origin,
        )
    except Undecided:  # what would be a part of its id is not known
        return Resource(row.kind, estate.partition, estate.account, estate.region, row.id, "", facts, origin)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _named(one, names) for key, one in value.items()}
    return [_named(one, names) for one in value] if isinstance(value, list) else value


def left_of(estate: Estate) -> list[Unread]:
    """What could not be mapped."""
    return [
        Unread(planned.place.find(()), f"{planned.address} ({planned.type})", why, kinds_of(planned.type))
        for planned, why in estate.undecided
    ]


def gap_of(unread: Unread, *, account: str, region: str) -> Gap:
    """What a plan has and nobody could read, as a gap."""
    kinds = unread.kinds or tuple(name for name in KINDS if name not in ALWAYS)
    place = f"{unread.spot.file}:{unread.spot.line}"
    return Gap(account, region, f"{place} {unread.what}", GapReason.UNREAD, unread.why, kinds)


def _reaches_out(estate: Estate) -> bool:
    """Whether something is put into a network that exists already."""
    for kind_name, found in estate.rows.items():
        for path, target in KINDS[kind_name].links.items():
            if target == _ANCHOR and any(_leads_out(row.facts, path, target, estate) for row in found.values()):
                return True
    return False


def _leads_out(facts: dict[str, Any], path: str, target: str, estate: Estate) -> bool:
    values: list[Any] = [facts]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [value.get(name) if isinstance(value, dict) else value for value in values]
        values = []
        for one in found:
            values.extend(one if isinstance(one, list) else [one])
    known = estate.rows.get(target, {})
    # The far end of a peering connection, and what flow logs are about, may be elsewhere without being entered.
    if path in ("AccepterVpcInfo.VpcId", "RequesterVpcInfo.VpcId", "ResourceId"):
        return False
    return any(isinstance(value, Unknown) or (isinstance(value, str) and value not in known) for value in values)
