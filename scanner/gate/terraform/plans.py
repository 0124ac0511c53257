"""All Terraform texts of a run: one plan for each account and Region that a file reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from scanner.errors import TemplateError
from scanner.gate.dialects import Asked, Written
from scanner.gate.document import Document
from scanner.gate.planned import Path, Plan
from scanner.gate.terraform.changes import changes_in
from scanner.gate.terraform.configuration import Configuration
from scanner.gate.terraform.lines import Lines
from scanner.gate.terraform.providers import Providers
from scanner.gate.terraform.reading import Reading
from scanner.gate.terraform.shapes import HINTS, is_one, shapes_in

__all__ = ["HINTS", "is_one", "plan"]

_GLOBAL = ("aws_iam_",)


def plan(texts: Sequence[Written], asked: Asked) -> tuple[list[Plan], list[TemplateError]]:
    """The plans of all texts, and one sentence about each that cannot be read."""
    plans: list[Plan] = []
    failures: list[TemplateError] = []
    for source, document in texts:
        try:
            for path, shape in shapes_in(document):
                plans += _plans(document, source.path, path, shape, asked)
        except TemplateError as mistake:
            failures.append(mistake)
        except RecursionError:
            failures.append(TemplateError("the plan is nested too deeply", place=document.file))
    return plans, failures


def _plans(document: Document, file: FilePath | None, path: Path, shape: Mapping[str, Any], asked: Asked) -> list[Plan]:
    configuration = Configuration(shape)
    changes = tuple(changes_in(shape, path))
    providers = Providers(shape, configuration, changes, account=asked.account, region=asked.region)
    folders = dict.fromkeys(([file.resolve().parent] if file is not None else []) + [FilePath.cwd()])
    lines = Lines(tuple(folders), configuration, document)
    places = {change: providers.place_of(change) for change in changes}
    counted: dict[tuple[str, str], int] = {}
    for change in changes:
        if change.mode == "managed" and not change.type.startswith(_GLOBAL):
            counted[places[change]] = counted.get(places[change], 0) + 1
    # What belongs to no Region goes where most is; everything else refers to it from there.
    main = max(
        counted,
        key=lambda place: (counted[place], place),
        default=next(iter(places.values()), (asked.account, asked.region)),
    )
    groups = {
        place: [one for one in changes if _belongs(one, places[one], place, main)] for place in sorted({*counted, main})
    }
    made = []
    for (account, region), own in groups.items():
        reading = Reading(
            shape, document, configuration, lines, asked, account, region, path, is_main=(account, region) == main
        )
        made.append(reading.plan(changes, frozenset(own)))
    return made


def _belongs(change: Any, own: tuple[str, str], place: tuple[str, str], main: tuple[str, str]) -> bool:
    if change.mode == "data":
        return False
    return place == main if change.type.startswith(_GLOBAL) else own == place
