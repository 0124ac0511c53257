"""Where a subnet's traffic to the internet goes: the targets its route table has for public addresses.

https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Intervals, joined, public, public_addresses, size
from scanner.network.painting import is_active, paint, target_of
from scanner.network.routes import describe_route, route_table_of

NAT_GATEWAY = "AWS::EC2::NatGateway"

_FAMILIES = (4, 6)
_OUT = ("igw-", "eigw-", "cagw-")
_OPTIONS = {
    "DestinationCidrBlock": "--destination-cidr-block",
    "DestinationIpv6CidrBlock": "--destination-ipv6-cidr-block",
    "DestinationPrefixListId": "--destination-prefix-list-id",
}
_DEFAULT = 0.25
"""The share of the public addresses from which on routes together count as a default: 0.0.0.0/0, or its two halves."""


@dataclass(frozen=True, slots=True)
class Way:
    """A target that a table has for public addresses of one family.

    `kind` is "internet" (an internet, egress-only, carrier or public NAT gateway), "endpoint" (vpce-), "nothing" (a
    target that only leads back into the VPC) or "elsewhere" (what lies beyond is not told by this table).
    """

    table: str
    target: str
    family: int
    kind: str
    addresses: Intervals
    words: str
    routes: tuple[tuple[str, str], ...] = ()
    """Each route of it as AWS's command line names it: the option of its destination, and the destination."""

    @property
    def is_default(self) -> bool:
        """Whether it takes so much of the internet that it is what a default route is."""
        return size(self.addresses) >= _DEFAULT * public_addresses(self.family)


def ways_of(inventory: View, subnet: Resource) -> tuple[Way, ...]:
    """The ways of a subnet's traffic to public addresses; raises `Undecided` where its routes cannot be read."""
    return ways_in(inventory, route_table_of(inventory, subnet))


def ways_in(inventory: View, table: Resource) -> tuple[Way, ...]:
    """The ways that a route table has, the active routes that win for some public address; raises `Undecided`."""
    return tuple(way for family in _FAMILIES for way in _ways(inventory, table, family))


def _ways(inventory: View, table: Resource, family: int) -> Iterator[Way]:
    spans: dict[str, list[tuple[int, int]]] = {}
    words: dict[str, str] = {}
    routes: dict[str, dict[tuple[str, str], None]] = {}
    for span, route in paint(inventory, table, family=family).spans():
        if "Undecided" in route:
            raise Undecided(str(route["Undecided"]))
        target = target_of(route)
        if target in ("", "local") or not is_active(route):
            continue
        outside = public((span,), family=family)
        if outside:
            spans.setdefault(target, []).extend(outside)
            words.setdefault(target, describe_route(table, route))
            routes.setdefault(target, {})[_named(route)] = None
    for target, found in spans.items():
        yield Way(
            table.id, target, family, _kind(inventory, target), joined(found), words[target], tuple(routes[target])
        )


def _named(route: Mapping[str, Any]) -> tuple[str, str]:
    return next(((option, str(route[key])) for key, option in _OPTIONS.items() if route.get(key)), ("", ""))


def _kind(inventory: View, target: str) -> str:
    if target.startswith(_OUT):
        return "internet"
    if target.startswith("vpce-"):
        return "endpoint"
    if target.startswith("nat-"):
        gateway = inventory.find(NAT_GATEWAY, target)
        # A private NAT gateway has no public address; its own subnet sends the traffic on to other networks.
        return "elsewhere" if gateway is not None and gateway.get("ConnectivityType") == "private" else "internet"
    return "elsewhere"
