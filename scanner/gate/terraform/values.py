"""What a plan knows of a resource, with `Open` wherever it says "known after apply"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.planned import Open

LATER = "is known after the apply"


def merged(after: Any, unknown: Any, where: str) -> Any:
    """The values of `after`, laid under the flags of `after_unknown` (true: unknown), which has the same form.

    Terraform leaves unknown members of objects out and writes null for those of lists; old versions leave
    the unknown members of sets out, so that `after` is shorter than its flags.
    """
    if unknown is True:
        return Open(f"{where} {LATER}")
    if isinstance(unknown, Mapping) and (after is None or isinstance(after, Mapping)):
        known = after or {}
        made = {key: merged(value, unknown.get(key), f"{where}.{key}") for key, value in known.items()}
        for key, flag in unknown.items():
            if key not in known and _has_unknown(flag):
                made[key] = merged(None, flag, f"{where}.{key}")
        return made if made or after is not None else None
    if isinstance(unknown, list) and (after is None or isinstance(after, list)):
        return _members(after or [], unknown, where) if unknown or after is not None else None
    if isinstance(after, list):
        return [merged(one, None, where) for one in after]
    return after


def _members(after: list[Any], unknown: list[Any], where: str) -> list[Any]:
    if len(after) >= len(unknown):
        flags = [*unknown, *[None] * (len(after) - len(unknown))]
        return [
            merged(one, flag, f"{where}[{index}]") for index, (one, flag) in enumerate(zip(after, flags, strict=True))
        ]
    rest = iter(after)
    return [
        merged(None if flag is True else next(rest, None), flag, f"{where}[{index}]")
        for index, flag in enumerate(unknown)
    ]


def _has_unknown(flags: Any) -> bool:
    if isinstance(flags, Mapping):
        return any(map(_has_unknown, flags.values()))
    return any(map(_has_unknown, flags)) if isinstance(flags, list) else flags is True


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """The part of a value at a path, `Open` where that lies in something unknown, None where there is none."""
    for step in path:
        if isinstance(value, Open):
            return value
        if isinstance(value, Mapping):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value
