"""The trial plays a folder's worlds with the production loader and judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.author.trial import try_cards
from scanner.errors import CardErrors
from scanner.rulebook.shelf import built_in_folder, load_rules
from tests.by_hand import write_card

CARD = """\
id: ACME001
title: A default VPC
severity: low
about: AWS::EC2::VPC
why: Nobody designed it.
fix: Delete {VpcId}.
settings: {kept: {default: []}}
require: "!IsDefault || contains($kept, VpcId)"
say: it is there
good:
  - {name: kept, given: {AWS::EC2::VPC: [{VpcId: vpc-1, IsDefault: true}]}, settings: {kept: [vpc-1]}}
bad:
  - {name: there, given: {AWS::EC2::VPC: [{VpcId: vpc-2, IsDefault: true}]}, flags: [vpc-2]}
unknown:
  - {name: refused, gaps: [{call: ec2:DescribeVpcs}], unsure: [eu-west-1]}
"""


def test_a_card_that_keeps_its_word_is_ok(tmp_path: Path) -> None:
    write_card(tmp_path, CARD)
    assert try_cards(tmp_path) == (["ok   ACME001  3 worlds  A default VPC"], False)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("flags: [vpc-2]", "flags: [vpc-3]", ":13: 'there': it flags vpc-2 where the card says vpc-3"),
        ("settings: {kept: [vpc-1]}", "settings: {}", ":11: 'kept': it flags vpc-1 where the card says nothing"),
        (
            "settings: {kept: [vpc-1]}",
            "settings: {kept: vpc-1}",
            ":11: 'kept': settings: ACME001.kept cannot be 'vpc-1'",
        ),
        (
            "unsure: [eu-west-1]",
            "unsure: [vpc-1]",
            ":15: 'refused': it leaves eu-west-1 unknown where the card says vpc-1",
        ),
        ("why: Nobody designed it.\n", "", ": the key `why` is missing; people will ask"),
        ("fix: Delete {VpcId}.\n", "", ": the key `fix` is missing; people will ask"),
        (CARD[CARD.index("unknown:") :], "", ": there is no unknown world; add one under `unknown:`"),
        (
            "contains($kept, VpcId)",
            "starts_with(VpcId, VpcId)",
            ":13: 'there': it flags nothing where the card says vpc-2",
        ),
    ],
)
def test_a_card_that_breaks_it_is_told_where(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = write_card(tmp_path, CARD.replace(old, new, 1))
    lines, failed = try_cards(path)
    assert failed is True
    assert lines[0].startswith("FAIL ACME001")
    assert lines[1] == f"     {path}{told}"


def test_one_bad_card_among_good_ones_is_enough(tmp_path: Path) -> None:
    write_card(tmp_path, CARD.replace("flags: [vpc-2]", "flags: [vpc-3]"), name="a.yaml")
    write_card(tmp_path, CARD.replace("ACME001", "ACME002"), name="b.yaml")
    lines, failed = try_cards(tmp_path)
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["FAIL", "ok"]
    assert failed is True


def test_a_crash_is_told(tmp_path: Path) -> None:
    text = "".join(line for line in CARD.splitlines(keepends=True) if not line.startswith(("require", "say")))
    python = "def check(inventory, *, kept):\n    yield from ()\n    raise KeyError('x')\n"
    write_card(tmp_path, text, python=python)
    lines, failed = try_cards(tmp_path)
    assert failed is True
    assert "it crashes: the rule crashed: KeyError: 'x'" in lines[1]


def test_an_id_of_a_built_in_rule_is_told(tmp_path: Path) -> None:
    write_card(tmp_path, CARD.replace("ACME001", load_rules()[0].id))
    with pytest.raises(CardErrors, match="is taken by"):
        try_cards(tmp_path)


def test_the_built_in_cards_may_be_tried_themselves() -> None:
    lines, failed = try_cards(built_in_folder())
    assert failed is False
    assert [line.split()[1] for line in lines] == [rule.id for rule in load_rules()]
