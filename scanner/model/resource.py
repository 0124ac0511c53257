"""One thing in AWS: botocore's own dictionary, who it is, and where it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

from scanner.model.unknown import Guarded, Undecided, Unknown, told

Made = TypeVar("Made")


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
    _kept: dict[Any, Any] | None = field(default=None, init=False, repr=False, compare=False)
    _tag_keys: frozenset[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.facts, MappingProxyType):
            facts = self.facts if isinstance(self.facts, Guarded) else dict(self.facts)
            object.__setattr__(self, "facts", MappingProxyType(facts))

    def __hash__(self) -> int:
        # Of what is equal the ids are, and to take in the other five words for every look into a dictionary is dear.
        return hash(self.id)

    def get(self, path: str, default: Any = None) -> Any:
        """The fact at a dotted path, or `default` where any part is absent.

        An `Unknown` on the way is the answer itself: asking it for a decision raises `Undecided`. Where facts are guarded
        (those of what is only planned), asking for an unknown one raises it at once.
        """
        value: Any
        if "." not in path:
            value = self.facts.get(path)
            return default if value is None else value
        value = self.facts
        for key in path.split("."):
            # A dictionary is told at once, and what is merely like one only after a search.
            if value.__class__ is not dict and not isinstance(value, (MappingProxyType, Mapping)):
                return value if isinstance(value, Unknown) else default
            value = value.get(key)
            if value is None:
                return default
        return value

    def items(self, path: str) -> tuple[Any, ...]:
        """The list at a dotted path as a tuple; empty where it is absent, `Undecided` where it is unknown."""
        value = self.get(path, ())
        if isinstance(value, Unknown):
            iter(value)
        return tuple(value) if isinstance(value, (list, tuple)) else ()

    def once(self, make: Callable[[Resource], Made]) -> Made:
        """What `make` (a function of a module) makes of these facts, made once; where it raises, it is asked again."""
        kept = self._kept
        if kept is None:
            kept = {}
            object.__setattr__(self, "_kept", kept)
        if make not in kept:
            kept[make] = make(self)
        made: Made = kept[make]
        return made

    @property
    def tags(self) -> Mapping[str, str]:
        """The resource's tags as a plain mapping (EC2's `Tags` list of Key and Value)."""
        tags: dict[str, str] = {}
        for tag in self.items("Tags"):
            # What AWS sends is read at once, and whatever is merely like it with every care: rules ask by the hundred thousand.
            key, value = (tag.get("Key"), tag.get("Value")) if tag.__class__ is dict else (None, None)
            if key.__class__ is str and value.__class__ is str:
                tags[key] = value
            elif isinstance(tag, Mapping) and "Key" in tag:
                tags[str(tag["Key"])] = _value(tag)
        return tags

    @property
    def tag_keys(self) -> frozenset[str]:
        """The keys of `tags`, kept for the next rule that asks: most have to know only that a tag is not there."""
        keys = self._tag_keys
        if keys is None:
            keys = _alike(frozenset(self.tags))
            object.__setattr__(self, "_tag_keys", keys)
        return keys

    @property
    def name(self) -> str:
        """The value of the `Name` tag, or ""."""
        return str(self.tags.get("Name", ""))

    @property
    def label(self) -> str:
        """The id, with the name in brackets where there is one; for sentences, so a name is put on one line."""
        try:
            name = " ".join(self.name.split())
        except Undecided:
            name = ""
        return f"{self.id} ({name})" if name else self.id


@lru_cache(maxsize=4096)
def _alike(keys: frozenset[str]) -> frozenset[str]:
    """The same set for all who have the same keys: resources are many, and ways to tag them are not."""
    return keys


def _value(tag: Mapping[str, Any]) -> str:
    """A tag's value; an unknown one stays what it is, for the other tags are none the worse for it."""
    value = told(tag, "Value")
    if value.__class__ is str:
        return str(value)
    if isinstance(value, Unknown):
        return cast(str, value)
    return "" if value is None else str(value)
