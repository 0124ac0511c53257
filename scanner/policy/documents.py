"""Policy documents as statements, each with its place; what cannot be read is kept as a statement that says so.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from scanner.model import Undecided, Unknown
from scanner.policy.conditions import Clause, clauses
from scanner.policy.patterns import Lookup, Template, folded, matcher, template
from scanner.policy.places import Place
from scanner.policy.truths import Truth, either, every, opposite

_WITH_VARIABLES = "2012-10-17"
_KNOWN = frozenset({
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Element:
    """What a statement is about (Action), or what it is not about (NotAction)."""

    patterns: tuple[Template, ...]
    texts: tuple[str, ...]
    is_inverted: bool

    def names(self, word: str, lookup: Lookup) -> Truth:
        """Whether a word is among what the statement is about."""
        found = either(_fits(pattern, word, lookup) for pattern in self.patterns)
        return opposite(found) if self.is_inverted else found


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """What a statement says, without its place: statements that say the same share one.

    `allows` is None where the effect cannot be read. `principals` are pairs ("AWS", "arn:…"), ("*", "*") for anybody;
    None where the element is not there. `trouble` is the first thing that cannot be read.
    """

    allows: bool | None
    actions: Element | None
    resources: Element | None
    principals: tuple[tuple[str, str], ...] | None
    names_others: bool
    clauses: tuple[Clause, ...]
    trouble: str

    def about_action(self, action: str) -> Truth:
        """Whether it is about an action; a word is compared without regard to case."""
        if self.actions is None:
            return Unknown(self.trouble)
        return self.actions.names(action.lower(), _nothing)

    def about_resource(self, resource: str, lookup: Lookup) -> Truth:
        """Whether it is about a resource; a trust policy has no such element, and is about its own role."""
        if self.resources is None:
            return Unknown(self.trouble) if self.trouble else True
        return self.resources.names(resource, lookup)

    def holds(self, lookup: Lookup) -> Truth:
        """Whether its condition holds."""
        trouble: tuple[Truth, ...] = (Unknown(self.trouble),) if self.trouble else ()
        return every((*(clause.holds(lookup) for clause in self.clauses), *trouble))


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a document that was read."""

    core: Core
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A policy document: its place, and its statements in their order."""

    place: Place
    statements: tuple[Statement, ...]


def read_document(raw: Any, place: Place, *, is_trust: bool = False) -> Document:
    """A document from its JSON (as text, URL-encoded too, or as a mapping).

    Never raises: what cannot be read is a statement whose effect is unknown, so it can turn any answer into *unknown*.
    """
    try:
        version, listed = _parts(raw)
    except Undecided as doubt:
        return unread(place, doubt.reason)
    has_variables = version == _WITH_VARIABLES
    found = (
        _statement(item, place, position, has_variables=has_variables, is_trust=is_trust)
        for position, item in enumerate(listed, start=1)
    )
    return Document(place, tuple(found))


def unread(place: Place, why: str) -> Document:
    """A document of which nothing is known, and why."""
    return Document(place, (Statement(_blank(why), place),))


def raw_statements(raw: Any) -> tuple[Any, ...]:
    """The statements of a document as AWS gave them; raises `Undecided` where it is no policy."""
    return _parts(raw)[1]


def texts(value: Any) -> tuple[str, ...]:
    """An element that is a text or a list of texts; raises `Undecided` for everything else."""
    listed = (value,) if isinstance(value, str) else value
    if not isinstance(listed, (list, tuple)) or not all(isinstance(text, str) for text in listed):
        raise Undecided("the policy has an element that cannot be read")
    return tuple(listed)


def _parts(raw: Any) -> tuple[str, tuple[Any, ...]]:
    """The version and the statements; a single one needs no list around it."""
    if isinstance(raw, Unknown):
        raise Undecided(raw.why)
    document = _parsed(raw) if isinstance(raw, str) else raw
    found = document.get("Statement") if isinstance(document, Mapping) else None
    listed = (found,) if isinstance(found, Mapping) else found
    if not isinstance(document, Mapping) or not isinstance(listed, (list, tuple)):
        raise Undecided("the policy has statements that cannot be read")
    return str(document.get("Version", "")), tuple(listed)


def _parsed(text: str) -> Any:
    try:
        return json.loads(unquote(text) if text.lstrip().startswith("%") else text)
    except (ValueError, RecursionError):
        raise Undecided("the policy is no JSON that can be read") from None


def _statement(item: Any, place: Place, position: int, *, has_variables: bool, is_trust: bool) -> Statement:
    if not isinstance(item, Mapping):
        return Statement(_blank("the statement cannot be read"), place.statement(position))
    sid = item.get("Sid")
    here = place.statement(position, sid if isinstance(sid, str) else "")
    try:
        text = json.dumps({key: value for key, value in item.items() if key != "Sid"}, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return Statement(_blank("the statement cannot be read"), here)
    return Statement(_core(text, has_variables=has_variables, is_trust=is_trust), here)


@lru_cache(maxsize=65536)
def _core(text: str, *, has_variables: bool, is_trust: bool) -> Core:
    """What a statement says; the same text gives the same object, and answers can be kept by it."""
    item: dict[str, Any] = json.loads(text)
    strange = sorted(set(item) - _KNOWN)
    troubles = [f"the element {strange[0]!r} is not known"] if strange else []
    effect = {"Allow": True, "Deny": False}.get(item.get("Effect", "")) if isinstance(item.get("Effect"), str) else None
    if effect is None:
        troubles.append("the effect is neither Allow nor Deny")
    actions = _element(item, "Action", troubles, is_folded=True)
    is_bare = is_trust and not {"Resource", "NotResource"} & set(item)
    resources = None if is_bare else _element(item, "Resource", troubles, has_variables=has_variables)
    return Core(
        allows=effect,
        actions=actions,
        resources=resources,
        principals=_principals(item, troubles) if is_trust else None,
        names_others="NotPrincipal" in item,
        clauses=clauses(item.get("Condition"), has_variables=has_variables),
        trouble=troubles[0] if troubles else "",
    )


def _blank(why: str) -> Core:
    return Core(None, None, None, None, names_others=False, clauses=(), trouble=why)


def _element(
    item: Mapping[str, Any], name: str, troubles: list[str], *, has_variables: bool = False, is_folded: bool = False
) -> Element | None:
    """Action or Resource, of which a statement has one or its opposite."""
    given = [key for key in (name, f"Not{name}") if key in item]
    if len(given) != 1:
        troubles.append(f"it has both {name} and Not{name}" if given else f"it has no {name}")
        return None
    try:
        words = texts(item[given[0]])
        patterns = tuple(template(word, has_variables=has_variables) for word in words)
    except Undecided as doubt:
        troubles.append(f"{given[0]} cannot be read: {doubt.reason}")
        return None
    return Element(tuple(map(folded, patterns)) if is_folded else patterns, words, given[0] != name)


def _principals(item: Mapping[str, Any], troubles: list[str]) -> tuple[tuple[str, str], ...] | None:
    given = item.get("NotPrincipal", item.get("Principal"))
    if given == "*":
        return (("*", "*"),)
    if not isinstance(given, Mapping):
        troubles.append("the principal cannot be read")
        return None
    try:
        return tuple((str(kind), text) for kind, named in given.items() for text in texts(named))
    except Undecided as doubt:
        troubles.append(doubt.reason)
        return None


def _fits(pattern: Template, word: str, lookup: Lookup) -> Truth:
    """A pattern in which a variable has no value fits nothing, in Resource as in NotResource."""
    filled = pattern.fill(lookup)
    if filled is None or isinstance(filled, Unknown):
        return False if filled is None else filled
    return matcher(filled)(word)


def _nothing(_: str) -> None:
    """A lookup for patterns without variables."""
    return
