"""What a table of words is made of: an entry a Terraform type, a word a property."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.gate.terraform.attributes import Attributes
from scanner.model import Unknown

Word = str | Callable[[Attributes], Any]
"""Where a property comes from: the attribute of that name, or a function of all of them."""


class Part(NamedTuple):
    """A resource that stands inside another in Terraform, and by itself in CloudFormation."""

    type: str
    properties: Mapping[str, Any]
    attribute: str = ""
    """Which attribute of the block it comes from, for its line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A Terraform type in CloudFormation's words.

    `type` "" makes nothing itself. `name` is the attribute that is the id where it is known already; `is_arn` tells that `id` is
    an ARN. `parts` gives what else the block makes.
    """

    type: str = ""
    properties: Mapping[str, Word] = field(default_factory=dict)
    name: str = ""
    is_arn: bool = False
    parts: Callable[[Attributes], Iterable[Part]] | None = None


def properties_of(words: Mapping[str, Word], attributes: Attributes) -> dict[str, Any]:
    """The properties that these words give; what is not there is left out."""
    made = {}
    for name, word in words.items():
        value = attributes.get(word) if isinstance(word, str) else word(attributes)
        if value is not None:
            made[name] = value
    return made


def link(name: str, type_name: str, form: str = "id") -> Word:
    """The id of one thing."""
    return lambda attributes: attributes.link(name, type_name, form)


def links(name: str, type_name: str, form: str = "id") -> Word:
    """The ids of several things."""
    return lambda attributes: attributes.links(name, type_name, form)


def document(name: str) -> Word:
    """A policy out of its JSON."""
    return lambda attributes: attributes.document(name)


def constant(value: Any) -> Word:
    """Always the same."""
    return lambda _: value


def blocks(name: str, words: Mapping[str, Word]) -> Word:
    """A list of structures."""

    def read(attributes: Attributes) -> Any:
        found = attributes.blocks(name)
        if isinstance(found, Unknown):
            return found
        return [properties_of(words, one) for one in found] or None

    return read


def block(name: str, words: Mapping[str, Word]) -> Word:
    """One structure."""

    def read(attributes: Attributes) -> Any:
        found = attributes.block(name)
        return found if found is None or isinstance(found, Unknown) else properties_of(words, found)

    return read


def default(name: str, value: Any) -> Word:
    """An attribute, and Terraform's own value where nobody wrote it and CloudFormation takes another."""

    def read(attributes: Attributes) -> Any:
        found = attributes.get(name)
        return value if found is None else found

    return read


def chosen(name: str, values: Mapping[Any, Any], otherwise: Any = None) -> Word:
    """An attribute whose values are called otherwise in CloudFormation."""

    def read(attributes: Attributes) -> Any:
        found = attributes.get(name)
        if isinstance(found, Unknown):
            return found
        return values.get(found, otherwise) if isinstance(found, (str, bool, int)) else otherwise

    return read


def tags(attributes: Attributes) -> Any:
    """All tags, those of the provider included."""
    everything = attributes.values.get("tags_all")
    return everything if isinstance(everything, Mapping) else attributes.get("tags")


TAGS: Mapping[str, Word] = {"Tags": tags}
