"""The way in and out of an answer: a path read strictly, because a missing key is no empty list, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.aws.kinds import Kind


class UnreadableError(Exception):
    """An answer lacks what it has to hold; the text is a few words ("no Vpcs")."""


def rows_of(kind: Kind, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The resources of a kind in one page of its call's answer; raises `UnreadableError` where a step of the path is missing."""
    if kind.path == "@":
        if kind.proof not in answer:
            raise UnreadableError(f"no {kind.proof}")
        return [answer]
    rows = list(_descend(answer, kind.path.split(".")))
    for row in rows:
        if not isinstance(row, Mapping):
            raise UnreadableError(f"{kind.response_keys[-1]} holds no structure")
    return rows


def put_rows(kind: Kind, rows: Sequence[Mapping[str, Any]], answer: dict[str, Any]) -> None:
    """The reverse of `rows_of`: lays the resources into an answer of the shape AWS gives."""
    if kind.path == "@":
        for row in rows:
            answer.update(row)
        return
    value: Any = list(rows) if kind.is_list else rows[0]
    *outer, inner = kind.path.split(".")
    for step in outer:
        name, is_list, _ = _parts(step)
        below: dict[str, Any] = {}
        answer[name] = [below] if is_list else below
        answer = below
    answer[_parts(inner)[0]] = value


def value_at(answer: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path of plain names, or None."""
    value: Any = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def strings_at(facts: Any, path: str) -> Iterator[str]:
    """Every string at a path like "Groups[].GroupId"; other shapes are passed over."""
    step, _, rest = path.partition(".")
    name, is_list, _ = _parts(step)
    found = facts.get(name) if isinstance(facts, Mapping) else None
    values = [found] if not is_list else found if isinstance(found, list) else []
    for value in values:
        if rest:
            yield from strings_at(value, rest)
        elif isinstance(value, str):
            yield value


def is_here(found: str, region: str) -> bool:
    """Whether a string is no ARN, or one of this Region or of none."""
    parts = found.split(":", 4)
    return len(parts) < 5 or parts[0] != "arn" or parts[3] in ("", region)  # noqa: PLR2004 - arn:partition:service:region:…


def _descend(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    name, is_list, is_optional = _parts(steps[0])
    if not isinstance(value, Mapping):
        raise UnreadableError(f"{name} is not where it should be")
    found = value.get(name)
    if found is None:
        if is_optional:
            return
        raise UnreadableError(f"no {name}")
    if not is_list:
        yield from _descend(found, steps[1:])
        return
    if not isinstance(found, list):
        raise UnreadableError(f"{name} is no list")
    for item in found:
        yield from _descend(item, steps[1:])


def _parts(step: str) -> tuple[str, bool, bool]:
    """Name, whether a list, whether it may be missing: "Items?[]" is ("Items", True, True)."""
    name = step.removesuffix("[]")
    return name.removesuffix("?"), step.endswith("[]"), name.endswith("?")
