"""What CloudTrail writes down: which Regions a trail or an event data store covers, which events, and whether they arrive.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-multi-region-trails.html: a multi-Region trail
shows in every Region ("shadow trail"), and an organization's trail shows in its member accounts.
"""

from __future__ import annotations

from typing import Any

from scanner.aws.moments import hours_since
from scanner.model import Resource, Undecided, Unknown, View
from scanner.policy.selectors import ManagementEvent, Recording, advanced, basic

TRAIL = "AWS::CloudTrail::Trail"
EVENT_DATA_STORE = "AWS::CloudTrail::EventDataStore"

NEW_HOURS = 1.0
"""A trail that started to log less than this ago may not have delivered anything yet."""

_ACCOUNT_OF_ARN = 4


def covers(recorder: Resource, region: str) -> bool:
    """Whether a trail or an event data store listens in a Region: in its own, or in all of them."""
    everywhere = "IsMultiRegionTrail" if recorder.kind == TRAIL else "MultiRegionEnabled"
    return recorder.region == region or bool(recorder.get(everywhere, default=False))


def trail_records(trail: Resource, event: ManagementEvent) -> Recording:
    """What a trail's event selectors let through; a trail without any records all management events.

    Raises `Undecided` where they were refused (as to the members of an organization), not read, or cannot be read.
    """
    plain, fine = _list(trail, "EventSelectors"), _list(trail, "AdvancedEventSelectors")
    if plain and fine:
        raise Undecided(f"{trail.id} has both basic and advanced event selectors, which AWS does not allow")
    if fine:
        return advanced(fine, event)
    if plain:
        return basic(plain, event)
    if trail.get("HasCustomEventSelectors") is True:
        raise Undecided(f"the event selectors of {trail.id} were not read")
    return Recording.ALL


def store_records(store: Resource, event: ManagementEvent) -> Recording:
    """What an event data store of CloudTrail Lake ingests now; raises `Undecided` where it does not tell."""
    status = store.get("Status", "")
    if not status:
        raise Undecided(f"the status of {store.id} was not read")
    if status != "ENABLED":
        return Recording.NONE
    selectors = _list(store, "AdvancedEventSelectors")
    if not selectors:
        raise Undecided(f"the event selectors of {store.id} were not read")
    return advanced(selectors, event)


def delivery_trouble(trail: Resource, inventory: View, *, patience_hours: float) -> str:
    """Why a trail's log files do not arrive, in words ("it is stopped"); "" where they do.

    Raises `Undecided` where its status was refused, or does not tell.
    """
    logging = trail.get("IsLogging")
    if logging is None:
        raise Undecided(f"the status of {trail.id} was not read")
    latest, started, stopped = (
        trail.get(key, "") for key in ("LatestDeliveryTime", "StartLoggingTime", "StopLoggingTime")
    )
    if not logging:
        return f"it is stopped since {stopped}" if stopped else "it is not logging"
    error = trail.get("LatestDeliveryError", "")
    if error:
        return f"its latest delivery failed with {error}"
    if started and hours_since(started, inventory) < NEW_HOURS:
        return ""
    if latest:
        return f"it delivered last at {latest}" if hours_since(latest, inventory) > patience_hours else ""
    if started:
        return f"it has delivered nothing since it started at {started}"
    raise Undecided(f"the status of {trail.id} does not say when it delivered last")


def owner_of(trail: Resource) -> str:
    """The account a trail belongs to, which for an organization's trail is rarely the one that sees it."""
    parts = trail.arn.split(":")
    return parts[_ACCOUNT_OF_ARN] if len(parts) > _ACCOUNT_OF_ARN else ""


def is_owned(trail: Resource, inventory: View) -> bool:
    """Whether the scanned account may change a trail: it is its own, or does not say whose it is."""
    return owner_of(trail) in ("", inventory.account)


def _list(recorder: Resource, key: str) -> tuple[Any, ...]:
    value = recorder.get(key, ())
    if isinstance(value, Unknown):
        raise Undecided(value.why)
    if not isinstance(value, (list, tuple)):
        raise Undecided(f"the event selectors of {recorder.id} cannot be read")
    return tuple(value)
