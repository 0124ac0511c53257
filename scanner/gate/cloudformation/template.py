"""A template as its sections: what it has to look like to be one, and where its parts stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.errors import TemplateError
from scanner.gate.document import Document
from scanner.gate.planned import Path, Spot

MAX_RESOURCES = 20_000
"""CloudFormation takes 500; a loop may not make more than memory holds."""

SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs", "Rules", "Metadata", "Hooks")
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
# Transforms after which every resource that a rule asks about is as it was written.
_HARMLESS = frozenset({LANGUAGE_EXTENSIONS, "AWS::Serverless-2016-10-31", "AWS::SecretsManager-2020-07-23",
                       "AWS::SecretsManager-2024-09-16", "AWS::CodeDeployBlueGreen"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """One template. `sections` are as they are written, nothing resolved."""

    file: str
    sections: Mapping[str, Mapping[str, Any]]
    transforms: tuple[str, ...]
    document: Document = field(repr=False)

    @property
    def resources(self) -> Mapping[str, Any]:
        """Logical id -> resource, as written."""
        return self.sections["Resources"]

    @property
    def macros(self) -> tuple[str, ...]:
        """The transforms that may change anything."""
        return tuple(name for name in self.transforms if name not in _HARMLESS)

    def spot(self, *path: str | int) -> Spot:
        """Where a part stands, or the nearest one around it."""
        mark = self.document.mark.at(path)
        return Spot(self.file, mark.line, mark.column)

    def finder(self, logical_id: str) -> Callable[[Path], Spot]:
        """Finds the spots of a resource and of its properties; the marks are read when somebody asks."""

        def find(path: Path) -> Spot:
            return self.spot("Resources", logical_id, *(("Properties", *path) if path else ()))

        return find


def is_template(data: Any) -> bool:
    """Whether data looks like a template, or like one that somebody broke."""
    return isinstance(data, Mapping) and (
        "AWSTemplateFormatVersion" in data
        or (
            isinstance(data.get("Resources"), Mapping)
            and any(
                isinstance(one, Mapping) and isinstance(one.get("Type"), str) and "::" in one["Type"]
                for one in data["Resources"].values()
            )
        )
    )


def read_template(document: Document) -> Template:
    """The template in a document; raises `TemplateError` where it is none."""
    data = document.data
    if not isinstance(data, Mapping):
        raise TemplateError("this is no template: it is no mapping", place=f"{document.file}:1")
    sections: dict[str, Mapping[str, Any]] = {}
    for name in SECTIONS:
        section = data.get(name)
        if section is not None and not isinstance(section, Mapping):
            place = f"{document.file}:{document.mark.at((name,)).line}"
            raise TemplateError(f"the section {name} is no mapping", place=place, cure="write `Name: …` below it")
        sections[name] = section or {}
    if not sections["Resources"]:
        raise TemplateError(
            "the template has no Resources", place=f"{document.file}:1", cure="leave the file out, or mend it"
        )
    if len(sections["Resources"]) > MAX_RESOURCES:
        raise TemplateError(f"the template has more than {MAX_RESOURCES:,} resources", place=document.file)
    return Template(document.file, sections, tuple(_transforms(data.get("Transform"))), document)


def _transforms(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [str(one.get("Name", "?")) if isinstance(one, Mapping) else str(one) for one in listed if one is not None]
