"""From AWS's dictionaries to inventories: the one place where facts get an identity and refused details become unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.aws.kinds import Detail, Kind, identify
from scanner.aws.table import KINDS
from scanner.aws.trials import fact_of
from scanner.model import GLOBAL, Gap, Inventory, Origin, Resource, Unknown

ALWAYS = ("AWS::Account", "AWS::Region")
"""The two kinds every inventory has: the account and the Region, for rules that are about them."""


def make_resource(
    kind: Kind, facts: Mapping[str, Any], *, partition: str, account: str, region: str, origin: Origin | None = None
) -> Resource:
    """A resource of a kind from botocore's dictionary; a trail belongs to its home Region, wherever it was seen."""
    home = facts.get("HomeRegion")
    place = GLOBAL if kind.is_global else home if isinstance(home, str) and home else region
    id_, arn = identify(kind, facts, partition=partition, account=account, region=place)
    return Resource(kind.name, partition, account, place, id_, arn, facts, origin or Origin(kind.call))


def make_inventory(
    given: Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    account: str,
    region: str,
    partition: str = "aws",
    gaps: Iterable[Gap] = (),
    collected: Iterable[str] | None = None,
    taken_at: str = "",
    mode: str = "live",
) -> Inventory:
    """An inventory from kind -> dictionaries. A gap about one resource makes the facts of the refused call `Unknown`.

    `collected` None means that what was not given does not exist; raises KeyError for a kind outside the table.
    """
    gaps = tuple(gaps)
    refused: dict[str, list[Gap]] = {}
    for gap in gaps:
        if gap.resource:
            refused.setdefault(gap.resource, []).append(gap)
    resources = _places(given, partition=partition, account=account, region=region)
    for name, items in given.items():
        kind = KINDS[name]
        if name in ALWAYS:
            continue
        for facts in items:
            resource = make_resource(kind, facts, partition=partition, account=account, region=region)
            for gap in refused.get(resource.arn, ()):
                resource = without_detail(resource, gap)
            resources.append(resource)
    return Inventory(
        partition=partition,
        account=account,
        region=region,
        resources=tuple(resources),
        gaps=gaps,
        collected=None if collected is None else frozenset(collected) | frozenset(ALWAYS),
        taken_at=taken_at,
        mode=mode,
    )


def without_detail(resource: Resource, gap: Gap) -> Resource:
    """The same resource with `Unknown` in place of every member that the refused call would have given."""
    missing = {
        member: Unknown(gap.sentence)
        for detail in KINDS[resource.kind].details
        if f"{KINDS[resource.kind].service}:{detail.operation}" == gap.call
        for member in detail_members(resource.kind, detail)
        if member not in resource.facts
    }
    if not missing:
        return resource
    return Resource(
        resource.kind,
        resource.partition,
        resource.account,
        resource.region,
        resource.id,
        resource.arn,
        {**resource.facts, **missing},
        resource.origin,
    )


def detail_members(kind: str, detail: Detail) -> tuple[str, ...]:
    """The members that a detail's answer adds to the facts of a kind."""
    if detail.climb:
        return (detail.climb.fact,)
    if detail.trials:
        return tuple(map(fact_of, detail.trials))
    return detail.keep or _WHOLE_ANSWERS.get((kind, detail.operation), (detail.proof,))


# Calls whose whole answer joins the facts, with every member that the list itself does not always give; a member missing
# here would be taken for absent after a refusal, so a test holds this against botocore's model.
_WHOLE_ANSWERS = {
    ("AWS::CloudTrail::Trail", "GetTrailStatus"): (
        "IsLogging",
        "LatestDeliveryError",
        "LatestDeliveryTime",
        "LatestNotificationError",
        "LatestNotificationTime",
        "StartLoggingTime",
        "StopLoggingTime",
        "LatestCloudWatchLogsDeliveryError",
        "LatestCloudWatchLogsDeliveryTime",
        "LatestDigestDeliveryError",
        "LatestDigestDeliveryTime",
        "LatestDeliveryAttemptSucceeded",
        "LatestDeliveryAttemptTime",
        "LatestNotificationAttemptSucceeded",
        "LatestNotificationAttemptTime",
        "TimeLoggingStarted",
        "TimeLoggingStopped",
    ),
    ("AWS::CloudTrail::EventDataStore", "GetEventDataStore"): (
        "Status",
        "AdvancedEventSelectors",
        "MultiRegionEnabled",
        "OrganizationEnabled",
        "RetentionPeriod",
        "TerminationProtectionEnabled",
        "KmsKeyId",
        "BillingMode",
        "CreatedTimestamp",
        "FederationRoleArn",
        "FederationStatus",
        "PartitionKeys",
        "UpdatedTimestamp",
    ),
}


def _places(
    given: Mapping[str, Iterable[Mapping[str, Any]]], *, partition: str, account: str, region: str
) -> list[Resource]:
    """The account, and the Region where there is one."""
    facts = {"AWS::Account": {"Account": account}, "AWS::Region": {"RegionName": region}}
    for name in ALWAYS:
        for item in given.get(name, ()):
            if name == "AWS::Account" or item.get("RegionName") == region:
                facts[name] = dict(item)
    names = ALWAYS if region != GLOBAL else ALWAYS[:1]
    places = []
    for name in names:
        kind = KINDS[name]
        id_, arn = identify(kind, facts[name], partition=partition, account=account, region=region)
        place = region if name == "AWS::Region" else GLOBAL
        places.append(Resource(name, partition, account, place, id_, arn, facts[name], Origin(kind.call)))
    return places
