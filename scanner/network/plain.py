"""Single packets against AWS's own lists, read from the beginning each time: slow, obvious, and the judge of the fast half.

Nothing here knows intervals or painted tables. A path that the symbolic half found is walked with these answers before
anybody is told of it; where the two disagree the scanner is wrong and says so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.acls import insist_on_sense
from scanner.network.painting import insist_on_ends
from scanner.network.prefix_lists import entries_of
from scanner.network.security_groups import SECURITY_GROUP, traffic_in_words
from scanner.network.structures import structures
from scanner.network.transit_tables import transit_routes

_PROTOCOL = {"tcp": "6", "udp": "17"}
_LEARNED = ("EnableVgwRoutePropagation", "Advertisement")
# Where prefixes are equal: those told by hand, then prefix lists, then what these attachments propagate, in this order.
_PROPAGATING = ("vpc", "direct-connect-gateway", "connect", "vpn", "peering")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one list says of a packet: let through or not, and by which of its lines (in words)."""

    allows: bool
    words: str


def _within(address: str, cidr: Any) -> bool:
    """Whether an address is in a block of its own family."""
    try:
        block = ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        raise Undecided(f"{cidr!r} is no CIDR block") from None
    one = ipaddress.ip_address(address)
    return one.version == block.version and one in block


def best_route(inventory: View, table: Resource, address: str) -> Mapping[str, Any] | None:
    """The route that AWS takes for an address: longest prefix, then static, prefix list, learned; None for no route."""
    blocks = [route for route in structures(table, "Routes") if route.get("State") != "filtered"]
    insist_on_ends(table, blocks)
    local = [block for route in blocks if route.get("GatewayId") == "local" for block in _blocks(inventory, route)]
    best: tuple[int, int] = (-1, -1)
    winners: list[Mapping[str, Any]] = []
    for route in blocks:
        is_listed = bool(route.get("DestinationPrefixListId"))
        learned = not is_listed and route.get("Origin") in _LEARNED
        for cidr in _blocks(inventory, route):
            if not _within(address, cidr):
                continue
            block = ipaddress.ip_network(cidr, strict=False)
            if learned and any(_contains(own, block) for own in local):
                continue
            rank = (block.prefixlen, 1 if learned else 2 if is_listed else 3)
            if rank > best:
                best, winners = rank, []
            if rank == best:
                winners.append(route)
    if len({(_target(route), str(route.get("State"))) for route in winners}) > 1 and winners[0].get(
        "DestinationPrefixListId"
    ):
        raise Undecided(f"two prefix lists in {table.id} hold the same block, and AWS does not say which route wins")
    return winners[-1] if winners else None


def best_transit_route(table: Resource, address: str) -> Mapping[str, Any] | None:
    """The route that a transit gateway takes for an address; None for no route, `Undecided` where AWS does not say which."""
    found = [route for route in transit_routes(table) if _within(address, route["DestinationCidrBlock"])]
    if not found:
        return None
    longest = max(_length(route) for route in found)
    found = [route for route in found if _length(route) == longest]
    orders = [_order(route) for route in found]
    first = [route for route, order in zip(found, orders, strict=True) if order == min(orders)]
    ends = {
        (str(route.get("State") or "active"), str(sorted(str(one.get("TransitGatewayAttachmentId")) for one in led)))
        for route in first
        for led in [structures(route, "TransitGatewayAttachments")]
    }
    if min(orders) < 0 or len(ends) > 1:
        raise Undecided(f"which route of {table.id} wins for {address} is not known")
    return first[-1]


def _length(route: Mapping[str, Any]) -> int:
    return ipaddress.ip_network(str(route["DestinationCidrBlock"]), strict=False).prefixlen


def _order(route: Mapping[str, Any]) -> int:
    """The place of a route among those of its prefix; -1 where nobody knows it."""
    if route.get("PrefixListId"):
        return 1
    if route.get("Type") == "static":
        return 0
    kinds = {
        str(one.get("ResourceType")).removeprefix("tgw-") for one in structures(route, "TransitGatewayAttachments")
    }
    if route.get("Type") != "propagated" or len(kinds) != 1 or not kinds <= set(_PROPAGATING):
        return -1
    return 2 + _PROPAGATING.index(kinds.pop())


def _blocks(inventory: View, route: Mapping[str, Any]) -> tuple[str, ...]:
    if route.get("DestinationPrefixListId"):
        return entries_of(inventory, str(route["DestinationPrefixListId"]))
    cidr = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
    return (str(cidr),) if cidr else ()


