"""Finds security groups of instances that admit an admin port from somewhere else than an Instance Connect Endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.kit import (
    INSTANCE_CONNECT_ENDPOINT,
    NETWORK_INTERFACE,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    addresses_of,
    called_group,
    interfaces_of,
    interval,
    is_installed,
    is_own,
    is_usable,
    lets_through,
    listed,
    structures,
    text_of,
    traffic_in_words,
    union,
    word,
)

_VPC = "AWS::EC2::VPC"
_MOST_LINES = 12
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Source:
    """One source of an admin rule: a group's or list's id, or a block."""

    name: str
    rule: str
    is_block: bool


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """What the account's own endpoints are known by: their groups, their addresses, the VPCs where blocks admit them."""

    groups: frozenset[str]
    addresses: frozenset[tuple[int, int]]
    vpcs: Mapping[str, Resource]
    doubts: Mapping[str, str]


def check(
    inventory: Inventory, *, admin_ports: list[int], approved: list[str], allow_vpc_cidr: bool
) -> Iterator[Answer]:
    """Who wears a group is asked last, and only of those whose rules would be a flaw."""
    allowed = [interval(one) for one in approved if not one.startswith(("sg-", "pl-"))]
    endpoints = _endpoints(inventory)
    for group in inventory.subjects:
        with inventory.judging(group):
            doubts: list[str] = []
            sources = [
                source
                for source in _sources(group, admin_ports, doubts)
                if source.name not in approved and not (source.is_block and _is_within(source.name, allowed, doubts))
            ]
            left = [
                one
                for one in sources
                if not _is_endpoint(inventory, group, one, endpoints, allow_vpc_cidr=allow_vpc_cidr)
            ]
            yield _judge(inventory, group, left, doubts, endpoints)


def _judge(
    inventory: Inventory, group: Resource, left: list[_Source], doubts: list[str], endpoints: _Endpoints
) -> Answer:
    if not left and not doubts:
        return Clear(group, "it admits admin ports from approved sources at most")
    worn = [
        str(one.get("Attachment.InstanceId"))
        for one in interfaces_of(inventory, group.id)
        if one.get("Attachment.InstanceId")
    ]
    if not worn:
        return Aside(group, "no instance wears it")
    if not left:
        raise Undecided(doubts[0])
    if all(_may_be_endpoint(one) for one in left):
        inventory.of(INSTANCE_CONNECT_ENDPOINT)  # an endpoint nobody saw might make them approved
    lines = [f"inbound rule: {one.rule}" for one in left[:_MOST_LINES]]
    if len(left) > _MOST_LINES:
        lines.append(f"and {len(left) - _MOST_LINES} more")
    called = called_group(group)
    message = f"{called} admits an admin port from {listed((one.name for one in left), most=3)}, which nobody approved"
    fix = _cure(group, endpoints, left)
    return Flag(group, message, (*lines, f"worn by {listed(dict.fromkeys(worn))}"), fix=fix)


def _sources(group: Resource, ports: list[int], doubts: list[str]) -> Iterator[_Source]:
    """The sources of all rules about an admin port, the group itself left out."""
    for rule in structures(group, "IpPermissions"):
        try:
            if any(lets_through(rule, port) for port in ports):
                yield from _sources_of(group, rule)
        except Undecided as doubt:
            doubts.append(doubt.reason)


def _sources_of(group: Resource, rule: Mapping[str, Any]) -> Iterator[_Source]:
    members = (
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("UserIdGroupPairs", "GroupId"),
        ("PrefixListIds", "PrefixListId"),
    )
    for key, member in members:
        for entry in structures(rule, key):
            name = text_of(entry, member)
            if name != group.id:
                yield _Source(name, f"{traffic_in_words(rule)} from {name}", member.startswith("Cidr"))


