"""What a statement's own Resource element stands for, as resources that a question can be asked about.

A pattern is asked about as it stands: `arn:aws:ec2:*:111122223333:instance/*` fits itself, and whoever denies or allows
all of it says so of that text as of every resource that fits it. A Region left open is then a free one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scanner.model import Resource, Unknown
from scanner.policy.documents import Core
from scanner.policy.facts import Target
from scanner.policy.keys import LOGINS
from scanner.policy.patterns import Lookup, Template, Wild

_ARN_PARTS = 6
_PREFIXES = {"instance": "i-", "instance-connect-endpoint": "eice-"}
_OWNED = 5
"""How many parts of an ARN say where and whose a resource is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the ARNs of an action's resources look like; `noun` is "" where the action knows several types."""

    partition: str
    service: str
    account: str
    noun: str

    @classmethod
    def of(cls, action: str, *, partition: str, account: str) -> Shape:
        """The shape of the resources of an action."""
        login = LOGINS.get(action.lower())
        if login is None:
            return cls(partition, action.partition(":")[0].lower(), account, "")
        return cls(partition, "ec2", account, login.resource)

    @property
    def any_name(self) -> str:
        """The part of an ARN that names any resource of the type, and no certain one."""
        return f"{self.noun}/{_PREFIXES[self.noun]}*" if self.noun else "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """A resource that stands for all of a pattern; `is_wide` says that the pattern leaves open which one it is."""

    arn: str
    is_wide: bool

    def target(self, *, untagged: bool = False) -> Target:
        """The resource as a request names it: with any tags, or with none."""
        if not untagged:
            return Target(self.arn)
        return Target(self.arn, Resource("", "", "", "", self.arn, self.arn, {}))


def scopes_of(core: Core, shape: Shape, lookup: Lookup, *, as_named: bool = False) -> tuple[Scope, ...]:
    """The scopes of a statement, without those that belong to another account, service or type of resource.

    `as_named` takes the patterns of NotResource for themselves: those are what such a Deny leaves.
    """
    element = core.resources
    if element is None:
        return (_scope(None, shape),)
    if element.is_inverted and not as_named:
        found = _scope(None, shape)
        return (found,) if core.about_resource(found.arn, lookup) is not False else ()
    if not any(pattern.variables for pattern in element.patterns):
        return _plain(core, shape)
    filled = (_filled(pattern, lookup) for pattern in element.patterns)
    return tuple(scope for text in filled if text is not None for scope in _scopes(text, shape))


@lru_cache(maxsize=65536)
def _plain(core: Core, shape: Shape) -> tuple[Scope, ...]:
    assert core.resources is not None  # noqa: S101 - the caller has asked
    texts = (_written(pattern) for pattern in core.resources.patterns)
    return tuple(dict.fromkeys(scope for text in texts for scope in _scopes(text, shape)))


def _written(pattern: Template) -> str:
    return "".join(
        part.value if isinstance(part, Wild) else part for part in pattern.parts if isinstance(part, (str, Wild))
    )


def _filled(pattern: Template, lookup: Lookup) -> str | None:
    """A pattern with its variables filled; where one is not known, it may stand for anything."""
    found = pattern.fill(lookup)
    if found is None:
        return None
    parts = pattern.parts if isinstance(found, Unknown) else found
    return "".join(part if isinstance(part, str) else "*" for part in parts)


def _scopes(text: str, shape: Shape) -> Iterator[Scope]:
    """One scope, or none where no resource of the action fits the pattern."""
    parts = text.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        if parts[-1].endswith("*") and all(map(_agree, parts[:-1], ("arn", shape.partition, shape.service))):
            yield _scope(None, shape)
        return
    arn, partition, service, region, account, name = parts
    owned = (arn, partition, service, account)
    if all(map(_agree, owned, ("arn", shape.partition, shape.service, shape.account))) and _may_name(name, shape):
        yield _scope((region, name), shape)


def _scope(found: tuple[str, str] | None, shape: Shape) -> Scope:
    region, name = found or ("*", "*")
    is_wide = not shape.noun or _names_any(name, shape)
    return Scope(
        f"arn:{shape.partition}:{shape.service}:{region}:{shape.account}:{shape.any_name if is_wide and shape.noun else name}",
        is_wide,
    )


def _agree(pattern: str, word: str) -> bool:
    """Whether a part of a pattern may be a word: wildcards are taken at what stands before them."""
    start = _start(pattern)
    return pattern == word if start == pattern else word.startswith(start)


def _start(pattern: str) -> str:
    return pattern.partition("*")[0].partition("?")[0]


def _may_name(name: str, shape: Shape) -> bool:
    if not shape.noun:
        return True
    start, wanted = _start(name), f"{shape.noun}/"
    return start.startswith(wanted) or (start != name and wanted.startswith(start))


def _names_any(name: str, shape: Shape) -> bool:
    """Whether a pattern lets every name of the type through, up to the prefix that all of them have."""
    if not set(name) & {"*"}:
        return False
    start, _, rest = name.partition("*")
    return not rest.strip("*") and f"{shape.noun}/{_PREFIXES[shape.noun]}".startswith(start)
