"""Plays the worlds of a folder of cards with the production loader and judge, and tells what does not hold."""

from __future__ import annotations

from pathlib import Path

from scanner.errors import UsageError
from scanner.evaluate.worlds import play
from scanner.model import Rule, World
from scanner.rulebook.shelf import card_files, load_rules, with_settings


def try_cards(folder: Path) -> tuple[list[str], bool]:
    """One line a card, one more for each mistake; True where anything does not hold. Raises `CardErrors`."""
    own = {path.resolve() for path in card_files(folder)}
    lines: list[str] = []
    failed = False
    for rule in load_rules([folder], brief=True):  # with the built-in ones: an id of theirs is told
        if Path(rule.file).resolve() not in own:
            continue
        mistakes = _mistakes(rule)
        failed = failed or bool(mistakes)
        lines.append(f"{'FAIL' if mistakes else 'ok':4} {rule.id}  {len(rule.worlds)} worlds  {rule.title}")
        lines += mistakes
    return lines, failed


def _mistakes(rule: Rule) -> list[str]:
    played = {world.expect for world in rule.worlds}
    missing = [expect for expect in ("good", "bad", "unknown") if expect not in played]
    silent = [key for key in ("why", "fix") if not getattr(rule, key)]
    return [
        *(f"     {rule.file}: there is no {expect} world; add one under `{expect}:`" for expect in missing),
        *(f"     {rule.file}: the key `{key}` is missing; people will ask" for key in silent),
        *(
            f"     {rule.file}:{world.line}: {world.name!r}: {told}"
            for world in rule.worlds
            for told in _play(rule, world)
        ),
    ]


def _play(rule: Rule, world: World) -> list[str]:
    try:
        return play(with_settings(rule, world.settings), world)[1]
    except UsageError as mistake:
        return [mistake.message]
