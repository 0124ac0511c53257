"""Whether a card speaks AWS's language: every fact it reads and every fact it makes up exists in botocore's model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.aws.shapes import ANYTHING, Shape, shape_of
from scanner.errors import CardError, did_you_mean
from scanner.expression import ExpressionError, argument_types, parse, put_settings, slots
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


def _strange_facts(value: Any, shape: Shape, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    """Path, mistake and cure of everything in a resource's facts that AWS would never send."""
    if shape is ANYTHING or value is None:
        return
    where = ".".join(str(step) for step in path)
    parts = _parts(value, shape)
    if parts is None:
        yield from ((path, *mistake) for mistake in _strange_scalar(value, shape, where))
        return
    for key, part, inner in parts:
        if inner is None:
            name = ".".join((where, str(key))).lstrip(".")
            yield (*path, key), f"has no field {name!r}", did_you_mean(str(key), shape.members)
        else:
            yield from _strange_facts(part, inner, (*path, key))


def _parts(value: Any, shape: Shape) -> list[tuple[Step, Any, Shape | None]] | None:
    """Key, value and shape of every part (None for a part that no structure has); None for what is no container here."""
    if shape.type == "structure" and isinstance(value, dict):
        return [(key, part, shape.members.get(key)) for key, part in value.items()]
    if shape.type == "map" and isinstance(value, dict):
        return [(key, part, shape.item or ANYTHING) for key, part in value.items()]
    if shape.type == "list" and isinstance(value, list):
        return [(index, part, shape.item or ANYTHING) for index, part in enumerate(value)]
    return None


def _strange_scalar(value: Any, shape: Shape, where: str) -> Iterator[tuple[str, str]]:
    is_number_as_truth = isinstance(value, bool) and shape.type != "boolean"
    if not isinstance(value, _SCALARS.get(shape.type, ())) or is_number_as_truth:
        yield f"has in {where!r} {_called(shape)}, not {value!r}", "write it as AWS sends it"
    elif shape.enum and value not in shape.enum:
        yield f"never has {value!r} in {where!r}", did_you_mean(str(value), shape.enum)


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
            is_literal = name in {"null", "true", "false"}
            cure = f"write `{name}` in backquotes" if is_literal else did_you_mean(name, shape.members)
            self._found.append((f"has no field {name!r}", cure))
        return ANYTHING

    def _subexpression(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        shape = self._base(node, shape)
        for child in node["children"][1:]:
            shape = self._visit(child, shape)
        return shape

    _pipe = _subexpression
    _index_expression = _subexpression

    def _base(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        """The shape of what a part is taken of. JMESPath reads !A.B as (!A).B, which is null whatever A is."""
        child = node["children"][0]
        if child["type"] == "not_expression":
            self._found.append(("is negated before its part is taken", "write !(A.B) for !A.B"))
        return self._visit(child, shape)

    def _index(self, _: Mapping[str, Any], shape: Shape) -> Shape:
        return self._item(shape)

    def _slice(self, _: Mapping[str, Any], shape: Shape) -> Shape:
        return shape

    def _flatten(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        inner = self._base(node, shape)
        item = self._item(inner)
        return item if item.type == "list" else inner

    def _projection(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        item = self._item(self._base(node, shape))
        return Shape("list", item=self._visit(node["children"][1], item))

    def _value_projection(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        self._base(node, shape)
        self._visit(node["children"][1], ANYTHING)
        return ANYTHING

    def _filter_projection(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        item = self._item(self._base(node, shape))
        self._visit(node["children"][2], item)
        return Shape("list", item=self._visit(node["children"][1], item))

    def _item(self, shape: Shape) -> Shape:
        """What a list holds; over anything else JMESPath's brackets always answer null."""
        if shape is not ANYTHING and shape.type != "list":
            self._found.append((f"has {_called(shape)} where a list is asked", "leave the brackets out"))
        return shape.item or ANYTHING if shape.type == "list" else ANYTHING

    def _comparator(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        sides = [self._visit(child, shape) for child in node["children"]]
        for child, other in ((node["children"][0], sides[1]), (node["children"][1], sides[0])):
            if child["type"] == "literal":
                self._refuse_impossible(child["value"], other)
        return Shape("boolean")

    def _function_expression(self, node: Mapping[str, Any], shape: Shape) -> Shape:
        children = node["children"]
        sides = [ANYTHING if child["type"] == "expref" else self._visit(child, shape) for child in children]
        listed = next((side.item for side in sides if side.item is not None), ANYTHING)
        for child in children:
            if child["type"] == "expref":  # `&field` is relative to the items of the other argument
                self._visit(child["children"][0], listed)
        self._check_types(node["value"], sides)
        if node["value"] == "contains" and len(children) == 2:  # noqa: PLR2004 - the list and the word
            self._check_contains(children, sides)
        return ANYTHING

    def _check_types(self, function: str, sides: list[Shape]) -> None:
        for allowed, side in zip(argument_types(function), sides, strict=False):
            kind = _JMESPATH_TYPES.get(side.type)
            if allowed and kind and kind not in allowed:
                self._found.append((f"has {_called(side)} where {function}() takes {' or '.join(allowed)}", ""))

    def _check_contains(self, children: list[Mapping[str, Any]], sides: list[Shape]) -> None:
        for child, words, other in (
            (children[0], children[0].get("value"), sides[1]),
            (children[1], [children[1].get("value")], sides[0].item or ANYTHING),
        ):
            for word in words if child["type"] == "literal" and isinstance(words, list) else ():
                self._refuse_impossible(word, other)

    def _refuse_impossible(self, word: Any, shape: Shape) -> None:
        """A literal that a fact of this shape can never be equal to."""
        kind = _JMESPATH_TYPES.get(shape.type)
        if word is None or kind is None:
            return
        if kind != _type_of(word):
            cure = "write `true` or `22` in backquotes, 'text' in quotes, and contains(list, word) for a list"
            self._found.append((f"has {_called(shape)} where it is compared with {word!r}", cure))
        elif isinstance(word, str) and shape.enum and word not in shape.enum:
            self._found.append((f"is never {word!r} there", did_you_mean(word, shape.enum)))


_JMESPATH_TYPES: Mapping[str, str] = {
    "structure": "object", "map": "object", "list": "array", "string": "string", "timestamp": "string", "blob": "string",
    "boolean": "boolean", "integer": "number", "long": "number", "float": "number", "double": "number",
}  # fmt: skip


def _type_of(word: Any) -> str:
    names = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(word), "number")


def _called(shape: Shape) -> str:
    return f"{'an' if shape.type.startswith('i') else 'a'} {shape.type}"
