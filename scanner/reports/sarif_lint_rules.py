"""The half of the lint that is about a run's tool and its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.reports.sarif_reading import Wrong, items, member, texts

MOST_RULES = 25_000
MOST_EXTENSIONS = 100
MOST_TAGS = 20
KEPT_TAGS = 10
LONGEST_TEXT = 1024
LONGEST_NAME = 255
LEVELS = frozenset({"none", "note", "warning", "error"})
_PRECISIONS = frozenset({"very-high", "high", "medium", "low"})
_NUMBER = re.compile(r"\d+(\.\d+)?")
_GRAVEST = 10.0


def lint_tool(run: dict[str, Any], pointer: str) -> Iterator[Wrong]:
    """What is wrong with the tool of a run, its extensions and all their rules."""
    driver, where = member(run, "tool", "driver"), f"{pointer}/tool/driver"
    if texts(driver, "name") == ("",):
        yield f"{where}/name", "the tool has no name", True
    yield from _rules(driver, where)
    extensions = list(items(member(run, "tool"), "extensions", under=f"{pointer}/tool"))
    if len(extensions) > MOST_EXTENSIONS:
        told = f"there are {len(extensions)} extensions, and GitHub refuses more than {MOST_EXTENSIONS}"
        yield f"{pointer}/tool/extensions", told, True
    for place, extension in extensions:
        yield from _rules(extension, place)


def _rules(component: Any, where: str) -> Iterator[Wrong]:
    rules = component.get("rules") if isinstance(component, dict) else None
    if rules is not None and not isinstance(rules, list):
        yield f"{where}/rules", "rules is no list", True
        return
    if len(rules or ()) > MOST_RULES:
        yield (
            f"{where}/rules",
            f"there are {len(rules or ()):,} rules, and GitHub refuses more than {MOST_RULES:,}",
            True,
        )
    seen: dict[str, str] = {}
    for place, rule in items(component, "rules", under=where):
        if not isinstance(rule, dict):
            yield place, "a rule is an object", True
            continue
        (name,) = texts(rule, "id")
        if not name:
            yield f"{place}/id", "the rule has no id", True
        elif name in seen:
            yield f"{place}/id", f"{name} is the id of {seen[name]}, too", True
        seen.setdefault(name, place)
        yield from _words(rule, place)
        yield from _properties(rule, place)


def _words(rule: dict[str, Any], place: str) -> Iterator[Wrong]:
    for key in ("shortDescription", "fullDescription", "help"):
        (text,) = texts(member(rule, key), "text")
        if not text.strip():
            yield f"{place}/{key}", f"the rule has no {key}.text, which GitHub wants", False
        elif key != "help" and len(text) > LONGEST_TEXT:
            yield (
                f"{place}/{key}/text",
                f"the text has {len(text):,} characters, and GitHub keeps {LONGEST_TEXT:,}",
                False,
            )
    (name,) = texts(rule, "name")
    if len(name) > LONGEST_NAME:
        yield f"{place}/name", f"the name has {len(name)} characters, and GitHub keeps {LONGEST_NAME}", False
    level = member(rule, "defaultConfiguration").get("level", "warning")
    if not isinstance(level, str) or level not in LEVELS:
        yield f"{place}/defaultConfiguration/level", f"{level!r} is no level", True


def _properties(rule: dict[str, Any], place: str) -> Iterator[Wrong]:
    bag, where = member(rule, "properties"), f"{place}/properties"
    tags = bag.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        yield f"{where}/tags", "tags are a list of texts", True
        tags = []
    elif len(set(tags)) < len(tags):
        yield f"{where}/tags", "a tag is there twice", True
    if len(tags) > MOST_TAGS:
        yield f"{where}/tags", f"there are {len(tags)} tags, and GitHub refuses more than {MOST_TAGS}", True
    elif len(tags) > KEPT_TAGS:
        yield f"{where}/tags", f"there are {len(tags)} tags, and GitHub keeps {KEPT_TAGS}", False
    precision = bag.get("precision", "high")
    if not isinstance(precision, str) or precision not in _PRECISIONS:
        yield f"{where}/precision", f"{precision!r} is no precision GitHub knows", False
    if "security-severity" in bag:
        yield from _severity(bag["security-severity"], tags, where)


def _severity(severity: Any, tags: list[str], where: str) -> Iterator[Wrong]:
    is_number = isinstance(severity, str) and bool(_NUMBER.fullmatch(severity))
    if not is_number or not 0 < float(severity) <= _GRAVEST:
        told = f"{severity!r} is no security-severity: it is the text of a number above 0 and up to 10, like '8.0'"
        yield f"{where}/security-severity", told, True
    elif "security" not in tags:
        yield f"{where}/tags", "a security-severity counts only where a tag says 'security'", False
