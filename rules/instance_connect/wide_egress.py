"""Finds security groups whose outbound rules let an Instance Connect Endpoint reach more than SSH and RDP hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.kit import (
    INSTANCE_CONNECT_ENDPOINT,
    SECURITY_GROUP,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    belongs_to_endpoint,
    called_group,
    interfaces_of,
    is_installed,
    is_own,
    lets_through_only,
    listed,
    structures,
    traffic_in_words,
    word,
    world_ranges,
)

_MOST_LINES = 12


def check(inventory: Inventory, *, ports: list[int], world_share: float) -> Iterator[Answer]:
    """Answers for every group that an endpoint wears, and for an endpoint whose groups cannot be seen."""
    wearers: dict[str, list[Resource]] = {}
    for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT):
        with inventory.judging(endpoint):
            if is_own(inventory, endpoint) and is_installed(endpoint):
                for group_id in endpoint.items("SecurityGroupIds"):
                    wearers.setdefault(str(group_id), []).append(endpoint)
                _insist_on_groups(inventory, endpoint)
    for group in inventory.subjects:
        with inventory.judging(group):
            endpoints = wearers.get(group.id)
            if endpoints:
                yield _judge(inventory, group, endpoints, ports, world_share)
            else:
                inventory.linked(INSTANCE_CONNECT_ENDPOINT, "SecurityGroupIds[]", group.id)
                yield Aside(group, "no Instance Connect Endpoint wears it")


def _insist_on_groups(inventory: Inventory, endpoint: Resource) -> None:
    for group_id in endpoint.items("SecurityGroupIds"):
        if inventory.find(SECURITY_GROUP, str(group_id)) is None:
            raise Undecided(f"its security group {group_id} cannot be seen from account {inventory.account}")


def _judge(
    inventory: Inventory, group: Resource, endpoints: Sequence[Resource], ports: list[int], world_share: float
) -> Answer:
    rules = structures(group, "IpPermissionsEgress")
    if group.get("IpPermissionsEgress") is None:
        raise Undecided(f"the outbound rules of {group.id} are not told")
    doubts: list[str] = []
    beyond = [rule for rule in rules if not _is_narrow(rule, ports, doubts)]
    try:
        world = world_ranges(inventory, rules, share=world_share, way="to")
    except Undecided as doubt:
        doubts.append(doubt.reason)
        world = ()
    if beyond or world:
        reached = [one.cidr for one in world[:_MOST_LINES]]
        reached += [f"other ports than {listed(map(str, ports))}"] if beyond else []
        lines = [*(f"{traffic_in_words(rule)} to {_ends(rule)}" for rule in beyond), *(one.rule for one in world)]
        return _flag(inventory, group, endpoints, listed(reached, most=4), lines)
    if doubts:
        raise Undecided(doubts[0])
    return Clear(group, f"it leads to TCP {listed(map(str, ports))} of named hosts at most")


def _is_narrow(rule: Mapping[str, Any], ports: list[int], doubts: list[str]) -> bool:
    """Whether a rule is about the ports of the service alone; one that cannot be read is a doubt, and no proof."""
    try:
        return lets_through_only(rule, ports)
    except Undecided as doubt:
        doubts.append(doubt.reason)
        return True


def _ends(rule: Mapping[str, Any]) -> str:
    """Where a rule leads, in words."""
    members = (
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("UserIdGroupPairs", "GroupId"),
        ("PrefixListIds", "PrefixListId"),
    )
    return listed(str(entry.get(member)) for key, member in members for entry in structures(rule, key)) or "nowhere"


def _flag(
    inventory: Inventory, group: Resource, endpoints: Sequence[Resource], reached: str, rules: Sequence[str]
) -> Flag:
    called = called_group(group)
    lines = list(dict.fromkeys(f"outbound rule: {rule}" for rule in rules))
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} more"]
    message = f"{called} lets {listed(endpoint.label for endpoint in endpoints)} reach {reached}"
    try:
        others = [one.id for one in interfaces_of(inventory, group.id) if not belongs_to_endpoint(one, endpoints)]
    except Undecided as doubt:
        return Flag(group, message, (*lines, f"who else wears the group cannot be seen: {doubt.reason}"))
    if not others:
        return Flag(group, message, tuple(lines))
    fix = "".join(
        "aws ec2 modify-instance-connect-endpoint --security-group-ids <a group of its own>"
        f" --instance-connect-endpoint-id {word(endpoint.id)}\n"
        for endpoint in endpoints
    )
    shared = f"the group is shared with {listed(others)}"
    rest = "The group of its own lets out TCP 22 and 3389 to the group of the instances, and nothing else."
    return Flag(group, message, (*lines, shared), fix=fix + rest)
