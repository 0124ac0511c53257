"""A JSON value held against our own schema: the first thing that is wrong with it, with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[Any], str]
"""What is wrong with a value: "" for nothing, else ".place: words"."""

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_NAMES = {"string": "text", "integer": "a whole number", "boolean": "true or false", "array": "a list", "null": "null"}
_KNOWN = frozenset(
    {
        *("$schema", "title", "description", "type", "const", "enum", "pattern", "minimum"),
        *("required", "properties", "additionalProperties", "items", "anyOf"),
    }
)


def compile_schema(schema: Mapping[str, Any]) -> Test:
    """The test of a schema, which may use the words of JSON Schema that `report_schema` uses; `ValueError` for others."""
    if set(schema) - _KNOWN:
        raise ValueError(f"no test is written for {sorted(set(schema) - _KNOWN)}")
    tests = [make(schema) for word, make in _MAKERS.items() if word in schema]
    if len(tests) == 1:
        return tests[0]

    def test(value: Any) -> str:
        for one in tests:
            wrong = one(value)
            if wrong:
                return wrong
        return ""

    return test


def _type(schema: Mapping[str, Any]) -> Test:
    wanted = schema["type"]
    types, name = _TYPES[wanted], _NAMES.get(wanted, "an object")

    def test(value: Any) -> str:
        # True and False are numbers to Python, and to nobody else.
        if isinstance(value, types) and (wanted == "boolean" or not isinstance(value, bool)):
            return ""
        return f": this is not {name}"

    return test


def _const(schema: Mapping[str, Any]) -> Test:
    wanted = schema["const"]
    # True equals 1 to Python, and to nobody else.
    return lambda value: "" if value == wanted and value is not True else f": this is not {wanted!r}"


def _enum(schema: Mapping[str, Any]) -> Test:
    choices = frozenset(schema["enum"])
    words = ", ".join(schema["enum"])
    return lambda value: "" if isinstance(value, str) and value in choices else f": this is none of {words}"


def _pattern(schema: Mapping[str, Any]) -> Test:
    pattern = re.compile(schema["pattern"])
    return lambda value: "" if pattern.search(value) else f": this does not match {schema['pattern']}"


def _minimum(schema: Mapping[str, Any]) -> Test:
    least = schema["minimum"]
    return lambda value: "" if value >= least else f": this is less than {least}"


def _properties(schema: Mapping[str, Any]) -> Test:
    members = {name: compile_schema(inner) for name, inner in schema["properties"].items()}
    required = tuple(schema.get("required", ()))

    def test(value: Any) -> str:
        for name in required:
            if name not in value:
                return f": {name!r} is missing"
        for name, member in members.items():
            wrong = member(value[name]) if name in value else ""
            if wrong:
                return f".{name}{wrong}"
        return ""

    return test


def _additional(schema: Mapping[str, Any]) -> Test:
    member = compile_schema(schema["additionalProperties"])

    def test(value: Any) -> str:
        return next((f".{name}{wrong}" for name, inner in value.items() if (wrong := member(inner))), "")

    return test


def _items(schema: Mapping[str, Any]) -> Test:
    item = compile_schema(schema["items"])

    def test(value: Any) -> str:
        return next((f"[{index}]{wrong}" for index, inner in enumerate(value) if (wrong := item(inner))), "")

    return test


def _any_of(schema: Mapping[str, Any]) -> Test:
    choices = [compile_schema(choice) for choice in schema["anyOf"]]

    def test(value: Any) -> str:
        wrong = [choice(value) for choice in choices]
        return "" if "" in wrong else wrong[-1]

    return test


_MAKERS: Mapping[str, Callable[[Mapping[str, Any]], Test]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
}
