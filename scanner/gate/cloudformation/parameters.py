"""The values of a template's parameters: as told, else the default, else unknown with what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.planned import Open

_LISTS = ("CommaDelimitedList", "List<")
_SSM = "AWS::SSM::Parameter::Value<"


def value_of(name: str, declared: Any, given: Any, *, token: str) -> Any:
    """The value of one parameter; `given` is None where nobody told it."""
    declared = declared if isinstance(declared, Mapping) else {}
    kind = str(declared.get("Type", "String"))
    if isinstance(given, Open):
        return given
    if kind.startswith(_SSM):
        return Open(
            f"the parameter {name} is read from the Systems Manager parameter store", token=token, is_outside=True
        )
    if kind == "AWS::SSM::Parameter::Name" and given is None and declared.get("Default") is None:
        return Open(f"the parameter {name} has no default", token=token, is_outside=True)
    if given is None and _is_true(declared.get("NoEcho")):
        return Open(f"the parameter {name} is a secret", token=token, is_outside=True)
    value = declared.get("Default") if given is None else given
    if value is None:
        return Open(
            f"the parameter {name} has no default", token=token, candidates=allowed_values(declared), is_outside=True
        )
    return _of_kind(value, kind)


def allowed_values(declared: Any) -> tuple[Any, ...]:
    """The values a parameter may have, as text; () for any."""
    listed = declared.get("AllowedValues") if isinstance(declared, Mapping) else None
    return tuple(as_text(value) for value in listed) if isinstance(listed, list) else ()


def is_list(declared: Any) -> bool:
    """Whether a parameter is a list."""
    kind = str(declared.get("Type", "")) if isinstance(declared, Mapping) else ""
    return kind.startswith(_LISTS) or kind.removeprefix(_SSM).startswith(_LISTS)


def as_text(value: Any) -> str:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _of_kind(value: Any, kind: str) -> Any:
    if kind.startswith(_LISTS):
        parts = value if isinstance(value, list) else as_text(value).split(",")
        return [part.strip() if isinstance(part, str) else as_text(part) for part in parts]
    return ",".join(map(as_text, value)) if isinstance(value, list) else as_text(value)


def _is_true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
