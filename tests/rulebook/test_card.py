"""A card is read whole: every mistake has its line and its cure, and all of them are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import CardError, CardErrors
from scanner.model import Rule, Setting, Severity
from scanner.rulebook.card import KEYS, read_card
from tests.by_hand import write_card

CARD = """\
id: ACME001
title: A default VPC
severity: low
about: AWS::EC2::VPC
why: Nobody designed it.
fix: aws ec2 delete-vpc --vpc-id {VpcId}
learn: [https://docs.aws.amazon.com/vpc/]
settings:
  kept: {default: [], help: Ids that may stay.}
when: State == 'available'
require: "!IsDefault || contains($kept, VpcId)"
say: "{VpcId} is a default VPC and not among {$kept}"
since: 1.2.0
aliases: [OLD001]
good:
  - name: it is kept
    given: {AWS::EC2::VPC: [{VpcId: vpc-1, State: available, IsDefault: true}]}
    settings: {kept: [vpc-1]}
bad:
  - name: it is there
    given: {AWS::EC2::VPC: [{VpcId: vpc-2, State: available, IsDefault: true}]}
    flags: [vpc-2]
unknown:
  - name: nobody may list them
    gaps: [{call: ec2:DescribeVpcs, reason: throttled}]
    unsure: [eu-west-1]
    region: eu-west-1
    at: 2026-02-01T00:00:00Z
"""


def told(folder: Path, text: str, *, python: str = "", strict: bool = True) -> list[str]:
    """The sentences about a card, their place shortened to the line."""
    path = write_card(folder, text, python=python)
    with pytest.raises(CardError) as mistakes:
        read_card(path, strict=strict)
    several = mistakes.value.mistakes if isinstance(mistakes.value, CardErrors) else [mistakes.value]
    return [str(one).replace(str(folder) + "/", "") for one in several]


def changed(old: str, new: str) -> str:
    assert old in CARD
    return CARD.replace(old, new, 1)


def test_a_card_becomes_a_rule(tmp_path: Path) -> None:
    path = write_card(tmp_path, CARD)
    rule = read_card(path, strict=True)
    assert isinstance(rule, Rule)
    assert (rule.id, rule.title, rule.severity, rule.about) == (
        "ACME001",
        "A default VPC",
        Severity.LOW,
        "AWS::EC2::VPC",
    )
    assert rule.settings == (Setting("kept", [], "Ids that may stay."),)
    assert (rule.values, rule.learn, rule.aliases, rule.since) == (
        {"kept": []}, ("https://docs.aws.amazon.com/vpc/",), ("OLD001",), "1.2.0",
    )  # fmt: skip
    assert rule.file == str(path)
    assert [(world.name, world.expect, world.ids, world.line, world.index) for world in rule.worlds] == [
        ("it is kept", "good", (), 16, 0),
        ("it is there", "bad", ("vpc-2",), 20, 0),
        ("nobody may list them", "unknown", ("eu-west-1",), 24, 0),
    ]
    assert rule.worlds[0].settings == {"kept": ["vpc-1"]}
    assert (rule.worlds[2].gaps, rule.worlds[2].at) == (
        ({"call": "ec2:DescribeVpcs", "reason": "throttled"},), "2026-02-01T00:00:00Z",
    )  # fmt: skip


def test_the_shortest_card_has_five_keys(tmp_path: Path) -> None:
    text = "id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\nrequire: IsDefault\nsay: x\n"
    assert read_card(write_card(tmp_path, text), strict=True).worlds == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("severity: low", "severity: lwo", "a_flaw.yaml:3: no severity is called 'lwo'. Did you mean 'low'?"),
        ("severity: low", "severity: Low", "a_flaw.yaml:3: no severity is called 'Low'. Did you mean 'low'?"),
        ("severity: low", "severity:", "a_flaw.yaml:3: the key 'severity' is empty. Add `severity:`"),
        ("severity: low", "severity: ''", "a_flaw.yaml:3: the key 'severity' is empty. Add `severity:`"),
        ("severity: low\n", "", "a_flaw.yaml:1: the key 'severity' is missing. Add `severity:`"),
        ("severity: low", "severity: 3", "a_flaw.yaml:3: 'severity' must be text, not a number. Put it in quotes"),
        ("id: ACME001", "id: acme1", "a_flaw.yaml:1: the id 'acme1' is not capital letters and digits. Write it like NET001"),
        ("id: ACME001", "id: ' '", "a_flaw.yaml:1: the key 'id' is empty. Add `id:`"),
        ("title: A default VPC", "title: no", "a_flaw.yaml:2: 'title' must be text, not true or false. Put it in quotes"),
        ("about: AWS::EC2::VPC", "about: AWS::EC2::Vpc", "a_flaw.yaml:4: no kind is called 'AWS::EC2::Vpc'. Did you mean 'AWS::EC2::VPC'?"),
        ("why: Nobody", "wyh: Nobody", "a_flaw.yaml:5: a card has no key 'wyh'. Did you mean 'why'?"),
        ("why: Nobody designed it.", "why: [a]", "a_flaw.yaml:5: 'why' must be text, not a list. Put it in quotes"),
        ("learn: [https://docs.aws.amazon.com/vpc/]", "learn: x", "a_flaw.yaml:7: 'learn' must be a list of texts. Write `learn: [one, another]`"),
        ("aliases: [OLD001]", "aliases: [old]", "a_flaw.yaml:14: the alias 'old' is not capital letters and digits. Write it like NET001"),
        ("{default: [], help", "{defualt: [], help", "a_flaw.yaml:9: the setting 'kept' has no default. Write `{default: …, help: …}`"),
        ("{default: [], help", "{default: [], hepl", "a_flaw.yaml:9: a setting has no key 'hepl'. Did you mean 'help'?"),
        ("{default: [], help: Ids that may stay.}", "{default: []}\n  5: {default: 1}", "a_flaw.yaml:10: the setting 5 is not a lower-case word"),
        ("learn: [https://docs.aws.amazon.com/vpc/]", "learn: [1]", "a_flaw.yaml:7: 'learn' must be a list of texts. Write `learn: [one, another]`"),
        ("about: AWS::EC2::VPC", "about:", "a_flaw.yaml:4: the key 'about' is empty. Add `about:`"),
        ("State == 'available'", "State = 'available'", "a_flaw.yaml:10: `State = 'available'` is not JMESPath: Bad jmespath expression: Unknown token '=':"),
        ("State == 'available'", "State == 'availabel'", "a_flaw.yaml:10: AWS::EC2::VPC is never 'availabel' there. Did you mean 'available'?"),
        ("State == 'available'", "Stat == 'available'", "a_flaw.yaml:10: AWS::EC2::VPC has no field 'Stat'. Did you mean 'State'?"),
        ("contains($kept", "contians($kept", "a_flaw.yaml:11: there is no function 'contians'. Did you mean 'contains'?"),
        ("contains($kept", "contains($ketp", "a_flaw.yaml:11: no setting is called 'ketp'. Did you mean 'kept'?"),
        ('say: "{VpcId}', 'say: "{VpcID}', "a_flaw.yaml:12: AWS::EC2::VPC has no field 'VpcID'. Did you mean 'VpcId'?"),
        ("--vpc-id {VpcId}", "--vpc-id {Vpc", ""),
        ("--vpc-id {VpcId}", "--vpc-id {VpcId =}", "a_flaw.yaml:6: `VpcId =` is not JMESPath: Bad jmespath expression: Unknown token '=':"),
        ("among {$kept}", "among {$ketp}", "a_flaw.yaml:12: no setting is called 'ketp'. Did you mean 'kept'?"),
        ('say: "{VpcId} is a default VPC and not among {$kept}"', "say:", "a_flaw.yaml:12: the key 'say' is missing. Add the sentence a finding says"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_and_its_cure(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    if sentence:
        assert told(tmp_path, changed(old, new)) == [sentence]
    else:
        read_card(write_card(tmp_path, changed(old, new)), strict=True)


def test_settings_that_are_none_are_told(tmp_path: Path) -> None:
    text = "id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\nrequire: IsDefault\nsay: x\nsettings: [kept]\n"
    assert told(tmp_path, text) == [
        "a_flaw.yaml:7: 'settings' must be a mapping of names. Write `name: {default: …, help: …}`"
    ]


def test_the_python_beside_a_card_is_its_test_and_its_mistakes_are_the_card_s(tmp_path: Path) -> None:
    text = "id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\n"
    rule = read_card(write_card(tmp_path, text, python="def check(inventory):\n    yield from ()\n"))
    assert rule.check is not None
    assert list(rule.check(None)) == []
    assert told(tmp_path, text + "wyh: x\n", python="import boto3\n") == [
        "a_flaw.yaml:5: a card has no key 'wyh'. Did you mean 'why'?",
        "a_flaw.py:1: a rule may not import 'boto3'. Import from scanner.kit or the standard library",
    ]


@pytest.mark.parametrize("test", ["", "require:\n", "require: ''\n"])
def test_a_card_without_a_test_is_told_both_ways_to_write_one(tmp_path: Path, test: str) -> None:
    text = f"id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\n{test}"
    line = 5 if test else 1
    assert told(tmp_path, text) == [
        (
            f"a_flaw.yaml:{line}: the card tests nothing: there is no `require`. "
            "Write a JMESPath line, or a_flaw.py beside the card"
        )
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = (
        "id: x\nseverity: hgih\nabout: AWS::EC2::VCP\nrequire: A ==\nsay: '{$none}'\nunknwon: []\n"
        "settings: {Bad: 1, good: 2}\nbad: [{name: n, given: {AWS::EC2::Subnt: []}}]\ngood: nothing\n"
    )
    assert told(tmp_path, text) == [
        "a_flaw.yaml:6: a card has no key 'unknwon'. Did you mean 'unknown'?",
        "a_flaw.yaml:7: the setting 'Bad' is not a lower-case word",
        "a_flaw.yaml:7: the setting 'good' has no default. Write `{default: …, help: …}`",
        "a_flaw.yaml:9: 'good' must be a list of worlds. Start each with `- name:`",
        "a_flaw.yaml:8: no kind is called 'AWS::EC2::Subnt'. Did you mean 'AWS::EC2::Subnet'?",
        "a_flaw.yaml:8: the world names no ids. List the exact ids under `flags:`",
        "a_flaw.yaml:1: the id 'x' is not capital letters and digits. Write it like NET001",
        "a_flaw.yaml:1: the key 'title' is missing. Add `title:`",
        "a_flaw.yaml:2: no severity is called 'hgih'. Did you mean 'high'?",
        "a_flaw.yaml:3: no kind is called 'AWS::EC2::VCP'. Did you mean 'AWS::EC2::VPC'?",
        "a_flaw.yaml:4: `A ==` is not JMESPath: Invalid jmespath expression: Incomplete expression:",
        "a_flaw.yaml:5: no setting is called 'none'. Choose one of good",
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "- id: ACME001\n", "ACME001", "5"])
def test_what_is_no_mapping_is_no_card(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == ["a_flaw.yaml:1: a card is a mapping of keys. Start with id:"]


def test_a_card_of_a_project_that_is_none_is_told(tmp_path: Path) -> None:
    sentences = told(tmp_path, "services:\n  web: {image: nginx}\n")
    assert sentences[0].startswith("a_flaw.yaml:1: a card has no key 'services'")


def test_both_forms_of_a_test_are_one_too_many(tmp_path: Path) -> None:
    python = "def check(inventory, *, kept):\n    yield from ()\n"
    assert told(tmp_path, CARD, python=python) == [
        "a_flaw.yaml:11: the card has a `require` and a Python file beside it. Keep one of them"
    ]


def test_the_keys_of_a_card_are_those_that_are_read() -> None:
    assert set(KEYS) == {
        "id", "title", "severity", "about", "why", "fix", "learn", "settings", "when", "require", "say", "good", "bad", "unknown",
        "since", "aliases", "retired",
    }  # fmt: skip


WORLD = "    given: {AWS::EC2::VPC: [{VpcId: vpc-2, State: available, IsDefault: true}]}\n    flags: [vpc-2]\n"


@pytest.mark.parametrize(
    ("world", "sentences"),
    [
        ("flags: [vpc-2]\n    unsure: [x]", ["22: a bad world has no key 'unsure'. Choose one of at, flags, gaps, given, name, region, settings"]),
        ("flags: []", ["21: the world names no ids. List the exact ids under `flags:`"]),
        ("flags: vpc-2", ["21: the world names no ids. List the exact ids under `flags:`"]),
        ("flags: [vpc-2]\n    given: [x]", ["22: 'given' must map kinds to lists of resources"]),
        ("flags: [vpc-2]\n    given: {AWS::EC2::VPC: {VpcId: x}}", ["22: AWS::EC2::VPC must be a list of mappings"]),
        ("flags: [vpc-2]\n    given: {AWS::EC2::VPC: [x]}", ["22: AWS::EC2::VPC must be a list of mappings"]),
        ("flags: [[vpc-2]]", ["21: the world names no ids. List the exact ids under `flags:`"]),
        ("flags: [vpc-2]\n    given: {AWS::EC2::VPC: 5}", ["22: AWS::EC2::VPC must be a list of mappings"]),
        ("flags: [vpc-2]\n    gaps: [{reason: denied}]",
         ["22: a gap is `{call: ec2:DescribeVpcs}`, with `reason` and `resource` where they matter"]),
        ("flags: [vpc-2]\n    given: {5: []}", ["22: no kind is called 5"]),
        ("flags: [vpc-2]\n    settings: [kept]", ["22: 'settings' must map names to values"]),
        ("flags: [vpc-2]\n    settings: {ketp: []}", ["22: no setting is called 'ketp'. Did you mean 'kept'?"]),
        ("flags: [vpc-2]\n    region: 5", ["22: 'region' must be text, not 5. Put it in quotes"]),
        ("flags: [vpc-2]\n    at: yesterday", ["22: 'at' cannot be 'yesterday'. Write it like 2026-01-15T12:00:00Z"]),
        ("flags: [vpc-2]\n    gaps: ec2:DescribeVpcs", ["22: 'gaps' must be a list. Write `- {call: ec2:DescribeVpcs}`"]),
        ("flags: [vpc-2]\n    gaps: [ec2:DescribeVpcs]",
         ["22: a gap is `{call: ec2:DescribeVpcs}`, with `reason` and `resource` where they matter"]),
        ("flags: [vpc-2]\n    gaps: [{call: [x]}]",
         ["22: a gap is `{call: ec2:DescribeVpcs}`, with `reason` and `resource` where they matter"]),
        ("flags: [vpc-2]\n    gaps: [{call: ec2:DescribeVpc, why: x}]",
         ["22: a gap has no key 'why'. Choose one of call, reason, resource",
          "22: no kind needs the call 'ec2:DescribeVpc'. Did you mean 'ec2:DescribeVpcs'?"]),
        ("flags: [vpc-2]\n    gaps: [{call: ec2:DescribeVpcs, reason: deneid}, {call: x:Y}]",
         ["22: no gap has the reason 'deneid'. Did you mean 'denied'?", "22: no kind needs the call 'x:Y'"]),
        ("flags: [vpc-2]\n    gaps: [{call: ec2:DescribeVpcs, resource: vpc-1}]",
         ["22: ec2:DescribeVpcs is about no single resource. Leave `resource` out"]),
    ],
)  # fmt: skip
def test_a_world_is_read_strictly(tmp_path: Path, world: str, sentences: list[str]) -> None:
    text = changed(WORLD, f"    {world}\n")
    assert told(tmp_path, text) == [f"a_flaw.yaml:{one}" for one in sentences]


def test_a_detail_may_be_refused_for_one_resource(tmp_path: Path) -> None:
    gap = "{call: ec2:DescribeVpcAttribute, resource: vpc-2}"
    rule = read_card(write_card(tmp_path, changed("    flags: [vpc-2]\n", f"    flags: [vpc-2]\n    gaps: [{gap}]\n")))
    assert rule.worlds[1].gaps == ({"call": "ec2:DescribeVpcAttribute", "resource": "vpc-2"},)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("- name: it is there\n", "- at: 2026-01-01\n", "a_flaw.yaml:20: a bad world needs a name. Add `name:`, as one would tell it to a colleague"),
        ("    settings: {kept: [vpc-1]}\n", "    flags: [vpc-1]\n", "a_flaw.yaml:18: a good world has no key 'flags'"),
        ("  - name: it is there\n", "  - it is there\n  - name: x\n", "a_flaw.yaml:20: a world is a mapping with `name` and `given`"),
        ("    unsure: [eu-west-1]\n", "", "a_flaw.yaml:24: the world names no ids. List the exact ids under `unsure:`"),
    ],
)  # fmt: skip
def test_a_world_names_itself_and_its_ids(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    [one] = told(tmp_path, changed(old, new))
    assert one.startswith(sentence)
