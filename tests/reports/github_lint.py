"""What GitHub's code scanning refuses or silently loses, as a list of sentences; empty for a file it takes whole."""

from __future__ import annotations

import gzip
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_RELATIVE = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*"
)
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_LEVELS = {"error", "warning", "note"}
_PRECISIONS = {"very-high", "high", "medium", "low"}


def problems(text: str) -> list[str]:
    """Every rule of GitHub's ingestion that the SARIF text breaks."""
    return list(_file(text))


def _file(text: str) -> Iterator[str]:
    if len(gzip.compress(text.encode())) > 10_000_000:
        yield "the file is larger than 10 MB even when compressed"
    log = json.loads(text)
    if log.get("version") != "2.1.0" or not log.get("$schema"):
        yield "the log names no version 2.1.0 or no schema"
    runs = log["runs"]
    if not 1 <= len(runs) <= 20:
        yield f"{len(runs)} runs, and GitHub takes 1 to 20"
    categories = Counter(run["automationDetails"]["id"] for run in runs)
    yield from (f"two runs of the category {category}" for category, times in categories.items() if times > 1)
    for run in runs:
        yield from _run(run)


def _run(run: Mapping[str, Any]) -> Iterator[str]:
    category = run["automationDetails"]["id"]
    if not category.endswith("/") or category.count("/") < 2:
        yield f"the category {category} does not end in a slash"
    driver = run["tool"]["driver"]
    if not driver.get("name"):
        yield "the tool has no name"
    rules = driver.get("rules", [])
    if len({rule["id"] for rule in rules}) != len(rules) or len(rules) > 25_000:
        yield "two rules of one id, or too many"
    for rule in rules:
        yield from _rule(rule)
    if len(run["results"]) > 5_000:
        yield f"{len(run['results'])} results, and GitHub keeps 5,000"
    identities = Counter(_identity(result) for result in run["results"])
    yield from (f"{identity} is the identity of {times} results" for identity, times in identities.items() if times > 1)
    for result in run["results"]:
        yield from _result(result, rules)
    for invocation in run.get("invocations", []):
        yield from _invocation(invocation, driver)


def _identity(result: Mapping[str, Any]) -> tuple[str, ...]:
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return (result["ruleId"], place, result["partialFingerprints"]["primaryLocationLineHash"])


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    name = rule.get("id") or "a rule without id"
    for text in ("shortDescription", "fullDescription"):
        if not 1 <= len(rule.get(text, {}).get("text", "").strip()) <= 1024:
            yield f"{name}: {text} is empty or longer than 1024"
    if not rule.get("help", {}).get("text", "").strip():
        yield f"{name}: no help"
    if len(rule.get("name", "")) > 255:
        yield f"{name}: the name is longer than 255"
    if rule.get("defaultConfiguration", {}).get("level") not in _LEVELS:
        yield f"{name}: no level of its own"
    properties = rule.get("properties", {})
    tags = properties.get("tags", [])
    if len(tags) > 10 or "security" not in tags or not all(isinstance(tag, str) and tag for tag in tags):
        yield f"{name}: more than 10 tags, or none that says security"
    if properties.get("precision") not in _PRECISIONS:
        yield f"{name}: no precision GitHub knows"
    severity = properties.get("security-severity", "1.0")
    if not isinstance(severity, str) or not re.fullmatch(r"\d+\.\d", severity) or not 0 < float(severity) <= 10:
        yield f"{name}: the security-severity {severity!r} is no text of a number above 0 up to 10"


def _result(result: Mapping[str, Any], rules: list[Any]) -> Iterator[str]:
    name = f"{result.get('ruleId')} {result.get('guid')}"
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield f"{name}: ruleId and ruleIndex disagree"
    if result.get("level") not in _LEVELS:
        yield f"{name}: no level of its own"
    if result.get("kind", "fail") != "fail" or "suppressions" in result:
        yield f"{name}: would become an alert although it is no failure"
    message = result["message"].get("text", "")
    if not message.strip() or "`" in message or _LINK.search(message) or re.search(r"\{\d+\}", message):
        yield f"{name}: the message is empty, or GitHub shows another one: {message!r}"
    if uuid.UUID(result["guid"]).version not in range(1, 6):
        yield f"{name}: a guid of a version the schema does not know"
    if not result["partialFingerprints"].get("primaryLocationLineHash"):
        yield f"{name}: nothing tells its alert from others of the path"
    if not 1 <= len(result.get("locations", [])) <= 100:
        yield f"{name}: no location, or too many"
    for location in (*result.get("locations", []), *result.get("relatedLocations", [])):
        yield from _location(name, location)


def _location(name: str, location: Mapping[str, Any]) -> Iterator[str]:
    physical = location.get("physicalLocation", {})
    artifact = physical.get("artifactLocation", {})
    path = artifact.get("uri", "")
    if not _RELATIVE.fullmatch(path) or {".", "..", "%2E", "%2E%2E"} & set(path.split("/")):
        yield f"{name}: {path!r} is no relative path"
    if "uriBaseId" in artifact:
        yield f"{name}: GitHub does not know uriBaseId"
    if physical.get("region", {}).get("startLine", 0) < 1:
        yield f"{name}: no line"


def _invocation(invocation: Mapping[str, Any], driver: Mapping[str, Any]) -> Iterator[str]:
    if invocation.get("executionSuccessful") is not True:
        yield "a run that calls itself unsuccessful is dropped"
    for notification in invocation.get("toolExecutionNotifications", []):
        declared = driver["notifications"][notification["descriptor"]["index"]]
        if declared["id"] != notification["descriptor"]["id"] or not notification["message"]["text"].strip():
            yield f"{notification}: not declared, or empty"
        rule = notification.get("associatedRule")
        if rule and driver["rules"][rule["index"]]["id"] != rule["id"]:
            yield f"{notification}: about another rule"
