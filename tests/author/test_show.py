"""Rules for the eyes and for machines."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from scanner.author.show import as_facts, as_page, as_table
from scanner.rulebook.card import read_card
from scanner.rulebook.shelf import load_rules
from tests.author.test_trial import CARD
from tests.by_hand import rule, write_card

COMMAND = "aws ec2 describe-everything --with-a-very-long-option value --and-another-one value --and {VpcId}"


def test_a_table_fits_in_80_columns() -> None:
    long = dataclasses.replace(rule(require="A", rule_id="ABCDEFGHIJKL0001"), title="very " * 40)
    lines = as_table([*load_rules(), long]).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("ABCDEFGHIJKL0001 medium    very very")
    assert lines[-1].endswith(" …")


def test_a_page_shows_the_values_in_force_and_leaves_commands_whole(tmp_path: Path) -> None:
    card = CARD.replace("Delete {VpcId}.", f"|\n  {'Think twice ' * 10}\n  {COMMAND}")
    made = dataclasses.replace(read_card(write_card(tmp_path, card)), values={"kept": ["vpc-9"]})
    lines = as_page(made).splitlines()
    assert lines[:2] == ["ACME001  A default VPC", "low, about AWS::EC2::VPC"]
    assert f"  {COMMAND}" in lines
    assert max(len(line) for line in lines if COMMAND not in line) <= 80
    assert "Setting: kept = ['vpc-9']" in lines
    assert lines[lines.index("Requires:") + 1] == "  !IsDefault || contains($kept, VpcId)"
    assert lines[lines.index("Reads:") + 1] == "  AWS::EC2::VPC"


def test_a_page_has_its_parts_apart(tmp_path: Path) -> None:
    made = read_card(
        write_card(
            tmp_path, CARD.replace("Nobody designed it.", "|\n  One.\n\n  Two.") + "learn: [https://a.example]\n"
        )
    )
    page = as_page(made)
    assert "Why:\n  One.\n\n  Two.\n\nMend it:\n  Delete {VpcId}.\n\nRequires:\n" in page
    assert "\nSetting: kept = []\n\nReads:\n  AWS::EC2::VPC\n\n" in page
    assert page.endswith("\nLearn: https://a.example\n")
    assert "Setting" not in as_page(rule(require="A"))
    assert "\n\n\n" not in as_page(rule(require="A", fix="x"))


def test_facts_are_json_data(tmp_path: Path) -> None:
    made = dataclasses.replace(read_card(write_card(tmp_path, CARD)), values={"kept": ["vpc-9"]})
    assert as_facts(made) == {
        "id": "ACME001",
        "family": "ACME",
        "title": "A default VPC",
        "severity": "low",
        "about": "AWS::EC2::VPC",
        "why": "Nobody designed it.",
        "fix": "Delete {VpcId}.",
        "learn": [],
        "since": "",
        "aliases": [],
        "settings": {"kept": {"default": [], "value": ["vpc-9"], "help": "", "limits": "", "follows": ""}},
        "reads": ["AWS::EC2::VPC"],
        "frameworks": {},
        "permissions": ["ec2:DescribeRegions", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"],
    }
