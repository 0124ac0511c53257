"""What a transit gateway's tables alone tell of a VPC: which other VPCs it reaches, and whether more than VPCs lie behind it.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from __future__ import annotations

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import interval
from scanner.network.clients import subnet_of
from scanner.network.structures import text_of
from scanner.network.transit_attachments import VPC, attachment_of, door_of, usable
from scanner.network.transit_tables import ATTACHMENT, attachments_in, paint_transit, transit_routes, transit_table_of


def leads_across(inventory: View, gateway: str, subnet_id: str, vpc_id: str, *, block: str) -> bool:
    """Whether a gateway brings a subnet's traffic to a block of another VPC, and the answers back.

    Raises `Undecided` where tables or attachments cannot be seen, or lead into a third VPC.
    """
    subnet = subnet_of(inventory, subnet_id)
    here = attachment_of(inventory, gateway, str(subnet.get("VpcId", "")))
    there = attachment_of(inventory, gateway, vpc_id)
    if here is None or there is None:
        return False
    back = text_of(subnet, "CidrBlock")
    if not back:
        raise Undecided(f"the facts do not say which addresses {subnet_id} has")
    first = block.partition("/")[0]
    if not usable(here, first).allows or not usable(there, first).allows or not door_of(inventory, here, subnet_id):
        return False
    return _leads(inventory, gateway, here, there, block) and _leads(inventory, gateway, there, here, back)


def _leads(inventory: View, gateway: str, entry: Resource, wanted: Resource, block: str) -> bool:
    table = transit_table_of(inventory, gateway, entry.id)
    if table is None:
        return False
    family, (first, _) = interval(block)
    route = paint_transit(table, family=family).route_to(first)
    if route is None or (route.get("State") or "active") != "active":
        return False
    led = attachments_in(route)
    if any(type_ == "vpc" and one != wanted.id for one, type_ in led.items()):
        raise Undecided(f"{table.id} sends {block} by {' and '.join(led)}, and what is done with it there is not known")
    return wanted.id in led


def sees_behind(inventory: View, gateway: str, vpc_id: str) -> bool:
    """Whether all that a VPC reaches over a gateway are VPCs of this inventory; False where nobody can tell."""
    try:
        entry = attachment_of(inventory, gateway, vpc_id)
        if entry is None:
            return False
        table = transit_table_of(inventory, gateway, entry.id)
        routes = transit_routes(table) if table is not None else ()
        return all(
            type_ == "vpc" and _is_own(inventory, attachment_id)
            for route in routes
            for attachment_id, type_ in attachments_in(route).items()
        )
    except Undecided:
        return False


def _is_own(inventory: View, attachment_id: str) -> bool:
    found = inventory.find(ATTACHMENT, attachment_id)
    vpc = inventory.find(VPC, str(found.get("VpcId", ""))) if found is not None else None
    return vpc is not None and vpc.get("OwnerId", inventory.account) == inventory.account
