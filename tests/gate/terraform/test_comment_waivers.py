"""A waiver in a comment of a block holds for what the block makes, wants every field, and is never passed over."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest

from scanner.cli import main
from tests.gate.terraform.plans_by_hand import ACCOUNT, change, of_notes, plan_json, saved

FIELDS = 'owner=net-team reason="the public demo" until=2999-01-31'
WAIVER = f"# bastionless: waive NET006 {FIELDS}"
OPEN = """
aws_security_group.Mine:
  vpc_id: vpc-1
  ingress: [{protocol: tcp, from_port: 22, to_port: 22, cidr_blocks: [0.0.0.0/0], self: false}]
aws_security_group.Other:
  vpc_id: vpc-1
  ingress: [{protocol: tcp, from_port: 22, to_port: 22, cidr_blocks: [0.0.0.0/0], self: false}]
"""
BLOCKS = """\
variable "vpc" {{}}

{above}
resource "aws_security_group" "Mine" {{
  name = "x${{join("}}", ["# no comment"])}}" {inside}
}}

resource "aws_security_group" "Other" {{
  name = "other"
}}
{below}
"""


class Result(NamedTuple):
    """What a command ended with, and said."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def gate(
    *more: str, notes: str | dict[str, Any] = OPEN, source: str = "", rule: str = "NET006", **parts: str
) -> Result:
    """The gate over a plan beside main.tf; `parts` are the comments above, inside and below its blocks."""
    text = source or BLOCKS.format(**{"above": "", "inside": "", "below": "", **parts})
    Path("main.tf").write_text(text, encoding="utf-8")
    saved(Path.cwd(), of_notes(notes) if isinstance(notes, str) else notes)
    command = ["gate", "plan.json", "--account", ACCOUNT, "--select", rule, "--format", "json", *more]
    out, err = io.StringIO(), io.StringIO()
    argv = mock.patch("sys.argv", ["bastionless", *command])
    with redirect_stdout(out), redirect_stderr(err), argv, pytest.raises(SystemExit) as end:
        main()
    return Result(int(end.value.code or 0), out.getvalue(), err.getvalue())


def told(result: Result) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """The place of the waiver of each failure by address, "" for one that counts; and each waiver's place, state and rule."""
    report = json.loads(result.stdout)
    failures = [one for one in report["findings"] if one["outcome"] == "fail"]
    waived = {one["location"]["address"]: (one.get("suppression") or {}).get("place", "") for one in failures}
    return waived, [(one["place"], one["state"], one["rule"]) for one in report["waivers"]]


MINE, OTHER = "aws_security_group.Mine", "aws_security_group.Other"


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"above": WAIVER}, 3),
        ({"above": f"{WAIVER}\n# and why"}, 3),
        ({"above": WAIVER.replace("#", "//")}, 3),
        ({"above": f"/*\n {WAIVER[2:]}\n*/"}, 4),
        ({"inside": WAIVER}, 5),
        ({"inside": f"\n  lifecycle {{\n    {WAIVER}\n  }}"}, 7),
        ({"inside": f'\n  x = <<-END\n    }} " {{{{ /* \n  END\n  {WAIVER}'}, 9),
        ({"above": WAIVER.replace("waive NET006", "waive").replace("owner", "rule=NET006 owner")}, 3),
    ],
)  # fmt: skip
def test_it_waives_what_its_own_block_makes_alone(parts: dict[str, str], line: int) -> None:
    result = gate("--strict-waivers", **parts)
    assert result.exit_code == 1, result
    assert told(result) == ({MINE: f"main.tf:{line}", OTHER: ""}, [(f"main.tf:{line}", "used", "NET006")])


def test_with_every_flaw_waived_the_gate_opens_and_the_suppression_is_in_the_source() -> None:
    both = BLOCKS.format(above=WAIVER, inside="", below="").replace('name = "other"', WAIVER)
    result = gate("--strict-waivers", source=both)
    assert result.exit_code == 0, result
    marks = [one["suppression"] for one in json.loads(result.stdout)["findings"] if one["outcome"] == "fail"]
    assert [(one["kind"], one["owner"], one["justification"], one["until"]) for one in marks] == [
        ("inSource", "net-team", "the public demo", "2999-01-31")
    ] * 2


@pytest.mark.parametrize(
    ("comment", "state"),
    [
        (WAIVER.replace("2999", "2019"), "expired"),
        (WAIVER.replace("NET006", "NET999"), "unknown-rule"),
        (WAIVER.replace("NET006", "NET001"), "unused"),
    ],
)
def test_one_that_does_not_hold_is_told_and_fails_a_strict_run(comment: str, state: str) -> None:
    closed = (
        "aws_security_group.Mine: {vpc_id: vpc-1, ingress: []}\naws_security_group.Other: {vpc_id: vpc-1, ingress: []}"
    )
    chosen = "NET006,NET001"
    result = gate(above=comment, notes=closed, rule=chosen)
    assert (result.exit_code, [one[:2] for one in told(result)[1]]) == (0, [("main.tf:3", state)]), result
    assert gate("--strict-waivers", above=comment, notes=closed, rule=chosen).exit_code == 1
    open_still = gate(above=comment, rule="NET006")
    assert (open_still.exit_code, told(open_still)[0]) == (1, {MINE: "", OTHER: ""})


