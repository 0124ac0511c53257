"""Finds trails that are switched on in name only: stopped, refused by their bucket, or silent."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, delivery_trouble, owner_of, word


def check(inventory: Inventory, *, delivery_hours: int) -> Iterator[Answer]:
    """Asks each trail for its status; the time of the latest delivery tells what no error does."""
    for trail in inventory.subjects:
        with inventory.judging(trail):
            trouble = delivery_trouble(trail, inventory, patience_hours=delivery_hours)
            if not trouble:
                continue
            stopped = trail.get("IsLogging") is False
            fix = (
                f"aws cloudtrail start-logging --name {word(trail.arn)}\n"
                "A trail nobody needs any more is better deleted than left stopped."
                if stopped
                else ""
            )
            yield Flag(
                trail,
                f"trail {trail.id} writes nothing down: {trouble}",
                (
                    *(f"{key} is {_told(trail.get(key))}" for key in _EVIDENCE if trail.get(key) not in (None, "")),
                    f"the trail belongs to account {owner_of(trail)}, its home is {trail.region}",
                ),
                fix=fix,
            )


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_EVIDENCE = ("IsLogging", "StartLoggingTime", "StopLoggingTime", "LatestDeliveryTime", "LatestDeliveryError")
