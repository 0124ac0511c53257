"""A CDK assembly (`cdk.out`): which templates are stacks, where they go, and the lines of the program that made them.

https://docs.aws.amazon.com/cdk/v2/guide/deploy-synth.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from scanner.gate.planned import Spot
from scanner.gate.sources import Source, shown

_STACK = "aws:cloudformation:stack"
_FRAME = re.compile(r"(?:\(|at |^)(?:file://)?(?P<file>(?:[A-Za-z]:)?[^()\s][^()]*?):(?P<line>\d+):(?P<column>\d+)\)?$")
_ENVIRONMENT = re.compile(r"aws://(?P<account>\d{12}|[^/]*)/(?P<region>[^/]+)")
_LOGICAL_ID, _CREATION = "aws:cdk:logicalId", "aws:cdk:creationStack"


def is_manifest(data: Any) -> bool:
    """Whether data is a `manifest.json` of an assembly."""
    return isinstance(data, Mapping) and isinstance(data.get("artifacts"), Mapping) and "version" in data


def is_metadata(data: Any) -> bool:
    """Whether data is a `<Stack>.metadata.json`."""
    if not isinstance(data, Mapping) or not data:
        return False
    first = next(iter(data.items()))
    return isinstance(first[0], str) and first[0].startswith("/") and isinstance(first[1], list)


def stack_name_of(file: str) -> str:
    """The name of a stack after its file: "network" for infra/network.template.yaml."""
    name = PurePosixPath(file.replace("\\", "/")).name
    for suffix in (".template.json", ".template.yaml", ".template.yml"):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    stem = name.rpartition(".")[0] or name
    return stem.strip("<>") or "stack"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One stack of an assembly."""

    name: str
    account: str = ""
    region: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Assembly:
    """What the manifests and metadata of a run say, by the path of the template."""

    artifacts: dict[Path, Artifact] = field(default_factory=dict)
    notes: dict[Path, Mapping[str, Any]] = field(default_factory=dict)

    def add_manifest(self, source: Source, data: Mapping[str, Any]) -> None:
        """Takes the stacks of a manifest."""
        if source.path is None:
            return
        folder = source.path.resolve().parent
        for key, artifact in data["artifacts"].items():
            if not isinstance(artifact, Mapping) or artifact.get("type") != _STACK:
                continue
            properties = artifact.get("properties")
            if not isinstance(properties, Mapping) or not isinstance(properties.get("templateFile"), str):
                continue
            place = _ENVIRONMENT.match(str(artifact.get("environment", "")))
            account = place["account"] if place and place["account"].isdigit() else ""
            region = place["region"] if place and not place["region"].startswith("unknown") else ""
            name = str(properties.get("stackName") or artifact.get("displayName") or key)
            told = properties.get("parameters")
            parameters = told if isinstance(told, Mapping) else {}
            template = folder / properties["templateFile"]
            self.artifacts[template] = Artifact(name, account, region, parameters)
            if isinstance(artifact.get("metadata"), Mapping):
                self.notes.setdefault(template, artifact["metadata"])

    def add_metadata(self, source: Source, data: Mapping[str, Any]) -> None:
        """Takes a file of metadata, which newer CDK writes beside each template."""
        if source.path is not None and source.path.name.endswith(".metadata.json"):
            path = source.path.resolve()
            template = path.with_name(path.name.removesuffix(".metadata.json") + ".template.json")
            self.notes[template] = data

    def artifact_of(self, path: Path) -> Artifact | None:
        """The stack that a template belongs to."""
        return self.artifacts.get(path.resolve())

    def sources_of(self, path: Path, name: str) -> Mapping[str, Spot]:  # noqa: ARG002 - the name is for who reads the call
        """Logical id -> the line of the program; empty where nothing tells."""
        notes = self.notes.get(path.resolve())
        return _Sources(notes, path.resolve().parent) if notes is not None else {}


class _Sources(Mapping[str, Spot]):
    """Looked up when somebody asks: files have to be searched for."""

    def __init__(self, notes: Mapping[str, Any], folder: Path) -> None:
        self._notes = notes
        self._folder = folder
        self._paths: dict[str, str] | None = None

    def _path_of(self, logical_id: str) -> str | None:
        if self._paths is None:
            self._paths = {}
            for path, entries in self._notes.items():
                for entry in entries if isinstance(entries, list) else ():
                    if isinstance(entry, Mapping) and entry.get("type") == _LOGICAL_ID:
                        self._paths[str(entry.get("data"))] = path
        return self._paths.get(logical_id)

    def __getitem__(self, logical_id: str) -> Spot:
        path = self._path_of(logical_id)
        while path:
            for frame in self._frames(path):
                spot = self._spot(frame)
                if spot is not None:
                    return spot
            path = path.rpartition("/")[0]
        raise KeyError(logical_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths or {})

    def __len__(self) -> int:
        return len(self._paths or {})

    def _frames(self, path: str) -> Iterator[str]:
        entries = self._notes.get(path)
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, Mapping):
                continue
            told = entry.get("data") if entry.get("type") == _CREATION else entry.get("trace")
            if entry.get("type") in (_LOGICAL_ID, _CREATION) and isinstance(told, list):
                yield from (frame.strip() for frame in told if isinstance(frame, str))

    def _spot(self, frame: str) -> Spot | None:
        found = _FRAME.search(frame)
        if found is None or "node_modules" in frame or frame.startswith("..."):
            return None
        file = _file(self._folder, found["file"], Path.cwd())
        return Spot(file, int(found["line"]), int(found["column"])) if file else None


@lru_cache(maxsize=4096)
def _file(folder: Path, told: str, here: Path) -> str:
    """The program's file on this machine: as it is told, or the same end of the path beside the assembly."""
    if told.startswith("node:"):
        return ""
    path = Path(told)
    name = shown(path)
    if path.is_file() and not os.path.isabs(name):  # noqa: PTH117 - it is text
        return name
    parts = PurePosixPath(told.replace("\\", "/")).parts
    for root in (folder.parent, folder, here):
        for start in range(1, len(parts)):
            candidate = root.joinpath(*parts[start:])
            try:
                if ".." not in parts[start:] and candidate.is_file():
                    name = shown(candidate)
                    return name if not os.path.isabs(name) else ""  # noqa: PTH117 - as above
            except (OSError, ValueError):
                return ""
    return ""
