"""Patterns of policies: wildcards, and variables that the request fills in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html has the wildcards: an asterisk
is any number of characters of any kind, a slash or a colon too, a question mark is one.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html has the variables: they exist since
Version 2012-10-17, may have a default, and one without a value is equal to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from scanner.model import Undecided, Unknown

Values = tuple[str, ...]
Lookup = Callable[[str], Values | Unknown | None]
"""What a request carries under a key in small letters: its values, None where it lacks the key, or an unknown."""


class Wild(Enum):
    """A wildcard."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Variable:
    """A place that the request fills: the key in small letters, and what stands there where it lacks the key."""

    key: str
    default: str | None = None


Filled = tuple[str | Wild, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern as it stands in a policy: text, wildcards and variables."""

    parts: tuple[str | Wild | Variable, ...]
    variables: tuple[str, ...] = field(init=False, compare=False)
    """The keys that a request has to carry for it."""

    _fixed: Filled | None = field(init=False, compare=False, repr=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(part.key for part in self.parts if isinstance(part, Variable)))
        if not self.variables:
            object.__setattr__(self, "_fixed", self.parts)

    def fill(self, lookup: Lookup) -> Filled | Unknown | None:
        """The pattern for one request; None where a variable has no value, and nothing is equal to it."""
        if self._fixed is not None:
            return self._fixed
        filled: list[str | Wild] = []
        for part in self.parts:
            found = _value(part, lookup) if isinstance(part, Variable) else part
            if found is None or isinstance(found, Unknown):
                return found
            filled.append(found)
        return tuple(filled)


def _value(variable: Variable, lookup: Lookup) -> str | Unknown | None:
    found = lookup(variable.key)
    if isinstance(found, Unknown):
        return found
    if not found:
        return variable.default
    if len(found) > 1:
        return Unknown(f"the variable ${{{variable.key}}} has several values")
    return found[0]


# What braces may hold beside keys: the three characters that mean something themselves.
_ESCAPED = {"${*}": "*", "${?}": "?", "${$}": "$"}
_WILD = re.compile(r"[*?]")
_WILD_OR_BRACED = re.compile(r"\$\{[^}]*\}?|[*?]")
_BRACED = re.compile(r"\$\{\s*([^\s,}'][^,}']*?)\s*(?:,\s*'([^']*)'\s*)?\}")


@lru_cache(maxsize=65536)
def template(text: str, *, has_variables: bool, has_wildcards: bool = True) -> Template:
    """A pattern from its text; before Version 2012-10-17 braces are text. Raises `Undecided` for an odd variable."""
    parts: list[str | Wild | Variable] = []
    end = 0
    for match in (_WILD_OR_BRACED if has_variables else _WILD).finditer(text):
        word = match.group()
        parts.append(text[end : match.start()])
        if word in ("*", "?"):
            parts.append(Wild(word) if has_wildcards else word)
        else:
            parts.append(_ESCAPED[word] if word in _ESCAPED else _variable(word))
        end = match.end()
    parts.append(text[end:])
    return Template(tuple(part for part in parts if part != ""))


def _variable(word: str) -> Variable:
    braced = _BRACED.fullmatch(word)
    if braced is None:
        raise Undecided(f"the variable {word!r} cannot be read")
    return Variable(braced[1].lower(), braced[2])


@lru_cache(maxsize=65536)
def matcher(filled: Filled) -> Callable[[str], bool]:
    """Whether a text fits a pattern, both as they are: who wants to ignore the case folds both."""
    if not any(isinstance(part, Wild) for part in filled):
        return "".join(str(part) for part in filled).__eq__
    if all(part is Wild.MANY for part in filled):
        return _anything
    if filled[-1] is Wild.MANY and not any(isinstance(part, Wild) for part in filled[:-1]):
        start = "".join(str(part) for part in filled[:-1])
        return lambda text: text.startswith(start)
    fits = re.compile(_expression(filled), re.DOTALL).fullmatch
    return lambda text: fits(text) is not None


def _anything(_: str) -> bool:
    return True


def _expression(filled: Filled) -> str:
    """As a regular expression in which each piece takes its first place and keeps it: no pattern makes it slow."""
    pieces = [""]
    for part in filled:
        if part is Wild.MANY:
            pieces.append("")
        else:
            pieces[-1] += "." if part is Wild.ONE else re.escape(str(part))
    head, *rest = pieces
    if not rest:
        return head
    *middle, tail = rest
    return head + "".join(f"(?>.*?{piece})" for piece in middle if piece) + f".*{tail}"


@lru_cache(maxsize=65536)
def folded(pattern: Template) -> Template:
    """The pattern in small letters, for what is compared without regard to case."""
    return Template(tuple(part.lower() if isinstance(part, str) else part for part in pattern.parts))
