"""Values for parameters, in the three forms that AWS's own tools take, and as KEY=VALUE."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scanner.errors import UsageError

_FORMS = "write NAME=VALUE, or name a JSON file as `aws cloudformation` or CodePipeline takes it"


def read_parameters(given: Mapping[str, Any] | Iterable[str] | str | None) -> dict[str, Any]:
    """Name -> value from a mapping, or from any number of files and NAME=VALUE; later ones win. Raises `UsageError`."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    found: dict[str, Any] = {}
    for text in (given,) if isinstance(given, str) else given:
        name, separator, value = text.partition("=")
        if separator and not Path(text).is_file():
            if not name:
                raise UsageError(f"{text!r} names no parameter", place="--parameters", cure=_FORMS)
            found[name] = value
        else:
            found.update(_read(Path(text)))
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        reason = getattr(failure, "strerror", None) or "it is no text"
        raise UsageError(f"the parameters cannot be read ({reason})", place=str(path), cure=_FORMS) from None
    if text.lstrip()[:1] not in ("[", "{"):
        return _lines(text, path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise UsageError(f"the parameters are no JSON: {failure}", place=str(path), cure=_FORMS) from None
    if isinstance(data, list):
        return _entries(data, path)
    inner = data.get("Parameters")
    return _plain(
        inner if isinstance(inner, Mapping) else _entries(inner, path) if isinstance(inner, list) else data, path
    )


def _entries(data: list[Any], path: Path) -> dict[str, Any]:
    """CloudFormation's own list; what keeps its previous value is as good as not told."""
    found: dict[str, Any] = {}
    for entry in data:
        if isinstance(entry, str) and "=" in entry:
            found[entry.partition("=")[0]] = entry.partition("=")[2]
        elif isinstance(entry, Mapping) and isinstance(entry.get("ParameterKey"), str):
            if "ParameterValue" in entry:
                found[entry["ParameterKey"]] = entry["ParameterValue"]
        else:
            raise UsageError("an entry has no ParameterKey", place=str(path), cure=_FORMS)
    return found


def _plain(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            raise UsageError(f"the value of {name} is no text", place=str(path), cure=_FORMS)
    return dict(data)


def _lines(text: str, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        name, separator, value = word.partition("=")
        if not separator:
            raise UsageError("a line is not NAME=VALUE", place=f"{path}:{number}", cure=_FORMS)
        found[name.strip()] = value.strip()
    return found
