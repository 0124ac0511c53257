"""Finds main route tables that lead to an internet gateway, and the subnets that follow them without having been told to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.kit import (
    NETWORK_INTERFACE,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    Unsure,
    describe_route,
    internet_routes,
    is_main,
    is_own,
    listed,
    route_table_of,
    structures,
    word,
)

_SUBNET = "AWS::EC2::Subnet"


def check(inventory: Inventory) -> Iterator[Answer]:
    """One answer a table; who follows a main one only weighs the flaw, and its refusal hides nothing."""
    for table in inventory.subjects:
        with inventory.judging(table):
            if not is_main(table):
                yield Aside(table, "it is no VPC's main route table")
            elif not is_own(inventory, table):
                yield Unsure(
                    table, f"account {table.get('OwnerId')} owns the route table and the subnets that follow it"
                )
            else:
                yield _judge(inventory, table)


def _judge(inventory: Inventory, table: Resource) -> Answer:
    routes = _routes(inventory, table)
    if not routes:
        return Clear(table, "none of its routes leads to an internet gateway")
    vpc_id = str(table.get("VpcId", ""))
    lines = [describe_route(table, route) for route in routes]
    message = f"{table.label}, the main route table of {vpc_id}, leads to an internet gateway"
    try:
        followers = _followers(inventory, table, vpc_id)
    except Undecided as doubt:
        lines.append(f"which subnets follow it cannot be seen: {doubt.reason}")
        return Flag(table, message, tuple(lines), fix=_cure(table, vpc_id, ()))
    if not followers:
        lines.append("no subnet with network interfaces follows it implicitly")
        message += ", though no subnet in use follows it implicitly"
        return Flag(table, message, tuple(lines), severity="low", fix=_cure(table, vpc_id, ()))
    lines += [f"{subnet} has no association and holds {listed(held)}" for subnet, held in followers.items()]
    noun = "follows" if len(followers) == 1 else "follow"
    message += f", and {listed(followers)} {noun} it implicitly"
    return Flag(table, message, tuple(lines), fix=_cure(table, vpc_id, tuple(followers)))


def _routes(inventory: Inventory, table: Resource) -> list[Mapping[str, Any]]:
    """The routes to the internet of both families, each once; one family is proof enough."""
    found: list[Mapping[str, Any]] = []
    doubt: Undecided | None = None
    for family in (4, 6):
        try:
            found += [one for one in internet_routes(inventory, table, family=family) if one not in found]
        except Undecided as raised:
            doubt = raised
    if doubt and not found:
        raise doubt
    return found


def _followers(inventory: Inventory, table: Resource, vpc_id: str) -> dict[str, list[str]]:
    """The subnets without an association of their own, and the network interfaces in them."""
    told = [association.get("SubnetId") for association in structures(table, "Associations")]
    followers: dict[str, list[str]] = {}
    for subnet in inventory.linked(_SUBNET, "VpcId", vpc_id):
        if subnet.id in told or route_table_of(inventory, subnet).id != table.id:
            continue
        held = [interface.id for interface in inventory.linked(NETWORK_INTERFACE, "SubnetId", subnet.id)]
        if held:
            followers[subnet.id] = held
    return followers


def _cure(table: Resource, vpc_id: str, followers: tuple[str, ...]) -> str:
    main = next(
        (
            str(association.get("RouteTableAssociationId") or "")
            for association in structures(table, "Associations")
            if association.get("Main") is True
        ),
        "",
    )
    keep = [
        f"aws ec2 associate-route-table --route-table-id {word(table.id)} --subnet-id {word(subnet)}"
        for subnet in followers
    ]
    association = word(main) if main else "<the rtbassoc-… of the main association>"
    return "\n".join((
        *(("Where these subnets are meant to be public, say so first:", *keep) if keep else ()),
        f"aws ec2 create-route-table --vpc-id {word(vpc_id)}",
        f"aws ec2 replace-route-table-association --association-id {association} --route-table-id <the new rtb-…>",
        "A new subnet is then private until somebody says otherwise.",
    ))  # fmt: skip
