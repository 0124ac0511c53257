"""What is written down of the built-in cards stands for them exactly as long as they are what they were."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.errors import CardErrors
from scanner.evaluate.worlds import build_world
from scanner.model import Rule, View
from scanner.rulebook import shelf
from scanner.rulebook.companion import LateCheck, load_check
from scanner.rulebook.index import NAME, Entry, write_index

CARD = "trails/stopped_trail.yaml"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(shelf.built_in_folder(), folder)
    monkeypatch.setattr(shelf, "built_in_folder", lambda: folder)
    return folder


def brief(card: str) -> Rule:
    [found] = [rule for rule in shelf.load_rules(brief=True) if rule.file.endswith(card)]
    return found


def test_a_card_that_is_known_is_taken_from_the_index(copied: Path) -> None:
    written = json.loads((copied / NAME).read_text(encoding="utf-8"))
    written[CARD]["card"]["title"] = "From the index"
    (copied / NAME).write_text(json.dumps(written), encoding="utf-8")
    assert brief(CARD).title == "From the index"


def test_a_card_that_changed_is_read_itself(copied: Path) -> None:
    card = copied / CARD
    old = brief(CARD).title
    card.write_text(card.read_text(encoding="utf-8").replace(old, "Another title"), encoding="utf-8")
    rule = brief(CARD)
    assert (rule.title, rule.reads, rule.answers) == ("Another title", None, None)
    assert rule.worlds


def test_a_card_whose_python_changed_is_read_itself(copied: Path) -> None:
    (copied / CARD).with_suffix(".py").write_text(
        "def check(inventory, *, delivery_hours):\n    return ()\n    yield\n", encoding="utf-8"
    )
    rule = brief(CARD)
    assert rule.reads is None
    assert rule.check is not None
    assert list(rule.check(View(build_world(rule.worlds[0])), **rule.values)) == []


def test_a_card_that_nobody_wrote_down_is_read_itself(copied: Path) -> None:
    whole = {rule.id: rule for rule in shelf.load_rules()}
    (copied / NAME).unlink()
    assert {rule.id: rule for rule in shelf.load_rules(brief=True)} == whole


def test_a_mistake_in_a_changed_card_is_told(copied: Path) -> None:
    card = copied / CARD
    card.write_text(card.read_text(encoding="utf-8") + "severty: low\n", encoding="utf-8")
    with pytest.raises(CardErrors, match="severty"):
        shelf.load_rules(brief=True)


def test_the_python_beside_a_known_card_is_loaded_when_it_is_asked(copied: Path) -> None:
    rule = brief(CARD)
    assert isinstance(rule.check, LateCheck)
    eager = replace(rule, check=load_check((copied / CARD).with_suffix(".py"), rule.settings))
    [whole] = [one for one in shelf.load_rules() if one.id == rule.id]
    for world in whole.worlds:
        inventory = build_world(world)
        assert rule.check is not None
        assert eager.check is not None
        assert list(rule.check(View(inventory, inventory.of(rule.about)), **rule.values)) == list(
            eager.check(View(inventory, inventory.of(rule.about)), **rule.values)
        )


def test_a_card_that_json_would_change_is_refused() -> None:
    entry = Entry("", {"settings": {22: "a key that is no word"}}, frozenset(), frozenset())
    with pytest.raises(ValueError, match="write them as words"):
        write_index({"a.yaml": entry})
