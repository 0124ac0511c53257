"""A new card loads, speaks AWS's language and passes its own worlds, whatever it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.author.scaffold import start_card
from scanner.author.trial import try_cards
from scanner.aws.table import KINDS
from scanner.errors import OutputError, UsageError

KIND = "AWS::EC2::SecurityGroup"
PLAIN = [
    name
    for name, kind in KINDS.items()
    if kind.id and "{" not in kind.id and kind.operation and name not in ("AWS::Account", "AWS::Region")
]


@pytest.mark.parametrize("python", [False, True], ids=["declared", "python"])
def test_a_new_card_about_any_kind_passes_its_own_trial(tmp_path: Path, python: object) -> None:
    for number, kind in enumerate(PLAIN):
        written = start_card(
            tmp_path / f"flaw_{number}.yaml", about=kind, rule_id=f"ACME{number:03}", python=bool(python)
        )
        assert [path.suffix for path in written] == ([".yaml", ".py"] if python else [".yaml"])
    lines, failed = try_cards(tmp_path)
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == len(PLAIN)
    assert failed is False


def test_a_new_card_s_python_is_clean(tmp_path: Path) -> None:
    _, python = start_card(tmp_path / "open_door.yaml", about=KIND, rule_id="ACME001", python=True)
    text = python.read_text()
    compile(text, "open_door.py", "exec")
    assert text.startswith('"""Open door."""\n')
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("stem", ["no", "null", "open-door", "x1", "true"])
def test_any_name_makes_a_title(tmp_path: Path, stem: str) -> None:
    start_card(tmp_path / "deep" / "er" / f"{stem}.yaml", about=KIND, rule_id="ACME001", python=True)
    [line], failed = try_cards(tmp_path)
    assert failed is False
    assert line.endswith(stem.replace("-", " ").capitalize())


@pytest.mark.parametrize(
    ("name", "about", "rule_id", "sentence"),
    [
        ("a.yaml", "AWS::EC2::SecurityGruop", "ACME001",
         "--about: no kind to list is called 'AWS::EC2::SecurityGruop'. Did you mean 'AWS::EC2::SecurityGroup'?"),
        ("a.yaml", "AWS::Region", "ACME001", "--about: no kind to list is called 'AWS::Region'"),
        ("a.yaml", "AWS::EC2::SerialConsoleAccess", "ACME001", "--about: no kind to list is called 'AWS::EC2::SerialConsoleAccess'"),
        ("a.yaml", "AWS::EC2::LaunchTemplate", "ACME001", "--about: no kind to list is called 'AWS::EC2::LaunchTemplate'"),
        ("a.yaml", "AWS::S3::Bucket", "ACME001", "--about: no kind to list is called 'AWS::S3::Bucket'"),
        ("a.yaml", KIND, "acme", "--id: 'acme' is not capital letters and digits. Write it like ACME001"),
        ("a.yml", KIND, "ACME001", "'a.yml' is no name of a card. Name it for the flaw it finds, like open_door.yaml"),
        ("a b.yaml", KIND, "ACME001", "'a b.yaml' is no name of a card"),
        ('a".yaml', KIND, "ACME001", "'a\".yaml' is no name of a card"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_nothing_written(
    tmp_path: Path, name: str, about: str, rule_id: str, sentence: str
) -> None:
    with pytest.raises(UsageError) as mistake:
        start_card(tmp_path / name, about=about, rule_id=rule_id, python=True)
    assert str(mistake.value).startswith(sentence)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["a.yaml", "a.py"])
def test_a_file_that_is_there_is_left_alone(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(OutputError) as mistake:
        start_card(tmp_path / "a.yaml", about=KIND, rule_id="ACME001", python=True)
    assert str(mistake.value) == f"{tmp_path / there}: the file is already there. Choose another name"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(there, "mine")]


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"it cannot be written \("):
        start_card(tmp_path / "file" / "a.yaml", about=KIND, rule_id="ACME001", python=False)
