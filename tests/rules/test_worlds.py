"""Every world on every built-in card says what it must: exact ids, nothing flagged that is good, nothing decided that is unknown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanner.evaluate.worlds import kinds_answered, observe, play
from scanner.model import Rule, World
from scanner.rulebook.card import read_card
from scanner.rulebook.shelf import built_in_folder, card_files, load_rules, with_settings
from tests.rules.answers import RULES

WORLDS = [pytest.param(rule, world, id=f"{rule.id}-{world.name}") for rule in RULES for world in rule.worlds]


@pytest.mark.parametrize(("rule", "world"), WORLDS)
def test_a_world_says_what_its_card_promises(rule: Rule, world: World) -> None:
    _, mistakes = play(with_settings(rule, world.settings), world)
    assert mistakes == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_shows_good_bad_and_unknown_worlds_and_says_why_and_how_to_mend_it(rule: Rule) -> None:
    assert {world.expect for world in rule.worlds} == {"good", "bad", "unknown"}
    assert rule.why
    assert rule.fix
    assert rule.learn
    assert rule.since


@pytest.mark.parametrize("path", card_files(built_in_folder()), ids=lambda path: path.stem)
def test_a_card_speaks_the_language_of_botocores_models(path: Path) -> None:
    read_card(path, strict=True)


def test_what_is_written_down_of_a_rules_reading_and_answering_is_what_is_seen_now() -> None:
    written = {rule.id: (rule.reads, rule.answers) for rule in load_rules(brief=True)}
    assert written == {rule.id: (observe(rule), kinds_answered(rule)) for rule in RULES}


def test_what_is_written_down_of_a_card_is_the_card_without_its_worlds() -> None:
    whole = {rule.id: replace(rule, worlds=()) for rule in RULES}
    brief = {rule.id: replace(rule, reads=None, answers=None) for rule in load_rules(brief=True)}
    assert brief == whole
