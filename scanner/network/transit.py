"""One way over a transit gateway: in by an attachment, along its route table, out by another attachment.

https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html: a subnet gets in only where the attachment has a subnet
in its own zone. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html: of the attachment's subnet, the way in is judged
by inbound rules alone and the way out by outbound ones, and not at all where the interface is in that very subnet.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from scanner.model import Hop, Resource, Undecided
from scanner.network.lookups import Lookups
from scanner.network.painting import is_active, target_of
from scanner.network.routes import ROUTE_TABLE, describe_route
from scanner.network.structures import text_of
from scanner.network.transit_attachments import attachment_of, door_of, doors_of, usable
from scanner.network.transit_tables import (
    ATTACHMENT,
    TRANSIT_GATEWAY,
    TRANSIT_TABLE,
    attachments_in,
    described,
    transit_table_of,
)

# What these do with traffic that is not for their own VPC is in no table.
_OPAQUE = ("eni-", "i-", "vpce-", "tgw-", "nat-", "vgw-", "lgw-", "cagw-", "arn:")


@dataclass(frozen=True, slots=True)
class Gate:
    """A question to a subnet's network ACL: what leaves for an address, or what enters from one."""

    subnet_id: str
    egress: bool
    address: str


Steps = Iterator[Hop | Gate]


def gateway_towards(look: Lookups, source: Resource, target: Resource, address: str) -> str:
    """The transit gateway by which the subnet of one interface sends to another VPC's, or "".

    Where the routes cannot be read this is "" as well: whoever walks along them finds that out in its place.
    """
    if source.get("VpcId") == target.get("VpcId"):
        return ""
    try:
        route = look.route(str(source.get("SubnetId", "")), address)
    except Undecided:
        return ""
    via = target_of(route) if route is not None and is_active(route) else ""
    return via if via.startswith("tgw-") else ""


def crossing(look: Lookups, gateway: str, source: Resource, target: Resource, here: str, there: str) -> Steps:
    """The steps of a packet from one interface's subnet into another's; `here` and `there` are their addresses."""
    home, goal = str(source.get("SubnetId", "")), str(target.get("SubnetId", ""))
    route = look.route(home, there)
    table = look.fabric.table_of(home)
    yield Hop(ROUTE_TABLE, table.id, allows=True, rule=describe_route(table, route or {}))
    entry = yield from entry_of(look, gateway, str(source.get("VpcId", "")), home, there)
    if entry is None:
        return
    yield Gate(door_of(look.fabric.inventory, entry, home), egress=False, address=here)
    leaving = yield from switch(look, gateway, entry, there)
    if leaving is None:
        return
    yield from _exit(look, leaving, target, there)
    door = arrival(look, leaving, home, goal, there)
    yield _last_route(look, leaving, door, str(target.get("VpcId", "")), there)
    if door != goal:
        yield Gate(door, egress=True, address=there)
        yield Gate(goal, egress=False, address=here)


def refers_across(look: Lookups, gateway: str, source: Resource, target: Resource) -> bool:
    """Whether inbound rules that name a group count over a transit gateway: it and both attachments have to support it.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security: off by default on the
    gateway and on by default on an attachment; interface endpoints never know those who come this way.
    """
    if target.get("InterfaceType") == "vpc_endpoint":
        return False
    found = look.fabric.inventory.find(TRANSIT_GATEWAY, gateway)
    if found is None:
        raise Undecided(f"the transit gateway {gateway} cannot be seen")
    if found.get("Options.SecurityGroupReferencingSupport", "disable") != "enable":
        return False
    ends = (attachment_of(look.fabric.inventory, gateway, str(one.get("VpcId", ""))) for one in (source, target))
    return all(
        one is not None and one.get("Options.SecurityGroupReferencingSupport", "enable") == "enable" for one in ends
    )


def entry_of(
    look: Lookups, gateway: str, vpc_id: str, subnet_id: str, there: str
) -> Generator[Hop, None, Resource | None]:
    """The attachment by which a subnet gets into the gateway."""
    attachment = attachment_of(look.fabric.inventory, gateway, vpc_id)
    if attachment is None:
        if look.fabric.inventory.find(TRANSIT_GATEWAY, gateway) is None:
            raise Undecided(
                f"the transit gateway {gateway} cannot be seen from account {look.fabric.inventory.account}"
            )
        rule = f"{vpc_id} is not attached to {gateway}"
        yield Hop(TRANSIT_GATEWAY, gateway, allows=False, rule=rule, code="BAD_STATE_ATTACHMENT")
        return None
    yield usable(attachment, there)
    if not door_of(look.fabric.inventory, attachment, subnet_id):
        zone = look.fabric.subnet(subnet_id).get("AvailabilityZone")
        rule = f"{attachment.id} has no subnet in {zone}, the zone of {subnet_id}"
        yield Hop(ATTACHMENT, attachment.id, allows=False, rule=rule, code="CANNOT_ROUTE")
        return None
    return attachment


