"""Everything that a plan makes, as AWS would tell of it: rows by kind and id that mappers add and join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.exchange import alike, exchanged, joined
from scanner.gate.planned import Open, Planned
from scanner.model import Resource, Unknown

DEFAULT_VPC = "vpc-default"
"""The VPC that AWS made for the Region; what names no VPC and no subnet goes there."""

_INTERFACE = "AWS::EC2::NetworkInterface"
# What tells resources apart whose ids are AWS's and that bear no tags.
_NATURAL: Mapping[str, tuple[str, ...]] = {
    "AWS::ElasticLoadBalancingV2::Listener": ("LoadBalancerArn", "Port"),
    "AWS::Logs::MetricFilter": ("logGroupName", "filterPattern"),
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": ("ResourceId", "ResolverQueryLogConfigId"),
    "AWS::EC2::VPCBlockPublicAccessOptions": (),
}


@dataclass(slots=True)
class Row:
    """One resource in AWS's words, and the planned resources that made it what it is, the main one first."""

    kind: str
    id: str
    facts: dict[str, Any]
    parts: list[Planned] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    """What mappers tell one another and AWS does not."""
    live: Resource | None = None
    """The resource as it exists before the change; None for what is new."""
    _is_own: bool = False

    def append(self, key: str, *items: Any) -> None:
        """Adds to a list of facts; a list nobody knows stays unknown."""
        found = self.facts.setdefault(key, [])
        if isinstance(found, Unknown):
            return
        if self.live is None:
            found.extend(items)
            return
        for item in items:
            found = joined(self.kind, key, found, item)
        self.facts[key] = found

    def thaw(self) -> Row:
        """Copies the facts of what exists, before anybody writes into them."""
        if self.live is not None and not self._is_own:
            self.facts = _copied(self.facts)
            self._is_own = True
        return self


@dataclass(slots=True)
class Estate:
    """The rows of one plan. `now` is the time of the plan (ISO 8601), `letters` how many zones a Region has."""

    account: str
    region: str
    partition: str = "aws"
    now: str = ""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    subnet_groups: dict[str, Any] = field(default_factory=dict)
    uses_default_vpc: bool = False
    undecided: list[tuple[Planned, str]] = field(default_factory=list)
    """What could not be mapped, since something unknown decides what it is."""
    names: dict[str, str] = field(default_factory=dict)
    """Planned ids of what exists already -> AWS's own."""
    held: dict[str, list[str]] = field(default_factory=dict)
    """The interfaces of what exists, by the id of what they belong to."""
    claimed: set[str] = field(default_factory=set)

    def add(self, kind: str, id: str, facts: dict[str, Any], *parts: Planned) -> Row:  # noqa: A002 - AWS's own word
        """A new row, or the same one again with more facts."""
        known = self.rows.setdefault(kind, {})
        row = known.get(self.names.get(id, id)) or self._twin(kind, id, facts)
        if row is not None and row.live is not None:
            row.thaw().facts = exchanged(kind, row.facts, facts, parts)
            row.parts.extend(parts)
        elif row is None:
            row = known[id] = Row(kind, id, facts, list(parts))
        else:
            row.facts.update(facts)
            row.parts.extend(parts)
        return row

    def of(self, kind: str) -> tuple[Row, ...]:
        """All rows of a kind."""
        return tuple(self.rows.get(kind, {}).values())

    def find(self, kind: str, id: Any) -> Row | None:  # noqa: A002 - AWS's own word
        """The row with this id; None for what is not planned here, and for what is unknown."""
        row = self.rows.get(kind, {}).get(self.names.get(id, id)) if isinstance(id, str) else None
        return row.thaw() if row is not None else None

    def targets(self, kind: str, id: Any, part: Planned, *blurred: str) -> Iterator[Row]:  # noqa: A002 - AWS's own word
        """The row that a joining resource is about.

        Where nobody knows which one, it might be any: the `blurred` facts of all of them become unknown.
        """
        if isinstance(id, Unknown):
            why = id.why
            for row in self.of(kind):
                for key in blurred:
                    row.facts[key] = Unknown(f"{part.address} may be about it: {why}")
            return
        found = self.find(kind, id)
        if found is not None:
            found.parts.append(part)
            yield found

    def _twin(self, kind: str, id: str, facts: dict[str, Any]) -> Row | None:  # noqa: A002 - AWS's own word
        """What exists and can only be the same, though its name is AWS's."""
        if kind not in _NATURAL or not any(row.live is not None for row in self.of(kind)):
            return None
        wanted = [facts.get(name) for name in _NATURAL[kind]]
        for row in self.of(kind):
            if (
                row.live is not None
                and not row.parts
                and alike([row.facts.get(name) for name in _NATURAL[kind]], wanted)
            ):
                self.names[id] = row.id
                return row
        return None

    def interface_id(self, id: str, owner: Planned | None, facts: dict[str, Any]) -> str:  # noqa: A002 - AWS's own word
        """The id of an interface: that of the one which exists already, where its owner does."""
        if id in self.names or owner is None or (not self.held and not self.rows.get(_INTERFACE)):
            return self.names.get(id, id)
        held = [one for one in self.held.get(owner.id, ()) if one not in self.claimed]
        rows = [row for one in held if (row := self.find(_INTERFACE, one)) is not None]
        if not owner.type.endswith("::Instance"):
            rows = [row for row in rows if alike(row.facts.get("SubnetId"), facts["SubnetId"])]
        if not rows and facts["RequesterManaged"]:
            rows = [row for row in self.of(_INTERFACE) if self._is_same(row, facts)]
        if rows:
            self.names[id] = rows[0].id
            self.claimed.add(rows[0].id)
        return self.names.get(id, id)

    def _is_same(self, row: Row, facts: dict[str, Any]) -> bool:
        """Whether a service's interface that exists is what another of its kind would be."""
        if row.live is None or row.id in self.claimed or row.facts.get("RequesterManaged") is not True:
            return False
        if facts["InterfaceType"] not in ("lambda", "efs") or not isinstance(facts["Groups"], list):
            return False
        told, own = row.facts["Groups"], facts["Groups"]
        groups = {one["GroupId"] for one in told} if isinstance(told, list) else set()
        return groups == {one["GroupId"] for one in own if isinstance(one["GroupId"], str)} and all(
            alike(row.facts.get(key), facts[key]) for key in ("InterfaceType", "SubnetId")
        )

    def vpc_of_subnet(self, subnet_id: Any, groups: Any = ()) -> Any:
        """The VPC of a subnet; of one that is not planned here that of the security groups beside it, or unknown."""
        row = self.find("AWS::EC2::Subnet", subnet_id)
        if row is not None:
            return row.facts["VpcId"]
        if not isinstance(groups, Unknown):
            for group_id in groups:
                group = self.find("AWS::EC2::SecurityGroup", group_id)
                if group is not None:
                    return group.facts["VpcId"]
        return Open(f"the VPC of {subnet_id if isinstance(subnet_id, str) else 'a subnet'} is not planned here")

    def zone_of_subnet(self, subnet_id: Any) -> Any:
        """The Availability Zone of a subnet."""
        row = self.find("AWS::EC2::Subnet", subnet_id)
        return row.facts.get("AvailabilityZone") if row is not None else Open("the zone of a subnet is not told here")


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, (list, tuple)) else value
