"""Everything a Python rule may import: the words it answers with, the inventory it asks, and the network's answers."""

from __future__ import annotations

from datetime import datetime, timezone

from scanner.model import Answer, Aside, Clear, Flag, Resource, Undecided, Unknown, Unsure
from scanner.model import View as Inventory
from scanner.network.addresses import interval, is_world, union
from scanner.network.routes import (
    active_routes,
    describe_route,
    internet_routes,
    is_main,
    route_table_of,
)

__all__ = [
    "Answer",
    "Aside",
    "Clear",
    "Flag",
    "Inventory",
    "Resource",
    "Undecided",
    "Unknown",
    "Unsure",
    "active_routes",
    "describe_route",
    "hours_since",
    "internet_routes",
    "interval",
    "is_main",
    "is_world",
    "moment",
    "route_table_of",
    "union",
]


def moment(text: str) -> datetime:
    """A time as AWS or its command line writes it (ISO 8601, or seconds since 1970) in UTC; raises `Undecided`."""
    try:
        if text.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(text), tz=timezone.utc)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Undecided(f"{text!r} is no time that can be read") from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def hours_since(text: str, inventory: Inventory) -> float:
    """Hours between a time and the moment the inventory was taken; raises `Undecided` where either is missing."""
    if not text or not inventory.now:
        raise Undecided("the inventory does not say when it was taken")
    return (moment(inventory.now) - moment(text)).total_seconds() / 3600
