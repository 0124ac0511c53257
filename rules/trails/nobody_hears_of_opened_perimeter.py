"""Finds accounts whose perimeter can be opened without anybody being told."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.kit import TRAIL, Answer, Aside, Clear, Flag, Inventory, Undecided, alert_on, is_owned, listed, word

_STOP = "StopLogging"
_MOST = 3
"""Nobody reads the same two commands for twenty Regions."""


def check(
    inventory: Inventory, *, calls: list[str], alerted_elsewhere: bool, central_event_buses: list[str]
) -> Iterator[Answer]:
    """Every call in every Region; only the home of a trail can be told to stop it."""
    for account in inventory.subjects:
        if alerted_elsewhere:
            yield Aside(account, "alerts are raised elsewhere")
            continue
        with inventory.judging(account):
            missing: dict[str, list[str]] = {}
            lacks: dict[str, None] = {}
            doubts: list[str] = []
            told: dict[str, None] = {}
            for region, call in _due(inventory, calls):
                alert = alert_on(inventory, call, region, central_buses=central_event_buses)
                if alert.by:
                    told[alert.by] = None
                elif alert.doubts:
                    doubts += alert.doubts
                else:
                    missing.setdefault(call, []).append(region)
                    lacks.update(dict.fromkeys(alert.lacks))
            if missing:
                because = (*_regions(missing), *lacks)
                yield Flag(account, _message(account.id, missing), because, fix=_fix(missing))
            elif doubts:
                raise Undecided(doubts[0])
            else:
                yield Clear(account, tuple(told) or "no call was to be noticed")


def _due(inventory: Inventory, calls: list[str]) -> Iterator[tuple[str, str]]:
    homes = {trail.region for trail in inventory.known(TRAIL) if is_owned(trail, inventory)}
    for region in sorted(inventory.known("AWS::Region"), key=lambda one: one.id):
        for call in calls:
            if call != _STOP or region.id in homes:
                yield region.id, call


def _message(account: str, missing: dict[str, list[str]]) -> str:
    return f"in account {account} nobody is told of {listed(missing, most=12)}"


def _fix(missing: dict[str, list[str]]) -> str:
    regions = dict.fromkeys(region for places in missing.values() for region in places)
    pattern = json.dumps({"detail": {"eventName": list(missing)}}, separators=(",", ":"))
    return "\n".join(
        f"aws events put-rule --region {word(region)} --name perimeter --event-pattern {word(pattern)}\n"
        f"aws events put-targets --region {word(region)} --rule perimeter --targets Id=1,Arn=<ARN of an SNS topic>"
        for region in list(regions)[:_MOST]
    )


def _regions(missing: dict[str, list[str]]) -> tuple[str, ...]:
    """The calls that are missed in the same Regions, in one line."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for call, regions in missing.items():
        alike.setdefault(tuple(regions), []).append(call)
    return tuple(f"{listed(regions, most=20)}: {listed(calls, most=12)}" for regions, calls in alike.items())