def switch(look: Lookups, gateway: str, entry: Resource, there: str) -> Generator[Hop, None, Resource | None]:
    """What the gateway does with what came in by an attachment; returns the attachment by which it leaves."""
    inventory = look.fabric.inventory
    table = transit_table_of(inventory, gateway, entry.id)
    if table is None:
        rule = f"no route table of {gateway} is associated with {entry.id}"
        yield Hop(TRANSIT_GATEWAY, gateway, allows=False, rule=rule, code="CANNOT_ROUTE")
        return None
    route = look.transit_route(table, there)
    if route is None:
        rule = f"{table.id} has no route to {there}"
        yield Hop(TRANSIT_TABLE, table.id, allows=False, rule=rule, code="CANNOT_ROUTE")
        return None
    state = text_of(route, "State") or "active"
    if state not in ("active", "blackhole"):
        raise Undecided(f"{described(table, route)} is {state}")
    is_open = state == "active"
    yield Hop(TRANSIT_TABLE, table.id, is_open, described(table, route), "" if is_open else "BAD_STATE_ROUTE")
    led = attachments_in(route) if is_open else {}
    if len(led) != 1 or not all(led):
        raise Undecided(f"to which attachment the {described(table, route)} leads is not known")
    [(attachment_id, type_)] = led.items()
    if type_ != "vpc":
        raise Undecided(f"what lies behind {attachment_id}, a {type_ or 'nameless'} attachment, is not known")
    leaving = inventory.find(ATTACHMENT, attachment_id)
    if leaving is None:
        raise Undecided(f"{attachment_id} cannot be seen from account {inventory.account}")
    return leaving


def _exit(look: Lookups, leaving: Resource, target: Resource, there: str) -> Iterator[Hop]:
    """The attachment by which a packet leaves; one to another VPC is the end, unless something there hands it on."""
    yield usable(leaving, there)
    vpc_id = str(leaving.get("VpcId", ""))
    if vpc_id == target.get("VpcId"):
        return
    for door in doors_of(leaving):
        route = look.route(door, there)
        via = target_of(route) if route is not None and is_active(route) else ""
        if via.startswith(_OPAQUE):
            raise Undecided(f"what {via} in {vpc_id} does with what {leaving.id} brings is not known")
    rule = f"{leaving.id} leads to {vpc_id}, which does not hold {there} of {target.id}"
    yield Hop(ATTACHMENT, leaving.id, allows=False, rule=rule, code="CANNOT_ROUTE")


def arrival(look: Lookups, leaving: Resource, home: str, goal: str, there: str) -> str:
    """The subnet in which a packet comes out: the one in the zone it came from, else any that the gateway likes.

    Several do where they all route and filter alike; where they do not, this raises `Undecided`.
    """
    if leaving.get("Options.ApplianceModeSupport", "disable") != "enable":
        door = door_of(look.fabric.inventory, leaving, home)
        if door:
            return door
    doors = doors_of(leaving)
    fates = {
        (target_of(route or {}), is_active(route or {}), look.fabric.acl_of(door).id, door == goal)
        for door in doors
        for route in [look.route(door, there)]
    }
    if len(fates) > 1:
        raise Undecided(f"{leaving.id} may hand it over in {' or '.join(doors)}, which route or filter differently")
    return doors[0]


def _last_route(look: Lookups, leaving: Resource, door: str, vpc_id: str, there: str) -> Hop:
    """The route of the subnet in which a packet comes out: local, or the end."""
    table, route = look.fabric.table_of(door), look.route(door, there)
    via = target_of(route) if route is not None and is_active(route) else ""
    if via.startswith(_OPAQUE):
        raise Undecided(f"what {via} in {vpc_id} does with what {leaving.id} brings is not known")
    is_home = via == "local"
    rule = describe_route(table, route) if route is not None else f"{table.id} has no route to {there}"
    return Hop(ROUTE_TABLE, table.id, is_home, rule, "" if is_home else "CANNOT_ROUTE")
