"""The JSON Schemas say what the readers say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from scanner.author.schemas import schema_named
from scanner.errors import CardErrors, ConfigError
from scanner.rulebook.card import KEYS as CARD_KEYS
from scanner.rulebook.card import read_card
from scanner.rulebook.configuration import KEYS as CONFIG_KEYS
from scanner.rulebook.configuration import read_config
from scanner.rulebook.document import read_document
from scanner.rulebook.shelf import built_in_folder, card_files
from scanner.rulebook.world import EXPECTATIONS, world_keys
from tests.by_hand import write_card

CARD = jsonschema_rs.validator_for(schema_named("card"))
CONFIG = jsonschema_rs.validator_for(schema_named("config"))


@pytest.mark.parametrize("name", ["card", "config", "report"])
def test_every_schema_is_a_schema(name: str) -> None:
    jsonschema_rs.meta.validate(schema_named(name))


@pytest.mark.parametrize("path", card_files(built_in_folder()), ids=lambda path: path.stem)
def test_every_built_in_card_is_valid(path: Path) -> None:
    CARD.validate(read_document(path).data)


def test_it_has_the_reader_s_keys() -> None:
    assert set(schema_named("card")["properties"]) == set(CARD_KEYS)
    assert set(schema_named("config")["properties"]) == set(CONFIG_KEYS)
    for expect in EXPECTATIONS:
        assert set(schema_named("card")["properties"][expect]["items"]["properties"]) == set(world_keys(expect))


SOUND: dict[str, Any] = {
    "id": "ACME001",
    "title": "t",
    "severity": "low",
    "about": "AWS::EC2::VPC",
    "require": "IsDefault",
    "say": "x",
    "settings": {"kept": {"default": [], "help": "h"}},
    "bad": [{"name": "n", "given": {"AWS::EC2::VPC": [{"VpcId": "vpc-1"}]}, "flags": ["vpc-1"]}],
    "unknown": [{"name": "n", "gaps": [{"call": "ec2:DescribeVpcs", "reason": "denied"}], "unsure": ["eu-west-1"]}],
}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in SOUND.items() if name != key}


CHANGES: dict[str, tuple[dict[str, Any], bool]] = {
    "sound": (SOUND, True),
    "no id": (without("id"), False),
    "no title": (without("title"), False),
    "no severity": (without("severity"), False),
    "no about": (without("about"), False),
    "no worlds": (without("bad"), True),
    "strange key": ({**SOUND, "wyh": "x"}, False),
    "bad id": ({**SOUND, "id": "acme"}, False),
    "bad alias": ({**SOUND, "aliases": ["acme"]}, False),
    "bad severity": ({**SOUND, "severity": "hgih"}, False),
    "bad kind": ({**SOUND, "about": "AWS::EC2::Vpc"}, False),
    "text for list": ({**SOUND, "learn": "x"}, False),
    "list for text": ({**SOUND, "why": ["x"]}, False),
    "setting without default": ({**SOUND, "settings": {"kept": {}}}, False),
    "setting in capitals": ({**SOUND, "settings": {"Kept": {"default": 1}}}, False),
    "world without ids": ({**SOUND, "bad": [{"name": "n"}]}, False),
    "world with no id": ({**SOUND, "bad": [{"name": "n", "flags": []}]}, False),
    "world without name": ({**SOUND, "bad": [{"flags": ["x"]}]}, False),
    "good world with flags": ({**SOUND, "good": [{"name": "n", "flags": ["x"]}]}, False),
    "world of a strange kind": ({**SOUND, "bad": [{"name": "n", "given": {"X": []}, "flags": ["x"]}]}, False),
    "world of no lists": ({**SOUND, "bad": [{"name": "n", "given": {"AWS::EC2::VPC": {}}, "flags": ["x"]}]}, False),
    "gap without a call": ({**SOUND, "unknown": [{"name": "n", "gaps": [{}], "unsure": ["x"]}]}, False),
    "gap of a strange reason": (
        {**SOUND, "unknown": [{"name": "n", "gaps": [{"call": "ec2:DescribeVpcs", "reason": "x"}], "unsure": ["x"]}]},
        False,
    ),
}


@pytest.mark.parametrize(("card", "sound"), CHANGES.values(), ids=CHANGES)
def test_schema_and_reader_agree_about_cards(tmp_path: Path, card: dict[str, Any], sound: object) -> None:
    assert CARD.is_valid(card) is sound
    path = write_card(tmp_path, yaml.safe_dump(card))
    if sound:
        read_card(path)
    else:
        with pytest.raises(CardErrors):
            read_card(path)


@pytest.mark.parametrize(
    ("config", "sound"),
    [
        ({}, True),
        ({"select": ["NET"], "severity": {"NET001": "low"}, "settings": {"NET": {"x": [1]}}, "fail_on": "never"}, True),
        ({"role_arn": "arn:aws-cn:iam::111122223333:role/a/b", "fail_on_unknown": True, "rules": ["x"]}, True),
        ({"selct": []}, False),
        ({"select": "NET"}, False),
        ({"select": [1]}, False),
        ({"severity": {"NET001": "never"}}, False),
        ({"settings": {"NET001": []}}, False),
        ({"fail_on": "hgih"}, False),
        ({"fail_on_unknown": "yes"}, False),
        ({"role_arn": "audit"}, False),
        ({"role_arn": "arn:aws:iam::111122223333:role/"}, False),
        ({"external_id": 5}, False),
    ],
)
def test_schema_and_reader_agree_about_the_configuration(tmp_path: Path, config: dict[str, Any], sound: object) -> None:
    assert CONFIG.is_valid(config) is sound
    path = tmp_path / "bastionless.yaml"
    path.write_text(yaml.safe_dump(config))
    if sound:
        read_config(path)
    else:
        with pytest.raises(ConfigError):
            read_config(path)
