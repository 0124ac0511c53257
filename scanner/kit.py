"""Everything a Python rule may import: the words it answers with, the inventory it asks, and the network's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.aws.moments import hours_since, moment
from scanner.model import Answer, Aside, Clear, Flag, Resource, Undecided, Unknown, Unsure
from scanner.model import View as Inventory
from scanner.network.addresses import interval, is_world, public, union
from scanner.network.instance_connect import (
    INSTANCE_CONNECT_ENDPOINT,
    belongs_to_endpoint,
    is_installed,
    is_own,
    is_usable,
    speaks_to,
)
from scanner.network.instances import INSTANCE, is_live, is_service_managed, is_stopped
from scanner.network.routes import (
    active_routes,
    describe_route,
    internet_routes,
    is_main,
    route_table_of,
)
from scanner.network.security_groups import (
    NETWORK_INTERFACE,
    SECURITY_GROUP,
    Range,
    interfaces_of,
    lets_through,
    lets_through_only,
    traffic_in_words,
    world_ranges,
)
from scanner.network.structures import structures

__all__ = [
    "INSTANCE",
    "INSTANCE_CONNECT_ENDPOINT",
    "NETWORK_INTERFACE",
    "SECURITY_GROUP",
    "Answer",
    "Aside",
    "Clear",
    "Flag",
    "Inventory",
    "Range",
    "Resource",
    "Undecided",
    "Unknown",
    "Unsure",
    "active_routes",
    "belongs_to_endpoint",
    "describe_route",
    "hours_since",
    "interfaces_of",
    "internet_routes",
    "interval",
    "is_installed",
    "is_live",
    "is_main",
    "is_own",
    "is_service_managed",
    "is_stopped",
    "is_usable",
    "is_world",
    "lets_through",
    "lets_through_only",
    "listed",
    "moment",
    "public",
    "route_table_of",
    "speaks_to",
    "structures",
    "tag_among",
    "traffic_in_words",
    "union",
    "world_ranges",
]


def listed(words: Iterable[str], *, most: int = 5) -> str:
    """Words in a sentence: "a", "a and b", "a, b and c"; of more than `most` the number of those left out is told."""
    every = list(dict.fromkeys(words))
    told = every if len(every) <= most else [*every[:most], f"{len(every) - most} more"]
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)


def tag_among(resource: Resource, names: Iterable[str]) -> str:
    """The first of these tags ("Key", or "Key=Value") that a resource bears, or ""."""
    tags = resource.tags
    return next((name for name in names if name in tags or _has_pair(tags, name)), "")


def _has_pair(tags: Mapping[str, str], name: str) -> bool:
    key, equals, value = name.partition("=")
    return bool(equals) and tags.get(key) == value
