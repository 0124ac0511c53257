"""Finds instances that carry their neighbours' traffic to the internet, and tells whether one can log in to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    admitted_outsiders,
    attached_to,
    describe_route,
    is_service_managed,
    is_world,
    listed,
    structures,
    tag_among,
    word,
)

_TABLE = "AWS::EC2::RouteTable"
_SHARE = 0.25  # two halves of the internet are a default route as well
_MOST_LINES = 12

_Route = tuple[Resource, Mapping[str, Any]]


def check(inventory: Inventory, *, admin_ports: list[int], exempt_tags: list[str]) -> Iterator[Answer]:
    """An instance that forwards, and that a default route leads to; who may log in to it weighs the flaw."""
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt or is_service_managed(instance):
                yield Aside(instance, f"its tag {exempt} exempts it" if exempt else "an AWS service runs it")
            else:
                yield _judge(inventory, instance, admin_ports)


def _judge(inventory: Inventory, instance: Resource, ports: list[int]) -> Answer:
    attached = attached_to(inventory, instance)
    forwarding = [one for one in attached.interfaces if _forwards(instance, one)]
    if not forwarding and not attached.doubts:
        return Clear(instance, "it drops what is not meant for it (SourceDestCheck)")
    routes = _routes_to(inventory, instance, forwarding)
    if not routes and attached.doubts:
        raise Undecided(attached.doubts[0])
    if not routes:
        return Clear(instance, "no default route leads to it")
    return _flag(inventory, instance, attached.interfaces, routes, ports)


def _forwards(instance: Resource, interface: Resource) -> bool:
    """Whether an interface takes what is meant for others; the instance repeats what its first interface says."""
    told = interface.get("SourceDestCheck")
    first = interface.get("Attachment.DeviceIndex", 0) == 0
    return told is False or (told is None and first and instance.get("SourceDestCheck") is False)


def _routes_to(inventory: Inventory, instance: Resource, interfaces: list[Resource]) -> list[_Route]:
    """The routes of each table that lead to the instance, where together they are a default route."""
    targets = {instance.id, *(one.id for one in interfaces)}
    tables = [*inventory.linked(_TABLE, "Routes[].InstanceId", instance.id)]
    for interface in interfaces:
        tables += inventory.linked(_TABLE, "Routes[].NetworkInterfaceId", interface.id)
    found: list[_Route] = []
    for table in dict.fromkeys(tables):
        routes = [
            route
            for route in structures(table, "Routes")
            if {route.get("InstanceId"), route.get("NetworkInterfaceId")} & targets and route.get("State") != "filtered"
        ]
        blocks = [route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") for route in routes]
        if is_world([str(block) for block in blocks if block], share=_SHARE):
            found += [(table, route) for route in routes]
    return found


def _flag(
    inventory: Inventory,
    instance: Resource,
    interfaces: tuple[Resource, ...],
    routes: list[_Route],
    ports: list[int],
) -> Flag:
    rules, doubts = _admin_rules(inventory, interfaces, ports)
    lines = [describe_route(table, route) for table, route in routes][:_MOST_LINES]
    tables = listed(dict.fromkeys(table.id for table, _ in routes))
    if rules:
        message = f"{instance.label} is a NAT instance for {tables}, and admits an admin port from outside its VPC"
        lines += [f"inbound rule: {rule}" for rule in rules[:_MOST_LINES]]
        return Flag(instance, message, tuple(lines), fix=_cure(routes, rules))
    lines += [f"whether it admits an admin port cannot be told: {doubt}" for doubt in dict.fromkeys(doubts)]
    message = f"{instance.label} is a NAT instance for {tables}"
    return Flag(instance, message, tuple(lines), severity="medium", fix=_cure(routes, []))


def _admin_rules(
    inventory: Inventory, interfaces: tuple[Resource, ...], ports: list[int]
) -> tuple[list[str], list[str]]:
    """The rules that admit an admin port from outside the VPC, and what could not be read."""
    rules: list[str] = []
    doubts: list[str] = []
    for interface in interfaces:
        try:
            found, unread = admitted_outsiders(inventory, interface, ports)
        except Undecided as doubt:
            doubts.append(doubt.reason)
        else:
            rules += found
            doubts += unread
    return rules, doubts


def _cure(routes: list[_Route], rules: list[str]) -> str:
    lines: list[str] = []
    for group in dict.fromkeys(rule.partition(":")[0] for rule in rules):
        revoke = f"aws ec2 revoke-security-group-ingress --group-id {word(group)}"
        lines.append(f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group)}")
        lines.append(f"{revoke} --security-group-rule-ids <the sgr-… of each rule that lets an admin port through>")
    lines.append("aws ec2 create-nat-gateway --subnet-id <a public subnet> --allocation-id <an Elastic IP address>")
    for table, route in routes:
        block = route.get("DestinationCidrBlock")
        if block:  # what speaks IPv6 needs an egress-only internet gateway instead
            replace = f"aws ec2 replace-route --route-table-id {word(table.id)} --destination-cidr-block {word(block)}"
            lines.append(f"{replace} --nat-gateway-id <the NAT gateway>")
    lines.append("Where the traffic is for AWS services alone, VPC endpoints do without any way to the internet.")
    return "\n".join(lines)
