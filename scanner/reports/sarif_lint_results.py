"""The half of the lint that is about a run's results: where they are, what they say, what GitHub knows them by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.reports.sarif_lint_rules import LEVELS
from scanner.reports.sarif_reading import Wrong, items, member, texts

MOST_LOCATIONS = 1_000
KEPT_LOCATIONS = 100
MOST_STEPS = 10_000
KEPT_STEPS = 1_000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_RELATIVE = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*"
)
_STEPS_ELSEWHERE = frozenset({".", "..", "%2e", "%2e%2e"})
_LINK = re.compile(r"\[[^\]]*\]\((?!\d+\))[^)]*\)")
_PLACEHOLDER = re.compile(r"\{\d+\}")
_VERSIONS = range(1, 6)


def lint_results(run: dict[str, Any], pointer: str) -> Iterator[Wrong]:
    """What is wrong with the results of a run, one by one and with each other."""
    rules = [rule for _, rule in items(member(run, "tool", "driver"), "rules")]
    known = {texts(rule, "id")[0]: index for index, rule in enumerate(rules)}
    seen: dict[tuple[object, ...], str] = {}
    for place, result in items(run, "results", under=pointer):
        if not isinstance(result, dict):
            yield place, "a result is an object", True
            continue
        yield from _rule(result, rules, known, place)
        yield from _words(result, place)
        yield from _places(result, place)
        identity = _identity(result, rules)
        if identity in seen:
            told = f"GitHub takes it for the result at {seen[identity]}: same rule, same path, same primaryLocationLineHash"
            yield place, told, False
        seen.setdefault(identity, place)


def _identity(result: dict[str, Any], rules: list[Any]) -> tuple[object, ...]:
    """Rule, path, and the hash; the line where there is no hash, for GitHub makes one of it."""
    index = result.get("ruleIndex")
    named = texts(result, "ruleId")[0] or texts(member(result, "rule"), "id")[0]
    if not named and isinstance(index, int) and 0 <= index < len(rules):
        (named,) = texts(rules[index], "id")
    first: Any = next((place for _, place in items(result, "locations")), {})
    physical = member(first, "physicalLocation")
    (mark,) = texts(member(result, "partialFingerprints"), "primaryLocationLineHash")
    return (
        named,
        texts(member(physical, "artifactLocation"), "uri")[0],
        mark or member(physical, "region").get("startLine"),
    )


def _rule(result: dict[str, Any], rules: list[Any], known: Mapping[str, int], place: str) -> Iterator[Wrong]:
    (name,) = texts(result, "ruleId")
    index = result.get("ruleIndex", member(result, "rule").get("index", -1))
    name = name or texts(member(result, "rule"), "id")[0]
    if isinstance(index, bool) or not isinstance(index, int) or not -1 <= index < len(rules):
        yield f"{place}/ruleIndex", f"there is no rule {index!r} in the driver's list", True
    elif index >= 0 and name and texts(rules[index], "id")[0] != name:
        yield f"{place}/ruleIndex", f"rule {index} is {texts(rules[index], 'id')[0]!r}, and ruleId says {name!r}", True
    elif not name and index < 0:
        yield f"{place}/ruleId", "the result names no rule", True
    elif index < 0 and name not in known and "toolComponent" not in member(result, "rule"):
        yield f"{place}/ruleId", f"the driver does not list the rule {name!r}", False


def _words(result: dict[str, Any], place: str) -> Iterator[Wrong]:
    level = result.get("level", "warning")
    if not isinstance(level, str) or level not in LEVELS:
        yield f"{place}/level", f"{level!r} is no level: none, note, warning or error", True
    if result.get("kind", "fail") != "fail":
        yield f"{place}/kind", f"GitHub makes an alert of it although it is {result['kind']!r} and no failure", False
    if result.get("suppressions"):
        yield f"{place}/suppressions", "GitHub makes an open alert of it although it is suppressed", False
    (text,) = texts(member(result, "message"), "text")
    if not text.strip():
        yield f"{place}/message/text", "the message has no text", True
    for pattern, told in (
        (_PLACEHOLDER, "shows a placeholder"),
        (_LINK, "holds a link that GitHub does not make"),
        (re.compile("`"), "has backquotes, which GitHub does not show"),
    ):
        if pattern.search(text):
            yield f"{place}/message/text", f"the message {told}", False
    yield from _prints(result, place)


def _prints(result: dict[str, Any], place: str) -> Iterator[Wrong]:
    prints = result.get("partialFingerprints", {})
    if not isinstance(prints, dict) or not all(isinstance(value, str) for value in prints.values()):
        yield f"{place}/partialFingerprints", "partialFingerprints is an object of texts", True
    elif not prints.get("primaryLocationLineHash"):
        told = "without a primaryLocationLineHash all results of a rule in a path that is no file are one alert"
        yield f"{place}/partialFingerprints", told, False
    guid = result.get("guid")
    if guid is not None and not _is_guid(guid):
        yield f"{place}/guid", f"{guid!r} is no UUID of version 1 to 5", True


def _is_guid(text: Any) -> bool:
    try:
        return uuid.UUID(text).version in _VERSIONS and len(text) == len(str(uuid.UUID(text)))
    except (ValueError, TypeError, AttributeError):
        return False


def _places(result: dict[str, Any], place: str) -> Iterator[Wrong]:
    found = result.get("locations")
    if not isinstance(found, list) or not found:
        yield f"{place}/locations", "expected at least one location", True
    for key in ("locations", "relatedLocations"):
        places = list(items(result, key, under=place))
        if len(places) > MOST_LOCATIONS:
            yield f"{place}/{key}", f"there are {len(places):,}, and GitHub refuses more than {MOST_LOCATIONS:,}", True
        elif len(places) > KEPT_LOCATIONS:
            yield f"{place}/{key}", f"there are {len(places)}, and GitHub keeps {KEPT_LOCATIONS}", False
        for where, location in places:
            yield from _physical(location, where)
    steps = [
        step
        for flow, path in items(result, "codeFlows", under=place)
        for thread, way in items(path, "threadFlows", under=flow)
        for step in items(way, "locations", under=thread)
    ]
    if len(steps) > MOST_STEPS:
        yield f"{place}/codeFlows", f"there are {len(steps):,} steps, and GitHub refuses more than {MOST_STEPS:,}", True
    elif len(steps) > KEPT_STEPS:
        yield f"{place}/codeFlows", f"there are {len(steps):,} steps, and GitHub keeps {KEPT_STEPS:,}", False
    for where, step in steps:
        yield from _physical(member(step, "location"), f"{where}/location")


def _physical(location: Any, where: str) -> Iterator[Wrong]:
    physical = member(location, "physicalLocation")
    if not physical:
        yield where, "expected a physical location", True
        return
    artifact, region = member(physical, "artifactLocation"), member(physical, "region")
    where = f"{where}/physicalLocation"
    (uri,) = texts(artifact, "uri")
    if not uri.strip():
        yield f"{where}/artifactLocation", "expected artifact location", True
    else:
        yield from _uri(uri, f"{where}/artifactLocation/uri")
    if "uriBaseId" in artifact:
        yield f"{where}/artifactLocation/uriBaseId", "GitHub knows no uriBaseId and reads the uri without it", False
    line = region.get("startLine")
    if isinstance(line, bool) or not isinstance(line, int) or line < 1:
        yield f"{where}/region/startLine", f"{line!r} is no line: they count from 1", True
    elif isinstance(end := region.get("endLine", line), int) and end < line:
        yield f"{where}/region/endLine", f"the region ends in line {end} and begins in line {line}", False


def _uri(uri: str, where: str) -> Iterator[Wrong]:
    scheme = _SCHEME.match(uri)
    if scheme and scheme.group() == "file:":
        yield where, "an absolute path is another one on every machine: make it relative to the checkout", False
    elif scheme:
        name = scheme.group()[:-1]
        yield where, f'the URI scheme "{name}" of {uri!r} did not match the checkout URI scheme "file"', True
    elif ":" in uri.partition("/")[0]:
        yield where, f"{uri!r} is an invalid URI: a colon in its first part", True
    elif not _RELATIVE.fullmatch(uri) or not _STEPS_ELSEWHERE.isdisjoint(uri.lower().split("/")):
        # GitHub takes what merely cannot be shown, and refuses what is no URI at all.
        broken = bool(re.search(r"[\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})", uri))
        yield where, f"{uri!r} is no relative path as GitHub shows them", broken
