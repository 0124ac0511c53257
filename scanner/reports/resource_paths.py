"""The path that stands for a resource where nobody's files do."""

from __future__ import annotations

import re
from urllib.parse import quote

from scanner.model import Finding, Resource

_ARN_PARTS = 6
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")


def place_of(finding: Finding) -> tuple[str, int]:
    """File and line of a finding: those of its location, else the path that stands for its resource and line 1."""
    place = finding.location
    return (resource_path(finding.resource), 1) if place is None else (place.file, place.line)


def resource_path(resource: Resource) -> str:
    """`aws/<account>/<region>/<service>/<type...>/<id>`: a relative path that no name can break out of.

    Service, type and id are those of the ARN, or of the kind if it has none. An ARN itself would be read as a
    URI of the scheme `arn`, for which GitHub refuses the whole file.
    """
    tail = _arn_parts(resource.arn) or _kind_parts(resource)
    parts = ["aws", resource.account or "global", resource.region or "global", *tail]
    return "/".join(path_segment(part) for part in parts if part)


def percent_encoded(text: str) -> str:
    """Any text as one segment of a path."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe="", errors="backslashreplace")


def _arn_parts(arn: str) -> list[str]:
    parts = arn.split(":", 5)
    if len(parts) < _ARN_PARTS or parts[0] != "arn" or not parts[2] or not parts[5]:
        return []
    return [parts[2], *parts[5].replace(":", "/").split("/")]


def _kind_parts(resource: Resource) -> list[str]:
    words = [word.lower() for word in resource.kind.split("::")[1:]] or [resource.kind]
    return [*words, *resource.id.replace(":", "/").split("/")]


def path_segment(part: str) -> str:
    """Any text as one segment that leads nowhere else."""
    encoded = percent_encoded(part)
    # "." and ".." would be resolved away; encoded twice they stay what they are.
    return encoded.replace(".", "%252E") if encoded in {".", ".."} else encoded
