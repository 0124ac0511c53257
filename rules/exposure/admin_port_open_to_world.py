"""Finds security groups whose rules together open an admin port to the world, and tells who wears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.kit import (
    INSTANCE_CONNECT_ENDPOINT,
    Answer,
    Clear,
    Flag,
    Inventory,
    Range,
    Resource,
    Undecided,
    belongs_to_endpoint,
    called_group,
    group_name,
    interfaces_of,
    is_installed,
    is_own,
    listed,
    structures,
    word,
    world_ranges,
)

_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class _Wear:
    """Who wears a group: what that is worth ("" is the card's own severity), the half-sentence, the evidence."""

    severity: str
    remark: str
    evidence: str


def check(inventory: Inventory, *, admin_ports: list[int], world_share: float) -> Iterator[Answer]:
    """Flags open groups; who wears them only weighs the flaw, so that it is asked last and its refusal hides nothing."""
    for group in inventory.subjects:
        with inventory.judging(group):
            opened = _open_ports(inventory, group, admin_ports, world_share)
            if not opened:
                yield Clear(group, "no rule admits the world to an admin port")
                continue
            ranges = tuple(dict.fromkeys(one for found in opened.values() for one in found))
            wear = _wear(inventory, group)
            noun = "port" if len(opened) == 1 else "ports"
            yield Flag(
                group,
                f"{called_group(group)} opens {noun} {listed(map(str, opened))} to {listed((r.cidr for r in ranges), most=3)}"
                f"{wear.remark}",
                (*_lines(ranges), wear.evidence),
                severity=wear.severity,
                fix=_cure(group, next(iter(opened)), wear),
            )


def _open_ports(
    inventory: Inventory, group: Resource, admin_ports: list[int], world_share: float
) -> dict[int, tuple[Range, ...]]:
    """The admin ports the world may reach, with the ranges that make it the world; one proven port is proof enough."""
    permissions = structures(group, "IpPermissions")
    opened: dict[int, tuple[Range, ...]] = {}
    doubt: Undecided | None = None
    for port in admin_ports:
        try:
            ranges = world_ranges(inventory, permissions, share=world_share, way="from", port=port)
        except Undecided as raised:
            doubt = doubt or raised
            continue
        if ranges:
            opened[port] = ranges
    if doubt and not opened:
        raise doubt
    return opened


def _wear(inventory: Inventory, group: Resource) -> _Wear:
    try:
        interfaces = interfaces_of(inventory, group.id)
    except Undecided as doubt:
        return _Wear("", "", f"who wears the group cannot be seen: {doubt.reason}")
    endpoints = [
        endpoint
        for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT)
        if is_installed(endpoint) and group.id in endpoint.items("SecurityGroupIds")
    ]
    others = [one.id for one in interfaces if not belongs_to_endpoint(one, endpoints)]
    if others:
        return _Wear("", "", f"worn by {listed(others)}")
    if interfaces or endpoints:
        wearers = listed(endpoint.id for endpoint in endpoints) or listed(one.id for one in interfaces)
        remark = f", but only an Instance Connect Endpoint wears it ({wearers})"
        return _Wear("info", remark, "an Instance Connect Endpoint ignores the inbound rules of its groups")
    if not is_own(inventory, group):
        return _Wear("", "", f"account {group.get('OwnerId')} owns the group and may wear it unseen")
    return _Wear("low", ", but nothing wears it", "no network interface wears the group")


def _cure(group: Resource, port: int, wear: _Wear) -> str:
    """A group that nothing wears can go; all others lose the open rule, once the endpoint's group is admitted."""
    if wear.severity == "low" and group_name(group) != "default":
        return f"aws ec2 delete-security-group --group-id {word(group.id)}\nif no launch template or service needs it."
    admit = (
        f"aws ec2 authorize-security-group-ingress --group-id {word(group.id)} --protocol tcp --port {port}"
        " --source-group <the group of an EC2 Instance Connect Endpoint>"
    )
    revoke = (
        f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group.id)}\n"
        f"aws ec2 revoke-security-group-ingress --group-id {word(group.id)} --security-group-rule-ids <the sgr-… of each rule>"
    )
    if wear.severity:
        return revoke
    return (
        f"{admit}\n{revoke}\nWhere the port has to be reached from outside, name the few addresses it is reached from."
    )


def _lines(ranges: tuple[Range, ...]) -> tuple[str, ...]:
    lines = tuple(f"inbound rule: {one.rule}" for one in ranges[:_MOST_LINES])
    return lines if len(ranges) <= _MOST_LINES else (*lines, f"and {len(ranges) - _MOST_LINES} more")
