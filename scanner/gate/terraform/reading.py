"""One plan read for one account and Region: every resource in CloudFormation's words, every gap told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scanner.gate.dialects import Asked
from scanner.gate.document import Document
from scanner.gate.ids import default_id
from scanner.gate.mapping.table import JOINING
from scanner.gate.planned import Path, Plan, Planned, Remark, Spot, Unread
from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.changes import MAX_RESOURCES, Change
from scanner.gate.terraform.configuration import Configuration, part
from scanner.gate.terraform.identities import Around, Identities
from scanner.gate.terraform.joins import JOINS, Joining
from scanner.gate.terraform.lines import Lines
from scanner.gate.terraform.references import References
from scanner.gate.terraform.words.entry import Entry, properties_of
from scanner.gate.terraform.words.table import ENTRIES, NAMINGS, kinds_left
from scanner.model import Undecided, Unknown

_ANCHORS = {
    "Default::SecurityGroup": ("sg", "VpcId"),
    "Default::NetworkAcl": ("", "NetworkAclId"),
    "Default::RouteTable": ("", "RouteTableId"),
}
_LINED = {
    "SecurityGroupIngress": "ingress",
    "SecurityGroupEgress": "egress",
    "Entries": "entry",
    "Tags": "tags",
}
"""Properties whose attribute is called otherwise, for their lines; the others are named alike."""


class Reading:
    """One plan, as far as it goes to one place."""

    def __init__(
        self,
        shape: Mapping[str, Any],
        document: Document,
        configuration: Configuration,
        lines: Lines,
        asked: Asked,
        account: str,
        region: str,
        path: Path,
        *,
        is_main: bool = True,
    ) -> None:
        self._shape = shape
        self._document = document
        self._configuration = configuration
        self._lines = lines
        self._account, self._region = account, region
        self._identities = Identities(NAMINGS, Around(account, region, asked.partition))
        self._path = path
        self._is_main = is_main
        self._unread: dict[Unread, None] = {}
        self._left: dict[str, int] = {}

    def plan(self, changes: tuple[Change, ...], own: frozenset[Change]) -> Plan:
        """The plan of what goes here; the others of `changes` are what it may refer to."""
        references = References(changes, self._configuration, part(self._shape, "variables"), self._identities)
        resources: dict[tuple[str, str], Planned] = {}
        joining: list[Joining] = []
        ids: dict[str, str] = {}
        for change in changes:
            if change not in own or change.action == "delete":
                continue
            attributes = self._attributes(change, references)
            if change.type in JOINS:
                joining += [Joining(join, attributes, self._lines.place(change, {})) for join in JOINS[change.type]]
            elif change.type in ENTRIES:
                if ENTRIES[change.type].is_arn:
                    ids[self._identities.form(change, "arn")] = attributes.own_id
                for planned in self._planned(change, ENTRIES[change.type], attributes):
                    resources[planned.type, self._apart(planned, resources)] = planned
            else:
                self._leave(change)
        for one in joining:
            try:
                self._unread.update(dict.fromkeys(one.into(resources, ids)))
            except Undecided as doubt:
                self._unread[Unread(one.place.find(()), one.attributes.where, doubt.reason, (one.join.type,))] = None
        if self._is_main:
            self._tell()
        return Plan(
            name=self._document.file,
            files=(self._document.file,),
            resources=tuple(_without_ipv6(list(_with_defaults(list(_renamed(resources.values())))))),
            unread=tuple(self._unread),
            types_left=dict(sorted(self._left.items())),
            dialect="terraform",
            account=self._account,
            region=self._region,
            deleted=tuple(one for change in changes if change in own for one in self._gone(change, references)),
            remarks=tuple(self._remarks_left([one for one in changes if one in own], resources.values())),
        )

    def _remarks(self, change: Change) -> tuple[Remark, ...]:
        block = self._lines.block(change)
        return block.remarks if block is not None else ()

    def _remarks_left(self, own: Iterable[Change], resources: Iterable[Planned]) -> Iterator[tuple[str, Remark]]:
        """Waivers beside what became no resource: nothing is found of it, and they are told as unused."""
        heard = {planned.address for planned in resources if planned.waivers}
        for change in own:
            if change.action != "delete" and change.address not in heard:
                yield from ((change.address, remark) for remark in self._remarks(change))
        yield from (("", remark) for remark in self._lines.mistakes())

    def _gone(self, change: Change, references: References) -> Iterator[Planned]:
        """What a change takes away: the resource itself, or the parts of others that it was before."""
        if change.action not in ("delete", "update", "replace") or change.type not in ENTRIES or not change.before:
            return
        was = replace(change, action="keep", values=change.before)
        for planned in self._planned(was, ENTRIES[change.type], self._attributes(was, references)):
            if change.action == "delete" or planned.type in JOINING:
                yield replace(planned, action="delete")

    def _apart(self, planned: Planned, resources: Mapping[tuple[str, str], Planned]) -> str:
        """A key of its own for what has no id: rules and associations may be many to one address."""
        key, number = planned.id, 1
        while (planned.type, key) in resources:
            number += 1
            key = f"{planned.id}#{number}"
        return key

    def _attributes(self, change: Change, references: References) -> Attributes:
        expressions = self._configuration.expressions(change.modules, change.block)
        for name in ("ingress", "egress", "route"):
            # A plan leaves these out of its configuration; whether they are looped over, only the source tells.
            if expressions is not None and name not in expressions and isinstance(change.values.get(name), Unknown):
                block = self._lines.block(change)
                if block is not None and f'dynamic "{name}"' in block.text:
                    expressions = {**expressions, name: {"references": ["local.dynamic"]}}
        own_id = self._identities.id_of(change)
        return Attributes(change, change.values, expressions, references, own_id, change.address)

    def _planned(self, change: Change, entry: Entry, attributes: Attributes) -> Iterator[Planned]:
        try:
            properties = properties_of(entry.properties, attributes)
            parts = list(entry.parts(attributes)) if entry.parts is not None else []
        except Undecided as doubt:
            kinds = kinds_left(change.type) or _kinds(entry)
            spot = self._lines.place(change, {}).find(())
            self._unread[Unread(spot, f"{change.address} ({change.type})", doubt.reason, kinds)] = None
            return
        names = {name: word for name, word in entry.properties.items() if isinstance(word, str)}
        stack = ".".join(name for name, _ in change.modules)
        if entry.type:
            place = self._lines.place(change, {**_snaked(properties), **names, **_LINED})
            yield Planned(
                entry.type,
                change.address,
                properties,
                place,
                attributes.own_id,
                stack,
                change.action,
                change.is_existing,
                self._identities.id_of(replace(change, action="keep", values=change.before))
                if change.action == "replace" and change.before
                else "",
                self._remarks(change),
            )
        for one in parts:
            place = self._lines.place(change, dict.fromkeys(one.properties, one.attribute) if one.attribute else {})
            known = {name: value for name, value in one.properties.items() if value is not None}
            yield Planned(one.type, change.address, known, place, change.address, stack, change.action)

    def _leave(self, change: Change) -> None:
        kinds = kinds_left(change.type)
        if kinds is None:
            self._left[change.type] = self._left.get(change.type, 0) + 1
            return
        spot = self._lines.place(change, {}).find(())
        why = "this program does not read the type" if kinds else "it may bring anything"
        self._unread[Unread(spot, f"{change.address} ({change.type})", why, kinds)] = None

    def _tell(self) -> None:
        """What the plan as a whole does not tell."""
        deferred = self._shape.get("deferred_changes")
        for index, one in enumerate(deferred if isinstance(deferred, list) else ()):
            told = part(one, "resource_change")
            type_name, address = told.get("type"), told.get("address")
            name = type_name if isinstance(type_name, str) else ""
            kinds = kinds_left(name) if name not in ENTRIES else _kinds(ENTRIES[name])
            if kinds is not None:
                what = f"{address if isinstance(address, str) else 'a resource'} ({name})"
                self._unread[Unread(self._spot("deferred_changes", index), what, "its change is deferred", kinds)] = (
                    None
                )
        if self._shape.get("errored") is True:
            self._unread[Unread(self._spot("errored"), "the plan", "Terraform could not finish it")] = None
        elif self._shape.get("complete") is False:
            why = "it is made for some resources only (-target), or part of it is deferred"
            self._unread[Unread(self._spot("complete"), "the plan", why)] = None
        listed = self._shape.get("resource_changes")
        if isinstance(listed, list):
            if len(listed) > MAX_RESOURCES:
                why = f"it has more than {MAX_RESOURCES:,} resources"
                self._unread[Unread(self._spot("resource_changes"), "the plan", why)] = None
            for index, one in enumerate(listed):
                if (
                    not isinstance(one, Mapping)
                    or not isinstance(one.get("type"), str)
                    or not isinstance(one.get("change"), Mapping)
                ):
                    self._unread[Unread(self._spot("resource_changes", index), "a resource", "it is no change")] = None

    def _spot(self, *path: str | int) -> Spot:
        mark = self._document.mark.at((*self._path, *path))
        return Spot(self._document.file, mark.line, mark.column)


def _kinds(entry: Entry) -> tuple[str, ...]:
    from scanner.gate.mapping.table import kinds_of  # noqa: PLC0415 - only for what cannot be read

    return kinds_of(entry.type) if entry.type else ()


def _snaked(properties: Mapping[str, Any]) -> dict[str, str]:
    """Property names as Terraform would write them: MapPublicIpOnLaunch -> map_public_ip_on_launch."""
    return {
        name: "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_") for name in properties
    }


def _without_ipv6(resources: list[Planned]) -> Iterator[Planned]:
    """Subnets of a VPC that has no IPv6 block have none either, though Terraform cannot tell yet."""
    new = {one.id for one in resources if one.type == "AWS::EC2::VPC" and not one.is_existing}
    with_blocks = [one.properties.get("VpcId") for one in resources if one.type == "AWS::EC2::VPCCidrBlock"]
    if any(isinstance(one, Unknown) for one in with_blocks):
        new = set()
    for planned in resources:
        vpc_id = planned.properties.get("VpcId")
        is_without = isinstance(vpc_id, str) and vpc_id in new and vpc_id not in with_blocks
        if (
            planned.type == "AWS::EC2::Subnet"
            and is_without
            and isinstance(planned.properties.get("Ipv6CidrBlock"), Unknown)
        ):
            known = {name: value for name, value in planned.properties.items() if name != "Ipv6CidrBlock"}
            yield replace(planned, properties=known)
        else:
            yield planned


_WRITTEN_INTO = {
    "AWS::EC2::Route": ("RouteTableId", "rtb-default-of-", "Default::RouteTable"),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTableId", "rtb-default-of-", "Default::RouteTable"),
    "AWS::EC2::NetworkAclEntry": ("NetworkAclId", "acl-default-of-", "Default::NetworkAcl"),
    "AWS::EC2::SubnetNetworkAclAssociation": ("NetworkAclId", "acl-default-of-", "Default::NetworkAcl"),
}


def _with_defaults(resources: list[Planned]) -> Iterator[Planned]:
    """Also the main tables and default ACLs that something is written into, though nobody takes them over."""
    there = {planned.id for planned in resources}
    yield from resources
    for planned in resources:
        key, prefix, type_name = _WRITTEN_INTO.get(planned.type, ("", "", ""))
        about = planned.properties.get(key) if key else None
        if isinstance(about, str) and about.startswith(prefix) and about not in there:
            there.add(about)
            yield Planned(
                type_name, planned.address, {"KeepsRules": True}, planned.place, about, planned.stack, planned.action
            )


def _renamed(resources: Iterable[Planned]) -> Iterator[Planned]:
    """Default resources that are new to Terraform bear the ids that AWS's defaults have here, wherever they are named."""
    found = list(resources)
    names: dict[str, str] = {}
    for planned in found:
        anchor = _ANCHORS.get(planned.type)
        if anchor is None or planned.is_existing:
            continue
        prefix, key = anchor
        about = planned.properties.get(key)
        if isinstance(about, str):
            names[planned.id] = default_id(prefix, about) if prefix else about
    for planned in found:
        if not names:
            yield planned
            continue
        exchanged = _exchanged(planned.properties, names)
        yield replace(planned, properties=exchanged, id=names.get(planned.id, planned.id))


def _exchanged(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {key: _exchanged(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_exchanged(one, names) for one in value]
    return value
