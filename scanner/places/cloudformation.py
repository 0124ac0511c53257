"""CloudFormation templates: the line of a logical id, in the template of the stack that a resource's tags name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from scanner.model import Location, Resource
from scanner.places.checkout import Checkout
from scanner.places.marks import CDK_PATH, LOGICAL_ID, STACK, tags_of

_ENDINGS = (".yaml", ".yml", ".json", ".template")
_YAML_SECTION = re.compile(r"^Resources[ \t]*:[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_YAML_KEY = re.compile(r"""^([ \t]+)(['"]?)([A-Za-z0-9]+)\2[ \t]*:(?=[ \t\r]|$)""", re.MULTILINE)
_YAML_TYPE = re.compile(r"""^[ \t]+(['"]?)Type\1[ \t]*:[ \t]*(['"]?)([A-Za-z0-9:]+)\2""", re.MULTILINE)
_YAML_CDK_PATH = re.compile(r"""aws:cdk:path['"]?[ \t]*:[ \t]*(['"]?)([^'"\r\n]+)\1""")
_TOP_LEVEL = re.compile(r"^[^\s#]", re.MULTILINE)
_JSON_TOKEN = re.compile(r'[{}\[\]]|"((?:[^"\\]|\\.)*)"(?:[ \t\r\n]*(:))?')
_INSIDE_RESOURCES = 2


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource in a template: where, of which type, and the path of its CDK construct."""

    file: str
    line: int
    kind: str
    construct: str = ""


class Templates:
    """The templates of a checkout by the logical ids in them."""

    def __init__(self, checkout: Checkout) -> None:
        self._ids: dict[str, list[Declared]] = {}
        self._constructs: dict[str, list[Declared]] = {}
        for file in checkout.files(*_ENDINGS):
            for name, declared in _resources(checkout.text(file), file):
                self._ids.setdefault(name, []).append(declared)
                if declared.construct:
                    self._constructs.setdefault(declared.construct, []).append(declared)

    def place(self, resource: Resource) -> Location | None:
        """The line of the resource's logical id; None where no template, or more than one that may be meant, has it."""
        tags = tags_of(resource)
        stack, name = tags.get(STACK, ""), tags.get(LOGICAL_ID, "")
        built = self._constructs.get(tags.get(CDK_PATH, ""), [])
        found = _meant(built, resource.kind, stack) or _meant(self._ids.get(name, []), resource.kind, stack)
        if found is None:
            return None
        return Location(found.file, found.line, address=name or found.construct, construct=found.construct)


def _meant(found: list[Declared], kind: str, stack: str) -> Declared | None:
    """The only one of the kind, or the only one of them in a file that is called like the stack.

    Instances carry the tags of the group that made them: where nothing is of the kind, whatever has the name counts.
    """
    same = [one for one in found if one.kind == kind] or found
    if len(same) > 1:
        same = [one for one in same if _is_called(one.file, stack)]
    return same[0] if len(same) == 1 else None


def _is_called(file: str, stack: str) -> bool:
    stem = PurePosixPath(file).name.split(".")[0].lower()
    return bool(stem) and stem == stack.lower()


def _resources(text: str, file: str) -> Iterator[tuple[str, Declared]]:
    if '"Resources"' in text and text.lstrip("\ufeff \t\r\n").startswith("{"):
        yield from _in_json(text, file)
    elif "Resources" in text:
        yield from _in_yaml(text, file)


def _in_yaml(text: str, file: str) -> Iterator[tuple[str, Declared]]:
    """The keys of the first indentation below `Resources`, each with the type below it."""
    section = _YAML_SECTION.search(text)
    if section is None:
        return
    after = _TOP_LEVEL.search(text, section.end() + 1)
    end = after.start() if after else len(text)
    keys = list(_YAML_KEY.finditer(text, section.end(), end))
    outer = [key for key in keys if key.group(1) == keys[0].group(1)]
    ends = [*(key.start() for key in outer[1:]), end]
    line, counted = 1, 0
    for key, stop in zip(outer, ends, strict=False):
        line, counted = line + text.count("\n", counted, key.start()), key.start()
        kind = _YAML_TYPE.search(text, key.end(), stop)
        construct = _YAML_CDK_PATH.search(text, key.end(), stop)
        if kind:
            yield key.group(3), Declared(file, line, kind.group(3), construct.group(2).strip() if construct else "")


def _in_json(text: str, file: str) -> Iterator[tuple[str, Declared]]:
    """The members of `Resources`."""
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return
    resources: Any = data.get("Resources") if isinstance(data, dict) else None
    if not isinstance(resources, dict):
        return
    line, counted = 1, 0
    for name, start in _members_of_resources(text):
        found = resources.get(name)
        if not isinstance(found, Mapping) or not isinstance(found.get("Type"), str):
            continue
        line, counted = line + text.count("\n", counted, start), start
        metadata = found.get("Metadata")
        path = metadata.get(CDK_PATH, "") if isinstance(metadata, Mapping) else ""
        yield name, Declared(file, line, found["Type"], path if isinstance(path, str) else "")


def _members_of_resources(text: str) -> Iterator[tuple[str, int]]:
    """The keys of the object `Resources` of a JSON text that is sound, and where they begin."""
    depth, inside = 0, False
    for token in _JSON_TOKEN.finditer(text):
        mark = token.group()
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif token.group(2) and depth == 1:
            inside = token.group(1) == "Resources"
        elif token.group(2) and depth == _INSIDE_RESOURCES and inside:
            yield token.group(1), token.start()
