"""Everything that a plan makes, as AWS would tell of it: rows by kind and id that mappers add and join."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.planned import Open, Planned
from scanner.model import Unknown

DEFAULT_VPC = "vpc-default"
"""The VPC that AWS made for the Region; what names no VPC and no subnet goes there."""


@dataclass(slots=True)
class Row:
    """One resource in AWS's words, and the planned resources that made it what it is, the main one first."""

    kind: str
    id: str
    facts: dict[str, Any]
    parts: list[Planned] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    """What mappers tell one another and AWS does not."""

    def append(self, key: str, *items: Any) -> None:
        """Adds to a list of facts; a list nobody knows stays unknown."""
        found = self.facts.setdefault(key, [])
        if not isinstance(found, Unknown):
            found.extend(items)


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

    def add(self, kind: str, id: str, facts: dict[str, Any], *parts: Planned) -> Row:  # noqa: A002 - AWS's own word
        """A new row, or the same one again with more facts."""
        known = self.rows.setdefault(kind, {})
        row = known.get(id)
        if row is None:
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
        return self.rows.get(kind, {}).get(id) if isinstance(id, str) else None

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
