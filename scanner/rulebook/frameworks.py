"""Which controls of which framework a rule answers: files that point at rule ids, each with its version pinned.

What a framework does not ask for but a rule would answer is kept apart as "proposed": nobody official says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scanner.errors import ConfigError
from scanner.rulebook.document import read_document

KEYS = ("name", "version", "learn", "controls", "proposed")


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework in one version; `controls` and `proposed` map a control to the ids of rules."""

    name: str
    version: str
    learn: str
    controls: Mapping[str, tuple[str, ...]]
    proposed: Mapping[str, tuple[str, ...]]

    def told_by(self, rule_id: str) -> tuple[str, ...]:
        """The controls a rule answers, proposed ones marked."""
        told = [control for control, rules in self.controls.items() if rule_id in rules]
        told += [f"{control} (proposed)" for control, rules in self.proposed.items() if rule_id in rules]
        return tuple(told)


def frameworks_folder() -> Path:
    """Where the files are: inside the wheel, or beside the engine in a checkout."""
    engine = Path(__file__).resolve().parent.parent
    shipped = engine / "_frameworks"
    return shipped if shipped.is_dir() else engine.parent / "frameworks"


@lru_cache(maxsize=4)
def load_frameworks(folder: Path | None = None) -> tuple[Framework, ...]:
    """Every framework, sorted by file name; raises `ConfigError` for a file that is none."""
    return tuple(_read(path) for path in sorted((folder or frameworks_folder()).glob("*.yaml")))


def mappings_of(rule_id: str, frameworks: Sequence[Framework]) -> dict[str, tuple[str, ...]]:
    """Framework with version -> the controls a rule answers there."""
    found = {f"{one.name} {one.version}": one.told_by(rule_id) for one in frameworks}
    return {name: controls for name, controls in found.items() if controls}


def _read(path: Path) -> Framework:
    document = read_document(path, error=ConfigError)
    data = document.data
    if (
        not isinstance(data, dict)
        or set(data) - set(KEYS)
        or not all(isinstance(data.get(key), str) for key in KEYS[:3])
    ):
        raise ConfigError("this is no framework", place=document.place(), cure=f"it has the keys {', '.join(KEYS)}")
    return Framework(
        data["name"], data["version"], data["learn"], _table(data.get("controls")), _table(data.get("proposed"))
    )


def _table(controls: Any) -> Mapping[str, tuple[str, ...]]:
    return {str(control): tuple(_ids(rules)) for control, rules in (controls or {}).items()}


def _ids(rules: Iterable[Any]) -> Iterable[str]:
    return (str(rule) for rule in rules)
