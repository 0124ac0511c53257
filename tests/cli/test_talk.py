"""What commands say on stderr: sentences, or with --log-format json one object a line; no secrets either way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.cli.talk import Talk

Bastionless = Callable[..., Any]


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_progress_is_one_object_a_line(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--demo", "--select", "NET015", "--format", "json", "--log-format", "json")
    told = records(said.err)
    assert [one["event"] for one in told][:3] == ["begin", "region", "end"]
    assert (told[0]["regions"], told[1]["region"], told[1]["gaps"]) == (["eu-west-1"], "eu-west-1", 0)
    assert (told[-1]["event"], told[-1]["totals"]["fail"]) == ("summary", 1)
    assert {one["level"] for one in told} == {"info"}
    assert all(one["time"].endswith("Z") and one["message"] for one in told)
    assert json.loads(said.out)["format"] == "bastionless-report"


def test_what_is_said_goes_on_being_sentences_by_default(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--demo", "--select", "NET015", "--format", "json")
    assert said.err.splitlines()[0] == "reading 1 region: eu-west-1"


@pytest.mark.parametrize("words", [("--log-format", "json"), ("--log-format=json",)])
def test_an_error_is_an_object_too_with_its_exit_code(bastionless: Bastionless, words: tuple[str, ...]) -> None:
    said = bastionless("scan", "--snapshot", "no.json", *words)
    [error] = records(said.err)
    assert (said.code, error["level"], error["event"], error["exit_code"]) == (2, "error", "error", 2)
    assert error["message"] == "no.json: the snapshot cannot be read: No such file or directory"


def test_even_words_that_cannot_be_read_are_told_as_an_object(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--log-format", "json", "--deom")
    [error] = records(said.err)
    assert (said.code, error["event"]) == (2, "error")
    assert "--deom" in error["message"]


def test_another_log_format_is_refused(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--demo", "--log-format", "xml")
    assert said.code == 2
    assert "'xml' is not one of 'text', 'json'" in said.err


def test_quiet_leaves_the_gaps_and_the_numbers(bastionless: Bastionless) -> None:
    bastionless("snapshot", "--demo", "--select", "NET015", "-o", "a.json", "--quiet")
    document = json.loads(Path("a.json").read_text())
    refused = {"call": "ec2:DescribeInstances", "reason": "denied", "detail": "", "kinds": ["AWS::EC2::Instance"]}
    [here] = [one for one in document["inventories"] if one["region"] == "eu-west-1"]
    here["gaps"].append({**refused, "account": here["account"], "region": "eu-west-1", "resource": ""})
    Path("a.json").write_text(json.dumps(document))
    words = ("--quiet", "--log-format", "json", "--fail-on", "never")
    said = bastionless("scan", "--snapshot", "a.json", "--select", "NET001", *words)
    *gaps, summary = records(said.err)
    assert (said.code, summary["event"], summary["level"], summary["whole"]) == (0, "summary", "info", True)
    assert (summary["totals"]["unknown"], summary["severities"], summary["gaps"]) == (1, {}, 1)
    assert {(gap["event"], gap["level"], gap["region"], gap["reason"]) for gap in gaps} == {
        ("gap", "warning", "eu-west-1", "denied")
    }
    assert "ec2:DescribeInstances" in {gap["call"] for gap in gaps}


def test_a_snapshot_says_where_it_is_in_the_same_way(bastionless: Bastionless, tmp_path: Path) -> None:
    said = bastionless("snapshot", "--demo", "--select", "NET015", "-o", "a.json", "--log-format", "json")
    last = records(said.err)[-1]
    assert (last["event"], last["path"], last["regions"]) == ("written", "a.json", 1)
    assert (tmp_path / "a.json").is_file()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_is_ever_said(log_format: str, tmp_path: Path) -> None:
    secrets = {
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2lu",
        "AWS_ACCESS_KEY_ID": "AKIAIOSF",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    words = ["--endpoint-url", "http://user:hush@127.0.0.1:9", "--region", "eu-west-1", "--log-format", log_format]
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "scan", *words],
        env={**environment, **secrets, "AWS_MAX_ATTEMPTS": "1", "AWS_CONFIG_FILE": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "http://***@127.0.0.1:9 does not answer" in done.stderr
    for secret in (*secrets.values(), "hush"):
        assert secret not in done.stdout + done.stderr


def test_a_command_without_words_talks_in_sentences() -> None:
    assert Talk.heard([]) == Talk(as_json=False)
    assert Talk.heard(["scan", "--log-format", "json"]) == Talk(as_json=True)
