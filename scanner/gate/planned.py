"""What somebody is about to make: the one vocabulary that every dialect speaks and every mapper reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.model import Unknown

Path = tuple[str | int, ...]
"""Where a value stands in the properties: ("SecurityGroupIngress", 0, "CidrIp")."""


@dataclass(frozen=True, slots=True, eq=False)
class Open(Unknown):
    """A value that is not known before the change is made.

    `token` says where it comes from: two values with one token are the same, whatever it will be; "" tells nothing.
    `candidates` are the values it may have, () for any; `never` holds values that it cannot have. `is_outside` marks what
    comes from outside of the plan (a parameter, an export, a parameter store): it cannot be anything that the plan makes.
    """

    token: str = ""
    candidates: tuple[Any, ...] = ()
    never: tuple[Any, ...] = ()
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A line and column in a file, both from 1."""

    file: str
    line: int = 1
    column: int = 1


class Remark(NamedTuple):
    """A waiver that a comment holds: its fields, and its own line; or, with `trouble` and `cure`, why it is none."""

    fields: Mapping[str, str]
    spot: Spot
    trouble: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource stands: `find` gives the spot of a property by its path, or of the nearest part around it.

    The empty path is the resource itself: its name, or the line on which its block begins. Nothing is looked up before
    somebody asks. `construct` is the path of the construct that made it, `source` finds the line of the program that did (CDK).
    """

    find: Callable[[Path], Spot] = field(compare=False, repr=False)
    construct: str = ""
    source: Callable[[], Spot | None] = field(default=lambda: None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """One resource of a plan, in CloudFormation's words, with everything resolved that can be.

    `address` is what people call it: the logical id, or Terraform's address. `id` is its physical id where it exists
    already, else `planned_id`. `stack` is the stack or module it belongs to. `action` is what happens to it:
    "create", "update", "replace", "delete" or "keep".
    """

    type: str
    address: str
    properties: Mapping[str, Any]
    place: Place
    id: str
    stack: str = ""
    action: str = "create"
    is_existing: bool = False
    """Whether `id` is AWS's own."""
    replaces: str = ""
    """AWS's id of what stands in its place until then."""
    waivers: tuple[Any, ...] = ()
    """Waivers that stand beside it, as they were written."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something of a plan that nobody could read, why, and the kinds it may have brought; no kinds at all: any."""

    spot: Spot
    what: str
    why: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """One value of something left to whoever makes the change: "CreateSsh" may be "Yes".

    `has_default` tells whether the plan itself was made with the default; where there is none, no value is the right one.
    """

    name: str
    words: str
    value: Any = field(compare=False)
    has_default: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one file, or several that refer to one another, are about to make.

    `types_left` counts the resources of each type that no rule asks about. `account` and `region` are told where the files say
    them.
    """

    name: str
    files: tuple[str, ...]
    resources: tuple[Planned, ...]
    unread: tuple[Unread, ...] = ()
    choices: tuple[Choice, ...] = ()
    vary: Callable[[Choice], Plan] | None = field(default=None, compare=False, repr=False)
    types_left: Mapping[str, int] = field(default_factory=dict, compare=False)
    dialect: str = "cloudformation"
    account: str = ""
    region: str = ""
    deleted: tuple[Planned, ...] = ()
    """What goes, as it is before the change; of what is replaced or changed the parts that stand in other resources."""

    remarks: tuple[tuple[str, Remark], ...] = ()
    """Waivers in comments that belong to none of `resources`, with the address of their block; "" for mistakes."""

    def varied(self, choice: Choice) -> Plan:
        """The same plan, made with another choice."""
        if self.vary is None:
            raise ValueError("this plan leaves no choice")
        return self.vary(choice)
