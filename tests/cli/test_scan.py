"""`bastionless scan` and `snapshot`, from words to exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.model import Severity

Bastionless = Callable[..., Any]

CARD = """\
id: ACME001
title: A VPC that nobody named
severity: high
about: AWS::EC2::VPC
require: Tags[?Key == 'Name'].Value | [0] == 'edge'
say: "{VpcId} is not called edge"
"""


def findings(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["findings"]
    return found


def test_the_demo_is_scanned_and_its_flaws_make_exit_code_1(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--demo", "--select", "NET015", "--format", "json")
    assert said.code == 1
    assert [(one["rule_id"], one["outcome"], one["resource"]["region"]) for one in findings(said.out)] == [
        ("NET015", "fail", "eu-west-1")
    ]
    assert "eu-west-1" in said.err


def test_quiet_says_nothing_but_the_result(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--demo", "--quiet", "--select", "NET015", "--format", "json")
    assert said.err == ""


def test_a_snapshot_gives_byte_for_byte_the_findings_of_the_scan_it_came_from(
    bastionless: Bastionless, demo_snapshot: Path
) -> None:
    stored = bastionless("scan", "--snapshot", demo_snapshot, "--format", "json", "--include-pass")
    again = bastionless("scan", "--snapshot", demo_snapshot, "--format", "json", "--include-pass")
    live = bastionless("scan", "--demo", "--format", "json", "--include-pass", "--quiet")
    assert stored.out == again.out
    without_clock = [json.loads(text) for text in (stored.out, live.out)]
    assert without_clock[0]["findings"] != []
    assert [identity(one) for one in without_clock[0]["findings"]] == [
        identity(one) for one in without_clock[1]["findings"]
    ]


def identity(finding: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(finding[key]) for key in ("rule_id", "outcome", "severity", "fingerprint"))


def test_findings_below_the_threshold_do_not_fail(bastionless: Bastionless, demo_snapshot: Path) -> None:
    words = ("scan", "--snapshot", demo_snapshot, "--select", "NET015", "--format", "json")
    assert bastionless(*words, "--fail-on", "medium").code == 1
    assert bastionless(*words, "--fail-on", "high").code == 0
    assert bastionless(*words, "--fail-on", "never").code == 0


def test_a_kind_that_was_not_collected_is_unknown_and_with_fail_on_unknown_incomplete(
    bastionless: Bastionless, tmp_path: Path
) -> None:
    assert bastionless("snapshot", "--demo", "--select", "NET015", "-o", tmp_path / "small.json").code == 0
    words = ("scan", "--snapshot", tmp_path / "small.json", "--select", "NET001", "--format", "json")
    plain = bastionless(*words)
    assert [(one["rule_id"], one["outcome"], one["resource"]["id"]) for one in findings(plain.out)] == [
        ("NET001", "unknown", "eu-west-1")
    ]
    assert plain.code == 0
    assert bastionless(*words, "--fail-on-unknown").code == 3


def test_incomplete_weighs_more_than_findings(bastionless: Bastionless, tmp_path: Path) -> None:
    bastionless("snapshot", "--demo", "--select", "NET015", "-o", tmp_path / "small.json")
    words = ("scan", "--snapshot", tmp_path / "small.json", "--select", "NET001,NET015", "--format", "json")
    assert bastionless(*words).code == 1
    assert bastionless(*words, "--fail-on-unknown").code == 3


def test_a_new_declarative_rule_is_one_file(bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "unnamed_vpc.yaml").write_text(CARD, encoding="utf-8")
    said = bastionless("scan", "--snapshot", demo_snapshot, "--rules", folder, "--select", "ACME", "--format", "json")
    assert said.code == 1
    messages = {one["message"] for one in findings(said.out)}
    names = {one["resource"]["id"] for one in findings(said.out)}
    assert messages == {f"{name} is not called edge" for name in names}
    assert {one["rule_id"] for one in findings(said.out)} == {"ACME001"}
    assert all(name.startswith("vpc-") for name in names)


def test_reports_are_written_beside_the_one_on_stdout(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    said = bastionless(
        "scan",
        "--snapshot",
        demo_snapshot,
        "--report",
        f"sarif={tmp_path / 'a.sarif'}",
        "--report",
        f"json={tmp_path / 'a.json'}",
    )
    sarif = json.loads((tmp_path / "a.sarif").read_text(encoding="utf-8"))
    stored = findings((tmp_path / "a.json").read_text(encoding="utf-8"))
    results = {(one["ruleId"], one["properties"]["arn"]) for one in sarif["runs"][0]["results"]}
    assert results == {(one["rule_id"], one["resource"]["arn"]) for one in stored if one["outcome"] == "fail"}
    assert "NET001" in said.out
    assert "\x1b" not in said.out


def test_the_terminal_report_fits_in_80_columns_of_a_pipe(bastionless: Bastionless, demo_snapshot: Path) -> None:
    said = bastionless("scan", "--snapshot", demo_snapshot, "--include-pass")
    # An identifier or a quoted word that is longer than a line is not broken: it would be of no use in halves.
    wide = [line for line in said.out.splitlines() if len(line) > 80 and " " in line.strip()]
    assert [line for line in wide if "$(" not in line and "${" not in line] == []


def test_the_configuration_is_found_upwards_and_obeyed(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    (tmp_path / "bastionless.yaml").write_text(
        "select: [NET015]\nseverity: {NET015: critical}\nfail_on: critical\n", encoding="utf-8"
    )
    said = bastionless("scan", "--snapshot", demo_snapshot, "--format", "json")
    assert said.code == 1
    assert [(one["rule_id"], one["severity"]) for one in findings(said.out)] == [("NET015", Severity.CRITICAL.value)]


BAD_WORDS = [
    (("scan",), "there are no AWS credentials", "--demo"),
    (("scan", "--profile", "nobody"), "nobody", "profile"),
    (("scan", "--demo", "--region", "eu-wset-1"), "'eu-wset-1' is no AWS Region", "eu-west-1"),
    (("scan", "--demo", "--select", "NET0151"), "'NET0151'", "NET015"),
    (("scan", "--demo", "--ignore", "NETT"), "'NETT'", "NET"),
    (("scan", "--demo", "--format", "sarf"), "'sarf'", "sarif"),
    (("scan", "--demo", "--report", "sarif"), "FORMAT=PATH", "sarif=out.sarif"),
    (("scan", "--demo", "--report", "sarif=no/such/folder/x.sarif"), "no/such/folder", "reate"),
    (("scan", "--demo", "--snapshot", "x.json"), "--demo goes with neither", "hoose"),
    (("scan", "--snapshot", "missing.json"), "missing.json", "cannot be read"),
    (("scan", "--describe", "missing"), "missing", "cannot be read"),
    (("scan", "--demo", "--config", "missing.yaml"), "missing.yaml", "--config"),
    (("scan", "--demo", "--rules", "missing"), "no such folder", "cards"),
    (("scan", "--role-arn", "audit"), "'audit' is no ARN of a role", "arn:aws:iam::111122223333:role/audit"),
    (("scan", "--describe", "x", "--account", "12345"), "--account '12345' is no account id", "111122223333"),
    (("scan", "--account", "1111222233334"), "--account '1111222233334' is no account id", "12 digits"),
    (
        ("explain", "internet", "i-1", "--describe", "x", "--account", "a"),
        "--account 'a' is no account id",
        "12 digits",
    ),
    (("map", "-o", "x.svg", "--describe", "x", "--account", "a"), "--account 'a' is no account id", "12 digits"),
    (("snapshot", "-o", "x.json", "--describe", "x", "--account", "a"), "--account 'a' is no account id", "12 digits"),
    (
        ("scan", "--demo", "--region", "eu-west-1", "--region", "us-east-1"),
        "--region: the demo lives in one Region, not in eu-west-1, us-east-1",
        "Name one of them",
    ),
    (("scan", "--external-id", "42"), "--external-id goes with --role-arn", "role"),
    (("snapshot", "--demo", "-o", "no/such/folder/x.json"), "no/such/folder", "reate"),
    (("rules", "show", "NET0151"), "'NET0151'", "NET015"),
    (("rules", "new", "card.txt"), "no name of a card", "open_door.yaml"),
    (("rules", "new", "card.yaml", "--about", "AWS::EC2::Vpc"), "AWS::EC2::Vpc", "AWS::EC2::VPC"),
]


@pytest.mark.parametrize(
    ("words", "wrong", "cure"), BAD_WORDS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_bad_words_get_one_sentence_a_cure_and_exit_code_2(
    bastionless: Bastionless, words: tuple[str, ...], wrong: str, cure: str
) -> None:
    said = bastionless(*words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert len(said.err.splitlines()) == 1
    assert wrong in said.err
    assert cure in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "words", [("scam",), ("scan", "--bogus"), ("--bogus",), ("rules", "shwo"), ("scan", "--fail-on", "x")]
)
def test_words_that_are_none_get_click_s_usage_and_exit_code_2(
    bastionless: Bastionless, words: tuple[str, ...]
) -> None:
    said = bastionless(*words)
    assert (said.code, said.out) == (2, "")
    assert "Usage: " in said.err


BAD_FILES = {
    "selct: [NET]\n": "bad.yaml:1: the configuration has no key 'selct'. Did you mean 'select'?",
    "select: NET\n": "bad.yaml:1: select cannot be 'NET'. It is a list of words",
    "fail_on: hihg\n": "bad.yaml:1: fail_on cannot be 'hihg'. It is one of info, low, medium, high, critical",
    "settings: {NET006: {admin_port: [22]}}\n": "bad.yaml:1: settings: NET006 has no setting 'admin_port'. Did you mean 'admin_ports'?",
    "settings: {NET006: {admin_ports: 22}}\n": "bad.yaml:1: settings: NET006.admin_ports cannot be 22. It is like [22, 3389, 5985, 5986]",
    "settings:\n  NET006:\n    admin_ports: []\n": "bad.yaml:3: settings: NET006.admin_ports cannot be []. It is a list of at least one, each a port from 1 to 65535",
    "settings: {NET: {admin_ports: [70000]}}\n": "bad.yaml:1: settings: NET003.admin_ports cannot be [70000]. It is a list of at least one, each a port from 1 to 65535",
    "settings: {BAS003: {names: '('}}\n": "bad.yaml:1: settings: BAS003.names cannot be '('. It is a regular expression, and not empty",
    "settings:\n  BAS002: {internal_cidrs: [office]}\n": "bad.yaml:2: settings: BAS002.internal_cidrs cannot be ['office']. It is a list, each a CIDR block such as 10.0.0.0/8",
    "settings: {NET006: {world_share: .nan}}\n": "bad.yaml:1: settings: NET006.world_share cannot be nan. It is from 0.000001 to 1",
    "settings: {BAS001: {min_hosts: 0}}\n": "bad.yaml:1: settings: BAS001.min_hosts cannot be 0. It is at least 1",
    "settings: {EIC008: {policy: always}}\n": "bad.yaml:1: settings: EIC008.policy cannot be 'always'. It is one of '', 'on', 'off'",
    "settings: {NET013: {approved: [subnet-1 until midsummer]}}\n": "bad.yaml:1: settings: NET013.approved cannot be ['subnet-1 until midsummer']. It is a list, each text that matches ",
    "a: &a [x]\nb: [*a, *a]\n": "bad.yaml:2: YAML anchors and aliases are not allowed here. Write the value out where it is used",
    "select: [NET\n": "bad.yaml:1: this is not YAML",
    "- NET\n": "bad.yaml:1: the configuration is a mapping of keys",
    "role_arn: audit\n": "bad.yaml:1: role_arn cannot be 'audit'",
    "select: [NET]\nselect: [EIC]\n": "bad.yaml:2: the key 'select' stands here twice. Keep one of them",
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.items(), ids=lambda value: value.splitlines()[0])
def test_a_bad_configuration_is_told_with_file_line_and_cure(
    bastionless: Bastionless, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    said = bastionless("scan", "--demo", "--config", "bad.yaml")
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


def test_a_stored_region_has_to_be_there(bastionless: Bastionless, demo_snapshot: Path) -> None:
    said = bastionless("scan", "--snapshot", demo_snapshot, "--region", "eu-central-1")
    assert said.code == 2
    assert said.err == "error: --region: the Region 'eu-central-1' is not stored there. Did you mean 'eu-west-1'?\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_completion(bastionless: Bastionless, shell: str) -> None:
    said = bastionless("completion", shell)
    assert said.code == 0
    assert "_BASTIONLESS_COMPLETE" in said.out


def test_a_reader_that_has_seen_enough_is_no_error(bastionless: Bastionless, demo_snapshot: Path) -> None:
    command = f"{sys.executable} -m scanner scan --snapshot {demo_snapshot} | head -1; echo ${{PIPESTATUS[0]}}"
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] in {"0", "1"}
    assert shown.stderr == ""


def test_the_reports_that_can_be_written_are_written(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    said = bastionless(
        "scan", "--snapshot", demo_snapshot, "--report", "json=/dev/full", "--report", f"sarif={tmp_path / 'ok.sarif'}"
    )
    assert said.code == 2
    assert "NET001" in said.out
    assert "/dev/full" in said.err
    assert json.loads((tmp_path / "ok.sarif").read_text(encoding="utf-8"))["runs"] != []


def test_two_reports_are_two_files(bastionless: Bastionless, demo_snapshot: Path) -> None:
    said = bastionless("scan", "--snapshot", demo_snapshot, "--report", "json=a", "--report", "sarif=a")
    assert (said.code, said.err) == (2, "error: a: two reports cannot be one file. Give each its own name\n")


def test_a_rule_that_crashes_leaves_the_scan_incomplete(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    card = "id: ACME001\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\nwhy: w\nfix: f\n"
    (tmp_path / "a_flaw.yaml").write_text(card, encoding="utf-8")
    (tmp_path / "a_flaw.py").write_text("def check(inventory):\n    yield 1 / 0\n", encoding="utf-8")
    own = ("--rules", tmp_path, "--select", "ACME001")
    said = bastionless("scan", "--snapshot", demo_snapshot, *own, "--format", "json")
    assert (said.code, json.loads(said.out)["complete"]) == (3, False)


def test_the_demo_asks_nothing_of_the_users_configuration(bastionless: Bastionless, tmp_path: Path) -> None:
    environment = {**os.environ, "AWS_PROFILE": "nobody"}
    command = [sys.executable, "-m", "scanner", "scan", "--demo", "--quiet", "--select", "NET015"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("words", ["rules list", "scan --help"])
def test_a_full_disk_is_told_in_one_sentence(bastionless: Bastionless, words: str) -> None:
    command = f"{sys.executable} -m scanner {words} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "error: stdout cannot be written (No space left on device)\n")
