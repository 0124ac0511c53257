"""The line of a Terraform block, by state, by plan, and by Yor's tags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.model import Location
from scanner.places.terraform import Configuration
from tests.places.checkouts import checkout, resource

_ROOT = """\
module "net" {
  source = "../modules/net"
}

resource "aws_instance" "web" {
  count = 2
  tags = {
    yor_trace = "5f3c"
  }
}
"""
_MODULE = '# the gate\n\nresource "aws_security_group" "gate" {\n}\n'
_FILES = {"live/main.tf": _ROOT, "modules/net/main.tf": _MODULE}


def _state(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 4, "terraform_version": "1.9.0", "resources": list(resources)})


def _managed(kind: str, name: str, *attributes: dict[str, str], module: str = "") -> dict[str, Any]:
    instances = [{"index_key": number, "attributes": one} for number, one in enumerate(attributes)]
    told = {"mode": "managed", "type": kind, "name": name, "instances": instances}
    return {**told, "module": module} if module else told


def test_a_state_tells_the_block_of_an_id_also_through_modules_and_counts(tmp_path: Path) -> None:
    state = _state(
        _managed("aws_instance", "web", {"id": "i-1"}, {"id": "i-2"}),
        _managed("aws_security_group", "gate", {"arn": resource("sg-1").arn}, module='module.net["a.b"]'),
    )
    places = Configuration(checkout(tmp_path, {**_FILES, "live/terraform.tfstate": state}))
    assert places.place(resource("i-2")) == Location("live/main.tf", 5, address="aws_instance.web[1]")
    gate = places.place(resource("sg-1"))
    assert gate == Location("modules/net/main.tf", 3, address='module.net["a.b"].aws_security_group.gate[0]')
    assert places.place(resource("i-3")) is None


@pytest.mark.parametrize("where", ["values", "planned_values", "prior_state"])
def test_what_terraform_show_writes_of_a_state_or_a_plan_tells_it_too(tmp_path: Path, where: str) -> None:
    child = {"address": "module.net.aws_security_group.gate", "mode": "managed", "values": {"id": "sg-1"}}
    values = {"root_module": {"child_modules": [{"resources": [child]}]}}
    shown = {"terraform_version": "1.9.0", where: {"values": values} if where == "prior_state" else values}
    places = Configuration(checkout(tmp_path, {**_FILES, "live/plan.json": json.dumps(shown)}))
    assert places.place(resource("sg-1")) == Location(
        "modules/net/main.tf", 3, address="module.net.aws_security_group.gate"
    )


def test_a_data_source_or_a_module_from_elsewhere_is_no_place(tmp_path: Path) -> None:
    state = _state(
        {**_managed("aws_instance", "web", {"id": "i-1"}), "mode": "data"},
        _managed("aws_instance", "web", {"id": "i-2"}, module="module.far"),
    )
    far = 'module "far" {\n  source = "../../../etc"\n}\n'
    places = Configuration(checkout(tmp_path, {**_FILES, "live/far.tf": far, "live/terraform.tfstate": state}))
    assert (places.place(resource("i-1")), places.place(resource("i-2"))) == (None, None)


@pytest.mark.parametrize(
    ("tags", "line"),
    [
        ({"yor_trace": "5f3c"}, 5),
        ({"yor_name": "web"}, 5),
        ({"yor_trace": "elsewhere", "yor_name": "web"}, 5),
        ({"yor_trace": "elsewhere"}, None),
        ({}, None),
    ],
)
def test_yor_tells_file_and_block(tmp_path: Path, tags: dict[str, str], line: int | None) -> None:
    places = Configuration(checkout(tmp_path, _FILES), repository="Acme/Infra")
    told = {"git_file": "live/main.tf", "git_org": "acme", "git_repo": "infra", **tags}
    found = places.place(resource("i-1", told))
    assert (found.line if found else None) == line


@pytest.mark.parametrize(
    "told",
    [
        {"git_file": "../secret.tf"},
        {"git_file": "/etc/passwd"},
        {"git_file": "live/../live/main.tf"},
        {"git_file": "live"},
        {"git_file": "no.tf"},
        {"git_file": "live/main.tf\0"},
        {"git_file": "live/main.tf", "git_repo": "other"},
    ],
)
def test_tags_lead_neither_out_of_the_checkout_nor_into_another_repository(
    tmp_path: Path, told: dict[str, str]
) -> None:
    (tmp_path / "secret.tf").write_text(_ROOT, encoding="utf-8")
    places = Configuration(checkout(tmp_path / "repository", _FILES), repository="acme/infra")
    tags = {"git_org": "acme", "git_repo": "infra", "yor_trace": "5f3c", "yor_name": "web", **told}
    assert places.place(resource("i-1", tags)) is None


@pytest.mark.parametrize(
    "state", ['{"terraform_version"', '{"terraform_version": 1, "resources": 7}', '["terraform_version"]']
)
def test_a_state_that_is_none_tells_nothing(tmp_path: Path, state: str) -> None:
    places = Configuration(checkout(tmp_path, {**_FILES, "live/terraform.tfstate": state}))
    assert places.place(resource("i-1")) is None
