"""What our SARIF has to be: whole for GitHub's ingestion, as `bastionless sarif lint` tells, and to the house's own standard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.reports.sarif_lint import lint

_LEVELS = {"error", "warning", "note"}


def problems(text: str) -> list[str]:
    """Every rule of GitHub's ingestion that the SARIF text breaks, and every one of ours."""
    log = json.loads(text)
    return [*(one.sentence for one in lint(text)), *(told for run in log["runs"] for told in _run(run))]


def _run(run: Mapping[str, Any]) -> Iterator[str]:
    category = run["automationDetails"]["id"]
    if not category.endswith("/") or category.count("/") < 2:
        yield f"the category {category} does not end in a slash"
    driver = run["tool"]["driver"]
    for rule in driver.get("rules", []):
        yield from _rule(rule)
    for result in run["results"]:
        if result.get("level") not in _LEVELS or "ruleIndex" not in result:
            yield f"{result['ruleId']}: no level of its own, or no ruleIndex"
    for invocation in run.get("invocations", []):
        yield from _invocation(invocation, driver)


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    if rule.get("defaultConfiguration", {}).get("level") not in _LEVELS:
        yield f"{rule['id']}: no level of its own"
    properties = rule["properties"]
    if "security" not in properties["tags"] or "precision" not in properties:
        yield f"{rule['id']}: no tag that says security, or no precision"
    if not re.fullmatch(r"\d+\.\d", properties.get("security-severity", "1.0")):
        yield f"{rule['id']}: the security-severity has not one decimal"


def _invocation(invocation: Mapping[str, Any], driver: Mapping[str, Any]) -> Iterator[str]:
    for notification in invocation.get("toolExecutionNotifications", []):
        declared = driver["notifications"][notification["descriptor"]["index"]]
        if declared["id"] != notification["descriptor"]["id"] or not notification["message"]["text"].strip():
            yield f"{notification}: not declared, or empty"
        rule = notification.get("associatedRule")
        if rule and driver["rules"][rule["index"]]["id"] != rule["id"]:
            yield f"{notification}: about another rule"
