"""Finds trails that are switched on in name only: stopped, refused by their bucket, or silent."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, Resource, delivery_trouble, is_owned, owner_of, word


def check(inventory: Inventory, *, delivery_hours: int) -> Iterator[Answer]:
    """Asks each trail for its status; the time of the latest delivery tells what no error does."""
    for trail in inventory.subjects:
        with inventory.judging(trail):
            trouble = delivery_trouble(trail, inventory, patience_hours=delivery_hours)
            if not trouble:
                continue
            yield Flag(
                trail,
                f"trail {trail.id} writes nothing down: {trouble}",
                (
                    *(f"{key} is {_told(trail.get(key))}" for key in _EVIDENCE if trail.get(key) not in (None, "")),
                    f"the trail belongs to account {owner_of(trail)}, its home is {trail.region}",
                ),
                fix=_cure(inventory, trail),
            )


def _cure(inventory: Inventory, trail: Resource) -> str:
    """AWS lets the members of an organization look at its trail, and nothing else."""
    if not is_owned(trail, inventory):
        return f"Only account {owner_of(trail)} can mend the trail: let it see what its bucket answers, and start it again."
    if trail.get("IsLogging") is not False:
        return ""
    start = f"aws cloudtrail start-logging --name {word(trail.arn)}"
    return f"{start}\nA trail nobody needs any more is better deleted than left stopped."


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_EVIDENCE = ("IsLogging", "StartLoggingTime", "StopLoggingTime", "LatestDeliveryTime", "LatestDeliveryError")
