"""A new rule is one file in a folder, and nothing else: no registration, no import, no restart."""

from __future__ import annotations

from pathlib import Path

import pytest

import scanner
from scanner.errors import CardErrors
from tests.by_hand import write_card

CARD = """\
id: ACME001
title: A default VPC
severity: low
about: AWS::EC2::VPC
settings: {kept: {default: []}}
require: "!IsDefault || contains($kept, VpcId)"
say: "{VpcId} is a default VPC"
fix: aws ec2 delete-vpc --vpc-id {VpcId}
"""
HERE = scanner.inventory_from_describe(
    {"Vpcs": [{"VpcId": "vpc-1", "IsDefault": True}, {"VpcId": "vpc-2", "IsDefault": False}]},
    account="111122223333",
    region="eu-west-1",
)


def said(folder: Path, **config: object) -> dict[str, tuple[str, str]]:
    wanted = scanner.Config(**config)  # type: ignore[arg-type]
    report = scanner.evaluate(HERE, select=["ACME"], rules=[folder], include_pass=True, config=wanted)
    return {finding.resource.id: (str(finding.outcome), finding.message) for finding in report.findings}


def test_a_declared_rule_is_one_file(tmp_path: Path) -> None:
    write_card(tmp_path, CARD)
    assert said(tmp_path) == {
        "vpc-1": ("fail", "vpc-1 is a default VPC"),
        "vpc-2": ("pass", "nothing to object to"),
    }


def test_a_rule_in_python_is_two_and_its_changes_count_at_once(tmp_path: Path) -> None:
    card = "".join(line for line in CARD.splitlines(keepends=True) if not line.startswith(("require", "say")))
    python = (
        "from scanner.kit import Flag\n\n\ndef check(inventory, *, kept):\n    for vpc in inventory.subjects:\n"
        "        if vpc.id not in kept:\n            yield Flag(vpc, 'it is HERE')\n"
    )
    write_card(tmp_path, card, python=python)
    assert said(tmp_path, settings={"ACME": {"kept": ["vpc-2"]}})["vpc-1"] == ("fail", "it is HERE")
    write_card(tmp_path, card, python=python.replace("HERE", "gone"))
    assert said(tmp_path)["vpc-1"] == ("fail", "it is gone")


def test_the_configuration_rules_it_like_any_other(tmp_path: Path) -> None:
    write_card(tmp_path, CARD)
    assert said(tmp_path, settings={"ACME001": {"kept": ["vpc-1"]}})["vpc-1"][0] == "pass"
    report = scanner.evaluate(
        HERE, rules=[tmp_path], select=["ACME001"], config=scanner.Config(severity={"ACME": scanner.Severity.HIGH})
    )
    assert [str(finding.severity) for finding in report.findings] == ["high"]
    assert report.findings[0].fix.startswith("aws ec2 delete-vpc ")
    assert report.findings[0].fix.endswith(" --vpc-id vpc-1")


def test_delete_the_file_and_the_rule_is_gone(tmp_path: Path) -> None:
    path = write_card(tmp_path, CARD)
    write_card(tmp_path, CARD.replace("ACME001", "ACME002"), name="other.yaml")
    path.unlink()
    assert {finding.rule_id for finding in scanner.evaluate(HERE, select=["ACME"], rules=[tmp_path]).findings} == {
        "ACME002"
    }


def test_a_card_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    write_card(tmp_path, CARD.replace("IsDefault", "IsDefalt"))
    with pytest.raises(CardErrors, match="Did you mean 'IsDefault'") as mistake:
        scanner.evaluate(HERE, select=["NET"], rules=[tmp_path])
    assert mistake.value.exit_code == 2


def test_what_nobody_asked_aws_for_is_unknown(tmp_path: Path) -> None:
    write_card(tmp_path, CARD)
    elsewhere = scanner.inventory_from_describe({"Subnets": []}, account="111122223333", region="eu-west-1")
    [finding] = scanner.evaluate(elsewhere, select=["ACME001"], rules=[tmp_path]).findings
    assert (str(finding.outcome), finding.resource.id) == ("unknown", "eu-west-1")


def test_a_bare_inventory_does_as_well_as_a_list(tmp_path: Path) -> None:
    write_card(tmp_path, CARD)
    one = scanner.evaluate(HERE, select=["ACME"], rules=[tmp_path])
    assert scanner.evaluate([HERE], select="ACME", rules=[str(tmp_path)]).findings == one.findings
