"""Errors are sentences with a place and a cure; the tree in the docstring is the tree there is."""

from __future__ import annotations

import re

import pytest

from scanner import errors
from scanner.errors import BastionlessError, CardError, CardErrors, did_you_mean


def test_a_sentence_has_its_place_in_front_and_its_cure_behind() -> None:
    assert str(BastionlessError("it is wrong", place="a.yaml:3", cure="mend it")) == "a.yaml:3: it is wrong. Mend it"
    assert str(BastionlessError("it is wrong", cure="did you mean 'x'?")) == "it is wrong. Did you mean 'x'?"
    assert str(BastionlessError("it is wrong")) == "it is wrong"


def test_several_mistakes_are_several_lines() -> None:
    several = CardErrors([CardError("one", place="a.yaml:1"), CardError("two", place="b.yaml:2", cure="mend it")])
    assert str(several) == "a.yaml:1: one\nb.yaml:2: two. Mend it"
    assert [mistake.place for mistake in several.mistakes] == ["a.yaml:1", "b.yaml:2"]


def _descendants(kind: type[BastionlessError]) -> set[str]:
    return {kind.__name__}.union(*(_descendants(child) for child in kind.__subclasses__()))


def test_the_drawn_tree_is_the_real_one_and_every_error_has_an_exit_code() -> None:
    drawn = re.findall(r"\b([A-Z]\w+Errors?)\b", errors.__doc__ or "")
    assert sorted(drawn) == sorted(_descendants(BastionlessError))
    codes = {name: getattr(errors, name).exit_code for name in drawn if name != "BusyError"}
    assert set(codes.values()) == {errors.EXIT_USAGE}
    assert errors.BusyError.exit_code == errors.EXIT_BUSY


@pytest.mark.parametrize(
    ("word", "choices", "cure"),
    [
        ("hgih", ["low", "high"], "did you mean 'high'?"),
        ("net001", ["NET001", "EIC001"], "did you mean 'NET001'?"),
        ("aws::ec2::vpc", ["AWS::EC2::VPC", "AWS::EC2::Subnet"], "did you mean 'AWS::EC2::VPC'?"),
        ("PrivateDnsEnabeld", ["PrivateDnsEnabled", "State"], "did you mean 'PrivateDnsEnabled'?"),
        ("zebra", ["low", "high"], "choose one of high, low"),
        ("zebra", [f"choice{number}" for number in range(17)], ""),
        ("zebra", [], ""),
    ],
)
def test_a_misspelt_word_is_told_its_neighbour(word: str, choices: list[str], cure: str) -> None:
    assert did_you_mean(word, choices) == cure
