"""`Fn::ForEach`: one entry of a section for each value of a list.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.errors import TemplateError
from scanner.gate.cloudformation.parameters import as_text
from scanner.model import Unknown

_LOOP = "Fn::ForEach::"
_MOST = 20_000
_MOST_NESTED = 6


def unrolled(section: Mapping[str, Any], resolve: Callable[[Any], Any], origins: dict[str, str]) -> Mapping[str, Any]:
    """A section with its loops written out, inside its entries too; a loop that cannot be written out stays.

    `origins` takes, for every entry that a loop made, the name of the loop: there it stands in the file.
    """
    if not _has_loop(section):
        return section
    made: dict[str, Any] = {}
    for name, entry in _entries(section, resolve, {}, 0):
        if name not in section:
            origins[name] = next((loop for loop in section if loop.startswith(_LOOP)), name)
        made[name] = entry
    return made


def _has_loop(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(key, str) and key.startswith(_LOOP) for key in value) or any(
            map(_has_loop, value.values())
        )
    return isinstance(value, list) and any(map(_has_loop, value))


def _entries(
    section: Mapping[str, Any], resolve: Callable[[Any], Any], bound: Mapping[str, str], depth: int
) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for name, entry in section.items():
        if not name.startswith(_LOOP):
            made.append((_put(name, bound), _inner(entry, resolve, bound, depth)))
            continue
        loop = _loop_of(entry)
        values = resolve(_put(loop[1], bound)) if loop and depth < _MOST_NESTED else None
        if loop is None or isinstance(values, Unknown) or not isinstance(values, list):
            made.append((name, entry))
            continue
        variable, _, template = loop
        for value in values:
            if isinstance(value, Unknown):
                made.append((name, entry))
                continue
            made.extend(_entries(template, resolve, {**bound, variable: as_text(value)}, depth + 1))
            if len(made) > _MOST:
                raise TemplateError(f"a loop makes more than {_MOST:,} entries", cure="make it shorter")
    return made


def _loop_of(entry: Any) -> tuple[str, Any, Mapping[str, Any]] | None:
    if not isinstance(entry, list) or len(entry) != 3:  # noqa: PLR2004 - variable, values, template
        return None
    variable, values, template = entry
    return (variable, values, template) if isinstance(variable, str) and isinstance(template, Mapping) else None


def _inner(value: Any, resolve: Callable[[Any], Any], bound: Mapping[str, str], depth: int) -> Any:
    """An entry with the loop's variable put in, and with the loops in its own properties written out."""
    if isinstance(value, Mapping):
        if len(value) == 1 and value.get("Ref") in bound:
            return bound[value["Ref"]]
        if any(isinstance(key, str) and key.startswith(_LOOP) for key in value):
            return dict(_entries(value, resolve, bound, depth + 1))
        return {_put(key, bound): _inner(item, resolve, bound, depth) for key, item in value.items()}
    if isinstance(value, list):
        return [_inner(item, resolve, bound, depth) for item in value]
    return _put(value, bound)


def _put(value: Any, bound: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in bound.items():
            value = value.replace(f"${{{name}}}", text)
            # In logical ids only letters and digits are allowed, which is what "&" is for.
            value = value.replace(f"&{{{name}}}", "".join(filter(str.isalnum, text)))
        return value
    if isinstance(value, Mapping):
        return {_put(key, bound): _put(item, bound) for key, item in value.items()}
    return [_put(item, bound) for item in value] if isinstance(value, list) else value
