"""Waivers as they are written: every field required, every mistake told with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest

from scanner.author.schemas import config_schema
from scanner.errors import ConfigError
from scanner.model import InlineWaiver, Resource, Scope, Waiver
from scanner.rulebook.configuration import read_config
from scanner.rulebook.waiver_writing import add_waiver
from scanner.rulebook.waivers import inline_waiver, read_waiver_file

FINGERPRINT = "566beea0e16afc72bc963dc441d609a5"
SOUND = 'waivers:\n  - {rule: NET001, resource: i-1, owner: net, reason: "a demo", until: 2027-01-31}\n'
WAIVER = Waiver("NET001", Scope(id="i-1"), "net", "a demo", date(2027, 1, 31))


def written(folder: Path, text: str, *, name: str = "bastionless.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def one(folder: Path, *, rule: str = "rule: NET001, ", resource: str = "resource: i-1, ", rest: str = "") -> str:
    """The mistake in a file with one waiver, without its place."""
    owner = "owner: net, reason: a demo, until: 2027-01-31"
    path = written(folder, f"waivers:\n  - {{{rule}{resource}{rest or owner}}}\n")
    with pytest.raises(ConfigError) as mistake:
        read_config(path)
    place, _, sentence = str(mistake.value).partition(":2: ")
    assert place == str(path)
    return sentence


@pytest.mark.parametrize(
    ("resource", "scope"),
    [
        ("i-1", Scope(id="i-1")),
        ("arn:aws:ec2:*:*:instance/*", Scope(arn="arn:aws:ec2:*:*:instance/*")),
        ('{tag: "Env=a=b"}', Scope(tag=("Env", "a=b"))),
        ('{tag: "Env="}', Scope(tag=("Env", ""))),
        ('{account: "012345678901", region: eu-west-1}', Scope(account="012345678901", region="eu-west-1")),
        ('{id: "a*b", arn: "arn:x"}', Scope(id="a*b", arn="arn:x")),
    ],
)
def test_a_resource_is_an_id_an_arn_or_parts_that_all_have_to_hold(tmp_path: Path, resource: str, scope: Scope) -> None:
    path = written(
        tmp_path, f"waivers:\n- rule: NET\n  resource: {resource}\n  owner: o\n  reason: r\n  until: 2027-01-31\n"
    )
    assert read_config(path).waivers == (Waiver("NET", scope, "o", "r", date(2027, 1, 31), f"{path}:2"),)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rest": "owner: net, reason: x"}, "the waiver lacks the day it expires. Add `until:`"),
        ({"rest": "owner: net, until: 2027-01-31"}, "the waiver lacks a reason. Add `reason:`"),
        ({"rest": "reason: x, until: 2027-01-31"}, "the waiver lacks an owner. Add `owner:`"),
        ({"rule": ""}, "the waiver lacks its rule. Add `rule:`"),
        ({"resource": ""}, "the waiver lacks a resource. Add `resource:`"),
        ({"rest": "owner: 1, reason: x, until: 2027-01-31"}, "owner cannot be 1. It is text"),
        ({"rest": "owner: net, reason: '  ', until: 2027-01-31"}, "reason cannot be '  '. It is text"),
        ({"rest": "owner: net, reason: x, until: soon"}, "until cannot be 'soon'. Write the last day it holds, as in 2027-01-31"),
        ({"rest": "owner: net, reason: x, until: 2027-02-30"}, "there is no day '2027-02-30'. Write the last day it holds, as in 2027-01-31"),
        ({"rest": "owner: net, reason: x, until: 20270131"}, "until cannot be 20270131. Write the last day it holds, as in 2027-01-31"),
        ({"resource": "ressource: i-1, "}, "a waiver has no field 'ressource'. Did you mean 'resource'?"),
        ({"resource": "resource: i-*, "}, "'i-*' is no id, which is taken literally. Write an ARN with `*`, or {account: …}, {region: …}, {tag: Key=Value}"),
        ({"resource": "resource: {account: 111122223333}, "}, "resource.account cannot be 111122223333. It is text: write it in quotes"),
        ({"resource": "resource: {account: prod}, "}, "resource.account: 'prod' is no account id. It has 12 digits, as in 111122223333"),
        ({"resource": "resource: {tag: Env}, "}, "resource.tag: 'Env' is no tag with a value. Write Key=Value"),
        ({"resource": "resource: {arn: i-1}, "}, "resource.arn: 'i-1' is no ARN. Write one, with `*` for any characters"),
        ({"resource": "resource: {name: x}, "}, "a resource has no 'name'. Choose one of account, arn, id, region, tag"),
        ({"resource": "resource: [], "}, "resource cannot be []. It is an id, an ARN, or a mapping with id, arn, tag, account, region"),
        ({"resource": f"fingerprint: {FINGERPRINT}, "}, "a waiver with a fingerprint has no rule. Keep the one or the other"),
        ({"rule": "", "resource": "fingerprint: abc, "}, "fingerprint cannot be 'abc'. It is 32 hex digits in quotes, as reports have them"),
    ],
)  # fmt: skip
def test_what_no_waiver_can_say_is_told_with_its_line(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    assert one(tmp_path, **changes).splitlines()[0] == sentence


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "waivers:\n- rule: NET\n  owner: o\n  reason: r\n  until: never\n- 5\n")
    with pytest.raises(ConfigError) as mistake:
        read_config(path)
    assert str(mistake.value).splitlines() == [
        f"{path}:2: the waiver lacks a resource. Add `resource:`",
        f"{path}:5: until cannot be 'never'. Write the last day it holds, as in 2027-01-31",
        f"{path}:6: a waiver is a mapping, not 5. Write rule, resource, owner, reason, until",
    ]


def test_the_same_rule_and_resource_are_waived_once(tmp_path: Path) -> None:
    again = "  - {rule: NET001, resource: i-1, owner: x, reason: y, until: 2029-01-31}\n"
    path = written(tmp_path, SOUND + again)
    with pytest.raises(ConfigError) as mistake:
        read_config(path)
    assert str(mistake.value) == f"{path}:3: NET001 of i-1 is waived twice. Keep one of them: the other is at {path}:2"


@pytest.mark.parametrize("text", [SOUND, SOUND.partition("\n")[2]], ids=["mapping", "list"])
def test_a_file_of_waivers_is_a_list_with_or_without_the_key(tmp_path: Path, text: str) -> None:
    (found,) = read_waiver_file(written(tmp_path, text, name="w.yaml"))
    assert (found.rule, found.scope, found.owner) == ("NET001", Scope(id="i-1"), "net")


def test_a_file_of_waivers_holds_nothing_else_and_has_to_be_there(tmp_path: Path) -> None:
    path = written(tmp_path, f"fail_on: low\n{SOUND}", name="w.yaml")
    with pytest.raises(ConfigError, match=r"w\.yaml:1: a file of waivers has no key 'fail_on'"):
        read_waiver_file(path)
    with pytest.raises(ConfigError, match="there is no such file of waivers"):
        read_waiver_file(tmp_path / "none.yaml")


def test_the_schema_for_editors_takes_what_is_read_and_refuses_what_is_not() -> None:
    good = {"rule": "NET0*", "resource": {"tag": "a=b"}, "owner": "o", "reason": "r", "until": "2027-01-31"}
    single = {"fingerprint": FINGERPRINT, "owner": "o", "reason": "r", "until": "2027-01-31"}
    assert jsonschema_rs.is_valid(config_schema(), {"waivers": [good, single], "strict_waivers": True})
    for name in good:
        assert not jsonschema_rs.is_valid(config_schema(), {"waivers": [{k: v for k, v in good.items() if k != name}]})


def test_a_waiver_beside_its_resource_is_of_that_resource_alone() -> None:
    resource = Resource("AWS::EC2::VPC", "aws", "111122223333", "eu-west-1", "Net", "", {})
    fields = {"rule": "NET", "owner": "o", "reason": "r", "until": "2027-01-31"}
    assert inline_waiver(InlineWaiver(fields, resource, "net.yaml:7")) == Waiver(
        "NET",
        Scope(id="Net", account="111122223333", region="eu-west-1"),
        "o",
        "r",
        date(2027, 1, 31),
        "net.yaml:7",
        is_inline=True,
    )
    with pytest.raises(ConfigError, match=r"^net\.yaml:7: the waiver lacks the day it expires\. Add `until:`$"):
        inline_waiver(InlineWaiver({k: v for k, v in fields.items() if k != "until"}, resource, "net.yaml:7"))
    with pytest.raises(ConfigError, match="a waiver has no field 'resource'"):
        inline_waiver(InlineWaiver({**fields, "resource": "i-1"}, resource, "net.yaml:7"))


ENTRY = '  - rule: NET001\n    resource: {id: "i-1"}\n    owner: "net"\n    reason: "a demo"\n    until: 2027-01-31\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"waivers:\n{ENTRY}"),
        ("# ours\nfail_on: low # why", f"# ours\nfail_on: low # why\nwaivers:\n{ENTRY}"),
        ("waivers:\nfail_on: low\n", f"waivers:\n{ENTRY}fail_on: low\n"),
        ("waivers: [] # none\nfail_on: low\n", f"waivers: # none\n{ENTRY}fail_on: low\n"),
        (
            "waivers: # all\n  # first\n  - {rule: A, resource: x, owner: o, reason: r, until: 2027-01-01} # one\n\n# end\nfail_on: low\n",
            "waivers: # all\n  # first\n  - {rule: A, resource: x, owner: o, reason: r, until: 2027-01-01} # one\n"
            + ENTRY
            + "\n# end\nfail_on: low\n",
        ),
        (
            "waivers:\n- rule: A\n  resource: x\n  owner: o\n  until: 2027-01-01\n  reason: |\n    long\n    story\n",
            "waivers:\n- rule: A\n  resource: x\n  owner: o\n  until: 2027-01-01\n  reason: |\n    long\n    story\n"
            + ENTRY.replace("\n  ", "\n")[2:],
        ),
        (
            "waivers:\n  - rule: A\n    resource: x\n    owner: o\n    until: 2027-01-01\n    reason: |\n      story\nfail_on: low\n",
            "waivers:\n  - rule: A\n    resource: x\n    owner: o\n    until: 2027-01-01\n    reason: |\n      story\n"
            + ENTRY
            + "fail_on: low\n",
        ),
        (
            "- {rule: A, resource: x, owner: o, reason: r, until: 2027-01-01}\n",
            "- {rule: A, resource: x, owner: o, reason: r, until: 2027-01-01}\n" + ENTRY.replace("\n  ", "\n")[2:],
        ),
    ],
    ids=["nothing", "no waivers", "no value", "empty list", "comments", "story", "story before a key", "a list"],
)
def test_a_waiver_is_added_and_every_other_letter_stays(before: str, after: str) -> None:
    assert add_waiver(before, WAIVER, file="b.yaml") == after


def test_the_ends_of_lines_and_the_mark_at_the_start_stay() -> None:
    assert add_waiver("\ufefffail_on: low\r\n", WAIVER, file="b.yaml") == (
        "\ufefffail_on: low\r\n" + f"waivers:\n{ENTRY}".replace("\n", "\r\n")
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SOUND, "b.yaml:2: NET001 of i-1 is waived already, until 2027-01-31. Change its day there"),
        (
            "waivers: [{rule: A, resource: x, owner: o, reason: r, until: 2027-01-01}]\n",
            "b.yaml:1: the waivers stand in brackets. Write each on lines of its own that begin with a dash, or add it by hand",
        ),
        ("{fail_on: low}\n", "b.yaml:2: this is not YAML: "),
        ("fail_on: low\n...\n", "b.yaml"),
        ("just words\n", "b.yaml:1: the configuration is a mapping of keys"),
    ],
)
def test_a_file_to_which_no_line_can_be_added_is_left_alone(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        add_waiver(text, WAIVER, file="b.yaml")
    assert str(mistake.value).startswith(sentence)


@pytest.mark.parametrize("word", ['"\\', "a: b # c", "{x}", "\x1b[31m\x85\u2028", "é 🔒", "- y", "\ttab"])
def test_any_words_are_read_back_as_they_were_given(tmp_path: Path, word: str) -> None:
    waiver = Waiver("NET*", Scope(id=f"x{word}"), f"o{word}!", f"r{word}!", date(2027, 1, 31))
    path = written(tmp_path, add_waiver("fail_on: low\n", waiver, file="b.yaml", remark=f"says {word}\nfail_on: high"))
    (found,) = read_config(path).waivers
    assert found.scope == waiver.scope
    assert (found.owner, found.reason) == (" ".join(waiver.owner.split()), " ".join(waiver.reason.split()))
    assert str(read_config(path).fail_on) == "low"
