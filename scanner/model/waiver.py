"""A waiver: somebody accepts a flaw, for a reason, until a day; and what became of it in a scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from scanner.model.resource import Resource


class WaiverState(str, Enum):
    """What a scan made of a waiver; `UNDECIDED` where its resources or rules were not all looked at."""

    USED = "used"
    UNDECIDED = "undecided"
    EXPIRED = "expired"
    UNUSED = "unused"
    UNKNOWN_RULE = "unknown-rule"

    def __str__(self) -> str:
        return self.value

    @property
    def is_trouble(self) -> bool:
        """Whether somebody has to look after the waiver."""
        return self in {WaiverState.EXPIRED, WaiverState.UNUSED, WaiverState.UNKNOWN_RULE}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which resources a waiver is about: everything said here has to hold, and "" says nothing.

    `arn` may hold asterisks that stand for any characters; all else is literal. `tag` is (Key, Value). `fingerprint`
    names a single finding, its rule and its resource at once.
    """

    id: str = ""
    arn: str = ""
    tag: tuple[str, str] | None = None
    account: str = ""
    region: str = ""
    fingerprint: str = ""

    @property
    def words(self) -> str:
        """For people: "i-1 in 111122223333"; names in it are as AWS and the user wrote them."""
        named = [word for word in (self.id, self.arn, self.fingerprint) if word]
        named += [f"{self.tag[0]}={self.tag[1]}"] if self.tag else []
        place = " ".join(word for word in (self.account, self.region) if word)
        return " in ".join([part for part in (", ".join(named), place) if part])


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted flaw. `rule` is an id, a family or a glob of ids ("NET0*"), "" where a fingerprint tells it.

    `until` is the last day it holds; `place` is `file:line`. `is_inline` is True where it stands beside the resource, in a
    template.
    """

    rule: str
    scope: Scope
    owner: str
    reason: str
    until: date
    place: str = ""
    is_inline: bool = False

    @property
    def words(self) -> str:
        """For people: what it waives."""
        return f"{self.rule} of {self.scope.words}" if self.rule else self.scope.words


@dataclass(frozen=True, slots=True)
class InlineWaiver:
    """A waiver as it was found beside a resource, not yet checked: its fields, the resource, and `file:line`.

    `fields` are `rule`, `owner`, `reason` and `until`, as the template has them.
    """

    fields: Mapping[str, Any]
    resource: Resource
    place: str
    sign: str = ":"
    """What stands between a field and its value there."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: SARIF's words, with who answers for it and until when (YYYY-MM-DD).

    `kind` is "external" for a waiver in a file of waivers and "inSource" for one beside the resource.
    """

    justification: str
    owner: str
    until: str
    place: str = ""
    kind: str = "external"
    status: str = "accepted"


@dataclass(frozen=True, slots=True)
class JudgedWaiver:
    """A waiver with what a scan made of it: `findings` of it are waived, or would be if it had not expired."""

    waiver: Waiver
    state: WaiverState
    sentence: str
    findings: int = 0
