"""The line behind a finding: among all that made a resource what it is, the property that the evidence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.estate import Row
from scanner.gate.planned import Path, Place, Planned, Spot
from scanner.model import Finding, Location

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*")
_TELLING = 3
"""How much more a property's name says than a mere value."""


def location_of(finding: Finding, row: Row | None) -> Location | None:
    """File and line of what a finding speaks of; None where nothing that is written made the resource."""
    if row is None or not row.parts:
        return None
    words = frozenset(_WORD.findall(" ".join((finding.message, *finding.because))))
    main, weight = row.parts[0], 0
    path: Path = ()
    if finding.outcome.value == "fail":
        for part in row.parts:
            for candidate, score in _scored(part, words):
                if score > weight:
                    main, path, weight = part, candidate, score
    return _location(main.place, path, row.parts[0])


def _scored(part: Planned, words: frozenset[str]) -> Iterator[tuple[Path, int]]:
    """Properties with how much the evidence speaks of them: by name, and by the values in one structure together."""
    for path, siblings in _structures(part.properties, ()):
        values = {key: _said(value, words) + _TELLING * (key in words) for key, value in siblings.items()}
        total = sum(values.values())
        best = max(values, key=lambda key: (values[key], key in _ENDS), default=None)
        if best is not None and values[best]:
            yield (*path, best), total


_ENDS = frozenset({"CidrIp", "CidrIpv6", "CidrBlock", "DestinationCidrBlock"})


def _said(value: Any, words: frozenset[str]) -> int:
    text = str(value).lower() if isinstance(value, bool) else value
    if isinstance(text, int):
        return int(str(text) in words)
    return int(isinstance(text, str) and text in words) * (2 if isinstance(text, str) and len(text) > _TELLING else 1)


def _structures(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield path, {key: item for key, item in value.items() if isinstance(item, (str, int, bool))}
        for key, item in value.items():
            if key != "Tags":
                yield from _structures(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _structures(item, (*path, index))


def _location(place: Place, path: Path, main: Planned) -> Location:
    spot = place.find(path)
    source = place.source()
    shown = source or spot
    return Location(
        file=shown.file,
        line=shown.line,
        column=shown.column,
        address=main.address,
        construct=place.construct,
        written=_words(spot) if source is not None else "",
    )


def _words(spot: Spot) -> str:
    return f"{spot.file}:{spot.line}"
