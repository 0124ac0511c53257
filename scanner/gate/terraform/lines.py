"""The block of a *.tf file that wrote a resource, found beside the plan; else the place in the plan itself.

One regular expression finds the blocks; modules are where `.terraform/modules/modules.json`, or a local source, says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from scanner.gate.document import Document
from scanner.gate.planned import Path, Place, Remark, Spot
from scanner.gate.sources import shown
from scanner.gate.terraform.address import Modules
from scanner.gate.terraform.changes import Change
from scanner.gate.terraform.comments import remarks_in
from scanner.gate.terraform.configuration import Configuration

_BLOCK = re.compile(r'^[ \t]*resource[ \t]+"([^"\n]{1,200})"[ \t]+"([^"\n]{1,200})"', re.MULTILINE)
_END = re.compile(r"^\}|^[ \t]*(?:resource|data|module|locals|variable|output|provider)\b", re.MULTILINE)
_MOST_BYTES = 2 * 1024**2
_MOST_FILES = 2_000


class Block(NamedTuple):
    """A resource block: its file, its line from 1, its text, and the waivers in its comments."""

    file: str
    line: int
    text: str
    remarks: tuple[Remark, ...] = ()


class Lines:
    """Finds the blocks of one plan; nothing is read before somebody asks."""

    def __init__(self, folders: tuple[FilePath, ...], configuration: Configuration, document: Document) -> None:
        self._folders = folders
        self._configuration = configuration
        self._document = document
        self._blocks: dict[FilePath, dict[tuple[str, str], Block]] = {}
        self._mistakes: dict[FilePath, list[Remark]] = {}
        self._used: dict[FilePath, None] = {}
        self._listed: dict[FilePath, Mapping[str, FilePath]] = {}
        self._found: dict[tuple[tuple[str, ...], str, str], Block | None] = {}

    def place(self, change: Change, attributes: Mapping[str, str]) -> Place:
        """Where a resource stands; `attributes` tells which one of Terraform's a property comes from."""

        def find(path: Path) -> Spot:
            block = self.block(change)
            if block is None:
                mark = self._document.mark.at(change.path)
                return Spot(self._document.file, mark.line, mark.column)
            name = attributes.get(str(path[0]), "") if path else ""
            index = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
            return Spot(block.file, block.line + _offset(block.text, name, index))

        return Place(find)

    def block(self, change: Change) -> Block | None:
        """The block of a resource, None where no file has it."""
        key = (tuple(name for name, _ in change.modules), change.type, change.name)
        if key not in self._found:
            self._found[key] = next(self._candidates(change), None)
        return self._found[key]

    def mistakes(self) -> tuple[Remark, ...]:
        """Comments that mean to waive something and cannot, in all files of the folders where a block was found."""
        return tuple(remark for folder in self._used for remark in self._mistakes.get(folder, ()))

    def _candidates(self, change: Change) -> Iterator[Block]:
        for root in self._folders:
            for folder in self._module_folders(root, change.modules):
                found = self._blocks_of(folder).get((change.type, change.name))
                if found is not None:
                    self._used[folder] = None
                    yield found

    def _module_folders(self, root: FilePath, modules: Modules) -> Iterator[FilePath]:
        if not modules:
            yield root
            return
        names = [name for name, _ in modules]
        listed = self._modules_of(root).get(".".join(names))
        if listed is not None:
            yield listed
        source = self._configuration.module(modules[:-1]).call(names[-1]).get("source")
        if isinstance(source, str) and source.startswith(("./", "../")):
            for outer in self._module_folders(root, modules[:-1]):
                yield outer / source

    def _modules_of(self, root: FilePath) -> Mapping[str, FilePath]:
        if root not in self._listed:
            found: dict[str, FilePath] = {}
            text = _read(root / ".terraform" / "modules" / "modules.json")
            try:
                data: Any = json.loads(text) if text else None
            except (ValueError, RecursionError):
                data = None
            entries = data.get("Modules") if isinstance(data, Mapping) else None
            for entry in entries if isinstance(entries, list) else ():
                if (
                    isinstance(entry, Mapping)
                    and isinstance(entry.get("Key"), str)
                    and isinstance(entry.get("Dir"), str)
                ):
                    found[entry["Key"]] = root / entry["Dir"]
            self._listed[root] = found
        return self._listed[root]

    def _blocks_of(self, folder: FilePath) -> Mapping[tuple[str, str], Block]:
        if folder not in self._blocks:
            found: dict[tuple[str, str], Block] = {}
            for file in _files(folder):
                text = _read(file)
                remarks = remarks_in(text, file=shown(file))
                self._mistakes.setdefault(folder, []).extend(remarks.mistakes)
                for match in _BLOCK.finditer(text):
                    end = _END.search(text, match.end())
                    line = text.count("\n", 0, match.start()) + 1
                    body = text[match.start() : end.start() if end else len(text)]
                    key = (match[1], match[2])
                    found.setdefault(key, Block(shown(file), line, body, remarks.of_blocks.get(key, ())))
            self._blocks[folder] = found
        return self._blocks[folder]


def _files(folder: FilePath) -> list[FilePath]:
    try:
        return sorted(folder.glob("*.tf"))[:_MOST_FILES]
    except (OSError, ValueError):
        return []


def _read(file: FilePath) -> str:
    """The text of a file, "" for one that is not there, too large, or no text."""
    try:
        if not file.is_file() or file.stat().st_size > _MOST_BYTES:
            return ""
        return file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""


def _offset(text: str, name: str, index: int) -> int:
    """How many lines below its beginning a block has an attribute, or its n-th block of that name; 0 where it has none."""
    if not name:
        return 0
    found = list(re.finditer(rf"^[ \t]*(?:dynamic[ \t]+)?\"?{re.escape(name)}\"?[ \t]*[={{]", text, re.MULTILINE))
    if not found:
        return 0
    return text.count("\n", 0, found[min(index, len(found) - 1)].start())
