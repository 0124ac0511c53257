"""`bastionless rules`, from its words to its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from scanner.cli import cli
from tests.author.test_trial import CARD
from tests.by_hand import write_card
from tests.cli.conftest import Said
from tests.rules.answers import RULES

Bastionless = Callable[..., Said]
IDS = [rule.id for rule in RULES]


def test_list_names_every_rule_for_people_and_for_machines(bastionless: Bastionless) -> None:
    people, machines = bastionless("rules", "list"), bastionless("rules", "list", "--format", "json")
    assert [line.split()[0] for line in people.out.splitlines()] == IDS
    assert [rule["id"] for rule in json.loads(machines.out)] == IDS
    assert (people.code, machines.code, people.err) == (0, 0, "")


def test_list_is_narrowed_by_words_folders_and_the_configuration(bastionless: Bastionless, tmp_path: Path) -> None:
    write_card(tmp_path / "own", CARD)
    (tmp_path / "bastionless.yaml").write_text(
        "rules: [own]\nselect: [ACME, EIC001, EIC002, EIC003, EIC006, VPE001]\nignore: [EIC001]\n"
    )
    listed = [line.split()[0] for line in bastionless("rules", "list", "--ignore", "EIC002,EIC003").out.splitlines()]
    assert listed == ["ACME001", "EIC006", "VPE001"]
    assert bastionless("rules", "list", "--select", "ACME").out == "ACME001 low       A default VPC\n"
    assert bastionless("rules", "list", "--rules", "own", "--select", "ACME").out == "ACME001 low       A default VPC\n"


def test_show_explains_one_even_where_it_is_ignored(bastionless: Bastionless, tmp_path: Path) -> None:
    (tmp_path / "bastionless.yaml").write_text("ignore: [VPE]\nsettings: {NET006: {admin_ports: [2222]}}\n")
    assert bastionless("rules", "show", "VPE005").out.startswith("VPE005  ")
    [shown] = json.loads(bastionless("rules", "show", "NET006", "--format", "json").out)
    assert shown["settings"]["admin_ports"]["value"] == [2222]


def test_new_starts_what_test_passes(bastionless: Bastionless, tmp_path: Path) -> None:
    said = bastionless(
        "rules", "new", "mine/open_door.yaml", "--about", "AWS::EC2::Subnet", "--id", "ACME007", "--python"
    )
    assert said.out.splitlines() == ["mine/open_door.yaml", "mine/open_door.py"]
    assert bastionless("rules", "test", "mine") == Said(0, "ok   ACME007  3 worlds  Open door\n", "")
    assert bastionless("rules", "test", "mine/open_door.yaml").code == 0
    again = bastionless("rules", "new", "mine/open_door.yaml")
    assert (again.code, again.err) == (
        2,
        "error: mine/open_door.yaml: the file is already there. Choose another name\n",
    )


def test_test_tells_what_does_not_hold_with_exit_code_1(bastionless: Bastionless, tmp_path: Path) -> None:
    write_card(tmp_path, CARD.replace("flags: [vpc-2]", "flags: [vpc-3]"))
    said = bastionless("rules", "test", "a_flaw.yaml")
    assert said.code == 1
    assert said.out.splitlines() == [
        "FAIL ACME001  3 worlds  A default VPC",
        "     a_flaw.yaml:13: 'there': it flags vpc-2 where the card says vpc-3",
    ]


def test_cards_that_cannot_be_read_are_told_one_line_a_mistake(bastionless: Bastionless, tmp_path: Path) -> None:
    write_card(
        tmp_path / "mine", CARD.replace("severity: low", "severity: lwo").replace("about: AWS::EC2::VPC", "about: VPC")
    )
    for words in (
        ("rules", "test", "mine"),
        ("rules", "list", "--rules", "mine"),
        ("scan", "--demo", "--rules", "mine"),
    ):
        said = bastionless(*words)
        assert (said.code, said.out) == (2, "")
        assert said.err.splitlines() == [
            "error: mine/a_flaw.yaml:3: no severity is called 'lwo'. Did you mean 'low'?",
            "error: mine/a_flaw.yaml:4: no kind is called 'VPC'",
        ]


@pytest.mark.parametrize("what", ["card", "config", "report"])
def test_schema_prints_a_schema(bastionless: Bastionless, what: str) -> None:
    said = bastionless("rules", "schema", what)
    assert json.loads(said.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert bastionless("rules", "schema").out == bastionless("rules", "schema", "card").out


def test_permissions_are_those_of_the_selection(bastionless: Bastionless) -> None:
    policy = json.loads(bastionless("rules", "permissions", "--select", "NET015").out)
    assert policy["Statement"][0]["Action"] == ["ec2:DescribeRegions", "ec2:GetSerialConsoleAccessStatus"]


def test_an_id_that_is_taken_is_refused_before_anything_is_written(bastionless: Bastionless, tmp_path: Path) -> None:
    said = bastionless("rules", "new", "mine/open_door.yaml", "--id", "NET001")
    [owner] = [rule.file for rule in RULES if rule.id == "NET001"]
    assert (said.code, said.out) == (2, "")
    assert said.err == f"error: --id: NET001 is taken by {owner}. Choose another one\n"
    assert not (tmp_path / "mine").exists()
    assert bastionless("rules", "new", "mine/open_door.yaml").code == 0
    assert bastionless("rules", "new", "mine/open_window.yaml").err == (
        "error: --id: ACME001 is taken by mine/open_door.yaml. Choose another one\n"
    )
    assert bastionless("rules", "new", "mine/open_window.yaml", "--id", "ACME002").code == 0


def offered(*words: str) -> list[str]:
    *before, last = words
    completer = ShellComplete(cli, {}, "bastionless", "_BASTIONLESS_COMPLETE")
    return [item.value for item in completer.get_completions(list(before), last)]


def test_completion_offers_the_ids_of_rules() -> None:
    assert offered("rules", "show", "NET01") == [rule for rule in IDS if rule.startswith("NET01")]
    assert offered("rules", "show", "net001") == ["NET001"]
    assert offered("scan", "--select", "BAS") == ["BAS", *(rule for rule in IDS if rule.startswith("BAS"))]
    assert offered("scan", "--ignore", "NET001,EIC00") == [f"NET001,{rule}" for rule in IDS if rule.startswith("EIC00")]
    assert offered("rules", "show", "nothing") == []


def test_completion_offers_the_user_s_rules_too_and_says_nothing_where_they_are_broken(tmp_path: Path) -> None:
    write_card(tmp_path / "own", CARD)
    assert offered("rules", "list", "--rules", str(tmp_path / "own"), "--select", "ACME") == ["ACME", "ACME001"]
    write_card(tmp_path / "own", "a: [", name="broken.yaml")
    assert offered("rules", "list", "--rules", str(tmp_path / "own"), "--select", "ACME") == []
