"""bastionless.yaml: found upwards from the working folder, read strictly, turned into a `Config`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.errors import ConfigError, did_you_mean
from scanner.model import Config, Severity, Waiver
from scanner.model.member import ROLE_ARN
from scanner.rulebook.accounts import members_of
from scanner.rulebook.document import Document, Step, read_document
from scanner.rulebook.waivers import read_waivers

NAMES = ("bastionless.yaml", "bastionless.yml")
NEVER = "never"
_MOST_THREADS = 64


def find_config(start: Path) -> Path | None:
    """The nearest configuration file at or above a folder, or None."""
    for folder in (start, *start.parents):
        for name in NAMES:
            # Not `Path.is_file`, which raises where a folder may not be looked into.
            if os.path.isfile(folder / name):  # noqa: PTH113
                return folder / name
    return None


def read_config(path: Path) -> Config:
    """The configuration of a file; raises `ConfigError` with line and cure. Folders of rules are relative to the file."""
    if not path.is_file():
        raise ConfigError("there is no such configuration file", place=str(path), cure="check the path after --config")
    document = read_document(path, error=ConfigError)
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        raise ConfigError("the configuration is a mapping of keys", place=document.place())
    for key in data:
        if key not in _READERS:
            cure = did_you_mean(str(key), _READERS)
            raise ConfigError(f"the configuration has no key {key!r}", place=document.place(key), cure=cure)
    values = {key: _READERS[key](document, (key,), value) for key, value in data.items()}
    if "rules" in values:
        values["rules"] = tuple(str(path.parent / folder) for folder in values["rules"])
    return Config(**values, places=dict(_places(document, data)))


def _places(
    document: Document, data: Mapping[Any, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in data.items():
        here = (*path, str(key))
        yield here, document.place(*here)
        if isinstance(value, Mapping):
            yield from _places(document, value, here)


def threshold(word: str) -> Severity | None:
    """A severity's name or "never"; raises ValueError."""
    return None if word == NEVER else Severity(word)


def _wrong(document: Document, path: tuple[Step, ...], expected: str, value: Any) -> ConfigError:
    name = ".".join(str(step) for step in path)
    return ConfigError(f"{name} cannot be {value!r}", place=document.place(*path), cure=f"it is {expected}")


def _words(document: Document, path: tuple[Step, ...], value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(document, path, "a list of words", value)
    return tuple(value)


def _word(document: Document, path: tuple[Step, ...], value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(document, path, "text", value)
    return value


def _role(document: Document, path: tuple[Step, ...], value: Any) -> str:
    word = _word(document, path, value)
    if not ROLE_ARN.fullmatch(word):
        raise _wrong(document, path, "the ARN of a role, such as arn:aws:iam::111122223333:role/audit", value)
    return word


def _truth(document: Document, path: tuple[Step, ...], value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(document, path, "true or false", value)
    return value


def _positive(document: Document, path: tuple[Step, ...], value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise _wrong(document, path, "a number above 0", value)
    return float(value)


def _threads(document: Document, path: tuple[Step, ...], value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_THREADS:
        raise _wrong(document, path, f"a whole number from 1 to {_MOST_THREADS}", value)
    return value


def _level(document: Document, path: tuple[Step, ...], value: Any) -> Severity:
    levels = [level.value for level in Severity]
    if value not in levels:
        raise _wrong(document, path, f"one of {', '.join(levels)}", value)
    return Severity(value)


def _threshold(document: Document, path: tuple[Step, ...], value: Any) -> Severity | None:
    words = [*(level.value for level in Severity), NEVER]
    if value not in words:
        raise _wrong(document, path, f"one of {', '.join(words)}", value)
    return threshold(value)


def _levels(document: Document, path: tuple[Step, ...], value: Any) -> Mapping[str, Severity]:
    if not isinstance(value, dict):
        raise _wrong(document, path, "a mapping of rule ids to severities", value)
    return {str(key): _level(document, (*path, key), level) for key, level in value.items()}


def _settings(document: Document, path: tuple[Step, ...], value: Any) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(body, dict) for body in value.values()):
        raise _wrong(document, path, "a mapping of rule ids to their settings", value)
    return {str(key): {str(name): item for name, item in body.items()} for key, body in value.items()}


def _waivers(document: Document, path: tuple[Step, ...], value: Any) -> tuple[Waiver, ...]:
    return () if value is None else read_waivers(document, path, value)


_READERS: Mapping[str, Callable[[Document, tuple[Step, ...], Any], Any]] = {
    "select": _words,
    "ignore": _words,
    "settings": _settings,
    "severity": _levels,
    "fail_on": _threshold,
    "fail_on_unknown": _truth,
    "regions": _words,
    "accounts": members_of,
    "role_arn": _role,
    "external_id": _word,
    "role_session_name": _word,
    "rules": _words,
    "max_rate": _positive,
    "timeout": _positive,
    "concurrency": _threads,
    "waivers": _waivers,
    "strict_waivers": _truth,
}
KEYS = tuple(_READERS)
