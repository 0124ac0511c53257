"""Where a resource is for a SARIF viewer: a line in somebody's files or a path that stands for it, and its ARN beside."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import posixpath
from typing import Any

from scanner.model import Location, Resource
from scanner.reports.resource_paths import path_segment, resource_path
from scanner.reports.text import clean


def location(resource: Resource, place: Location | None, *, path: str = "", planned: bool = False) -> Any:
    """A `sarif_om.Location` of a resource, with its id and ARN; `path` is its `path_of`, where that is known.

    What is only `planned` has neither, and is called as its file does.
    """
    import sarif_om as om

    line, column = (1, 1) if place is None else (place.line, place.column)
    return om.Location(
        physical_location=om.PhysicalLocation(
            artifact_location=om.ArtifactLocation(uri=path or path_of(resource, place)),
            region=om.Region(start_line=line, start_column=column if column > 1 else None),
        ),
        logical_locations=_names(resource, place, planned=planned),
    )


def _names(resource: Resource, place: Location | None, *, planned: bool) -> list[Any]:
    import sarif_om as om

    address = clean(place.construct or place.address) if place is not None else ""
    if planned and place is not None and address:
        return [om.LogicalLocation(name=clean(place.address) or None, fully_qualified_name=address, kind="resource")]
    name, full = clean(resource.id) or None, resource.arn or resource.id or None
    declared = [om.LogicalLocation(fully_qualified_name=address, kind="declaration")] if address else []
    return [om.LogicalLocation(name=name, fully_qualified_name=full, kind="resource"), *declared]


def path_of(resource: Resource, place: Location | None) -> str:
    """The path of a resource's location: that of the file, encoded, or the one that stands for the resource."""
    return resource_path(resource) if place is None else file_uri(place.file)


def file_uri(file: str) -> str:
    """A file as viewers take it: relative to the checkout, or with its scheme where it lies outside."""
    parts = posixpath.normpath(file).split("/")
    encoded = "/".join(path_segment(part) for part in parts if part)
    return f"file:///{encoded}" if file.startswith("/") else encoded
