"""JMESPath as the cards speak it: settings put in, absent facts answered with null, and three-valued over unknown facts.

A comparison, function or projection over an `Unknown` is that `Unknown`; `&&`, `||` and `!` follow Kleene: what is
already decided stays decided, everything else stays unknown. https://jmespath.org/specification.html has the rest.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jmespath.exceptions
from jmespath import parser

from scanner.errors import did_you_mean
from scanner.expression.interpreter import INTERPRETER, Functions
from scanner.model import Resource, Undecided, Unknown
from scanner.model.unknown import told as look

SETTING = re.compile(r"\$([a-z][a-z0-9_]*)")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`""")
_SLOT = re.compile(r"\{([^{}]+)\}")


class ExpressionError(ValueError):
    """An expression that does not parse, or asks something that has no answer; the message is JMESPath's own, shortened."""


def put_settings(source: str, values: Mapping[str, Any]) -> str:
    """The expression with every `$name` replaced by its value as a JSON literal; quoted text is left alone.

    Raises KeyError with the name of a setting that has no value.
    """
    if "$" not in source:
        return source
    parts: list[str] = []
    end = 0
    for quoted in _QUOTED.finditer(source):
        parts += (_with_values(source[end : quoted.start()], values), quoted.group())
        end = quoted.end()
    return "".join((*parts, _with_values(source[end:], values)))


def settings_in(source: str) -> tuple[str, ...]:
    """The names of the settings an expression asks for."""
    return tuple(dict.fromkeys(SETTING.findall(_QUOTED.sub(" ", source))))


def _with_values(text: str, values: Mapping[str, Any]) -> str:
    # A backquote would end the literal; JSON has another way to write it.
    return SETTING.sub(lambda found: "`" + json.dumps(values[found[1]]).replace("`", r"\u0060") + "`", text)


@lru_cache(maxsize=4096)
def parse(source: str) -> Mapping[str, Any]:
    """The syntax tree; raises `ExpressionError`."""
    try:
        tree: Mapping[str, Any] = parser.Parser().parse(source).parsed
    except (jmespath.exceptions.JMESPathError, RecursionError) as mistake:
        raise ExpressionError(_first_line(mistake)) from mistake
    return tree


def ask(source: str, facts: Any) -> Any:
    """The expression's value over a dictionary: JSON, or `Unknown`; raises `ExpressionError`."""
    return _asked(INTERPRETER.visit, source, facts)


def _asked(question: Callable[[Mapping[str, Any], Any], Any], source: str, facts: Any) -> Any:
    tree = parse(source)
    try:
        # JMESPath knows its types by their names: a read-only view would be no object to it.
        return question(tree, dict(facts) if isinstance(facts, MappingProxyType) else facts)
    except Undecided as doubt:
        return Unknown(doubt.reason)
    except (jmespath.exceptions.JMESPathError, ArithmeticError, RecursionError, ValueError) as mistake:
        raise ExpressionError(_first_line(mistake)) from mistake


def decide(source: str, facts: Any) -> bool | Unknown:
    """True, False or `Unknown`, with JMESPath's notion of truth (false, null, "", [] and {} are false)."""
    told = _told(source, facts)
    return _decide(source, facts) if told is None else _decided(source, told)


def _decide(source: str, facts: Any) -> bool | Unknown:
    verdict: bool | Unknown = _asked(INTERPRETER.truth, source, facts)
    return verdict


# With these alone an expression is about the facts it names, and about nothing else of a resource.
_PLAIN = frozenset({
    "field", "subexpression", "literal", "comparator", "not_expression", "and_expression", "or_expression",
    "function_expression",
})  # fmt: skip


@lru_cache(maxsize=65536)
def _decided(source: str, told: tuple[tuple[tuple[str, ...], str | bool], ...]) -> bool | Unknown:
    """The verdict over these facts alone; thousands of resources have the same ones."""
    facts: dict[str, Any] = {}
    for path, value in told:
        inner = facts
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        inner[path[-1]] = value
    return _decide(source, facts)


def _told(source: str, facts: Any) -> tuple[tuple[tuple[str, ...], str | bool], ...] | None:
    """The facts an expression reads, where all of them are words, truths or absent; None where it may read others."""
    told: list[tuple[tuple[str, ...], str | bool]] = []
    paths = _plain_paths(source)
    for path in paths or ():
        value = facts
        for step in path:
            if not isinstance(value, (dict, MappingProxyType)):
                return None
            value = look(value, step)
            if value is None:
                break
        else:
            if not isinstance(value, (str, bool)):
                return None
            told.append((path, value))
    return tuple(told) if paths is not None else None


