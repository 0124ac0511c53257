"""The route tables of transit gateways: which one an attachment follows, and where it leads, painted on the address space.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation: the longest prefix wins; of
equal ones a static route beats a prefix list's, and those beat what attachments propagate, VPCs before all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Interval, interval
from scanner.network.painting import Painted, lay
from scanner.network.routes import ROUTE_TABLE
from scanner.network.structures import structures, text_of

TRANSIT_GATEWAY = "AWS::EC2::TransitGateway"
TRANSIT_TABLE = "AWS::EC2::TransitGatewayRouteTable"
ATTACHMENT = "AWS::EC2::TransitGatewayVpcAttachment"

_STATIC, _LISTED = 9, 8
_PROPAGATED = {
    "vpc": 7, "direct-connect-gateway": 6, "connect": 5, "vpn": 4, "peering": 3, "tgw-peering": 3,
}  # fmt: skip
_UNRANKED = 10


def read_transit(inventory: View) -> None:
    """Reads what is behind transit gateways, where a route of any table leads to one: elsewhere nobody asks for it."""
    for table in inventory.known(ROUTE_TABLE):
        try:
            is_led = any(route.get("TransitGatewayId") for route in structures(table, "Routes"))
        except Undecided:
            continue
        if is_led:
            for kind in (ATTACHMENT, TRANSIT_GATEWAY, TRANSIT_TABLE):
                inventory.known(kind)
            return


def transit_table_of(inventory: View, gateway_id: str, attachment_id: str) -> Resource | None:
    """The table that is associated with an attachment, None for none (its traffic is dropped).

    Raises `Undecided` where the gateway's tables cannot be seen: they are told to the gateway's owner alone.
    """
    gateway = inventory.find(TRANSIT_GATEWAY, gateway_id)
    if gateway is None:
        raise Undecided(f"the transit gateway {gateway_id} cannot be seen from account {inventory.account}")
    owner = gateway.get("OwnerId", inventory.account)
    if owner != inventory.account:
        raise Undecided(f"the route tables of the transit gateway {gateway_id} belong to account {owner}")
    doubt = ""
    for table in inventory.linked(TRANSIT_TABLE, "TransitGatewayId", gateway_id):
        if text_of(table, "State") in ("deleting", "deleted"):
            continue
        try:
            if _is_followed_by(table, attachment_id):
                return table
        except Undecided as undecided:
            doubt = doubt or undecided.reason
    if doubt:
        raise Undecided(doubt)
    return None


def _is_followed_by(table: Resource, attachment_id: str) -> bool:
    if table.get("Associations") is None:
        raise Undecided(f"the associations of {table.id} were not read")
    for association in structures(table, "Associations"):
        if association.get("TransitGatewayAttachmentId") == attachment_id:
            state = text_of(association, "State") or "associated"
            if state in ("associating", "disassociating"):
                raise Undecided(f"the association of {attachment_id} with {table.id} is {state}")
            if state == "associated":
                return True
    return False


def transit_routes(table: Resource) -> tuple[Mapping[str, Any], ...]:
    """The routes of a table; raises `Undecided` where not all of them are told, or one does not say what it is for."""
    if table.get("Routes") is None:
        raise Undecided(f"the routes of {table.id} were not read")
    if table.get("AdditionalRoutesAvailable") is True:
        raise Undecided(f"{table.id} has more routes than AWS tells at once")
    routes = tuple(route for route in structures(table, "Routes") if route.get("State") != "deleted")
    for route in routes:
        if not route.get("DestinationCidrBlock"):
            raise Undecided(f"a route of {table.id} does not say what it is for")
    return routes


def paint_transit(table: Resource, *, family: int) -> Painted:
    """The table of one family (4 or 6); raises `Undecided` as `transit_routes` does."""
    best: dict[Interval, tuple[int, Mapping[str, Any]]] = {}
    for route in transit_routes(table):
        version, span = interval(str(route["DestinationCidrBlock"]))
        if version != family:
            continue
        rank = _rank(route)
        earlier = best.get(span)
        if rank == _UNRANKED:
            best[span] = (rank, {"Undecided": f"how {described(table, route)} is ranked is not known"})
        elif earlier is None or rank > earlier[0]:
            best[span] = (rank, route)
        elif rank == earlier[0] and _end(route) != _end(earlier[1]):
            reason = f"two routes in {table.id} for {route['DestinationCidrBlock']} have the same rank"
            best[span] = (rank, {"Undecided": reason})
    return lay(table, _ranked(best))


def _ranked(
    best: Mapping[Interval, tuple[int, Mapping[str, Any]]],
) -> Iterator[tuple[Interval, int, Mapping[str, Any]]]:
    return ((span, rank, route) for span, (rank, route) in best.items())


def _rank(route: Mapping[str, Any]) -> int:
    if route.get("PrefixListId"):
        return _LISTED
    if route.get("Type") == "static":
        return _STATIC
    kinds = {str(one.get("ResourceType")) for one in structures(route, "TransitGatewayAttachments")}
    if route.get("Type") != "propagated" or len(kinds) != 1:
        return _UNRANKED
    return _PROPAGATED.get(kinds.pop(), _UNRANKED)


def _end(route: Mapping[str, Any]) -> tuple[object, ...]:
    if "Undecided" in route:
        return ()
    return (route.get("State") or "active", tuple(sorted(attachments_in(route))))


def attachments_in(route: Mapping[str, Any]) -> dict[str, str]:
    """The attachments that a route leads to, and what each of them is to ("vpc", "vpn", "peering", ...)."""
    found = structures(route, "TransitGatewayAttachments")
    return {str(one.get("TransitGatewayAttachmentId") or ""): str(one.get("ResourceType") or "") for one in found}


def described(table: Resource, route: Mapping[str, Any]) -> str:
    """A route as evidence: "route in tgw-rtb-1: 10.2.0.0/16 -> tgw-attach-2 (static)"."""
    led = " and ".join(attachments_in(route)) or str(route.get("State") or "nowhere")
    listed = f"{route['PrefixListId']}, " if route.get("PrefixListId") else ""
    return f"route in {table.id}: {route.get('DestinationCidrBlock')} -> {led} ({listed}{route.get('Type') or '?'})"
