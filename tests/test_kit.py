"""The kit is the whole of what a rule may import, and imports nothing that a rule may not."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest

from scanner import kit
from scanner.kit.homes import HOMES
from scanner.model import Resource, Undecided, Unknown


def test_every_name_it_promises_is_there() -> None:
    assert [name for name in kit.__all__ if not hasattr(kit, name)] == []
    assert sorted(set(kit.__all__)) == sorted(kit.__all__)


def test_importing_it_loads_neither_aws_nor_reports_nor_yaml() -> None:
    source = "import sys, scanner.kit; print([m for m in ('boto3', 'botocore', 'yaml', 'rich', 'sarif_om') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_every_word_is_what_type_checkers_are_told_it_is() -> None:
    tree = ast.parse(Path(kit.__file__).read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    told = {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == HOMES
    assert {*HOMES, "listed", "tag_among", "word"} == set(kit.__all__) == set(dir(kit))


def test_a_word_that_it_does_not_have_is_an_import_error() -> None:
    with pytest.raises(ImportError, match="cannot import name 'everything'"):
        exec("from scanner.kit import everything")


def test_a_rule_about_networks_loads_nothing_about_people() -> None:
    source = (
        "import sys; from scanner.kit import Flag, world_ranges;"
        "print([m for m in sys.modules if m.startswith(('scanner.logins', 'scanner.policy'))])"
    )
    shown = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def bearing(*tags: object) -> Resource:
    return Resource("AWS::EC2::Instance", "aws", "111122223333", "eu-west-1", "i-1", "", {"Tags": list(tags)})


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ({"Key": "team", "Value": "infra"}, ""),
        ({"Key": "exempt", "Value": "no"}, "exempt"),
        ({"Key": "purpose", "Value": "bastion"}, "purpose=bastion"),
        ({"Key": "purpose", "Value": "web"}, ""),
        ({"Key": "a=b", "Value": ""}, "a=b"),
        (MappingProxyType({"Key": "exempt", "Value": ""}), "exempt"),
        ({"Value": "exempt"}, ""),
        ("exempt", ""),
        ({"Key": 7, "Value": ""}, "7"),
        ({"Key": "team", "Value": Unknown("it is a secret")}, ""),
    ],
)
def test_a_tag_among_many_is_found_however_it_is_written(tag: object, told: str) -> None:
    assert kit.tag_among(bearing({"Key": "Name", "Value": "x"}, tag), ["exempt", "purpose=bastion", "a=b", "7"]) == told


@pytest.mark.parametrize(
    "tags", [Unknown("a secret"), [{"Key": Unknown("a secret")}], [{"Key": "purpose", "Value": Unknown("a secret")}]]
)
def test_a_tag_that_may_be_among_them_is_in_doubt(tags: object) -> None:
    owner = Resource("AWS::EC2::Instance", "aws", "111122223333", "eu-west-1", "i-1", "", {"Tags": tags})
    with pytest.raises(Undecided, match="a secret"):
        kit.tag_among(owner, ["purpose=bastion"])
