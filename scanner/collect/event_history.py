"""CloudTrail's event history of tunnels and keys, read at the pace AWS allows, and on after being throttled.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html: two requests a second in each
account and Region, fifty events a page, ninety days back.
"""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scanner.aws.build import make_resource
from scanner.aws.table import KINDS
from scanner.collect.access import Access
from scanner.collect.clients import client_config, make_client
from scanner.collect.failures import Failure, call_errors, failure_of
from scanner.collect.pacing import Pace
from scanner.collect.rows import UnreadableError, rows_of
from scanner.model import GLOBAL, Gap, GapReason, Inventory

if TYPE_CHECKING:
    from boto3 import Session

MOST_DAYS = 90
"""AWS keeps the event history no longer."""

EVENT = KINDS["AWS::CloudTrail::Event"]

_BETWEEN_REQUESTS = 0.5
_TRIES = 8
_LONGEST_REST = 30.0
_AGAIN = (GapReason.THROTTLED, GapReason.CONNECTION)


def add_event_history(
    inventories: Sequence[Inventory], session: Session, *, access: Access, days: int, pace: Pace | None = None
) -> tuple[Inventory, ...]:
    """The same inventories, each Region with its events of the last days; a refusal becomes a gap, and what came is kept."""
    regions = [one for one in inventories if one.region != GLOBAL]
    clients = {one.region: _client(session, one, access) for one in regions if not _is_closed(one)}
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="history") as pool:
        read = {
            region: pool.submit(
                _read, client, _request(next(one for one in regions if one.region == region), days), pace
            )
            for region, client in clients.items()
        }
        return tuple(
            _joined(one, *read[one.region].result(), since=_since(one, days)) if one.region in read else one
            for one in inventories
        )


def look_up(client: Any, request: Mapping[str, Any], *, pace: Pace) -> tuple[list[Mapping[str, Any]], Failure | None]:
    """Every event that fits, newest first, and why there are no more of them when that is not the end.

    After a throttled or lost request the same page is asked for again, so that nothing comes twice or never.
    """
    asked = dict(request)
    events: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    tries, latest = 0, -_BETWEEN_REQUESTS
    while True:
        _wait(pace, until=latest + _BETWEEN_REQUESTS)
        latest = pace.clock()
        try:
            page = client.lookup_events(**asked)
            events += rows_of(EVENT, page)
        except UnreadableError as missing:
            return events, Failure(GapReason.UNREADABLE, str(missing))
        except call_errors() as error:
            failure = failure_of(error)
            tries += 1
            if failure.reason not in _AGAIN or tries >= _TRIES:
                return events, failure
            pace.sleep(min(2.0**tries, _LONGEST_REST))
            continue
        tries = 0
        token = page.get("NextToken")
        if not token:
            return events, None
        if token in seen:
            return events, Failure(GapReason.UNREADABLE, "a page's token came twice")
        seen.add(token)
        asked["NextToken"] = token


def _read(
    client: Any | Failure, request: Mapping[str, Any], pace: Pace | None
) -> tuple[list[Mapping[str, Any]], Failure | None]:
    return ([], client) if isinstance(client, Failure) else look_up(client, request, pace=pace or Pace())


def _wait(pace: Pace, *, until: float) -> None:
    left = until - pace.clock()
    if left > 0:
        pace.sleep(left)


def _client(session: Session, inventory: Inventory, access: Access) -> Any | Failure:
    """A client that tries once: a retry of botocore's own would hide the throttling, and wait by a clock of its own."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    once = client_config(session).merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
    try:
        return make_client(
            session,
            EVENT.service,
            region=inventory.region,
            endpoint_url=access.endpoint_url,
            config=once,
            account=inventory.account,
            budget=access.budget,
        )
    except BotoCoreError as error:
        return failure_of(error)


def _is_closed(inventory: Inventory) -> bool:
    """Whether the Region is not enabled, which its gaps tell already."""
    return bool(inventory.failed) and any(gap.reason is GapReason.OPTED_OUT for gap in inventory.gaps)


def _request(inventory: Inventory, days: int) -> dict[str, Any]:
    return {**EVENT.request, "StartTime": _moment(_since(inventory, days)), "EndTime": _moment(inventory.taken_at)}


def _since(inventory: Inventory, days: int) -> str:
    return (_moment(inventory.taken_at) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _joined(
    inventory: Inventory, events: Sequence[Mapping[str, Any]], failure: Failure | None, *, since: str
) -> Inventory:
    made = tuple(
        make_resource(EVENT, facts, partition=inventory.partition, account=inventory.account, region=inventory.region)
        for facts in events
    )
    gaps = inventory.gaps
    if failure:
        lack = Gap(inventory.account, inventory.region, EVENT.call, failure.reason, failure.detail, (EVENT.name,))
        gaps = (*gaps, lack)
    return replace(
        inventory,
        resources=(*inventory.resources, *made),
        gaps=gaps,
        collected=None if inventory.collected is None else inventory.collected | {EVENT.name},
        history_since=since,
    )
