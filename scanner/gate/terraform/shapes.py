"""Which data is a Terraform plan or state, however it is wrapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.errors import TemplateError
from scanner.gate.document import Document
from scanner.gate.planned import Path

HINTS = ("resource_changes", "planned_values", "terraform_version", "root_module")

_NEWEST = 1
"""The major version of the format that this program reads; Terraform keeps to it unless something breaks.

https://developer.hashicorp.com/terraform/internals/json-format#format-version
"""


def is_one(data: Any) -> bool:
    """Whether data is a plan or a state of Terraform's or OpenTofu's, wrapped or not."""
    return any(True for _ in _wrapped(data))


def shapes_in(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The plans and states in a file, each with its path; raises `TemplateError` for a format nobody knows yet."""
    for path, shape in _wrapped(document.data):
        version = shape.get("format_version")
        major = str(version).partition(".")[0]
        if version is not None and major.isdigit() and int(major) > _NEWEST:
            place = f"{document.file}:{document.mark.at(path).line}"
            cure = "write the plan with a Terraform that this program knows, or take a newer bastionless"
            raise TemplateError(f"the plan has the format {version}, which is too new", place=place, cure=cure)
        yield path, shape


def _wrapped(data: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if _is_shape(data):
        yield (), data
        return
    inner = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        if _is_shape(value):
            yield (key,), value
        elif isinstance(value, Mapping):
            # A list of wrapped plans, as pipelines collect them.
            yield from (((key, name), one) for name, one in value.items() if _is_shape(one))


def _is_shape(data: Any) -> bool:
    if not isinstance(data, Mapping):
        return False
    if isinstance(data.get("resource_changes"), list) or _has_root(data.get("planned_values")):
        return True
    # An empty plan has nothing but its version; a state has its values, and the tool's own state file is something else.
    return _has_root(data.get("values")) or ("format_version" in data and "terraform_version" in data)


def _has_root(values: Any) -> bool:
    return isinstance(values, Mapping) and isinstance(values.get("root_module"), Mapping)
