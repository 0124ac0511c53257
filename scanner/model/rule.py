"""A rule as a value: what it asks, how bad a no is, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.hop import Hop
from scanner.model.resource import Resource
from scanner.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule's *fail*: the resource, one sentence, and the evidence. `severity` and `fix` replace the card's own.

    `path` is the proof, hop by hop, where the flaw is a path.
    """

    resource: Resource
    message: str
    because: tuple[str, ...] | str = ()
    severity: str = ""
    fix: str = ""
    path: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Clear:
    """A rule's *pass* that stands whatever else could not be read: the proof is at hand."""

    resource: Resource
    because: tuple[str, ...] | str = ()


@dataclass(frozen=True, slots=True)
class Unsure:
    """A rule's *unknown*: the resource, and what would have to be known."""

    resource: Resource
    why: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A rule's *not applicable*: the resource, and why the question does not arise."""

    resource: Resource
    why: str


Answer = Flag | Clear | Unsure | Aside
Check = Callable[..., Iterator[Answer]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a setting may be beyond its type; of a list, every item may. `not_empty` is about the list itself."""

    minimum: float | None = None
    maximum: float | None = None
    format: str = ""
    pattern: str = ""
    choices: tuple[Any, ...] = ()
    not_empty: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A knob of a rule; the default also gives the type.

    `follows` names a setting of another rule ("BAS001.min_hosts"): the value in force there holds here too, until the
    configuration says another one here.
    """

    name: str
    default: Any
    help: str = ""
    limits: Limits = Limits()
    follows: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """A small account written on the card: what is there, what could not be read, and what the rule must say.

    `expect` is "good", "bad" or "unknown"; `ids` are the exact resource ids flagged (bad) or left unknown (unknown).
    `given` maps a kind to botocore's dictionaries, `gaps` holds mappings with `call` and optionally `reason`, `resource`;
    `line` and `index` tell where on the card the world stands.
    """

    name: str
    expect: str
    given: Mapping[str, list[dict[str, Any]]]
    gaps: tuple[Mapping[str, str], ...] = ()
    ids: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    region: str = "eu-west-1"
    at: str = ""
    line: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule card, read and checked. `when` and `require` are JMESPath, `check` the Python beside the card.

    `values` holds the settings in force: the defaults, replaced by the configuration.
    """

    id: str
    title: str
    severity: Severity
    about: str
    why: str = ""
    fix: str = ""
    learn: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    when: str = ""
    require: str = ""
    say: str = ""
    check: Check | None = field(default=None, compare=False)
    worlds: tuple[World, ...] = ()
    since: str = ""
    aliases: tuple[str, ...] = ()
    retired: str = ""
    file: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    reads: frozenset[str] | None = None
    """The kinds it was seen to read, where that was written down; None: its worlds have to be played to know."""
    answers: frozenset[str] | None = None
    """The kinds of what it was seen to answer about, where that was written down."""
    severity_set: bool = False
    """True where the configuration set the severity; a flag's own severity then no longer counts."""

    @property
    def family(self) -> str:
        """The letters of the id: "NET" of "NET001"."""
        return self.id.rstrip("0123456789")
