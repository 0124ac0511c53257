"""Alerts that stand on lines of somebody's files: `scan --iac` and `--inventory`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.places.line_hash import line_hashes
from tests.reports.sarif_checks import runs_of

Bastionless = Callable[..., Any]

_VPC = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}
_SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": False}


def _address(identifier: str, **tags: str) -> dict[str, Any]:
    listed = [{"Key": key.replace("_", ":", 2), "Value": value} for key, value in tags.items()]
    return {"AllocationId": identifier, "PublicIp": "203.0.113.7", "Domain": "vpc", "Tags": listed}


@pytest.fixture
def described(tmp_path: Path) -> Path:
    """An account with two unused addresses, the first of them made by CloudFormation."""
    folder = tmp_path / "described" / "eu-west-1"
    folder.mkdir(parents=True)
    tags = {"aws:cloudformation:stack-name": "net", "aws:cloudformation:logical-id": "Door"}
    first = {**_address("eipalloc-1"), "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    answer = {"Addresses": [first, _address("eipalloc-2")]}
    (folder / "addresses.json").write_text(json.dumps(answer), encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    template = "Resources:\n  Door:\n    Type: AWS::EC2::EIP\n"
    (tmp_path / "infra" / "a b.yaml").write_text(template, encoding="utf-8")
    return tmp_path / "described"


def _scan(bastionless: Bastionless, described: Path, *words: str | Path) -> tuple[dict[str, tuple[str, int, str]], Any]:
    said = bastionless(
        "scan", "--describe", described, "--account", "123456789012", "--select", "NET011", "--format", "sarif", *words
    )
    assert said.code == 1, said.err
    places = {}
    for run in runs_of(said.out):
        for result in run["results"]:
            physical = result["locations"][0]["physicalLocation"]
            name = result["locations"][0]["logicalLocations"][0]["name"]
            mark = result["partialFingerprints"]["primaryLocationLineHash"]
            places[name] = (physical["artifactLocation"]["uri"], physical["region"]["startLine"], mark)
    return places, said


def test_a_resource_stands_on_the_line_of_its_template_with_githubs_own_hash(
    bastionless: Bastionless, described: Path, tmp_path: Path
) -> None:
    places, _ = _scan(bastionless, described, "--iac", "infra")
    text = (tmp_path / "infra" / "a b.yaml").read_text(encoding="utf-8")
    assert places["eipalloc-1"] == ("infra/a%20b.yaml", 2, line_hashes(text, {2})[2])
    assert places["eipalloc-2"][0] == "aws/123456789012/eu-west-1/ec2/elastic-ip/eipalloc-2"


def test_else_on_its_line_of_the_inventory_file(bastionless: Bastionless, described: Path, tmp_path: Path) -> None:
    places, said = _scan(bastionless, described, "--iac", "infra", "--inventory", "inventory")
    file = tmp_path / "inventory" / "123456789012.jsonl"
    text = file.read_text(encoding="utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), start=1) if '"id":"eipalloc-2"' in one)
    assert places["eipalloc-1"][0] == "infra/a%20b.yaml"
    assert places["eipalloc-2"] == ("inventory/123456789012.jsonl", line, line_hashes(text, {line})[line])
    assert "inventory/123456789012.jsonl has changed: commit it" in said.err
    again, said = _scan(bastionless, described, "--iac", "infra", "--inventory", "inventory")
    assert again == places
    assert said.err == ""
    assert file.read_text(encoding="utf-8") == text


def test_two_resources_of_one_line_are_one_alert_that_names_both(
    bastionless: Bastionless, described: Path, tmp_path: Path
) -> None:
    answer = json.loads((described / "eu-west-1" / "addresses.json").read_text(encoding="utf-8"))
    answer["Addresses"][1]["Tags"] = answer["Addresses"][0]["Tags"]
    (described / "eu-west-1" / "addresses.json").write_text(json.dumps(answer), encoding="utf-8")
    _, said = _scan(bastionless, described, "--iac", "infra")
    (run,) = runs_of(said.out)
    (result,) = run["results"]
    assert result["message"]["text"].splitlines()[-1] == "The same line stands for eipalloc-2."
    assert len(set(result["properties"]["fingerprints"])) == 2
    assert [arn.rpartition("/")[2] for arn in result["properties"]["arns"]] == ["eipalloc-1", "eipalloc-2"]


def test_the_line_is_in_every_format_and_survives_storing(
    bastionless: Bastionless, described: Path, tmp_path: Path
) -> None:
    _scan(bastionless, described, "--iac", "infra", "--report", "json=scan.json")
    assert "::error file=infra/a b.yaml,line=2,title=NET011" in bastionless(
        "report", "scan.json", "--format", "github"
    ).out.replace("::notice", "::error").replace("::warning", "::error")
    (first, _) = json.loads(bastionless("report", "scan.json", "--format", "gitlab").out)
    assert first["location"] == {"path": "infra/a b.yaml", "lines": {"begin": 2}}
    assert ",infra/a b.yaml,2," in bastionless("report", "scan.json", "--format", "csv").out
    assert "`infra/a b.yaml:2`" in bastionless("report", "scan.json", "--format", "markdown").out
    assert 'file="infra/a b.yaml"' in bastionless("report", "scan.json", "--format", "junit").out


def test_a_folder_that_is_none_is_told_before_the_scan(
    bastionless: Bastionless, described: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for option, word in (("--iac", "missing"), ("--inventory", "file")):
        said = bastionless("scan", "--describe", described, option, word)
        assert said.code == 2
        assert f"{option}: '{word}' is no folder" in said.err


def test_an_inventory_that_cannot_be_written_costs_only_its_lines(
    bastionless: Bastionless, described: Path, tmp_path: Path
) -> None:
    (tmp_path / "inventory" / "123456789012.jsonl").mkdir(parents=True)
    places, said = _scan(bastionless, described, "--inventory", "inventory")
    assert set(places) == {"eipalloc-1", "eipalloc-2"}
    assert "inventory/123456789012.jsonl" in said.err
