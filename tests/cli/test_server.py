"""The command against an endpoint: a moto server with the demo estate, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Bastionless = Callable[..., Any]


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    command = [sys.executable, "-m", "scanner.mock.server", "--port", "0", "--seed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture
def credentials(bastionless: Bastionless, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any will do for moto; set after the command's own fixture has cleared the machine's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anyone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")


def verdicts(text: str) -> set[tuple[str, ...]]:
    return {
        (one["rule_id"], one["outcome"], one["severity"], one["resource"]["arn"])
        for one in json.loads(text)["findings"]
    }


def test_the_endpoint_option_gives_what_the_demo_in_this_process_gives(
    bastionless: Bastionless, credentials: None, server_url: str
) -> None:
    there = bastionless(
        "scan", "--endpoint-url", server_url, "--region", "eu-west-1", "--format", "json", "--include-pass"
    )
    here = bastionless("scan", "--demo", "--quiet", "--format", "json", "--include-pass")
    assert verdicts(there.out) == verdicts(here.out)
    assert (there.code, here.code) == (1, 1)
    # A member of an organization may not read the policies above it.
    assert {gap["call"] for gap in json.loads(there.out)["gaps"]} == {
        "organizations:ListParents", "organizations:ListPolicies",
    }  # fmt: skip
    assert "eu-west-1" in there.err


def test_the_environment_names_the_endpoint_as_well(
    bastionless: Bastionless, credentials: None, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server_url)
    said = bastionless("scan", "--region", "eu-west-1", "--select", "NET015", "--format", "json")
    assert {one[:2] for one in verdicts(said.out)} == {("NET015", "fail")}


def test_a_role_is_assumed_first(bastionless: Bastionless, credentials: None, server_url: str) -> None:
    said = bastionless(
        "scan", "--endpoint-url", server_url, "--region", "eu-west-1", "--select", "NET015", "--format", "json",
        "--role-arn", "arn:aws:iam::210987654321:role/audit", "--external-id", "42",
    )  # fmt: skip
    accounts = {one["resource"]["account"] for one in json.loads(said.out)["findings"]}
    assert accounts <= {"210987654321"}
    assert {one["account"] for one in json.loads(said.out)["targets"]} == {"210987654321"}


def test_every_enabled_region_is_read_by_default(bastionless: Bastionless, credentials: None, server_url: str) -> None:
    said = bastionless("scan", "--endpoint-url", server_url, "--select", "NET015", "--format", "json")
    regions = {one["region"] for one in json.loads(said.out)["targets"]}
    assert {"eu-west-1", "us-east-1", "ap-southeast-2"} <= regions
    assert len(regions) > 15
