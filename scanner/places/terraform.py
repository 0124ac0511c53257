"""Terraform: the line of a resource block, found through the addresses of a state or a plan, or through Yor's tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from scanner.model import Location, Resource
from scanner.places.checkout import Checkout
from scanner.places.marks import GIT_FILE, GIT_ORG, GIT_REPO, YOR_NAME, YOR_TRACE, tags_of

_BLOCK = re.compile(r'^[ \t]*(resource|module)[ \t]+"([\w-]+)"(?:[ \t]+"([\w-]+)")?[ \t]*\{', re.MULTILINE)
_SOURCE = re.compile(r'^[ \t]*source[ \t]*=[ \t]*"(\.{1,2}/[^"$%]*)"', re.MULTILINE)
_INDEX = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_STEP = re.compile(r"module\.([\w-]+)\.")


@dataclass(frozen=True, slots=True)
class Block:
    """A resource block: its file and line, and where its text ends."""

    file: str
    line: int
    start: int
    end: int


class Configuration:
    """The .tf files of a checkout, with the addresses that states and plans beside them give to what exists."""

    def __init__(self, checkout: Checkout, *, repository: str = "") -> None:
        self._checkout = checkout
        self._repository = repository.lower()
        self._blocks: dict[tuple[str, str, str], list[Block]] = {}
        self._modules: dict[tuple[str, str], str] = {}
        self._texts: dict[str, str] = {}
        for file in checkout.files(".tf"):
            self._read(file)
        self._addresses: dict[str, set[tuple[str, str]]] = {}
        for file in checkout.files(".tfstate", ".json"):
            for key, address in _addresses(checkout.text(file)):
                self._addresses.setdefault(key, set()).add((_folder(file), address))

    def place(self, resource: Resource) -> Location | None:
        """The line of the block that made a resource; None where nothing tells, or more than one block may be meant."""
        return self._by_address(resource) or self._by_tags(resource)

    def _read(self, file: str) -> None:
        text = self._checkout.text(file)
        found = list(_BLOCK.finditer(text))
        ends = [*(match.start() for match in found[1:]), len(text)]
        line, counted = 1, 0
        for match, end in zip(found, ends, strict=True):
            line, counted = line + text.count("\n", counted, match.start()), match.start()
            word, kind, name = match.groups()
            if word == "resource" and name:
                block = Block(file, line, match.start(), end)
                self._blocks.setdefault((_folder(file), kind, name), []).append(block)
            elif word == "module" and (source := _SOURCE.search(text, match.end(), end)):
                self._modules[_folder(file), kind] = _joined(_folder(file), source.group(1))

    def _by_address(self, resource: Resource) -> Location | None:
        told = self._addresses.get(resource.arn, set()) or self._addresses.get(resource.id, set())
        found = {(block, address) for folder, address in told if (block := self._block(folder, address)) is not None}
        if len({block for block, _ in found}) != 1:
            return None
        block = next(iter(found))[0]
        return Location(block.file, block.line, address=min(address for _, address in found))

    def _block(self, folder: str, address: str) -> Block | None:
        plain = _INDEX.sub("", address)
        while step := _STEP.match(plain):
            folder, plain = self._modules.get((folder, step.group(1)), "\0"), plain[step.end() :]
        kind, _, name = plain.partition(".")
        found = self._blocks.get((folder, kind, name), [])
        return found[0] if len(found) == 1 else None

    def _by_tags(self, resource: Resource) -> Location | None:
        """Yor writes file and repository into the tags; anybody who may tag can write them, too."""
        tags = tags_of(resource)
        file, name, trace = tags.get(GIT_FILE, ""), tags.get(YOR_NAME, ""), tags.get(YOR_TRACE, "")
        repository = f"{tags.get(GIT_ORG, '')}/{tags.get(GIT_REPO, '')}".lower()
        if not file or (self._repository and repository != self._repository) or not self._checkout.holds(file):
            return None
        text = self._texts.setdefault(file, "") or self._checkout.text(file)
        self._texts[file] = text
        traced = [at.start() for at in re.finditer(re.escape(trace), text)] if trace else []
        blocks = [block for key, found in self._blocks.items() for block in found if block.file == file]
        named = [block for (_, _, called), found in self._blocks.items() for block in found
                 if block.file == file and called == name]  # fmt: skip
        around = [block for block in blocks for at in traced if block.start <= at < block.end]
        for found in (around, named):
            if len(found) == 1:
                return Location(file, found[0].line, address=name)
        return Location(file, text.count("\n", 0, traced[0]) + 1, address=name) if len(traced) == 1 else None


def _folder(file: str) -> str:
    return PurePosixPath(file).parent.as_posix()


def _joined(folder: str, source: str) -> str:
    """A module's folder, relative to the root; nothing is there for one outside."""
    parts = [part for part in PurePosixPath(folder).parts if part != "."]
    for part in PurePosixPath(source).parts:
        if part == "..":
            if not parts:
                return "\0"
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts) or "."


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    """ARN or id, and address, of everything in a state file, or in what `terraform show -json` wrote of a state or a plan."""
    if '"terraform_version"' not in text:
        return
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(data, dict):
        return
    yield from _in_state(data)
    for values in (data.get("values"), _member(data.get("prior_state"), "values"), data.get("planned_values")):
        yield from _in_module(_member(values, "root_module"))


def _in_state(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for resource in _listed(state.get("resources")):
        if resource.get("mode") != "managed":
            continue
        module = f"{resource['module']}." if isinstance(resource.get("module"), str) else ""
        for instance in _listed(resource.get("instances")):
            address = f"{module}{resource.get('type')}.{resource.get('name')}{_key(instance.get('index_key'))}"
            yield from _known(instance.get("attributes"), address)


def _in_module(module: Any) -> Iterator[tuple[str, str]]:
    for resource in _listed(_member(module, "resources")):
        if resource.get("mode") == "managed" and isinstance(resource.get("address"), str):
            yield from _known(resource.get("values"), resource["address"])
    for child in _listed(_member(module, "child_modules")):
        yield from _in_module(child)


def _known(attributes: Any, address: str) -> Iterator[tuple[str, str]]:
    for key in ("arn", "id"):
        value = _member(attributes, key)
        if isinstance(value, str) and value:
            yield value, address


def _key(value: Any) -> str:
    return "" if value is None else f"[{json.dumps(value)}]"


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
