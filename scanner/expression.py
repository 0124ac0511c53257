"""JMESPath as the cards speak it: settings put in, absent facts answered with null, and three-valued over unknown facts.

A comparison, function or projection over an `Unknown` is that `Unknown`; `&&`, `||` and `!` follow Kleene: what is
already decided stays decided, everything else stays unknown. https://jmespath.org/specification.html has the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import jmespath.exceptions
from jmespath import functions, parser, visitor

from scanner.model import Resource, Unknown

SETTING = re.compile(r"\$([a-z][a-z0-9_]*)")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`""")
_SLOT = re.compile(r"\{([^{}]+)\}")


class ExpressionError(ValueError):
    """An expression that does not parse, or asks something that has no answer; the message is JMESPath's own, shortened."""


def put_settings(source: str, values: Mapping[str, Any]) -> str:
    """The expression with every `$name` replaced by its value as a JSON literal; quoted text is left alone.

    Raises KeyError with the name of a setting that has no value.
    """
    parts: list[str] = []
    end = 0
    for quoted in _QUOTED.finditer(source):
        parts += (_with_values(source[end : quoted.start()], values), quoted.group())
        end = quoted.end()
    return "".join((*parts, _with_values(source[end:], values)))


def settings_in(source: str) -> tuple[str, ...]:
    """The names of the settings an expression asks for."""
    return tuple(dict.fromkeys(SETTING.findall(_QUOTED.sub("", source))))


def _with_values(text: str, values: Mapping[str, Any]) -> str:
    return SETTING.sub(lambda found: "`" + json.dumps(values[found[1]]).replace("`", r"\`") + "`", text)


@lru_cache(maxsize=4096)
def parse(source: str) -> Mapping[str, Any]:
    """The syntax tree; raises `ExpressionError`."""
    try:
        tree: Mapping[str, Any] = parser.Parser().parse(source).parsed
    except jmespath.exceptions.JMESPathError as mistake:
        raise ExpressionError(str(mistake).splitlines()[0]) from mistake
    return tree


def ask(source: str, facts: Any) -> Any:
    """The expression's value over a dictionary: JSON, or `Unknown`; raises `ExpressionError`."""
    try:
        return _INTERPRETER.visit(parse(source), facts)
    except jmespath.exceptions.JMESPathError as mistake:
        raise ExpressionError(str(mistake).splitlines()[0]) from mistake


def decide(source: str, facts: Any) -> bool | Unknown:
    """True, False or `Unknown`, with JMESPath's notion of truth (false, null, "", [] and {} are false)."""
    value = ask(source, facts)
    return value if isinstance(value, Unknown) else not _is_false(value)


def fill(text: str, resource: Resource) -> str:
    """A sentence with every {expression} replaced by its value over the resource's facts; lists become "a, b"."""
    return _SLOT.sub(lambda slot: in_words(ask(slot[1], resource.facts)), text)


def slots(text: str) -> tuple[str, ...]:
    """The expressions in the braces of a sentence."""
    return tuple(slot[1] for slot in _SLOT.finditer(text))


def in_words(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, Unknown):
        return "(unknown)"
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(in_words(item) for item in value) or "(none)"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def fields_read(source: str) -> tuple[str, ...]:
    """The outermost facts an expression reads, dotted ("State.Name"), in order of appearance."""
    return tuple(dict.fromkeys(_paths(parse(source))))


def _paths(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield str(node["value"])
        return
    if node["type"] == "subexpression" and all(child["type"] in {"field", "subexpression"} for child in node["children"]):
        yield ".".join(part for child in node["children"] for part in _paths(child))
        return
    children = node["children"]
    # What stands to the right of a projection or a dot is relative to its left side.
    relative = node["type"] in {"subexpression", "projection", "filter_projection", "value_projection", "pipe"}
    for child in children[:1] if relative else children:
        if isinstance(child, Mapping):
            yield from _paths(child)


def _is_false(value: Any) -> bool:
    return value is None or value is False or value == "" or value == [] or value == {}


class _Functions(functions.Functions):  # type: ignore[misc] # jmespath has no types
    """JMESPath's functions and two of our own, because AWS's own words differ in case and names have to be matched."""

    @functions.signature({"types": ["string"]})
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature({"types": ["string"]}, {"types": ["string"]})
    def _func_matches(self, text: str, pattern: str) -> bool:
        try:
            return re.search(pattern, text) is not None
        except re.error as mistake:
            raise jmespath.exceptions.JMESPathValueError("matches", pattern, [str(mistake)]) from mistake


# These answer something sensible for null; every other function over an absent fact answers null.
_NULL_IS_FINE = frozenset({"not_null", "type", "to_string", "to_array", "to_number"})


class _Interpreter(visitor.TreeInterpreter):  # type: ignore[misc] # jmespath has no types
    """JMESPath's own interpreter, taught that an unknown fact is not a null."""

    def __init__(self) -> None:
        super().__init__(visitor.Options(custom_functions=_Functions()))

    def visit(self, node: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Unknown) and node["type"] not in {"literal", "identity", "current"}:
            return args[0]
        return super().visit(node, *args, **kwargs)

    def visit_comparator(self, node: Mapping[str, Any], value: Any) -> Any:
        for child in node["children"]:
            side = _first_unknown(self.visit(child, value))
            if side is not None:
                return side
        return super().visit_comparator(node, value)

    def visit_and_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        if isinstance(left, Unknown):
            return right if not isinstance(right, Unknown) and _is_false(right) else left
        return left if _is_false(left) else right

    def visit_or_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        if isinstance(left, Unknown):
            return right if not isinstance(right, Unknown) and not _is_false(right) else left
        return right if _is_false(left) else left

    def visit_not_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        inner = self.visit(node["children"][0], value)
        return inner if isinstance(inner, Unknown) else _is_false(inner)

    def visit_function_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        arguments = [self.visit(child, value) for child in node["children"]]
        for argument in arguments:
            doubt = _first_unknown(argument)
            if doubt is not None:
                return doubt
        if None in arguments and node["value"] not in _NULL_IS_FINE:
            return None
        return self._functions.call_function(node["value"], arguments)

    def visit_filter_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if isinstance(base, Unknown):
            return base
        for item in base if isinstance(base, list) else ():
            verdict = self.visit(node["children"][2], item)
            if isinstance(verdict, Unknown):
                return verdict
        return super().visit_filter_projection(node, value)

    def visit_index_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._left_to_right(node, value)

    def visit_subexpression(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._left_to_right(node, value)

    def visit_pipe(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._left_to_right(node, value)

    def visit_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._unless_unknown(node, value, super().visit_projection)

    def visit_value_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._unless_unknown(node, value, super().visit_value_projection)

    def visit_flatten(self, node: Mapping[str, Any], value: Any) -> Any:
        return self._unless_unknown(node, value, super().visit_flatten)

    def _left_to_right(self, node: Mapping[str, Any], value: Any) -> Any:
        for child in node["children"]:
            value = self.visit(child, value)
            if isinstance(value, Unknown):
                return value
        return value

    def _unless_unknown(self, node: Mapping[str, Any], value: Any, usual: Any) -> Any:
        base = self.visit(node["children"][0], value)
        return base if isinstance(base, Unknown) else usual(node, value)


def _first_unknown(value: Any) -> Unknown | None:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return next((item for item in value if isinstance(item, Unknown)), None)
    return None


_INTERPRETER = _Interpreter()