def _is_within(cidr: str, allowed: list[tuple[int, _Span]], doubts: list[str]) -> bool:
    try:
        family, span = interval(cidr)
    except Undecided as doubt:
        doubts.append(doubt.reason)
        return True  # what cannot be read is a doubt, and no proof
    return any(one == family and outer[0] <= span[0] and span[1] <= outer[1] for one, outer in allowed)


def _endpoints(inventory: Inventory) -> _Endpoints:
    groups: set[str] = set()
    addresses: set[tuple[int, int]] = set()
    vpcs: dict[str, Resource] = {}
    doubts: dict[str, str] = {}
    for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT):
        vpc_id = str(endpoint.get("VpcId", ""))
        try:
            if not is_own(inventory, endpoint) or not is_installed(endpoint):
                continue
            groups.update(str(group) for group in endpoint.items("SecurityGroupIds"))
            if endpoint.get("PreserveClientIp") is not True and is_usable(endpoint):
                vpcs.setdefault(vpc_id, endpoint)
                addresses.update(_addresses(inventory, endpoint))
        except Undecided as doubt:
            doubts[vpc_id] = doubt.reason
    return _Endpoints(frozenset(groups), frozenset(addresses), vpcs, doubts)


def _addresses(inventory: Inventory, endpoint: Resource) -> Iterator[tuple[int, int]]:
    for interface_id in endpoint.items("NetworkInterfaceIds"):
        interface = inventory.find(NETWORK_INTERFACE, str(interface_id))
        for address in addresses_of(interface) if interface is not None else ():
            yield address.family, address.private


def _is_endpoint(
    inventory: Inventory, group: Resource, source: _Source, endpoints: _Endpoints, *, allow_vpc_cidr: bool
) -> bool:
    """Whether a source is an endpoint: its group, its one address, or the VPC's blocks where the configuration says so."""
    if not source.is_block:
        return source.name in endpoints.groups
    family, span = interval(source.name)
    if span[0] == span[1] and (family, span[0]) in endpoints.addresses:
        return True
    vpc_id = str(group.get("VpcId", ""))
    if allow_vpc_cidr and vpc_id not in endpoints.vpcs and vpc_id in endpoints.doubts:
        raise Undecided(endpoints.doubts[vpc_id])
    if not allow_vpc_cidr or vpc_id not in endpoints.vpcs:
        return False
    vpc = inventory.find(_VPC, vpc_id)
    if vpc is None:
        raise Undecided(f"the VPC {vpc_id} cannot be seen from account {inventory.account}")
    v4 = [text_of(one, "CidrBlock") for one in structures(vpc, "CidrBlockAssociationSet")]
    v6 = [text_of(one, "Ipv6CidrBlock") for one in structures(vpc, "Ipv6CidrBlockAssociationSet")]
    blocks = [block for block in (text_of(vpc, "CidrBlock"), *v4, *v6) if block]
    return any(own[0] <= span[0] and span[1] <= own[1] for own in union(blocks, family=family))


def _may_be_endpoint(source: _Source) -> bool:
    """Whether an endpoint that nobody saw could be behind a source: a group, or one single address."""
    if not source.is_block:
        return source.name.startswith("sg-")
    first, last = interval(source.name)[1]
    return first == last


def _cure(group: Resource, endpoints: _Endpoints, left: list[_Source]) -> str:
    endpoint = endpoints.vpcs.get(str(group.get("VpcId", "")))
    worn = endpoint.items("SecurityGroupIds") if endpoint is not None else ()
    source = word(worn[0]) if worn else "<the group of an EC2 Instance Connect Endpoint>"
    return (
        f"aws ec2 authorize-security-group-ingress --group-id {word(group.id)} --protocol tcp --port 22"
        f" --source-group {source}\n"
        f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group.id)}\n"
        f"aws ec2 revoke-security-group-ingress --group-id {word(group.id)}"
        " --security-group-rule-ids <the sgr-… of each of these rules>\n"
        f"Or list {listed((one.name for one in left), most=3)} in `approved`, where it is meant."
    )
