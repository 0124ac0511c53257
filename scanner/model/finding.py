"""One answer of one rule about one resource."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from scanner.model.change import Change
from scanner.model.hop import Hop
from scanner.model.location import Location
from scanner.model.resource import Resource
from scanner.model.severity import Severity


class Outcome(str, Enum):
    """The four answers, and `error` for a rule that crashed."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"

    # The enumeration's own hash is Python code, and findings are counted by the million.
    __hash__ = str.__hash__

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a resource: the verdict, the sentence, the evidence (`because`) and the cure (`fix`).

    `location` is the line in somebody's files that stands for the resource, None where there is none. For what is only
    planned, `identity` stands for the id that AWS has not given yet. `change` is there where the answers were compared
    with those before.
    """

    rule_id: str
    outcome: Outcome
    severity: Severity
    resource: Resource
    message: str
    because: tuple[str, ...] = ()
    fix: str = ""
    path: tuple[Hop, ...] = ()
    location: Location | None = None
    identity: str = ""
    change: Change | None = None

    @property
    def fingerprint(self) -> str:
        """32 hex digits that stay the same from scan to scan: the rule and the resource's identity, nothing else."""
        resource = self.resource
        identity = (
            "v1",
            self.rule_id,
            resource.partition,
            resource.account,
            resource.region,
            resource.kind,
            self.identity or resource.id,
        )
        return hashlib.sha256("\x1f".join(identity).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def sort_key(self) -> tuple[str, ...]:
        """Rule, then account, Region and resource: the order of every report."""
        resource = self.resource
        return (
            self.rule_id,
            resource.account,
            resource.region,
            resource.kind,
            resource.id,
            self.outcome.value,
            *_line(self.location),
        )


def _line(location: Location | None) -> tuple[str, ...]:
    return (location.file, f"{location.line:08}") if location is not None else ()
