"""Cards speak AWS's language: what botocore's models do not know is refused, with the word that was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import CardErrors
from scanner.rulebook.card import read_card
from tests.by_hand import write_card


def told(folder: Path, *, about: str = "AWS::EC2::Instance", **keys: str) -> list[str]:
    """What is said of the expressions of a card, without the place and the kind."""
    keys = {"require": "InstanceId", "say": "x", **keys}
    lines = "".join(f"{key}: {text!r}\n" if key != "extra" else text for key, text in keys.items())
    path = write_card(folder, f"id: ACME001\ntitle: t\nseverity: low\nabout: {about}\n{lines}")
    try:
        read_card(path, strict=True)
    except CardErrors as several:
        return [
            f"{one.message.removeprefix(about + ' ')}{'. ' if one.cure else ''}{one.cure}" for one in several.mistakes
        ]
    return []


@pytest.mark.parametrize(
    "expression",
    [
        "State.Name == 'running' && !EbsOptimized",
        "contains([State.Name, PublicIpAddress], 'x') || Tags[?Key=='Name'].Value | [0] == 'x'",
        "NetworkInterfaces[].PrivateIpAddresses[].Association.PublicIp",
        "NetworkInterfaces[?Status != 'in-use'].Groups[0].GroupId",
        "NetworkInterfaces[*].Groups[*].GroupId[]",
        "length(NetworkInterfaces[?Attachment.DeviceIndex == `0`]) > `1`",
        "sort_by(NetworkInterfaces, &NetworkInterfaceId)[-1].Status == 'in-use'",
        "MetadataOptions.HttpPutResponseHopLimit > `1` && LaunchTime > '2020'",
        "PublicIpAddress == `null` || not_null(PublicIpAddress, PrivateIpAddress) == 'x'",
        "{a: State.Name, b: [EbsOptimized]}.a == 'whatever'",
        "(State || Tags).Anything",
        'contains(`["running", "stopped"]`, State.Name)',
        "contains(SecurityGroups[].GroupId, 'sg-1')",
        "NetworkInterfaces[1:3].Status",
        "lower(State.Name) == 'RUNNING'",
        "!(State.Name == 'running')",
        "!NetworkInterfaces[0]",
    ],
)  # fmt: skip
def test_what_aws_sends_may_be_asked(tmp_path: Path, expression: str) -> None:
    assert told(tmp_path, require=expression) == []


@pytest.mark.parametrize(
    ("expression", "sentences"),
    [
        ("Stat.Name == 'x'", ["has no field 'Stat'. did you mean 'State'?"]),
        ("State.name == 'running'", ["has no field 'name'. did you mean 'Name'?"]),
        ("State.Name == 'runing'", ["is never 'runing' there. did you mean 'running'?"]),
        ("'runing' != State.Name", ["is never 'runing' there. did you mean 'running'?"]),
        ("State.Name.Deeper", ["has no field 'Deeper'"]),
        ("NetworkInterfaces.Status", ["has a list where 'Status' is asked. write [] before the dot"]),
        ("NetworkInterfaces[].Statsu", ["has no field 'Statsu'. did you mean 'Status'?"]),
        ("NetworkInterfaces[?Statsu].Groups", ["has no field 'Statsu'. did you mean 'Status'?"]),
        ("NetworkInterfaces[?Status=='in-sue']", ["is never 'in-sue' there. did you mean 'in-use'?"]),
        ("sort_by(NetworkInterfaces, &Idd)", ["has no field 'Idd'"]),
        ("State[].Name", ["has a structure where a list is asked. leave the brackets out"]),
        ("State[*].Name", ["has a structure where a list is asked. leave the brackets out"]),
        ("State[?Name]", ["has a structure where a list is asked. leave the brackets out"]),
        ("State[0].Name", ["has a structure where a list is asked. leave the brackets out"]),
        ("InstanceId[1:]", ["has a string where a list is asked. leave the brackets out"]),
        ("!State.Name", ["is negated before its part is taken. write !(A.B) for !A.B"]),
        *((f"!NetworkInterfaces{part}", ["is negated before its part is taken. write !(A.B) for !A.B"])
          for part in ("[].Status", ".*", "[?Status]")),
        ("PublicIpAddress == null", ["has no field 'null'. write `null` in backquotes"]),
        ('contains(`["runing"]`, State.Name)', ["is never 'runing' there. did you mean 'running'?"]),
        ("contains(NetworkInterfaces[].Status, 'in-sue')", ["is never 'in-sue' there. did you mean 'in-use'?"]),
        ("length(EbsOptimized)", ["has a boolean where length() takes string or array or object"]),
        ("starts_with(NetworkInterfaces, 'x')", ["has a list where starts_with() takes string"]),
        ("map(&Statsu, NetworkInterfaces)", ["has no field 'Statsu'. did you mean 'Status'?"]),
        ("contains(Tags)", ["the function 'contains' takes 2 arguments, not 1"]),
        ("{a: Stat}", ["has no field 'Stat'. did you mean 'State'?"]),
        ("[Stat, State]", ["has no field 'Stat'. did you mean 'State'?"]),
        ("A || B", ["has no field 'A'", "has no field 'B'"]),
    ],
)  # fmt: skip
def test_what_aws_never_sends_is_told(tmp_path: Path, expression: str, sentences: list[str]) -> None:
    assert told(tmp_path, require=expression) == sentences


@pytest.mark.parametrize(
    ("expression", "shape", "word"),
    [
        ("EbsOptimized == 'true'", "a boolean", "'true'"),
        ("EbsOptimized == `1`", "a boolean", "1"),
        ("AmiLaunchIndex == '0'", "an integer", "'0'"),
        ("AmiLaunchIndex == `true`", "an integer", "True"),
        ("InstanceId == `5`", "a string", "5"),
        ("LaunchTime > `5`", "a timestamp", "5"),
        ("NetworkInterfaces[].Status == 'in-use'", "a list", "'in-use'"),
        ("State == 'running'", "a structure", "'running'"),
        ("contains(`[22]`, InstanceId)", "a string", "22"),
    ],
)
def test_a_literal_of_another_type_is_told(tmp_path: Path, expression: str, shape: str, word: str) -> None:
    [sentence] = told(tmp_path, require=expression)
    assert sentence.startswith(f"has {shape} where it is compared with {word}. write `true` or `22` in backquotes")


@pytest.mark.parametrize("key", ["when", "say", "fix"])
def test_every_text_of_a_card_is_read(tmp_path: Path, key: str) -> None:
    text = "Stat" if key == "when" else "it is {Stat}"
    assert told(tmp_path, **{key: text}) == ["has no field 'Stat'. did you mean 'State'?"]


def test_the_defaults_of_settings_are_compared_too(tmp_path: Path) -> None:
    extra = "settings: {states: {default: [runing]}}\n"
    assert told(tmp_path, require="contains($states, State.Name)", extra=extra) == [
        "is never 'runing' there. did you mean 'running'?"
    ]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ("{InstanceID: i-1}", "8: AWS::EC2::Instance has no field 'InstanceID'. Did you mean 'InstanceId'?"),
        ("{State: {Name: runing}}", "8: AWS::EC2::Instance never has 'runing' in 'State.Name'. Did you mean 'running'?"),
        ("{State: running}", "8: AWS::EC2::Instance has in 'State' a structure, not 'running'. Write it as AWS sends it"),
        ("{SecurityGroups: {GroupId: x}}", "8: AWS::EC2::Instance has in 'SecurityGroups' a list, not {'GroupId': 'x'}. Write it as AWS sends it"),
        ("{SecurityGroups: [{GroupIdd: x}]}", "8: AWS::EC2::Instance has no field 'SecurityGroups.0.GroupIdd'. Did you mean 'GroupId'?"),
        ("{SecurityGroups: [sg-1]}", "8: AWS::EC2::Instance has in 'SecurityGroups.0' a structure, not 'sg-1'. Write it as AWS sends it"),
        ("{EbsOptimized: 'yes'}", "8: AWS::EC2::Instance has in 'EbsOptimized' a boolean, not 'yes'. Write it as AWS sends it"),
        ("{AmiLaunchIndex: true}", "8: AWS::EC2::Instance has in 'AmiLaunchIndex' an integer, not True. Write it as AWS sends it"),
        ("{VpcId: 5}", "8: AWS::EC2::Instance has in 'VpcId' a string, not 5. Write it as AWS sends it"),
        ("{State: [running]}", "8: AWS::EC2::Instance has in 'State' a structure, not ['running']. Write it as AWS sends it"),
        ("{5: x}", "8: AWS::EC2::Instance has no field '5'"),
    ],
)  # fmt: skip
def test_the_facts_of_worlds_are_aws_s(tmp_path: Path, facts: str, sentence: str) -> None:
    text = (
        "id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::Instance\nrequire: InstanceId\nsay: x\n"
        f"good:\n  - {{name: n, given: {{AWS::EC2::Instance: [{facts}]}}}}\n"
    )
    path = write_card(tmp_path, text)
    with pytest.raises(CardErrors) as several:
        read_card(path, strict=True)
    assert str(several.value) == f"{path}:{sentence}"
    read_card(path, strict=False)


def test_facts_that_are_aws_s_pass(tmp_path: Path) -> None:
    facts = "{InstanceId: i-1, State: {Name: running, Code: 16}, LaunchTime: 2026-01-01T00:00:00Z, EbsOptimized: false, Tags: null}"
    text = (
        "id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::Instance\nrequire: InstanceId\nsay: x\n"
        f"good:\n  - {{name: n, given: {{AWS::EC2::Instance: [{facts}]}}}}\n"
    )
    assert len(read_card(write_card(tmp_path, text), strict=True).worlds) == 1


COUNTS = "AssociationOverview.InstanceAssociationStatusAggregatedCount"


def test_maps_have_any_key_and_values_of_one_type(tmp_path: Path) -> None:
    about = "AWS::SSM::ManagedInstanceInventory"
    assert told(tmp_path, about=about, require=f"{COUNTS}.Anything > `1`") == []
    [sentence] = told(tmp_path, about=about, require=f"{COUNTS}.Anything == 'x'")
    assert sentence.startswith("has an integer where it is compared with 'x'")
    for counts, told_of_them in (
        ("{Success: 1}", []),
        ("{Success: x}", [f"has in '{COUNTS}.Success' an integer, not 'x'. write it as AWS sends it"]),
        ("[1]", [f"has in '{COUNTS}' a map, not [1]. write it as AWS sends it"]),
    ):
        facts = f"{{AssociationOverview: {{InstanceAssociationStatusAggregatedCount: {counts}}}}}"
        extra = f"good: [{{name: n, given: {{{about}: [{facts}]}}}}]\n"
        assert told(tmp_path, about=about, extra=extra) == told_of_them
