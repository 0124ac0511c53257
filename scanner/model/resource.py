"""One thing in AWS: botocore's own dictionary, who it is, and where it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from scanner.model.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource was read: the call, or the file and line of a template; empty when made up by a test world."""

    call: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource with its identity.

    `kind` is the CloudFormation type name, `facts` the dictionary botocore gave (names untouched, read-only; times
    are ISO 8601 strings in UTC), `region` is "global" for kinds without a Region.
    """

    kind: str
    partition: str
    account: str
    region: str
    id: str
    arn: str
    facts: Mapping[str, Any] = field(repr=False, compare=False)
    origin: Origin = field(default=Origin(), compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.facts, MappingProxyType):
            object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def get(self, path: str, default: Any = None) -> Any:
        """The fact at a dotted path, or `default` where any part is absent; never raises.

        An `Unknown` on the way is the answer itself: asking it for a decision raises `Undecided`.
        """
        value: Any
        if "." not in path:
            value = self.facts.get(path)
            return default if value is None else value
        value = self.facts
        for key in path.split("."):
            if isinstance(value, Unknown):
                return value
            # A dictionary is told at once, and what is merely like one only after a search.
            if not isinstance(value, (dict, MappingProxyType, Mapping)) or key not in value:
                return default
            value = value[key]
        return default if value is None else value

    def items(self, path: str) -> tuple[Any, ...]:
        """The list at a dotted path as a tuple; empty where it is absent, `Undecided` where it is unknown."""
        value = self.get(path, ())
        if isinstance(value, Unknown):
            iter(value)
        return tuple(value) if isinstance(value, (list, tuple)) else ()

    @property
    def tags(self) -> Mapping[str, str]:
        """The resource's tags as a plain mapping (EC2's `Tags` list of Key and Value)."""
        pairs = self.items("Tags")
        return {
            str(tag["Key"]): str(tag.get("Value", ""))
            for tag in pairs
            if isinstance(tag, (dict, Mapping)) and "Key" in tag
        }

    @property
    def name(self) -> str:
        """The value of the `Name` tag, or ""."""
        return self.tags.get("Name", "")

    @property
    def label(self) -> str:
        """The id, with the name in brackets where there is one; for sentences, so a name is put on one line."""
        name = " ".join(self.name.split())
        return f"{self.id} ({name})" if name else self.id
