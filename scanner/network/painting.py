"""A route table painted onto the address space: disjoint intervals, each with the route that wins there.

https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html: the longest prefix wins; of equal ones a
static route beats a prefix list's, and that beats a propagated one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Interval, Intervals, interval, span_of
from scanner.network.prefix_lists import entries_of
from scanner.network.structures import structures

SPACE: Mapping[int, Interval] = {4: (0, 2**32 - 1), 6: (0, 2**128 - 1)}
_CIDR = {4: "DestinationCidrBlock", 6: "DestinationIpv6CidrBlock"}
_PROPAGATED = frozenset({"EnableVgwRoutePropagation", "Advertisement"})
_STATIC, _LISTED, _LEARNED = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Painted:
    """The intervals of one family in ascending order, and for each the winning route as AWS wrote it."""

    table: Resource
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    routes: tuple[Mapping[str, Any], ...]

    def route_to(self, address: int) -> Mapping[str, Any] | None:
        """The route of an address, or None; raises `Undecided` where AWS itself does not say which one wins."""
        place = bisect_right(self.starts, address) - 1
        if place < 0 or address > self.ends[place]:
            return None
        route = self.routes[place]
        if "Undecided" in route:
            raise Undecided(str(route["Undecided"]))
        return route

    def spans(self) -> Iterator[tuple[Interval, Mapping[str, Any]]]:
        """Every interval with its route."""
        return zip(zip(self.starts, self.ends, strict=True), self.routes, strict=True)

    def leading(self, targets: Iterable[str]) -> Intervals:
        """The addresses whose winning route is active and leads to one of these targets (ids)."""
        wanted = frozenset(targets)
        return tuple(span for span, route in self.spans() if is_active(route) and target_of(route) in wanted)


def is_active(route: Mapping[str, Any]) -> bool:
    """Whether a winning route carries traffic; a blackhole wins as any other and drops it."""
    return (route.get("State") or "active") == "active"


def target_of(route: Mapping[str, Any]) -> str:
    """The id a route leads to: "local", igw-, nat-, eigw-, vpce-, tgw-, pcx-, vgw-, eni-, i-, ... or ""."""
    return next((str(route[key]) for key in _TARGETS if route.get(key)), "")


_TARGETS = (
    "GatewayId", "NatGatewayId", "NetworkInterfaceId", "InstanceId", "TransitGatewayId", "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn", "IpAddress",
)  # fmt: skip


def insist_on_ends(table: Resource, routes: Iterable[Mapping[str, Any]]) -> None:
    """Raises `Undecided` where a route does not say what it is for, or an active one where it leads."""
    for route in routes:
        if not any(route.get(key) for key in (*_CIDR.values(), "DestinationPrefixListId")):
            raise Undecided(f"a route of {table.id} does not say what it is for")
        if is_active(route) and not target_of(route):
            raise Undecided(f"a route of {table.id} does not say where it leads")


def paint(inventory: View, table: Resource, *, family: int) -> Painted:
    """The table of one family (4 or 6); raises `Undecided` where a route's destination cannot be read."""
    return lay(table, _candidates(inventory, table, family))


def lay(table: Resource, candidates: Iterable[tuple[Interval, int, Mapping[str, Any]]]) -> Painted:
    """Lays routes over one another, the longer prefix over the shorter and, of equal ones, the higher rank over the lower."""
    ordered = sorted(candidates, key=lambda one: (one[0][0], -one[0][1], one[1]))
    starts: list[int] = []
    ends: list[int] = []
    routes: list[Mapping[str, Any]] = []

    def emit(first: int, last: int, route: Mapping[str, Any]) -> None:
        if first <= last:
            starts.append(first)
            ends.append(last)
            routes.append(route)

    # CIDR blocks nest or are apart, so that the open ones are a stack and the innermost, the longest prefix, is on top.
    open_: list[tuple[int, Mapping[str, Any]]] = []
    cursor = 0
    for (first, last), _, route in ordered:
        while open_ and open_[-1][0] < first:
            end, inner = open_.pop()
            emit(cursor, end, inner)
            cursor = max(cursor, end + 1)
        if open_:
            emit(cursor, first - 1, open_[-1][1])
        cursor = first
        open_.append((last, route))
    while open_:
        end, inner = open_.pop()
        emit(cursor, end, inner)
        cursor = max(cursor, end + 1)
    return Painted(table, tuple(starts), tuple(ends), tuple(routes))


def _candidates(inventory: View, table: Resource, family: int) -> Iterator[tuple[Interval, int, Mapping[str, Any]]]:
    """Every installed route with its interval and its rank among routes of the same prefix."""
    installed = [route for route in structures(table, "Routes") if route.get("State") != "filtered"]
    insist_on_ends(table, installed)
    local = [_span(route, family) for route in installed if target_of(route) == "local"]
    listed: dict[Interval, Mapping[str, Any]] = {}
    for route in installed:
        if route.get("DestinationPrefixListId"):
            for block in _listed_spans(inventory, route, family):
                listed[block] = _arbitrary(listed[block], route) if block in listed else route
            continue
        span = _span(route, family)
        if span is None:
            continue
        learned = str(route.get("Origin")) in _PROPAGATED
        # A learned route inside the VPC's own block never wins over `local`, however specific it is:
        # https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html
        if learned and any(own and own[0] <= span[0] and span[1] <= own[1] for own in local):
            continue
        yield span, _LEARNED if learned else _STATIC, route
    for block, route in listed.items():
        yield block, _LISTED, route


def _span(route: Mapping[str, Any], family: int) -> Interval | None:
    cidr = route.get(_CIDR[family])
    return span_of(str(cidr), family=family) if cidr else None


def _listed_spans(inventory: View, route: Mapping[str, Any], family: int) -> Iterator[Interval]:
    for cidr in entries_of(inventory, str(route["DestinationPrefixListId"])):
        version, span = interval(cidr)
        if version == family:
            yield span


def _arbitrary(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """Two prefix lists with the same block and different targets: AWS takes one of them, and does not say which."""
    if "Undecided" in one or (target_of(one), is_active(one)) == (target_of(other), is_active(other)):
        return one
    lists = f"{one['DestinationPrefixListId']} and {other['DestinationPrefixListId']}"
    return {"Undecided": f"the prefix lists {lists} hold the same block, and AWS does not say which route wins"}