@pytest.mark.parametrize(
    ("parts", "place", "words"),
    [
        ({"above": "# bastionless: waive NET006 owner=a reason=b"}, "main.tf:3", "lacks the day it expires. Add `until=`"),
        ({"above": "# bastionless: waive owner=a reason=b until=2999-01-31"}, "main.tf:3", "lacks its rule"),
        ({"above": WAIVER.replace("2999-01-31", "soon")}, "main.tf:3", "until cannot be 'soon'"),
        ({"above": WAIVER.replace("owner=net-team", 'owner=""')}, "main.tf:3", "owner cannot be ''"),
        ({"above": f"{WAIVER} ticket=7"}, "main.tf:3", "no field 'ticket'"),
        ({"above": f"{WAIVER} owner=b"}, "main.tf:3", "has its owner twice"),
        ({"above": "# bastionless: waive NET006 reason=the public demo"}, "main.tf:3", "from 'public demo' on"),
        ({"above": WAIVER.replace(" until", '" until')}, "main.tf:3", "cannot be read from"),
        ({"inside": "# bastionless: ignore NET006"}, "main.tf:5", "this is no waiver: 'bastionless: ignore NET006'"),
        ({"inside": "# bastionless waive NET006"}, "main.tf:5", "this is no waiver"),
        ({"inside": f"# TODO {WAIVER[2:]}"}, "main.tf:5", "a waiver begins its comment"),
        ({"above": f"{WAIVER}\n"}, "main.tf:3", "stands beside no resource block"),
        ({"below": WAIVER}, "main.tf:11", "stands beside no resource block"),
    ],
)  # fmt: skip
def test_a_bad_one_ends_the_command_with_its_line(parts: dict[str, str], place: str, words: str) -> None:
    result = gate(**parts)
    assert result.exit_code == 2, result
    assert place in result.stderr
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "hostile",
    [
        "# bastionless: waive \x1b[31mNET006 owner=\x00",
        '# bastionless: waive NET006 reason="' + '\\"' * 5000,
        "# bastionless: waive " + "a=" * 5000,
        '# bastionless: waive NET006 owner=x reason="${file("/etc/passwd")}" until=2999-01-31',
    ],
)
def test_hostile_comments_are_one_short_sentence_without_control_characters(hostile: str) -> None:
    result = gate(above=hostile)
    assert result.exit_code == 2, result
    assert "main.tf:3" in result.stderr
    assert len(result.stderr) < 500
    assert not {"\x1b", "\x00"} & set(result.stderr)


@pytest.mark.parametrize(
    "source",
    [
        f'resource "aws_security_group" "Mine" {{\n  name = "{WAIVER[:40]}"\n}}\n',
        f'resource "aws_security_group" "Mine" {{\n  x = <<END\n{WAIVER}\nEND\n}}\n',
        'resource "aws_security_group" "Mine" {\n  # bastionless looks after this one\n}\n',
    ],
)
def test_what_is_text_or_mere_prose_waives_nothing(source: str) -> None:
    result = gate(source=source)
    assert (result.exit_code, told(result)) == (1, ({MINE: "", OTHER: ""}, [])), result


def test_beside_a_block_that_rules_do_not_know_it_is_unused() -> None:
    source = f'resource "aws_sqs_queue" "q" {{\n  {WAIVER}\n}}\n'
    result = gate(source=source, notes=f"{OPEN}\naws_sqs_queue.q: {{name: q}}")
    assert told(result)[1] == [("main.tf:2", "unused", "NET006")], result


def test_one_comment_in_a_modules_file_is_one_waiver_for_every_call_of_it() -> None:
    def group(cidr: str) -> dict[str, Any]:
        rule = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [cidr]}
        return {"vpc_id": "vpc-1", "ingress": [rule]}

    data = plan_json({})
    data["resource_changes"] = [
        change("aws_security_group.Mine", group("0.0.0.0/0"), module="module.a"),
        change("aws_security_group.Mine", group("10.0.0.0/8"), module="module.b"),
    ]
    calls = {name: {"source": "./net", "module": {}} for name in "ab"}
    data["configuration"]["root_module"]["module_calls"] = calls
    Path("net").mkdir()
    Path("net/groups.tf").write_text(f'{WAIVER}\nresource "aws_security_group" "Mine" {{\n}}\n', encoding="utf-8")
    result = gate("--strict-waivers", notes=data, source="# nothing\n")
    assert result.exit_code == 0, result
    assert told(result) == ({f"module.a.{MINE}": "net/groups.tf:1"}, [("net/groups.tf:1", "used", "NET006")])


def test_a_waiver_in_a_file_that_a_change_does_not_touch_is_not_called_unused() -> None:
    text = "- {rule: NET006, resource: sg-0123456789abcdef0, owner: net, reason: live, until: 2999-01-31}\n"
    Path("waivers.yaml").write_text(text, encoding="utf-8")
    closed = "aws_security_group.Mine: {vpc_id: vpc-1, ingress: []}"
    result = gate("--waivers", "waivers.yaml", "--strict-waivers", notes=closed)
    assert result.exit_code == 0, result
    assert told(result)[1] == [("waivers.yaml:1", "undecided", "NET006")]
