"""Whether a card speaks AWS's language: every fact it reads and every fact it makes up exists in botocore's model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.aws.shapes import ANYTHING, Shape, shape_of
from scanner.errors import CardError, did_you_mean
from scanner.expression import ExpressionError, parse, put_settings, slots
from scanner.model import Rule
from scanner.rulebook.document import Document, Step

_SCALARS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (str,),
    "blob": (str,),
}


def mistakes_of(rule: Rule, document: Document) -> Iterator[CardError]:
    """A `CardError` for every misspelt field, impossible value and wrong type on a card that parses."""
    shape = shape_of(rule.about)
    for key in ("when", "require", "say", "fix"):
        text: str = getattr(rule, key)
        for source in filter(None, (text,) if key in {"when", "require"} else slots(text)):
            try:
                tree = parse(put_settings(source, rule.values))
            except (ExpressionError, KeyError):
                continue  # told already, by the card's reader
            for message, cure in _Reader().mistakes(tree, shape):
                yield CardError(f"{rule.about} {message}", place=document.place(key), cure=cure)
    for world in rule.worlds:
        index = world.index
        for kind, items in world.given.items():
            for number, facts in enumerate(items):
                for path, message, cure in _strange_facts(facts, shape_of(kind), ()):
                    place = document.place(world.expect, index, "given", kind, number, *path)
                    yield CardError(f"{kind} {message}", place=place, cure=cure)


def _strange_facts(
    value: Any, shape: Shape, path: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    where = ".".join(str(step) for step in path)
    if shape is ANYTHING or value is None:
        return
    if shape.type == "structure" and isinstance(value, dict):
        for key, inner in value.items():
            if key not in shape.members:
                yield (*path, key), f"has no field {'.'.join((where, str(key))).lstrip('.')!r}", did_you_mean(
                    str(key), shape.members
                )
            else:
                yield from _strange_facts(inner, shape.members[key], (*path, key))
    elif shape.type == "list" and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strange_facts(inner, shape.item or ANYTHING, (*path, index))
    elif shape.type == "map" and isinstance(value, dict):
        for key, inner in value.items():
            yield from _strange_facts(inner, shape.item or ANYTHING, (*path, key))
    elif not shape.is_scalar or not isinstance(value, _SCALARS[shape.type]) or _number_as_truth(value, shape):
        yield path, f"has in {where!r} a {shape.type}, not {value!r}", "write it as AWS sends it"
    elif shape.enum and value not in shape.enum:
        yield path, f"never has {value!r} in {where!r}", did_you_mean(str(value), shape.enum)


def _number_as_truth(value: Any, shape: Shape) -> bool:
    return isinstance(value, bool) and shape.type != "boolean"


class _Reader:
    """Walks a syntax tree along the shapes; what it cannot follow it believes."""

    def mistakes(self, node: Mapping[str, Any], shape: Shape) -> list[tuple[str, str]]:
        self._found: list[tuple[str, str]] = []
        self._visit(node, shape)
        return list(dict.fromkeys(self._found))

    def _visit(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        visit = getattr(self, "_" + node["type"], None)
        if visit is not None:
            result: Shape = visit(node, shape)
            return result
        for child in node["children"]:
            if isinstance(child, Mapping):
                self._visit(child, shape)
        return ANYTHING

    def _current(self, _: Mapping[str, Any], shape: Shape) -> Shape:
        return shape

    _identity = _current

    def _field(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        name = node["value"]
        if shape is ANYTHING:
            return ANYTHING
        if shape.type == "map":
            return shape.item or ANYTHING
        if shape.type == "structure" and name in shape.members:
            return shape.members[name]
        if shape.type == "list":
            self._found.append((f"has a list where {name!r} is asked", "write [] before the dot"))
        else:
            self._found.append((f"has no field {name!r}", did_you_mean(name, shape.members)))
        return ANYTHING

    def _subexpression(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        for child in node["children"]:
            shape = self._visit(child, shape)
        return shape

    _pipe = _subexpression
    _index_expression = _subexpression

    def _index(self, _: Mapping[str, Any], shape: Shape) -> Shape:
        return shape.item or ANYTHING

    def _slice(self, _: Mapping[str, Any], shape: Shape) -> Shape:
        return shape

    def _flatten(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        inner = self._visit(node["children"][0], shape)
        if inner.type == "list" and inner.item is not None and inner.item.type == "list":
            return inner.item
        return inner

    def _projection(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        base = self._visit(node["children"][0], shape)
        return Shape("list", item=self._visit(node["children"][1], base.item or ANYTHING))

    def _value_projection(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        self._visit(node["children"][0], shape)
        self._visit(node["children"][1], ANYTHING)
        return ANYTHING

    def _filter_projection(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        item = self._visit(node["children"][0], shape).item or ANYTHING
        self._visit(node["children"][2], item)
        return Shape("list", item=self._visit(node["children"][1], item))

    def _comparator(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        sides = [self._visit(child, shape) for child in node["children"]]
        literals = [child["value"] if child["type"] == "literal" else None for child in node["children"]]
        for word, other in ((literals[0], sides[1]), (literals[1], sides[0])):
            self._refuse_impossible(word, other)
        return Shape("boolean")

    def _function_expression(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        sides = [self._visit(child, shape) for child in node["children"]]
        if node["value"] == "contains" and node["children"][0]["type"] == "literal":
            listed = node["children"][0]["value"]
            for word in listed if isinstance(listed, list) else ():
                self._refuse_impossible(word, sides[1])
        return ANYTHING

    def _expref(self, _: Mapping[str, Any], __: Shape) -> Shape:
        return ANYTHING  # `&field` is relative to the items of another argument

    def _refuse_impossible(self, word: Any, shape: Shape) -> None:
        if isinstance(word, str) and shape.enum and word not in shape.enum:
            self._found.append((f"is never {word!r} there", did_you_mean(word, shape.enum)))
        elif isinstance(word, str) and shape.type in {"boolean", "integer", "long"}:
            self._found.append((f"has a {shape.type} where it is compared with {word!r}", f"write `{word}` in backquotes"))
