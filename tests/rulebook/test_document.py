"""YAML as strict data: everything that is wrong has its line and its cure, and nothing hostile costs time or memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import CardError, ConfigError, UsageError
from scanner.rulebook.document import parse_document, read_document

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a:\n\tb: 2", "f:2: this is not YAML: found character that cannot start any token. Check indentation and quotes"),
        ("a: 'x", "f:1: this is not YAML: found unexpected end of stream. Check indentation and quotes"),
        ("a: [1\nb: 2", "f:2: this is not YAML: did not find expected ',' or ']'. Check indentation and quotes"),
        ("a: 1\n---\nb: 2", "f:2: this is not YAML: but found another document. Check indentation and quotes"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "f:4: the key 'c' stands here twice. Keep one of them"),
        ("a:\n  - b: 1\n    b: 2\n", "f:3: the key 'b' stands here twice. Keep one of them"),
        ("b: 1\na: 2\nb: 3\na: 4", "f:3: the key 'b' stands here twice. Keep one of them"),
        ("a: &x 1\nb: *x", "f:2: YAML anchors and aliases are not allowed here. Write the value out where it is used"),
        (BOMB, "f:2: YAML anchors and aliases are not allowed here. Write the value out where it is used"),
        ("a:\n  <<: {b: 1}", "f:2: the YAML tag 'tag:yaml.org,2002:merge' is not allowed here. Write plain text, lists and mappings"),
        ("a: !!set {x}", "f:1: the YAML tag 'tag:yaml.org,2002:set' is not allowed here. Write plain text, lists and mappings"),
        ("\na: !!binary aGk=", "f:2: the YAML tag 'tag:yaml.org,2002:binary' is not allowed here. Write plain text, lists and mappings"),
        ("a: !!python/object/apply:os.getcwd []",
         "f:1: the YAML tag 'tag:yaml.org,2002:python/object/apply:os.getcwd' is not allowed here. Write plain text, lists and mappings"),
        ("? [a, b]\n: c", "f:1: a key is a word, not a list or a mapping. Write `name: value`"),
        ("a: \x07", "f: this is not YAML: unacceptable character #x0007: control characters are not allowed. Check indentation and quotes"),
        ("a: !!int x", "f: this is not YAML that can be read: invalid literal for int() with base 10: 'x'"),
        ("\n" + "[" * 100, "f:2: the nesting is deeper than 60. Flatten it"),
        ("\n".join(" " * depth + "a:" for depth in range(100)), "f:61: the nesting is deeper than 60. Flatten it"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_and_its_cure(text: str, sentence: str) -> None:
    with pytest.raises(CardError) as mistake:
        parse_document(text, file="f")
    assert str(mistake.value) == sentence


@pytest.mark.parametrize("letter", ["[", "{a: ", "- "])
def test_a_bottomless_nesting_costs_nothing(letter: str) -> None:
    begin = time.process_time()
    with pytest.raises(CardError, match="the nesting is deeper than 60"):
        parse_document(letter * 300_000, file="f")
    assert time.process_time() - begin < 2


def test_what_is_allowed_is_what_json_has() -> None:
    text = "a: [1, 2.5, true, null, x, '5', 2026-01-15, 2026-01-15T12:00:00Z]\nb: {c: ~}\n"
    assert parse_document(text, file="f").data == {
        "a": [1, 2.5, True, None, "x", "5", "2026-01-15", "2026-01-15T12:00:00Z"],
        "b": {"c": None},
    }


def test_the_other_loaders_of_the_process_still_know_times() -> None:
    parse_document("a: 1", file="f")
    assert str(yaml.safe_load("2026-01-15")) == "2026-01-15"
    assert not isinstance(yaml.safe_load("2026-01-15"), str)


def test_an_empty_document_holds_nothing() -> None:
    assert parse_document("# nothing yet\n", file="f").data is None


def test_every_part_has_its_line() -> None:
    document = parse_document("a: 1\nb:\n  - x\n  - c: 2\n    d:\n      e: 3\n5: x\n", file="f")
    assert document.line() == 1
    assert document.line("b") == 2
    assert document.line("b", 1) == 4
    assert document.line("b", 1, "d", "e") == 6
    assert document.line("b", 1, "none", "e") == 4
    assert document.line("b", 2) == document.line("b", 7) == document.line("b", "x") == 2
    assert document.line("a", 0) == 1
    assert document.line(5) == 7
    assert document.line("none") == 1
    assert document.line("a", "deeper") == 1
    assert document.place("b", 1, "d") == "f:5"


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"a: 1\nb: \xff\xfe\n", ":2: the file is not UTF-8 text. Save it as UTF-8"),
            (b"a: " + b"x" * 10_000_000, ": the file is larger than 1,000,000 bytes. Split it into smaller ones"),
        ],
        ids=["not UTF-8", "ten megabytes"],
    )
    def test_a_file_that_cannot_be_a_card_is_told(self, tmp_path: Path, content: bytes, sentence: str) -> None:
        path = tmp_path / "f.yaml"
        path.write_bytes(content)
        with pytest.raises(CardError) as mistake:
            read_document(path)
        assert str(mistake.value) == f"{path}{sentence}"

    def test_a_folder_or_nothing_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="the file cannot be read \\(Is a directory\\)"):
            read_document(tmp_path, error=ConfigError)
        with pytest.raises(CardError, match="the file cannot be read \\(No such file or directory\\)"):
            read_document(tmp_path / "none.yaml")

    def test_a_byte_order_mark_and_windows_lines_do_no_harm(self, tmp_path: Path) -> None:
        path = tmp_path / "f.yaml"
        path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
        assert read_document(path).data == {"a": 1, "b": "x"}


@given(st.text(max_size=60) | st.text("[]{}:,-&*!|>'\"#%@ \n\tab0", max_size=60))
def test_any_text_is_data_or_one_sentence(text: str) -> None:
    try:
        parse_document(text, file="f")
    except UsageError as mistake:
        assert "\n" not in str(mistake)  # noqa: PT017 - either outcome is right
