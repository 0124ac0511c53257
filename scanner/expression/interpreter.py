"""JMESPath's interpreter in three values: what an unknown fact could change stays unknown."""

# ruff: noqa: D102 - each method is named for the part of JMESPath that it visits

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import jmespath.exceptions
from jmespath import functions, visitor

from scanner.model import Unknown


def is_false(value: Any) -> bool:
    """JMESPath's notion of what is not true: null, false, "", [] and {} (and nothing else: 0 is true)."""
    return value is None or value is False or (isinstance(value, (str, list, dict)) and not value)


class Functions(functions.Functions):  # type: ignore[misc] # jmespath has no types
    """JMESPath's functions and two of our own, because AWS's own words differ in case and names have to be matched."""

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature({"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_matches(self, text: str, pattern: str) -> bool:
        try:
            return re.search(pattern, text) is not None
        except re.error as mistake:
            raise jmespath.exceptions.JMESPathError(f"matches(): {pattern!r} is no pattern: {mistake}") from mistake


# These answer something sensible for null; every other function over an absent fact answers null.
_NULL_IS_FINE = frozenset({"not_null", "type", "to_string", "to_array", "to_number"})


class Interpreter(visitor.TreeInterpreter):  # type: ignore[misc] # jmespath has no types
    """JMESPath's own interpreter, taught that an unknown fact is not a null; each part is visited once."""

    def __init__(self) -> None:
        super().__init__(visitor.Options(custom_functions=Functions()))

    def visit(self, node: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Whatever is asked of an unknown fact, the answer is that it is unknown."""
        if isinstance(args[0], Unknown):
            return args[0]
        return super().visit(node, *args, **kwargs)

    def visit_comparator(self, node: Mapping[str, Any], value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        doubt = _doubt([left, right])
        if doubt is not None:
            return doubt
        if node["value"] not in {"eq", "ne"} and not (_are_texts(left, right) or _are_numbers(left, right)):
            return None
        return self.COMPARATOR_FUNC[node["value"]](left, right)

    def truth(self, node: Mapping[str, Any], value: Any) -> bool | Unknown:
        """Whether an expression holds, after Kleene: what one side decides stays decided, whatever the other is.

        That is so of the truth alone: the *value* of `Unknown || 'default'` is as unknown as its left side.
        """
        if node["type"] == "not_expression":
            inner = self.truth(node["children"][0], value)
            return inner if isinstance(inner, Unknown) else not inner
        if node["type"] not in ("and_expression", "or_expression"):
            found: Any = self.visit(node, value)
            return Unknown(found.why) if isinstance(found, Unknown) else not is_false(found)
        decisive = node["type"] == "or_expression"
        left = self.truth(node["children"][0], value)
        if left is decisive:
            return decisive
        try:
            right = self.truth(node["children"][1], value)
        except jmespath.exceptions.JMESPathError:
            if isinstance(left, Unknown):  # it may be what keeps the right side from being asked the impossible
                return left
            raise
        return left if isinstance(left, Unknown) and right is not decisive else right

    def visit_and_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        left = self.visit(node["children"][0], value)
        return left if isinstance(left, Unknown) or is_false(left) else self.visit(node["children"][1], value)

    def visit_or_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        left = self.visit(node["children"][0], value)
        return self.visit(node["children"][1], value) if not isinstance(left, Unknown) and is_false(left) else left

    def visit_not_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        return self.truth(node, value)

    def visit_function_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        arguments = [self.visit(child, value) for child in node["children"]]
        doubt = _doubt(arguments)
        if doubt is not None:
            return doubt
        if node["value"] not in _NULL_IS_FINE and any(argument is None for argument in arguments):
            return None
        return self._functions.call_function(node["value"], arguments)

    def visit_subexpression(self, node: Mapping[str, Any], value: Any) -> Any:
        for child in node["children"]:
            value = self.visit(child, value)
            if isinstance(value, Unknown):
                return value
        return value

    visit_index_expression = visit_pipe = visit_subexpression

    def visit_flatten(self, node: Mapping[str, Any], value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return base if isinstance(base, Unknown) else None
        merged = [inner for item in base for inner in (item if isinstance(item, list) else [item])]
        # An unknown item may be a list of any length.
        return next((item for item in merged if isinstance(item, Unknown)), merged)

    def visit_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return base if isinstance(base, Unknown) else None
        return self._collect(base, node["children"][1])

    def visit_value_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if not isinstance(base, Mapping):
            return base if isinstance(base, Unknown) else None
        return self._collect(base.values(), node["children"][1])

    def visit_filter_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return base if isinstance(base, Unknown) else None
        kept = []
        for item in base:
            verdict = self.truth(node["children"][2], item)
            if isinstance(verdict, Unknown):
                return verdict
            if verdict:
                kept.append(item)
        return self._collect(kept, node["children"][1])

    def _collect(self, items: Iterable[Any], node: Mapping[str, Any]) -> Any:
        """A projection's right side over its items. Nulls drop out, so an unknown one leaves the whole list unknown."""
        collected = []
        for item in items:
            found = self.visit(node, item)
            if isinstance(found, Unknown):
                return found
            if found is not None:
                collected.append(found)
        return collected


def _doubt(value: Any) -> Unknown | None:
    """The first unknown in a value, however deep it lies."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return None
    return next((doubt for item in value if (doubt := _doubt(item)) is not None), None)


def _are_texts(left: Any, right: Any) -> bool:
    return isinstance(left, str) and isinstance(right, str)


def _are_numbers(left: Any, right: Any) -> bool:
    return all(isinstance(side, (int, float)) and not isinstance(side, bool) for side in (left, right))


INTERPRETER = Interpreter()
