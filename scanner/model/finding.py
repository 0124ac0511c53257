"""One answer of one rule about one resource."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

from scanner.model.change import Change
from scanner.model.hop import Hop
from scanner.model.location import Location
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.unknown import Undecided
from scanner.model.waiver import Suppression

_INSTANCE = "AWS::EC2::Instance"
GROUP_TAG = "aws:autoscaling:groupName"
"""What AWS puts on the instances of an Auto Scaling group."""

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")

# Their ids are names, and the Regions and accounts of an organization list each other's.
_SEEN_FROM_AFAR = frozenset({"AWS::CloudTrail::Trail"})


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
    planned, `identity` stands for the id that AWS has not given yet. `suppression` is there where somebody waived it,
    `change` where the answers were compared with those before.
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
    suppression: Suppression | None = None
    change: Change | None = None

    @property
    def fingerprint(self) -> str:
        """32 hex digits that stay the same from scan to scan: the rule and the resource's identity, nothing else.

        Version 2, with the ARN, is for what one account sees of another's under a name that its own may have too.
        """
        resource = self.resource
        name = self.identity or resource.id
        identity = (self.rule_id, resource.partition, resource.account, resource.region, resource.kind, name)
        return _digest("v2", *identity, resource.arn) if _is_foreign(resource) else _digest("v1", *identity)

    @property
    def scaling_group(self) -> str:
        """The Auto Scaling group that made the instance, "" for everything else."""
        if self.resource.kind != _INSTANCE:
            return ""
        try:
            return self.resource.tags.get(GROUP_TAG, "")
        except Undecided:
            return ""

    @property
    def group_fingerprint(self) -> str:
        """The same for all instances of a scaling group under one rule, "" outside of groups: one may replace another."""
        group, resource = self.scaling_group, self.resource
        identity = (self.rule_id, resource.partition, resource.account, resource.region, resource.kind, group)
        return _digest("group/v1", *identity) if group else ""

    @property
    def digest(self) -> str:
        """32 hex digits of what the finding says, for telling whether it says the same as before."""
        # Half of a surrogate pair is no character, and a file that tells the finding has another in its place.
        parts = (_HALF_A_CHARACTER.sub("\ufffd", part) for part in (self.message, *self.because))
        return _digest("says/v1", self.severity.value, *parts)

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


def _is_foreign(resource: Resource) -> bool:
    """Whether the ARN names another account or Region than the one the resource was seen in."""
    parts = resource.arn.split(":", 5)
    if resource.kind not in _SEEN_FROM_AFAR or len(parts) < 6:  # noqa: PLR2004 - an ARN has six parts
        return False
    return (parts[3], parts[4]) != (resource.region, resource.account)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
