"""Limits on settings: read strictly from the card, held against every value, and told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import CardErrors
from scanner.model import Config, Limits
from scanner.rulebook.card import read_card
from scanner.rulebook.limits import fits, in_words
from scanner.rulebook.shelf import load_rules, select_rules
from tests.by_hand import write_card

PORT, CIDR, REGEX = Limits(format="port"), Limits(format="cidr"), Limits(format="regex")
SOURCE, TEXT = Limits(format="source"), Limits(format="text")
SHARE = Limits(minimum=0.1, maximum=1)


def card(settings: str, rule_id: str = "ACME001") -> str:
    head = f"id: {rule_id}\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\nrequire: IsDefault\nsay: x\n"
    return f"{head}settings:\n  it: {settings}\n"


@pytest.mark.parametrize(
    ("limits", "value"),
    [
        (PORT, 1), (PORT, [22, 65535]), (PORT, []),
        (CIDR, ["10.0.0.0/8", "2001:db8::/32", "10.1.2.3/8"]), (REGEX, "(a|b)"),
        (SOURCE, ["sg-1", "pl-1", "10.0.0.0/8"]), (TEXT, ["x"]),
        (SHARE, 0.1), (SHARE, 1), (Limits(minimum=0), float("inf")),
        (Limits(pattern="a+"), "aaa"), (Limits(choices=("", "on")), ""), (Limits(not_empty=True), 0), (Limits(), None),
    ],
)  # fmt: skip
def test_what_is_inside_fits(limits: Limits, value: Any) -> None:
    assert fits(value, limits)


@pytest.mark.parametrize(
    ("limits", "value"),
    [
        (PORT, 0), (PORT, [22, 65536]), (PORT, [True]), (PORT, ["22"]), (PORT, [22.5]),
        (CIDR, ["10.0.0.0"]), (CIDR, ["10.0.0.0/33"]), (CIDR, ["office"]), (CIDR, [10]),
        (REGEX, "("), (REGEX, 5), (SOURCE, ["i-1"]), (SOURCE, ["office"]), (TEXT, " "), (TEXT, [5]),
        (SHARE, 0), (SHARE, 1.01), (SHARE, float("nan")), (SHARE, True), (SHARE, "1"),
        (Limits(pattern="a+"), "aab"), (Limits(pattern="a+"), 5), (Limits(choices=("", "on")), "off"),
        (Limits(not_empty=True), []), (Limits(not_empty=True), ""),
    ],
)  # fmt: skip
def test_what_is_outside_does_not(limits: Limits, value: Any) -> None:
    assert not fits(value, limits)


def test_limits_have_words() -> None:
    assert (
        in_words(Limits(format="port", not_empty=True), of=[22])
        == "a list of at least one, each a port from 1 to 65535"
    )
    assert in_words(Limits(not_empty=True), of=[]) == "a list of at least one"
    assert in_words(PORT, of=[]) == "a list, each a port from 1 to 65535"
    assert in_words(Limits(format="regex", not_empty=True)) == "a regular expression, and not empty"
    assert [in_words(SHARE), in_words(Limits(minimum=1)), in_words(Limits(maximum=2)), in_words(Limits())] == [
        "from 0.1 to 1", "at least 1", "at most 2", "",
    ]  # fmt: skip
    assert in_words(Limits(choices=("", "on"))) == "one of '', 'on'"
    assert in_words(Limits(pattern="a+")) == "text that matches a+"


def test_a_card_may_limit_its_settings(tmp_path: Path) -> None:
    text = "{default: [1], min: 1, max: 5, format: port, choices: [1, 2], not_empty: true, follows: ACME002.other}"
    (setting,) = read_card(write_card(tmp_path, card(text))).settings
    assert setting.limits == Limits(minimum=1, maximum=5, format="port", choices=(1, 2), not_empty=True)
    assert setting.follows == "ACME002.other"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{default: 1, min: one}", "the limit 'min' of the setting 'it' cannot be 'one'. It is a number"),
        ("{default: 1, max: true}", "the limit 'max' of the setting 'it' cannot be True. It is a number"),
        (
            "{default: x, pattern: '['}",
            "the limit 'pattern' of the setting 'it' cannot be '['. It is a regular expression",
        ),
        (
            "{default: 1, format: prot}",
            "the limit 'format' of the setting 'it' cannot be 'prot'. It is one of regex, cidr, port, text, source",
        ),
        ("{default: 1, choices: []}", "the limit 'choices' of the setting 'it' cannot be []. It is a list of values"),
        ("{default: 1, not_empty: 1}", "the limit 'not_empty' of the setting 'it' cannot be 1. It is true or false"),
        ("{default: 0, min: 1}", "the default of 'it' is outside its own limits. It is at least 1"),
        ("{default: 1, mn: 1}", "a setting has no key 'mn'. Did you mean 'min'?"),
        ("{default: 1, follows: ACME}", "the setting 'it' cannot follow 'ACME'. Write it like NET003.admin_ports"),
    ],
)
def test_limits_that_are_none_are_told(tmp_path: Path, text: str, told: str) -> None:
    path = write_card(tmp_path, card(text))
    with pytest.raises(CardErrors) as mistake:
        read_card(path)
    assert str(mistake.value) == f"{path}:8: {told}"


class TestFollowing:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        write_card(tmp_path, card("{default: 1}"), name="leader.yaml")
        write_card(tmp_path, card("{default: 1, follows: ACME001.it}", "ACME002"), name="follower.yaml")
        return tmp_path

    @pytest.mark.parametrize(
        ("settings", "value"),
        [
            ({}, 1),
            ({"ACME001": {"it": 3}}, 3),
            ({"ACME": {"it": 4}}, 4),
            ({"ACME001": {"it": 3}, "ACME": {"it": 4}}, 3),
            ({"ACME001": {"it": 3}, "ACME002": {"it": 5}}, 5),
        ],
    )
    def test_the_value_of_the_other_holds_until_it_is_said_here(self, folder: Path, settings: Any, value: int) -> None:
        rules = load_rules([folder], built_in=False)
        for select in ((), ("ACME002",)):
            chosen = select_rules(rules, Config(settings=settings, select=select))
            assert {rule.id: rule.values["it"] for rule in chosen}["ACME002"] == value

    @pytest.mark.parametrize(
        ("leader", "told"),
        [
            ("ACME001.ti", "which no rule has. Did you mean 'ACME001.it'?"),
            ("ACME009.it", "which no rule has. Did you mean 'ACME001.it'?"),
            ("ACME002.it", "which no rule has. Did you mean 'ACME001.it'?"),
        ],
    )
    def test_what_follows_nobody_is_told(self, folder: Path, leader: str, told: str) -> None:
        path = write_card(folder, card(f"{{default: 1, follows: {leader}}}", "ACME002"), name="follower.yaml")
        with pytest.raises(CardErrors) as mistake:
            load_rules([folder])
        assert str(mistake.value) == f"{path}:8: the setting 'it' follows {leader}, {told}"

    def test_built_in_followers_have_the_default_and_the_limits_of_whom_they_follow(self) -> None:
        settings = {f"{rule.id}.{one.name}": one for rule in load_rules() for one in rule.settings}
        followers = {name: one for name, one in settings.items() if one.follows}
        assert set(followers) == {
            "BAS003.admin_ports", "BAS003.min_hosts", "BAS003.exempt_tags", "BAS003.company_admin_ports",
            "BAS003.company_min_hosts", "BAS003.company_exempt_tags", "BAS003.internal_cidrs", "NET004.admin_ports",
        }  # fmt: skip
        for one in followers.values():
            assert one.default == settings[one.follows].default
            if one is not settings["NET004.admin_ports"]:  # where none is left to NET003, it may be empty
                assert one.limits == settings[one.follows].limits


def test_every_built_in_setting_that_is_no_switch_and_no_tag_has_limits() -> None:
    free = {
        f"{rule.id}.{one.name}"
        for rule in load_rules()
        for one in rule.settings
        if one.limits == Limits() and not isinstance(one.default, bool)
    }
    assert free == {
        "VPE001.exempt_tag", "VPE002.exempt_tag", "VPE003.exempt_tag", "VPE006.exempt_subnet_tag", "VPE007.exempt_tag",
    }  # fmt: skip
