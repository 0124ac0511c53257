"""Which controls of which framework a rule answers: files that point at rule ids, each with its version pinned.

What a framework does not ask for but a rule would answer is kept apart as "proposed": nobody official says so, and the
file says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from scanner.errors import ConfigError
from scanner.model.framework import Framework
from scanner.rulebook.document import Document, Step, read_document

__all__ = ["KEYS", "Framework", "frameworks_folder", "load_frameworks", "mappings_of"]

KEYS = ("name", "version", "pattern", "learn", "controls", "proposed")
_TEXTS = KEYS[:4]


def frameworks_folder() -> Path:
    """Where the files are: inside the wheel, or beside the engine in a checkout."""
    engine = Path(__file__).resolve().parent.parent
    shipped = engine / "_frameworks"
    return shipped if shipped.is_dir() else engine.parent / "frameworks"


@lru_cache(maxsize=4)
def load_frameworks(folder: Path | None = None) -> tuple[Framework, ...]:
    """Every framework, sorted by file name; raises `ConfigError` with line and cure for a file that is none."""
    return tuple(_read(path) for path in sorted((folder or frameworks_folder()).glob("*.yaml")))


def mappings_of(rule_id: str, frameworks: Sequence[Framework], *, reasons: bool = False) -> dict[str, tuple[str, ...]]:
    """Framework with version -> the controls a rule answers there."""
    found = {f"{one.name} {one.version}": one.told_by(rule_id, reasons=reasons) for one in frameworks}
    return {name: controls for name, controls in found.items() if controls}


def _read(path: Path) -> Framework:
    document = read_document(path, error=ConfigError)
    data = document.data
    if not isinstance(data, dict) or set(data) - set(KEYS) or not all(isinstance(data.get(key), str) for key in _TEXTS):
        raise ConfigError("this is no framework", place=document.place(), cure=f"it has the keys {', '.join(KEYS)}")
    try:
        pattern = re.compile(data["pattern"])
    except re.error as mistake:
        raise ConfigError(f"this is no regular expression: {mistake}", place=document.place("pattern")) from None
    return Framework(
        data["name"],
        data["version"],
        data["pattern"],
        data["learn"],
        controls={name: tuple(rules) for name, rules in _entries(document, "controls", pattern, list)},
        proposed=dict(_entries(document, "proposed", pattern, dict)),
        key=path.stem,
    )


def _entries(
    document: Document, key: str, pattern: re.Pattern[str], kind: type[list[Any] | dict[Any, Any]]
) -> Iterator[tuple[str, Any]]:
    """The controls of one table, each with its rules: a list of ids, or a mapping of ids to reasons."""
    table = document.data.get(key) or {}
    if not isinstance(table, dict):
        raise _wrong(document, f"{key} is a mapping of controls", "write `control: …`", key)
    for control, rules in table.items():
        if not isinstance(control, str) or not pattern.fullmatch(control):
            raise _wrong(document, f"no control is called {control!r}", f"they match {pattern.pattern}", key, control)
        parts = _parts(rules) if isinstance(rules, kind) else []
        if not parts or not all(isinstance(part, str) and part for part in parts):
            shape = "[NET001]" if kind is list else "{NET001: the reason}"
            raise _wrong(document, f"{control} names no rules", f"write `{control}: {shape}`", key, control)
        yield control, rules


def _parts(rules: list[Any] | dict[Any, Any]) -> list[Any]:
    return [*rules, *rules.values()] if isinstance(rules, dict) else rules


def _wrong(document: Document, message: str, cure: str, *path: Step) -> ConfigError:
    return ConfigError(message, place=document.place(*path), cure=cure)
