"""Every world on every built-in card says what it must: exact ids, nothing flagged that is good, nothing decided that is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.evaluate.worlds import play
from scanner.model import Rule, World
from scanner.rulebook.card import read_card
from scanner.rulebook.shelf import built_in_folder, card_files, load_rules, with_settings

RULES = load_rules()
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
