"""The line of a logical id in the template that a resource's tags mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.model import Location, Resource, Unknown
from scanner.places.cloudformation import Templates
from tests.places.checkouts import ACCOUNT, checkout, resource

_YAML = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Web:
    Type: String
Resources:
  # the web server
  Web:
    Type: AWS::EC2::Instance
    Properties:
      Tags:
        - Key: Group
  'Group':
    DependsOn: Web
    Type: 'AWS::EC2::SecurityGroup'
    Metadata:
      aws:cdk:path: App/Group/Resource
Outputs:
  Late:
    Type: AWS::EC2::Instance
"""


def _tags(logical_id: str, stack: str = "net") -> dict[str, str]:
    return {"aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": logical_id}


def _line(found: Location | None) -> tuple[str, int] | None:
    return (found.file, found.line) if found else None


def test_the_line_is_that_of_the_logical_id_among_the_resources(tmp_path: Path) -> None:
    templates = Templates(checkout(tmp_path, {"infra/a.yaml": _YAML}))
    assert templates.place(resource("i-1", _tags("Web"))) == Location("infra/a.yaml", 7, address="Web")
    found = templates.place(resource("sg-1", _tags("Group"), kind="AWS::EC2::SecurityGroup"))
    assert found == Location("infra/a.yaml", 12, address="Group", construct="App/Group/Resource")
    assert templates.place(resource("i-1", _tags("Late"))) is None
    assert templates.place(resource("i-1")) is None


@pytest.mark.parametrize("indent", [None, 2])
def test_the_template_may_be_json(tmp_path: Path, indent: int | None) -> None:
    template = {
        "Parameters": {"Web": {"Type": "String"}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"Web": {"Type": "no resource"}}},
            "Web": {"Type": "AWS::EC2::Instance", "Metadata": {"aws:cdk:path": "App/Web/Resource"}},
        },
    }
    text = json.dumps(template, indent=indent)
    line = 1 if indent is None else text[: text.rindex('"Web"')].count("\n") + 1
    templates = Templates(checkout(tmp_path, {"cdk.out/App.template.json": text}))
    found = templates.place(resource("i-1", _tags("Web", "App")))
    assert found is not None
    assert (found.file, found.construct) == ("cdk.out/App.template.json", "App/Web/Resource")
    assert found.line == line


def test_of_several_templates_with_the_id_the_one_called_like_the_stack_is_meant(tmp_path: Path) -> None:
    templates = Templates(checkout(tmp_path, {"a.yaml": _YAML, "Net.template.yaml": _YAML}))
    assert _line(templates.place(resource("i-1", _tags("Web", "net")))) == ("Net.template.yaml", 7)
    assert templates.place(resource("i-1", _tags("Web", "other"))) is None


def test_an_instance_of_a_group_stands_on_the_line_of_the_group(tmp_path: Path) -> None:
    text = "Resources:\n  Hosts:\n    Type: AWS::AutoScaling::AutoScalingGroup\n"
    templates = Templates(checkout(tmp_path, {"a.yaml": text}))
    assert _line(templates.place(resource("i-1", _tags("Hosts")))) == ("a.yaml", 2)


def test_tags_that_nobody_could_read_tell_no_line(tmp_path: Path) -> None:
    templates = Templates(checkout(tmp_path, {"a.yaml": _YAML}))
    refused = Resource("AWS::EC2::Instance", "aws", ACCOUNT, "eu-west-1", "i-1", "", {"Tags": Unknown("refused")})
    assert templates.place(refused) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Resources:",
        "Resources:\n",
        "Resources: {}",
        "{",
        '{"Resources": []}',
        "[" * 5000,
        "Resources:\n\tA: b\n",
        "\0",
    ],
)
def test_what_is_no_template_has_no_lines(tmp_path: Path, text: str) -> None:
    templates = Templates(checkout(tmp_path, {"a.yaml": text, "b.json": text}))
    assert templates.place(resource("i-1", _tags("A"))) is None


def test_a_link_out_of_the_checkout_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(_YAML, encoding="utf-8")
    files = checkout(tmp_path / "repository", {"readme.md": ""})
    (tmp_path / "repository" / "a.yaml").symlink_to(tmp_path / "outside.yaml")
    assert Templates(files).place(resource("i-1", _tags("Web"))) is None
