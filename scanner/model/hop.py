"""One step of a proved path: the component, what it does to the packet, and the rule that says so."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.location import Location


@dataclass(frozen=True, slots=True)
class Hop:
    """A component on the way, what it does to the packet, and the rule that says so; `code` is AWS's when it blocks.

    `rule_id` is the id of a security group rule, where it is known. `location` is the line that stands for the component.
    """

    kind: str
    id: str
    allows: bool
    rule: str = ""
    code: str = ""
    direction: str = "forward"
    is_opaque: bool = False
    rule_id: str = ""
    location: Location | None = None

    @property
    def words(self) -> str:
        """The hop as a line of evidence."""
        way = "" if self.direction == "forward" else "on the way back, "
        return f"{way}{self.rule or self.id}{'' if self.allows else f' [{self.code}]' if self.code else ' blocks it'}"
