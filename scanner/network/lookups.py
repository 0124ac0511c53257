"""Two ways to ask the same three questions about one packet: quickly from what is kept, and plainly from AWS's lists."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from scanner.model import Resource, Undecided
from scanner.network import plain
from scanner.network.acls import first_match
from scanner.network.addresses import dotted
from scanner.network.fabric import Fabric
from scanner.network.interfaces import number
from scanner.network.plain import Answer
from scanner.network.transit_tables import paint_transit


class Lookups(Protocol):
    """What a walk asks at its hops; every method may raise `Undecided`."""

    fabric: Fabric

    def route(self, subnet_id: str, address: str) -> Mapping[str, Any] | None:
        """The route that a subnet takes for an address, or None."""

    def route_in(self, table: Resource, address: str) -> Mapping[str, Any] | None:
        """The route that a table has for an address, or None."""

    def transit_route(self, table: Resource, address: str) -> Mapping[str, Any] | None:
        """The route that a transit gateway's table has for an address, or None."""

    def acl(self, subnet_id: str, *, egress: bool, protocol: str, port: int, address: str) -> Answer:
        """What the subnet's network ACL says."""

    def groups(
        self, ids: frozenset[str], *, egress: bool, protocol: str, port: int, address: str, wears: frozenset[str]
    ) -> Answer:
        """What the security groups say together; `wears` are the groups of whoever has the other address."""


@lru_cache(maxsize=262144)
def family_of(address: str) -> int:
    """4 or 6."""
    return 4 if dotted(address) is not None else ipaddress.ip_address(address).version


class Plain:
    """AWS's own lists, read from the beginning each time."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric

    def route(self, subnet_id: str, address: str) -> Mapping[str, Any] | None:
        """The route of the subnet's table."""
        return self.route_in(self.fabric.table_of(subnet_id), address)

    def route_in(self, table: Resource, address: str) -> Mapping[str, Any] | None:
        """The route, by a scan of the whole table."""
        return plain.best_route(self.fabric.inventory, table, address)

    def transit_route(self, table: Resource, address: str) -> Mapping[str, Any] | None:
        """The route, by a scan of the whole table."""
        return plain.best_transit_route(table, address)

    def acl(self, subnet_id: str, *, egress: bool, protocol: str, port: int, address: str) -> Answer:
        """The first entry that matches."""
        acl = self.fabric.acl_of(subnet_id)
        return plain.acl_answer(acl, egress=egress, protocol=protocol, port=port, address=address)

    def groups(
        self, ids: frozenset[str], *, egress: bool, protocol: str, port: int, address: str, wears: frozenset[str]
    ) -> Answer:
        """The first rule that matches."""
        return plain.group_answer(
            self.fabric.inventory, ids, egress=egress, protocol=protocol, port=port, address=address, wears=wears
        )


class Quick:
    """Painted tables, sorted entries and gathered grants: what a hundred thousand pairs need."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric

    def route(self, subnet_id: str, address: str) -> Mapping[str, Any] | None:
        """The route of the subnet's table."""
        return self.route_in(self.fabric.table_of(subnet_id), address)

    def route_in(self, table: Resource, address: str) -> Mapping[str, Any] | None:
        """The route, by bisection of the painted table."""
        return self.fabric.painted(table, family_of(address)).route_to(number(address))

    def transit_route(self, table: Resource, address: str) -> Mapping[str, Any] | None:
        """The route, by bisection of the painted table."""
        family = family_of(address)
        painted = self.fabric.once(("transit table", table.id, family), lambda: paint_transit(table, family=family))
        return painted.route_to(number(address))

    def acl(self, subnet_id: str, *, egress: bool, protocol: str, port: int, address: str) -> Answer:
        """The first entry that matches, among those of the protocol."""
        found = self.fabric.entries(subnet_id, egress=egress, protocol=protocol, family=family_of(address))
        entry = first_match(found, port=port, address=number(address))
        acl = self.fabric.acl_of(subnet_id).id
        if entry is None:
            return Answer(allows=False, words=f"{acl}: the last entry (*) denies")
        verb = "allows" if entry.allows else "denies"
        return Answer(entry.allows, f"{acl}: entry {entry.number} {verb} {'to' if egress else 'from'} {entry.cidr}")

    def groups(
        self, ids: frozenset[str], *, egress: bool, protocol: str, port: int, address: str, wears: frozenset[str]
    ) -> Answer:
        """The first grant that matches."""
        grants = self.fabric.grants(ids, egress=egress, protocol=protocol)
        grant = grants.first(port=port, address=number(address), family=family_of(address), wears=wears)
        if grant is not None:
            return Answer(allows=True, words=grant.words)
        if grants.doubts:
            raise Undecided(grants.doubts[0])
        return Answer(allows=False, words=f"no rule of {', '.join(sorted(ids)) or 'any group'} matches")
