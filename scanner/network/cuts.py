"""The smallest cuts of an open path: rules of which each one, taken away alone, closes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from scanner.model import Hop, Resource, Undecided, View
from scanner.network.acls import NETWORK_ACL
from scanner.network.door_cuts import DOORS, without_door
from scanner.network.painting import target_of
from scanner.network.routes import INTERNET_GATEWAY, ROUTE_TABLE, describe_route
from scanner.network.security_groups import NETWORK_INTERFACE, SECURITY_GROUP, traffic_in_words
from scanner.network.structures import structures

Made = TypeVar("Made")

_SOURCES = {
    "IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6", "UserIdGroupPairs": "GroupId", "PrefixListIds": "PrefixListId",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cut:
    """A rule and the resource it stands in: a security group, a network ACL, a route table, an interface, or a door's part.

    `rule_id` is the id of a security group rule, where it is known.
    """

    kind: str
    id: str
    rule: str
    rule_id: str = ""

    @property
    def cure(self) -> str:
        """The command that takes a security group rule away, where its id is known, else ""."""
        if not self.rule_id:
            return ""
        way = "egress" if " to " in self.rule else "ingress"
        return f"aws ec2 revoke-security-group-{way} --group-id {self.id} --security-group-rule-ids {self.rule_id}"


class Without(View):
    """An inventory in which one resource is another, or is gone where the other has no facts at all.

    Nothing of what was made of the whole one is used.
    """

    def __init__(self, view: View, other: Resource) -> None:
        super().__init__(view._inventory)  # noqa: SLF001 - another view of the same inventory
        self._other = other
        self._made: dict[object, object] = {}

    def of(self, kind: str) -> tuple[Resource, ...]:
        """As `View.of`, with the other resource in its place."""
        return self._swapped(super().of(kind))

    def known(self, kind: str) -> tuple[Resource, ...]:
        """As `View.known`, with the other resource in its place."""
        return self._swapped(super().known(kind))

    def find(self, kind: str, id: str) -> Resource | None:  # noqa: A002 - AWS's own word
        """As `View.find`, with the other resource in its place."""
        found = super().find(kind, id)
        return next(iter(self._swapped((found,))), None) if found is not None else None

    def linked(self, kind: str, path: str, value: str) -> tuple[Resource, ...]:
        """As `View.linked`: what is taken away is a rule, and joins nothing."""
        return self._swapped(super().linked(kind, path, value))

    def shared(self, make: Callable[[View], Made]) -> Made:
        """Made once for this view alone."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]  # type: ignore[assignment] # what was kept under its maker is what it made
        return made

    def _swapped(self, found: tuple[Resource, ...]) -> tuple[Resource, ...]:
        if not self._other.facts:
            return tuple(one for one in found if one != self._other)
        return tuple(self._other if one == self._other else one for one in found)


def candidates(view: View, hops: Iterable[Hop], interfaces: Iterable[Resource]) -> Iterator[tuple[Cut, Resource]]:
    """Every rule that a path is made of, and its resource without that rule."""
    told: set[Cut] = set()
    makers = {SECURITY_GROUP: _without_grant, NETWORK_ACL: _without_entry, ROUTE_TABLE: _without_route}
    for hop in hops:
        cut = Cut(hop.kind, hop.id, hop.rule, hop.rule_id)
        if cut in told or not hop.allows:
            continue
        told.add(cut)
        if hop.kind == INTERNET_GATEWAY:
            yield from _without_address(hop, interfaces)
        owner = view.find(hop.kind, hop.id) if hop.kind in makers else None
        try:
            other = makers[hop.kind](owner, hop.rule) if owner is not None else None
            if hop.kind in DOORS:
                other = without_door(view, hop)
        except Undecided:
            # Beside something that cannot be read nobody knows what is left without the rule.
            continue
        if other is not None:
            yield cut, other


def _without_grant(group: Resource, words: str) -> Resource | None:
    """A security group without the one source or destination of a rule that the words tell."""
    facts = dict(group.facts)
    for key, way in (("IpPermissions", "from"), ("IpPermissionsEgress", "to")):
        rules = [_less(group.id, rule, way, words) for rule in structures(group, key)]
        if rules != list(structures(group, key)):
            facts[key] = [rule for rule in rules if any(rule.get(member) for member in _SOURCES)]
            return replace(group, facts=facts)
    return None


def _less(group_id: str, rule: Mapping[str, Any], way: str, words: str) -> Mapping[str, Any]:
    kept: dict[str, Any] = {}
    rules = f"{group_id}: {traffic_in_words(rule)} {way}"
    for member, name in _SOURCES.items():
        sources = structures(rule, member)
        # A prefix list is followed by the block in it that made the match.
        rest = [one for one in sources if f"{rules} {one.get(name)}" != words.partition(" (")[0]]
        if len(rest) < len(sources):
            kept[member] = rest
    return {**rule, **kept} if kept else rule


def _without_entry(acl: Resource, words: str) -> Resource | None:
    entries = structures(acl, "Entries")
    rest = [entry for entry in entries if _entry_words(acl, entry) != words]
    return replace(acl, facts={**acl.facts, "Entries": rest}) if len(rest) < len(entries) else None


def _entry_words(acl: Resource, entry: Mapping[str, Any]) -> str:
    block = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")
    way = "to" if entry.get("Egress") else "from"
    return f"{acl.id}: entry {entry.get('RuleNumber')} allows {way} {block}"


def _without_route(table: Resource, words: str) -> Resource | None:
    routes = structures(table, "Routes")
    # AWS lets nobody take the local route away.
    rest = [route for route in routes if target_of(route) == "local" or describe_route(table, route) != words]
    return replace(table, facts={**table.facts, "Routes": rest}) if len(rest) < len(routes) else None


def _without_address(hop: Hop, interfaces: Iterable[Resource]) -> Iterator[tuple[Cut, Resource]]:
    """An interface without the public IPv4 address that the gateway translates."""
    shown = hop.rule.partition(": ")[2].partition(" is ")[0]
    for interface in interfaces:
        listed = structures(interface, "PrivateIpAddresses")
        owners = [interface.facts, *listed]
        if not any(_public(owner) == shown for owner in owners):
            continue
        facts = {
            key: value for key, value in interface.facts.items() if key != "Association" or _public_of(value) != shown
        }
        facts["PrivateIpAddresses"] = [
            {key: value for key, value in one.items() if key != "Association" or _public_of(value) != shown}
            for one in listed
        ]
        rule = f"the public address {shown} of {interface.id}"
        yield Cut(NETWORK_INTERFACE, interface.id, rule), replace(interface, facts=facts)


def _public(owner: Mapping[str, Any]) -> str:
    return _public_of(owner.get("Association"))


def _public_of(association: object) -> str:
    return str(association.get("PublicIp") or "") if isinstance(association, Mapping) else ""
