"""CloudFormation's functions that ask the template: references, substitutions, maps, conditions, exports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from scanner.gate.cloudformation.functions import NO_VALUE, Misuse, has_token, is_outside, opened, token_of, unknown_in
from scanner.gate.cloudformation.parameters import as_text
from scanner.gate.planned import Open
from scanner.model import Unknown

if TYPE_CHECKING:
    from scanner.gate.cloudformation.stack import Stack

_SLOT = re.compile(r"\$\{([^}]*)\}")


def _substituted(stack: Stack, arguments: Any) -> Any:
    text: Any = arguments
    own: Mapping[str, Any] = {}
    if isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[1], Mapping):  # noqa: PLR2004 - text and values
        text, own = arguments[0], arguments[1]
    if not isinstance(text, str):
        raise Misuse("Fn::Sub wants a text")
    unknown: list[Any] = []

    def put(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        value = _slot(stack, own, name)
        if unknown_in(value) is not None:
            unknown.append(value)
            return f"<{value.token}>" if isinstance(value, Open) and value.token else "<?>"
        if isinstance(value, list):
            return ",".join(map(as_text, value))
        return "" if value is NO_VALUE else as_text(value)

    made = _SLOT.sub(put, text)
    found = unknown_in(unknown)
    if found is None:
        return stack.resolve(made) if "{{resolve:" in made else made
    if len(unknown) == 1 and made == f"<{getattr(unknown[0], 'token', '')}>":
        return unknown[0]
    return Open(found.why, token=token_of(made) if has_token(unknown) else "", is_outside=is_outside(unknown))


def _slot(stack: Stack, own: Mapping[str, Any], name: str) -> Any:
    if name in own:
        return stack.resolve(own[name])
    owner, dot, path = name.partition(".")
    return stack.attribute(owner, path) if dot else stack.referred(name)


def _mapped(stack: Stack, arguments: Any) -> Any:
    if not isinstance(arguments, list) or len(arguments) not in (3, 4):
        raise Misuse("Fn::FindInMap wants a map and two keys")
    default = arguments[-1]
    otherwise = default.get("DefaultValue", NO_VALUE) if isinstance(default, Mapping) else NO_VALUE
    keys = [stack.resolve(key) for key in arguments[:3]]
    if unknown_in(keys) is not None:
        return opened("Fn::FindInMap", keys)
    value: Any = stack.template.sections["Mappings"]
    for key in keys:
        value = value.get(as_text(key), NO_VALUE) if isinstance(value, Mapping) else NO_VALUE
    if value is not NO_VALUE:
        return stack.resolve(value)
    if otherwise is not NO_VALUE:
        return stack.resolve(otherwise)
    raise Misuse(f"Fn::FindInMap finds nothing under {' / '.join(map(as_text, keys))}")


def _chosen(stack: Stack, arguments: Any) -> Any:
    if not isinstance(arguments, list) or len(arguments) != 3 or not isinstance(arguments[0], str):  # noqa: PLR2004 - condition, yes, no
        raise Misuse("Fn::If wants a condition and two values")
    holds = stack.conditions.holds(arguments[0]) if arguments[0] in stack.conditions else None
    if holds is None:
        raise Misuse(f"there is no condition {arguments[0]!r}")
    if isinstance(holds, Unknown):
        candidates = tuple(stack.resolve(one) for one in arguments[1:])
        if candidates[0] is candidates[1] or (unknown_in(list(candidates)) is None and candidates[0] == candidates[1]):
            return candidates[0]
        return Open(holds.why, candidates=candidates)
    return stack.resolve(arguments[1] if holds else arguments[2])


def _got(stack: Stack, arguments: Any) -> Any:
    if isinstance(arguments, str):
        name, _, rest = arguments.partition(".")
        return stack.attribute(name, rest)
    if isinstance(arguments, list) and len(arguments) == 2:  # noqa: PLR2004 - resource and attribute
        owner, path = stack.resolve(arguments[0]), stack.resolve(arguments[1])
    else:
        raise Misuse("Fn::GetAtt wants a resource and an attribute")
    if isinstance(owner, Unknown) or isinstance(path, Unknown):
        return opened("Fn::GetAtt", [owner, path])
    return stack.attribute(as_text(owner), as_text(path))


def _imported(stack: Stack, arguments: Any) -> Any:
    name = stack.resolve(arguments)
    if isinstance(name, Unknown):
        return opened("Fn::ImportValue", name)
    found = stack.exports(as_text(name))
    if found is not None:
        return found
    return Open(f"no file of this run exports {as_text(name)!r}", token=f"export {as_text(name)}", is_outside=True)


def _zones(stack: Stack, arguments: Any) -> Any:
    region = stack.resolve(arguments)
    if isinstance(region, Unknown):
        return opened("Fn::GetAZs", region)
    # The names of zones differ by Region; that there are several, each with its own letter, holds everywhere.
    return [f"{region or stack.around.region}{letter}" for letter in "abcdef"]


def _referred(stack: Stack, arguments: Any) -> Any:
    name = stack.resolve(arguments)
    if not isinstance(name, str):
        raise Misuse("Ref wants a name")
    return stack.referred(name)


def _condition_function(name: str) -> Callable[[Stack, Any], Any]:
    return lambda stack, arguments: stack.conditions.decided({name: arguments})


SPECIAL: Mapping[str, Callable[[Stack, Any], Any]] = {
    "Ref": _referred,
    "Fn::Sub": _substituted,
    "Fn::FindInMap": _mapped,
    "Fn::If": _chosen,
    "Fn::GetAtt": _got,
    "Fn::ImportValue": _imported,
    "Fn::GetAZs": _zones,
    **{name: _condition_function(name) for name in ("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals")},
}
"""The functions that ask the template; their arguments come as they are written."""
