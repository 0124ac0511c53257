"""The Python beside a card: what it may import, what it must be, and what is left behind of it (nothing)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scanner.errors import CardError
from scanner.model import Setting
from scanner.rulebook.companion import load_check

SETTINGS = (Setting("ports", [22]),)


def written(folder: Path, text: str, *, name: str = "a_flaw.py") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import boto3\n", ":1: a rule may not import 'boto3'. Import from scanner.kit or the standard library"),
        ("import json\nfrom scanner.model import Flag\n", ":2: a rule may not import 'scanner.model'. Import from scanner.kit or the standard library"),
        ("from scanner import kit\n", ":1: a rule may not import 'scanner'. Import from scanner.kit or the standard library"),
        ("from . import other\n", ":1: a rule may not import '.'. Import from scanner.kit or the standard library"),
        ("from .json import loads\n", ":1: a rule may not import '.'. Import from scanner.kit or the standard library"),
        ("def f():\n    import scanner.collect.account\n", ":2: a rule may not import 'scanner.collect.account'. Import from scanner.kit or the standard library"),
        ("def check(inventory:\n", ":1: this is not Python: '(' was never closed"),
        ("\x00", ":1: this is not Python: source code string cannot contain null bytes"),
        ("x = 1\n", ": there is no generator function `check` in it. Write `def check(inventory, *, ...)` and yield Flag, Clear, Unsure or Aside"),
        ("def check(inventory, *, ports):\n    return []\n", ": there is no generator function `check` in it"),
        ("x = 1\ndef check(inventory):\n    yield\n", ":2: `check` does not take the card's setting 'ports'. The card and the function list the same settings"),
        ("def check(inventory, *, ports, hosts):\n    yield\n", ":1: `check` asks for the setting 'hosts'. The card and the function list the same settings"),
        ("def check(inventory, ports):\n    yield\n", ":1: `check` takes the inventory and keyword-only settings. Write `def check(inventory, *, setting)`"),
        ("def check(*, ports):\n    yield\n", ":1: `check` takes the inventory and keyword-only settings"),
        ("def check(*inventory, ports):\n    yield\n", ":1: `check` takes the inventory and keyword-only settings"),
        ("def check(inventory, *, ports, **more):\n    yield\n", ":1: `check` takes the inventory and keyword-only settings"),
        ("1 / 0\n", ": importing it failed: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(0)\n", ": importing it failed: SystemExit: 0"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_rule_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    path = written(tmp_path, text)
    before = set(sys.modules)
    with pytest.raises(CardError) as mistake:
        load_check(path, SETTINGS)
    assert str(mistake.value).startswith(f"{path}{sentence}")
    assert [name for name in set(sys.modules) - before if name.startswith("bastionless_rule_")] in ([], [_module(path)])
    assert ("importing it failed" not in sentence) or _module(path) not in sys.modules


def _module(path: Path) -> str:
    return "bastionless_rule_" + "".join(letter if letter.isalnum() else "_" for letter in str(path.resolve()))


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a_flaw.py"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardError, match="the file cannot be read"):
        load_check(path, ())


RULE = """\
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import scanner.kit
from scanner.kit import Answer, Flag, Inventory


@dataclass(frozen=True)
class Seen:
    word: str


def check(inventory: Inventory, *, ports: list[int]) -> Iterator[Answer]:
    yield Flag(inventory.place, json.dumps([Seen("WORD").word, ports]))
"""


def test_a_rule_may_use_the_kit_and_the_standard_library(tmp_path: Path) -> None:
    assert load_check(written(tmp_path, RULE), SETTINGS).__name__ == "check"


def test_two_files_of_one_name_are_two_rules_and_a_changed_file_is_a_new_one(tmp_path: Path) -> None:
    first = load_check(written(tmp_path / "a", RULE.replace("WORD", "aaaa")), SETTINGS)
    second = load_check(written(tmp_path / "b", RULE.replace("WORD", "bbbb")), SETTINGS)
    again = load_check(written(tmp_path / "a", RULE.replace("WORD", "cccc")), SETTINGS)
    told = [next(check(_Place(), ports=[1])).message for check in (first, second, again)]  # type: ignore[union-attr]
    assert told == ['["aaaa", [1]]', '["bbbb", [1]]', '["cccc", [1]]']


class _Place:
    place = None


def test_nothing_is_written_beside_the_card(tmp_path: Path) -> None:
    load_check(written(tmp_path, RULE), SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["a_flaw.py"]


def test_the_engine_s_own_future_is_not_the_rule_s(tmp_path: Path) -> None:
    text = "def check(inventory, *, ports: [].append):\n    yield check.__annotations__['ports']\n"
    check = load_check(written(tmp_path, text), SETTINGS)
    assert callable(next(check(None, ports=[])))
