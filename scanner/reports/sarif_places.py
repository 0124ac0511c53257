"""Where a resource is for a SARIF viewer: a path that stands for it, and its ARN beside."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

from typing import Any

from scanner.model import Location, Resource
from scanner.reports.sarif_text import percent_encoded
from scanner.reports.text import clean

_ARN_PARTS = 6


def written_location(resource: Resource, place: Location) -> Any:
    """A `sarif_om.Location` in somebody's own file, with what that calls the resource."""
    import sarif_om as om

    return om.Location(
        physical_location=om.PhysicalLocation(
            artifact_location=om.ArtifactLocation(uri=file_uri(place.file)),
            region=om.Region(start_line=place.line, start_column=place.column),
        ),
        logical_locations=[
            om.LogicalLocation(
                name=clean(place.address or resource.id) or None,
                fully_qualified_name=clean(place.construct or place.address or resource.id) or None,
                kind="resource",
            )
        ],
    )


def file_uri(file: str) -> str:
    """A path as viewers take it: relative to the checkout, or with its scheme where it lies outside."""
    encoded = "/".join(percent_encoded(part) if part not in (".", "..") else part for part in file.split("/"))
    return f"file://{encoded}" if file.startswith("/") else encoded


def location(resource: Resource, path: str) -> Any:
    """A `sarif_om.Location` at a path, with the resource's id and ARN."""
    import sarif_om as om

    return om.Location(
        physical_location=om.PhysicalLocation(
            artifact_location=om.ArtifactLocation(uri=path), region=om.Region(start_line=1)
        ),
        logical_locations=[
            om.LogicalLocation(
                name=clean(resource.id) or None,
                fully_qualified_name=resource.arn or resource.id or None,
                kind="resource",
            )
        ],
    )


def resource_path(resource: Resource) -> str:
    """`aws/<account>/<region>/<service>/<type...>/<id>`: a relative path that no name can break out of.

    Service, type and id are those of the ARN, or of the kind if it has none. An ARN itself would be read as a
    URI of the scheme `arn`, for which GitHub refuses the whole file.
    """
    tail = _arn_parts(resource.arn) or _kind_parts(resource)
    parts = ["aws", resource.account or "global", resource.region or "global", *tail]
    return "/".join(_segment(part) for part in parts if part)


def _arn_parts(arn: str) -> list[str]:
    parts = arn.split(":", 5)
    if len(parts) < _ARN_PARTS or parts[0] != "arn" or not parts[2] or not parts[5]:
        return []
    return [parts[2], *parts[5].replace(":", "/").split("/")]


def _kind_parts(resource: Resource) -> list[str]:
    words = [word.lower() for word in resource.kind.split("::")[1:]] or [resource.kind]
    return [*words, *resource.id.replace(":", "/").split("/")]


def _segment(part: str) -> str:
    encoded = percent_encoded(part)
    # "." and ".." would be resolved away; encoded twice they stay what they are.
    return encoded.replace(".", "%252E") if encoded in {".", ".."} else encoded
