"""Finds transit gateway attachments of inspection VPCs that let the two directions of a flow part."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    describe_route,
    inspection_endpoints,
    is_active,
    listed,
    route_table_of,
    structures,
    subnet_of,
    target_of,
    zones_of,
)


def check(inventory: Inventory) -> Iterator[Answer]:
    """Matters where traffic from the transit gateway goes to inspection endpoints in more than one zone."""
    for attachment in inventory.subjects:
        with inventory.judging(attachment):
            mode = attachment.get("Options.ApplianceModeSupport", "")
            if mode == "enable":
                yield Clear(attachment, "ApplianceModeSupport is enable")
                continue
            owner = attachment.get("VpcOwnerId", inventory.account)
            if owner != inventory.account:
                raise Undecided(
                    f"account {owner} owns {attachment.get('VpcId')}, its endpoints are not shown to others"
                )
            yield _weighed(inventory, attachment, mode)


def _weighed(inventory: Inventory, attachment: Resource, mode: str) -> Answer:
    endpoints = inspection_endpoints(inventory, str(attachment.get("VpcId", "")))
    if not endpoints:
        return Aside(attachment, "the VPC has no inspection endpoint")
    subnets = [str(subnet) for subnet in attachment.items("SubnetIds")]
    zones = zones_of(inventory, subnets)
    if len(zones) < 2:  # noqa: PLR2004 - one zone has no other
        return Aside(attachment, f"the attachment is in {listed(zones) or 'no zone'} alone")
    routes = _inspecting_routes(inventory, subnets, frozenset(endpoints))
    if not routes:
        return Aside(attachment, "no route of its subnets leads to an inspection endpoint")
    if not mode:
        raise Undecided(f"whether {attachment.id} has appliance mode is not told")
    return Flag(
        attachment,
        f"{attachment.id} brings traffic in {listed(zones)} to inspection with appliance mode off, so that answers "
        "may reach another endpoint than the questions did",
        (f"ApplianceModeSupport is {mode}", *(f"{zone}: {listed(found)}" for zone, found in zones.items()), *routes),
    )


def _inspecting_routes(inventory: Inventory, subnets: list[str], endpoints: frozenset[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for subnet_id in subnets:
        table = route_table_of(inventory, subnet_of(inventory, subnet_id))
        for route in structures(table, "Routes"):
            if is_active(route) and target_of(route) in endpoints:
                found[describe_route(table, route)] = None
    return tuple(found)
