"""Finds groups of private instances that let in the world because an endpoint preserves its clients' addresses."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    INSTANCE_CONNECT_ENDPOINT,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Range,
    Resource,
    Undecided,
    called_group,
    interfaces_of,
    internet_exposure,
    is_own,
    is_usable,
    listed,
    structures,
    word,
    world_ranges,
)

_MOST_LINES = 12


def check(inventory: Inventory, *, ports: list[int], world_share: float) -> Iterator[Answer]:
    """Groups of VPCs in which an endpoint preserves addresses; who wears them is asked only of those that are open."""
    preserving: dict[str, list[Resource]] = {}
    doubts: dict[str, str] = {}
    for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT):
        vpc_id = str(endpoint.get("VpcId", ""))
        try:
            if endpoint.get("PreserveClientIp") is True and is_own(inventory, endpoint) and is_usable(endpoint):
                preserving.setdefault(vpc_id, []).append(endpoint)
        except Undecided as doubt:
            doubts[vpc_id] = doubt.reason
    for group in inventory.subjects:
        with inventory.judging(group):
            vpc_id = str(group.get("VpcId", ""))
            if vpc_id in preserving:
                yield _judge(inventory, group, preserving[vpc_id], ports, world_share)
            elif vpc_id in doubts:
                raise Undecided(doubts[vpc_id])
            else:
                inventory.linked(INSTANCE_CONNECT_ENDPOINT, "VpcId", vpc_id)
                yield Aside(group, "no usable endpoint of its VPC preserves client addresses")


def _judge(
    inventory: Inventory, group: Resource, endpoints: list[Resource], ports: list[int], world_share: float
) -> Answer:
    rules = structures(group, "IpPermissions")
    opened: dict[int, tuple[Range, ...]] = {}
    doubts: list[str] = []
    for port in ports:
        try:
            found = world_ranges(inventory, rules, share=world_share, way="from", port=port)
        except Undecided as doubt:
            doubts.append(doubt.reason)
        else:
            opened.update({port: found} if found else {})
    if not opened and doubts:
        raise Undecided(doubts[0])
    if not opened:
        return Clear(group, "it does not let the world in on a port of the service")
    worn = [one for one in interfaces_of(inventory, group.id) if one.get("Attachment.InstanceId")]
    if not worn:
        return Aside(group, "no instance wears it")
    private = [one for one in worn if not _is_exposed(inventory, one, list(opened))]
    if not private:
        return Aside(group, "the internet reaches all who wear it, which NET003 is about")
    return _flag(group, endpoints, opened, private)


def _is_exposed(inventory: Inventory, interface: Resource, ports: list[int]) -> bool:
    """Whether the internet reaches a port of an interface; raises `Undecided` where nobody can say."""
    exposure = internet_exposure(inventory, interface)
    if any(exposure.at(port) for port in ports):
        return True
    if exposure.doubts:
        raise Undecided(exposure.doubts[0])
    return False


def _flag(
    group: Resource, endpoints: list[Resource], opened: dict[int, tuple[Range, ...]], private: list[Resource]
) -> Flag:
    called = called_group(group)
    ranges = tuple(dict.fromkeys(one for found in opened.values() for one in found))
    where = f"port{'' if len(opened) == 1 else 's'} {listed(map(str, opened))}"
    worn = listed(str(one.get("Attachment.InstanceId")) for one in private)
    message = (
        f"{called} opens {where} of {worn} to {listed((one.cidr for one in ranges), most=3)},"
        f" and {listed(one.label for one in endpoints)} preserves client addresses without needing it"
    )
    lines = [f"inbound rule: {one.rule}" for one in ranges[:_MOST_LINES]]
    lines += [f"PreserveClientIp of {one.id} is true" for one in endpoints]
    own = endpoints[0].items("SecurityGroupIds")
    source = word(own[0]) if own else "<the group of the endpoint>"
    fix = (
        f"aws ec2 authorize-security-group-ingress --group-id {word(group.id)} --protocol tcp --port {next(iter(opened))}"
        f" --source-group {source}\n"
        f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group.id)}\n"
        f"aws ec2 revoke-security-group-ingress --group-id {word(group.id)} --security-group-rule-ids <the sgr-… of each rule>\n"
        "A reference to the endpoint's group admits its sessions whether client addresses are preserved or not."
    )
    return Flag(group, message, tuple(lines), fix=fix)