@lru_cache(maxsize=4096)
def _plain_paths(source: str) -> tuple[tuple[str, ...], ...] | None:
    """The paths of the facts an expression reads; None where it reads more than fields by their names."""
    tree = parse(source)
    return tuple(tuple(path.split(".")) for path in _paths(tree)) if _is_plain(tree) else None


def _is_plain(node: Mapping[str, Any]) -> bool:
    if node["type"] == "field":
        return "." not in node["value"]
    if node["type"] == "subexpression":
        return bool(_dotted(node)) and all(_is_plain(child) for child in node["children"])
    return node["type"] in _PLAIN and all(_is_plain(child) for child in node["children"])


def fill(text: str, resource: Resource, values: Mapping[str, Any] = MappingProxyType({})) -> str:
    """A sentence with every {expression} replaced by its value over the resource's facts; lists become "a, b".

    What cannot be computed of these facts reads "(none)": a verdict must not be lost for want of a word.
    """
    return _SLOT.sub(lambda slot: _slot_in_words(slot[1], resource, values), text)


def fill_commands(text: str, resource: Resource, values: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The same for a cure: on its lines that are commands of the AWS command line every value is one shell word.

    People copy these lines, and an id in somebody else's snapshot may hold anything.
    """
    lines: list[str] = []
    is_command = False
    for line in text.splitlines():
        is_command = line.startswith("aws ") or (is_command and lines[-1].endswith("\\"))
        if is_command:
            lines.append(_SLOT.sub(lambda slot: shlex.quote(_slot_in_words(slot[1], resource, values)), line))
        else:
            lines.append(fill(line, resource, values))
    return "\n".join(lines)


def _slot_in_words(source: str, resource: Resource, values: Mapping[str, Any]) -> str:
    try:
        return in_words(ask(put_settings(source, values), resource.facts))
    except ExpressionError:
        return in_words(None)


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
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=_odd_in_words)


def _odd_in_words(value: Any) -> str:
    return in_words(value) if isinstance(value, Unknown) else str(value)


def fields_read(source: str) -> tuple[str, ...]:
    """The outermost facts an expression reads, dotted ("State.Name"), in order of appearance."""
    return tuple(dict.fromkeys(_paths(parse(source))))


def _paths(node: Mapping[str, Any]) -> Iterator[str]:
    path = _dotted(node)
    if path:
        yield path
        return
    if node["type"] == "expref":
        return  # `&Key` is relative to the items of another argument
    # What stands to the right of a projection or a dot is relative to its left side.
    relative = node["type"] in {"subexpression", "projection", "filter_projection", "value_projection", "pipe"}
    for child in node["children"][:1] if relative else node["children"]:
        if isinstance(child, Mapping):
            yield from _paths(child)


def _dotted(node: Mapping[str, Any]) -> str:
    """The path of a field, or of fields joined by dots; "" for everything else."""
    if node["type"] == "field":
        return str(node["value"])
    parts = [_dotted(child) for child in node["children"]] if node["type"] == "subexpression" else []
    return ".".join(parts) if all(parts) else ""


def strange_calls(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong, and the cure, for every function in a syntax tree that does not exist or takes other arguments."""
    if node["type"] == "function_expression":
        name, given = node["value"], len(node["children"])
        spec = Functions.FUNCTION_TABLE.get(name)
        if spec is None:
            yield f"there is no function {name!r}", did_you_mean(name, Functions.FUNCTION_TABLE)
        else:
            wanted = len(spec["signature"])
            variadic = bool(wanted) and bool(spec["signature"][-1].get("variadic"))
            if given < wanted or (given > wanted and not variadic):
                yield f"the function {name!r} takes {wanted} argument{'s' if wanted != 1 else ''}, not {given}", ""
            elif name == "matches":
                yield from _strange_patterns(node["children"][1])
    for child in node["children"]:
        if isinstance(child, Mapping):
            yield from strange_calls(child)


def _strange_patterns(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    pattern = node["value"] if node["type"] == "literal" else None
    try:
        re.compile(pattern if isinstance(pattern, str) else "")
    except re.error as mistake:
        yield f"{pattern!r} is no pattern: {mistake}", ""


def argument_types(function: str) -> tuple[tuple[str, ...], ...]:
    """JMESPath's types that each argument of a function may have; an empty tuple allows any."""
    spec = Functions.FUNCTION_TABLE.get(function)
    return tuple(tuple(word.partition("-")[0] for word in part["types"]) for part in spec["signature"]) if spec else ()


def _first_line(mistake: Exception) -> str:
    return str(mistake).partition("\n")[0]
