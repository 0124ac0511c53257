"""Rules for the eyes and for machines: a table, a page, plain facts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from scanner.author.permissions import actions_of
from scanner.evaluate.worlds import kinds_read
from scanner.model import Rule
from scanner.rulebook.frameworks import load_frameworks, mappings_of
from scanner.rulebook.limits import in_words

_WIDTH = 80


def as_facts(rule: Rule) -> dict[str, Any]:
    """Everything about a rule as JSON data."""
    return {
        "id": rule.id,
        "family": rule.family,
        "title": rule.title,
        "severity": rule.severity.value,
        "about": rule.about,
        "why": rule.why,
        "fix": rule.fix,
        "learn": list(rule.learn),
        "since": rule.since,
        "aliases": list(rule.aliases),
        "settings": {
            setting.name: {
                "default": setting.default,
                "value": rule.values[setting.name],
                "help": setting.help,
                "limits": in_words(setting.limits, of=setting.default),
                "follows": setting.follows,
            }
            for setting in rule.settings
        },
        "reads": sorted(kinds_read(rule)),
        "permissions": list(actions_of((rule,))),
        "frameworks": {name: list(controls) for name, controls in mappings_of(rule.id, load_frameworks()).items()},
    }


def as_table(rules: Sequence[Rule]) -> str:
    """One line a rule, at most 80 columns."""
    lines = []
    for rule in rules:
        head = f"{rule.id:7} {rule.severity.value:9}"
        title = textwrap.shorten(rule.title, _WIDTH - len(head) - 1, placeholder=" …")
        lines.append(f"{head} {title}")
    return "\n".join(lines)


def as_page(rule: Rule) -> str:
    """A rule on a terminal."""
    head = [f"{rule.id}  {rule.title}", f"{rule.severity.value}, about {rule.about}", ""]
    body = [*_section("Why", rule.why), *_section("Mend it", rule.fix)]
    if rule.check is None:
        body += _code("Applies when", rule.when) + _code("Requires", rule.require)
    for setting in rule.settings:
        limits = in_words(setting.limits, of=setting.default)
        text = f"{setting.name} = {rule.values[setting.name]!r}  {setting.help}{f' ({limits})' if limits else ''}"
        body += textwrap.wrap(text, _WIDTH, initial_indent="Setting: ", subsequent_indent="         ")
    if rule.settings:
        body.append("")
    body += _section("Reads", ", ".join(sorted(kinds_read(rule))))
    controls = mappings_of(rule.id, load_frameworks(), reasons=True)
    body += _section("Answers", "\n".join(f"{name}: {', '.join(told)}" for name, told in controls.items()))
    body += [f"Learn: {url}" for url in rule.learn]
    return "\n".join((*head, *body)).rstrip() + "\n"


def _section(title: str, text: str) -> list[str]:
    """A titled text; lines that the author broke stay broken, long ones wrap, and commands are left to be copied."""
    lines = [line for part in text.splitlines() for line in _wrapped(part)]
    return [f"{title}:", *(f"  {line}".rstrip() for line in lines), ""] if text else []


def _wrapped(line: str) -> list[str]:
    if line.startswith("aws "):
        return [line]
    return textwrap.wrap(line, _WIDTH - 2, break_long_words=False) or [""]


def _code(title: str, source: str) -> list[str]:
    return [f"{title}:", f"  {source}", ""] if source else []
