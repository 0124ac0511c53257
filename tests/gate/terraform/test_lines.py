"""Findings point at the block that wrote the resource, in its module; else at its place in the plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.model import Location
from tests.gate.terraform.plans_by_hand import ACCOUNT, change, of_notes, plan_json, saved

GROUP = """\
# the front

  resource "aws_security_group" "Wide" {
    name = "wide"

    ingress {
      from_port   = 22
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
"""
OPEN = """
aws_security_group.Wide:
  vpc_id: vpc-1
  ingress: [{protocol: tcp, from_port: 22, to_port: 22, cidr_blocks: [0.0.0.0/0], self: false}]
aws_vpc.Other: {cidr_block: 10.0.0.0/16}
"""
WIDE = "NET006"


def location(path: Path, id_: str, rule: str) -> Location:
    (found,) = (
        one for one in scanner.gate(path, account=ACCOUNT).findings if one.resource.id == id_ and one.rule_id == rule
    )
    assert found.location is not None
    return found.location


def test_a_finding_points_at_the_block_beside_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path, of_notes(OPEN))
    (tmp_path / "groups.tf").write_text(GROUP, encoding="utf-8")

    found = location(path, "sg-aws_security_group.Wide", WIDE)
    assert (found.file, found.address) == ("groups.tf", "aws_security_group.Wide")
    assert found.line == 6


def test_without_sources_a_finding_points_into_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path, json.dumps(of_notes(OPEN), indent=2))

    found = location(path, "sg-aws_security_group.Wide", WIDE)
    line = path.read_text(encoding="utf-8").splitlines()[found.line - 1 : found.line + 1]
    assert found.file == "plan.json"
    assert any("aws_security_group.Wide" in one for one in line)


def in_module(key: str) -> dict[str, Any]:
    attributes = {
        "vpc_id": "vpc-1",
        "ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}],
    }
    data = plan_json({})
    data["resource_changes"] = [change("aws_security_group.Wide", attributes, module=f"module.net.module.{key}")]
    source = {"source": "./parts", "module": {}}
    data["configuration"]["root_module"]["module_calls"] = {
        "net": {"source": "./net", "module": {"module_calls": {"front": source}}}
    }
    return data


@pytest.mark.parametrize("found_by", ["modules.json", "the source of the call"])
def test_a_block_of_a_module_is_found_in_the_modules_folder(
    found_by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / (".terraform/modules/front" if found_by == "modules.json" else "net/parts")
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(GROUP, encoding="utf-8")
    if found_by == "modules.json":
        listed = {"Modules": [{"Key": "net.front", "Dir": ".terraform/modules/front"}]}
        (tmp_path / ".terraform/modules/modules.json").write_text(json.dumps(listed), encoding="utf-8")
    path = saved(tmp_path, in_module("front"))

    id_ = "sg-module.net.module.front.aws_security_group.Wide"
    found = location(path, id_, WIDE)
    assert found.file == (folder / "main.tf").relative_to(tmp_path).as_posix()
    assert found.address == "module.net.module.front.aws_security_group.Wide"


@pytest.mark.parametrize("text", ["no json", "[]", '{"Modules": 1}', '{"Modules": [{"Key": 1, "Dir": "x"}, 2]}'])
def test_a_broken_list_of_modules_costs_only_the_lines(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".terraform/modules").mkdir(parents=True)
    (tmp_path / ".terraform/modules/modules.json").write_text(text, encoding="utf-8")
    path = saved(tmp_path, in_module("front"))

    id_ = "sg-module.net.module.front.aws_security_group.Wide"
    assert location(path, id_, WIDE).file == "plan.json"


def test_a_loop_over_rules_that_nobody_can_count_leaves_the_group_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path, of_notes("aws_security_group.Wide: {vpc_id: vpc-1}"))
    text = 'resource "aws_security_group" "Wide" {\n  dynamic "ingress" {\n    for_each = aws_x.y.z\n  }\n}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")

    found = {one.outcome.value for one in scanner.gate(path, account=ACCOUNT, include_pass=True).findings
             if (one.rule_id, one.resource.id) == (WIDE, "sg-aws_security_group.Wide")}  # fmt: skip
    assert found == {"unknown"}
