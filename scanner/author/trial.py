"""Plays the worlds of a folder of cards with the production loader and judge, and tells what does not hold."""

from __future__ import annotations

from pathlib import Path

from scanner.errors import CardErrors, UsageError
from scanner.evaluate.worlds import play
from scanner.model import Rule
from scanner.rulebook.shelf import load_rules, with_settings


def try_cards(folder: Path) -> tuple[list[str], bool]:
    """One line a card, one more for each mistake; True where anything does not hold. Raises `CardErrors`."""
    load_rules([folder])  # ids that clash with a built-in rule are told here
    lines: list[str] = []
    failed = False
    for rule in load_rules([folder], built_in=False):
        mistakes = _mistakes(rule)
        failed = failed or bool(mistakes)
        lines.append(f"{'FAIL' if mistakes else 'ok':4} {rule.id}  {len(rule.worlds)} worlds  {rule.title}")
        lines += mistakes
    return lines, failed


def _mistakes(rule: Rule) -> list[str]:
    found = []
    for expect in ("good", "bad", "unknown"):
        if not any(world.expect == expect for world in rule.worlds):
            found.append(f"     {rule.file}: there is no {expect} world; add one under `{expect}:`")
    for key in ("why", "fix"):
        if not getattr(rule, key):
            found.append(f"     {rule.file}: the key `{key}` is missing; people will ask")
    for world in rule.worlds:
        place = f"     {rule.file}:{world.line}: {world.name!r}"
        try:
            _, mistakes = play(with_settings(rule, world.settings), world)
        except CardErrors:
            raise
        except UsageError as mistake:
            mistakes = [mistake.message]
        found += [f"{place}: {mistake}" for mistake in mistakes]
    return found
