"""Rules as SARIF descriptors: what a viewer shows beside a result."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby, zip_longest
from pathlib import PurePath
from typing import Any

from scanner.model import Finding, Framework, Rule, ScanReport, Severity
from scanner.reports.native_json import plain
from scanner.reports.sarif_taxonomies import relationships
from scanner.reports.sarif_text import plain_text, shortened
from scanner.reports.text import clean, is_command, paragraphs

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# The middle of the ranges GitHub draws, so that no rounding moves a rule; info is no problem and has none.
SECURITY_SEVERITIES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
}
_LONGEST_NAME = 255
_MOST_CONTROLS = 6
_WEB_PAGE = re.compile(
    r"https://[a-z0-9.-]+(?:[/?](?:[\w./?:@!$&'()*+,;=~-]|%[0-9a-f]{2})*)?(?:#[\w./:=~-]*)?",
    re.ASCII | re.IGNORECASE,
)


def rules_of(report: ScanReport, *, gone: Iterable[Finding] = ()) -> tuple[Rule, ...]:
    """The report's rules in their order; at the end, by their id alone, those that only a finding names, gone or not."""
    known = {rule.id for rule in report.rules}
    strays = {finding.rule_id: finding for finding in (*gone, *report.findings) if finding.rule_id not in known}
    return (*report.rules, *(_stray(strays[rule_id]) for rule_id in sorted(strays)))


def _stray(finding: Finding) -> Rule:
    return Rule(finding.rule_id, finding.rule_id, finding.severity, finding.resource.kind)


def descriptors(rules: Iterable[Rule], *, frameworks: Sequence[Framework] = (), related: bool = False) -> list[Any]:
    """One `sarif_om.ReportingDescriptor` for each rule; `related` to the controls of the run's taxonomies."""
    found = []
    for rule in rules:
        descriptor = _descriptor(rule, frameworks)
        if related:
            descriptor.relationships = relationships(rule.id, frameworks) or None
        found.append(descriptor)
    return found


def _descriptor(rule: Rule, frameworks: Sequence[Framework]) -> Any:
    import sarif_om as om

    title = plain_text(rule.title) or rule.id
    return om.ReportingDescriptor(
        id=rule.id,
        name=_name(rule),
        deprecated_ids=list(dict.fromkeys(rule.aliases)) or None,
        short_description=om.MultiformatMessageString(text=shortened(title)),
        full_description=om.MultiformatMessageString(text=shortened(plain_text(" ".join(rule.why.split())) or title)),
        help=om.MultiformatMessageString(text=_help_text(rule), markdown=_help_markdown(rule)),
        help_uri=next(filter(_WEB_PAGE.fullmatch, rule.learn), None),
        default_configuration=om.ReportingConfiguration(level=LEVELS[rule.severity]),
        properties={
            "tags": _tags(rule, frameworks),
            "precision": "high",
            "security-severity": SECURITY_SEVERITIES.get(rule.severity),
        },
    )


def _tags(rule: Rule, frameworks: Sequence[Framework]) -> list[str]:
    """At most ten, for GitHub keeps no more: of each framework one control, then of each the next."""
    service = [word.lower() for word in rule.about.split("::")[1:2] if word]
    told = [[f"{one.key}/{control}" for control, ids in one.controls.items() if rule.id in ids] for one in frameworks]
    controls = [tag for turn in zip_longest(*told) for tag in turn if tag]
    own = dict.fromkeys(("security", "aws", *service, rule.family.lower()))
    return [*own, *controls[:_MOST_CONTROLS]]


def _name(rule: Rule) -> str | None:
    """The card's file name in the capitals viewers expect: PublicAddress for public_address.yaml."""
    words = re.findall(r"[A-Za-z0-9]+", PurePath(rule.file).stem)
    return "".join(word[0].upper() + word[1:] for word in words)[:_LONGEST_NAME] or None


def _help_text(rule: Rule) -> str:
    blocks = [
        *paragraphs(rule.why.strip() or rule.title.strip() or rule.id),
        *_titled("Fix: ", list(paragraphs(rule.fix))),
        *_titled("Settings: ", _settings(rule)),
        *_titled("More: ", list(rule.learn)),
    ]
    return "\n\n".join(plain_text(block) for block in blocks)


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return [title + lines[0], *lines[1:]] if lines else []


def _help_markdown(rule: Rule) -> str:
    """The card's own Markdown: its author is trusted, and no name from an account gets here."""
    blocks = [rule.why.strip() or rule.title.strip() or rule.id]
    if rule.fix.strip():
        blocks += ["### How to fix", _fenced(rule.fix.strip())]
    if rule.settings:
        blocks += ["### Settings", "\n".join(f"- {line}" for line in _settings(rule))]
    if rule.learn:
        blocks += ["### More", "\n".join(f"- <{clean(link)}>" for link in rule.learn)]
    return "\n\n".join(blocks)


def _fenced(text: str) -> str:
    """The text with its commands in code blocks."""
    groups = groupby(text.splitlines(), key=is_command)
    return "\n\n".join(
        f"```sh\n{block}\n```" if commands else block
        for commands, lines in groups
        if (block := "\n".join(lines).strip("\n"))
    )


def _settings(rule: Rule) -> list[str]:
    lines = []
    for setting in rule.settings:
        value = json.dumps(plain(rule.values.get(setting.name, setting.default)), sort_keys=True)
        meaning = " ".join(setting.help.split())
        lines.append(f"`{setting.name}` = `{value}`{': ' if meaning else ''}{meaning}")
    return lines