def _contains(own: str, block: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    outer = ipaddress.ip_network(own, strict=False)
    return outer.version == block.version and block.subnet_of(outer)  # type: ignore[arg-type] # the versions are equal


def _target(route: Mapping[str, Any]) -> str:
    return "".join(
        str(value) for key, value in sorted(route.items()) if key.endswith(("Id", "Arn")) and "Prefix" not in key
    )


def acl_answer(acl: Resource, *, egress: bool, protocol: str, port: int, address: str) -> Answer:
    """The first entry of a network ACL that is about a packet decides; the last one (*) denies."""
    family = "CidrBlock" if ipaddress.ip_address(address).version == 4 else "Ipv6CidrBlock"  # noqa: PLR2004 - IPv4
    listed = [
        entry for entry in structures(acl, "Entries") if bool(entry.get("Egress")) is egress and entry.get(family)
    ]
    for entry in listed:
        insist_on_sense(acl, entry)
    for entry in sorted(listed, key=lambda one: int(one["RuleNumber"])):
        spoken = str(entry.get("Protocol", ""))
        if spoken not in ("-1", protocol, _PROTOCOL[protocol]) or not _within(address, entry[family]):
            continue
        ports = entry.get("PortRange") or {}
        if spoken != "-1" and "From" in ports and not ports["From"] <= port <= ports["To"]:
            continue
        way = "to" if egress else "from"
        words = f"{acl.id}: entry {entry['RuleNumber']} {entry.get('RuleAction')}s {way} {entry[family]}"
        return Answer(entry.get("RuleAction") == "allow", words.replace("denys", "denies"))
    return Answer(allows=False, words=f"{acl.id}: the last entry (*) denies")


def group_answer(
    inventory: View,
    group_ids: Iterable[str],
    *,
    egress: bool,
    protocol: str,
    port: int,
    address: str,
    wears: frozenset[str] = frozenset(),
) -> Answer:
    """Any rule of any group that lets the packet through; `wears` are the groups of whoever has the other address.

    Raises `Undecided` where none does and a group, rule or list that cannot be read might.
    """
    doubt = ""
    for group_id in sorted(group_ids):
        group = inventory.find(SECURITY_GROUP, group_id)
        if group is None:
            doubt = f"the security group {group_id} cannot be seen from account {inventory.account}"
            continue
        try:
            rules = structures(group, "IpPermissionsEgress" if egress else "IpPermissions")
        except Undecided as undecided:
            doubt = undecided.reason
            continue
        for rule in rules:
            doubts: list[str] = []
            try:
                for words in _matches(inventory, rule, protocol, port, address, wears, doubts):
                    way = "to" if egress else "from"
                    return Answer(allows=True, words=f"{group_id}: {traffic_in_words(rule)} {way} {words}")
            except Undecided as undecided:
                doubts.append(undecided.reason)
            doubt = doubts[0] if doubts else doubt
    if doubt:
        raise Undecided(doubt)
    return Answer(allows=False, words=f"no rule of {', '.join(sorted(group_ids)) or 'any group'} matches")


def _matches(
    inventory: View,
    rule: Mapping[str, Any],
    protocol: str,
    port: int,
    address: str,
    wears: frozenset[str],
    doubts: list[str],
) -> Iterator[str]:
    if not _is_about(rule, protocol, port):
        return
    named = [(one.get("CidrIp"), "") for one in structures(rule, "IpRanges")]
    named += [(one.get("CidrIpv6"), "") for one in structures(rule, "Ipv6Ranges")]
    for pair in structures(rule, "UserIdGroupPairs"):
        if str(pair.get("GroupId")) in wears:
            yield str(pair["GroupId"])
    for listed in structures(rule, "PrefixListIds"):
        list_id = str(listed.get("PrefixListId", ""))
        try:
            named += [(cidr, list_id) for cidr in entries_of(inventory, list_id)]
        except Undecided as doubt:
            doubts.append(doubt.reason)
    for cidr, list_id in named:
        try:
            if _within(address, cidr):
                yield f"{list_id} ({cidr})" if list_id else str(cidr)
        except Undecided as doubt:
            doubts.append(doubt.reason)


def _is_about(rule: Mapping[str, Any], protocol: str, port: int) -> bool:
    spoken = str(rule.get("IpProtocol", "")).lower()
    if not spoken:
        raise Undecided("a rule of a group does not say its protocol")
    if spoken in ("-1", "all"):
        return True
    if spoken not in (protocol, _PROTOCOL[protocol]):
        return False
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if not isinstance(first, int) or not isinstance(last, int) or (first != -1 and not 0 <= first <= last):
        raise Undecided("a rule of a group does not say its ports")
    return first == -1 or first <= port <= last
