"""Several files of one world: exports, nested stacks, CDK assemblies and change sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.model import Unknown
from tests.gate.templates_by_hand import answers, findings, plans, written

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Net: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
Outputs:
  Net: {Value: !Ref Net, Export: {Name: !Sub "${AWS::StackName}-net"}}
"""
HOST = """
Resources:
  Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !ImportValue network-net}}
"""


def test_what_one_file_exports_another_imports(tmp_path: Path) -> None:
    network = written(tmp_path, NETWORK, "network.yaml")
    host = written(tmp_path, HOST, "host.yaml")
    assert answers([host], select="NET001") == {"i-Host": "unknown"}
    assert answers([host, network], select="NET001") == {"i-host/Host": "fail"}


def test_files_that_do_not_refer_to_one_another_are_worlds_of_their_own(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        written(tmp_path, NETWORK, name)
    found = findings(tmp_path, select="NET007")
    assert [(one.resource.id, one.location.file.rpartition("/")[2]) for one in found if one.location] == [
        ("subnet-Net", "a.yaml"),
        ("subnet-Net", "b.yaml"),
    ]


def test_imports_in_a_circle_end() -> None:
    one = """
    Resources:
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !ImportValue b}}
    Outputs: {A: {Value: !ImportValue b, Export: {Name: a}}}
    """
    other = """
    Resources:
      B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !ImportValue a}}
    Outputs: {B: {Value: !ImportValue a, Export: {Name: b}}}
    """
    (plan,) = plans(one, other)
    assert all(isinstance(planned.properties["VpcId"], Unknown) for planned in plan.resources)


def test_a_nested_stack_gets_its_parameters_and_gives_its_outputs(tmp_path: Path) -> None:
    child = """
    Parameters: {Public: {Type: String}}
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Net: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: !Ref Public}}
    Outputs: {Net: {Value: !Ref Net}}
    """
    parent = """
    Resources:
      Network:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: ./child.yaml, Parameters: {Public: "true"}}
      Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !GetAtt Network.Outputs.Net}}
    """
    written(tmp_path, child, "child.yaml")
    written(tmp_path, parent, "parent.yaml")
    assert answers(tmp_path, select="NET001") == {"i-Host": "fail"}
    (finding,) = findings(tmp_path, select="NET007")
    assert finding.location is not None
    assert (finding.resource.id, finding.location.file.rpartition("/")[2]) == ("subnet-Network/Net", "child.yaml")


def test_a_nested_stack_that_is_elsewhere_leaves_everything_open(tmp_path: Path) -> None:
    text = NETWORK + "  # nothing\n" + ""
    text = text.replace(
        "Outputs:", "  More: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://x/y.yaml}}\nOutputs:"
    )
    report = scanner.gate(written(tmp_path, text), select=["EVD001", "NET007"])
    assert {(one.rule_id, one.resource.id): one.outcome.value for one in report.findings} == {
        ("EVD001", "us-east-1"): "unknown",
        ("EVD001", "vpc-Vpc"): "unknown",
        ("NET007", "subnet-Net"): "fail",
        ("NET007", "us-east-1"): "unknown",
    }
    (gap,) = report.gaps
    assert gap.sentence.endswith(
        "template.yaml:5 the nested stack More was not read: its template is not among the files"
    )


@pytest.mark.parametrize(
    ("resource", "what"),
    [
        ("{Type: Some::Own::Thing::MODULE}", "More (Some::Own::Thing::MODULE)"),
        ("{Type: AWS::EMR::Cluster}", "More (AWS::EMR::Cluster)"),
        (
            "{'Fn::Transform': {Name: Own}, Type: AWS::EC2::Instance, Properties: {'Fn::Transform': {Name: Own}}}",
            "More (AWS::EC2::Instance)",
        ),
    ],
)
def test_what_nobody_can_read_is_told_and_never_silence(resource: str, what: str, tmp_path: Path) -> None:
    text = NETWORK.replace("Outputs:", f"  More: {resource}\nOutputs:")
    report = scanner.gate(written(tmp_path, text))
    assert [gap.call.partition(" ")[2] for gap in report.gaps] == [what]
    assert report.coverage is not None
    assert report.coverage.unread == 1


def test_a_macro_of_the_whole_template_leaves_everything_open(tmp_path: Path) -> None:
    path = written(tmp_path, "Transform: [Own]\n" + NETWORK)
    assert answers(path, select="EVD001") == {"us-east-1": "unknown", "vpc-Vpc": "unknown"}
    path = written(tmp_path, "Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n" + NETWORK)
    assert answers(path, select="EVD001") == {"vpc-Vpc": "fail"}


def assembly(folder: Path) -> Path:
    """A cdk.out with one stack, a nested one, and the program that made them."""
    program = folder / "app" / "lib" / "network.ts"
    program.parent.mkdir(parents=True)
    program.write_text("\n" * 20, encoding="utf-8")
    out = folder / "app" / "cdk.out"
    out.mkdir()
    nested = {
        "Resources": {
            "Net1": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": True},
                "Metadata": {"aws:cdk:path": "Net/Child/Public/Resource"},
            },
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        }
    }
    stack = {
        "Resources": {
            "Child": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::URLSuffix}/x"}},
                "Metadata": {"aws:asset:path": "child.nested.template.json"},
            },
            "Net2": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": "vpc-1",
                    "CidrBlock": {"Fn::Sub": "${AWS::Region}"},
                    "MapPublicIpOnLaunch": True,
                },
                "Metadata": {"aws:cdk:path": "Net/Open/Resource"},
            },
        }
    }
    manifest = {
        "version": "48.0.0",
        "artifacts": {
            "Net": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://444455556666/ap-southeast-2",
                "properties": {"templateFile": "Net.template.json", "stackName": "prod-net"},
            }
        },
    }
    frames = [
        "...new Subnet2 in aws-cdk-lib...",
        "new Network (/somewhere/else/app/lib/network.ts:7:9)",
        "...node internals...",
    ]
    metadata = {
        "/Net/Open": [{"type": "aws:cdk:creationStack", "data": frames}],
        "/Net/Open/Resource": [
            {"type": "aws:cdk:logicalId", "data": "Net2"},
            {"type": "aws:cdk:creationStack", "data": ["Object.x (/a/node_modules/y.js:1:2)"]},
        ],
    }
    for name, data in (
        ("child.nested.template.json", nested),
        ("Net.template.json", stack),
        ("manifest.json", manifest),
        ("Net.metadata.json", metadata),
    ):
        (out / name).write_text(json.dumps(data, indent=1), encoding="utf-8")
    return out


def test_a_cdk_assembly_tells_the_line_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = assembly(tmp_path)
    monkeypatch.chdir(tmp_path)
    found = {one.resource.id: one for one in findings(out, select="NET007")}
    assert set(found) == {"subnet-Net2", "subnet-Child/Net1"}
    place = found["subnet-Net2"].location
    assert place is not None
    assert (place.file, place.line, place.construct) == ("app/lib/network.ts", 7, "Net/Open/Resource")
    lines = (out / "Net.template.json").read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, start=1) if "MapPublicIpOnLaunch" in text]
    assert place.written == f"app/cdk.out/Net.template.json:{line}"
    nested = found["subnet-Child/Net1"].location
    assert nested is not None
    assert (nested.file, nested.line) == ("app/cdk.out/child.nested.template.json", 10)
    assert nested.construct == "Net/Child/Public/Resource"


def test_a_cdk_assembly_tells_where_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = assembly(tmp_path)
    monkeypatch.chdir(tmp_path)
    (finding,) = [one for one in findings(out, select="NET007") if one.resource.id == "subnet-Net2"]
    assert (finding.resource.account, finding.resource.region) == ("444455556666", "ap-southeast-2")


def change_set(**change: Any) -> str:
    told = {"Action": "Modify", "LogicalResourceId": "Net", "PhysicalResourceId": "subnet-0123456789abcdef0",
            "ResourceType": "AWS::EC2::Subnet", "Replacement": "False", **change}  # fmt: skip
    return json.dumps(
        {
            "ChangeSetName": "next",
            "StackName": "network",
            "Parameters": [{"ParameterKey": "Maps", "ParameterValue": "true"}],
            "Changes": [{"Type": "Resource", "ResourceChange": told}],
        }
    )


def test_a_change_set_brings_ids_and_parameters_to_its_template(tmp_path: Path) -> None:
    text = "Parameters: {Maps: {Type: String}}\n" + NETWORK.replace("Launch: true", "Launch: !Ref Maps")
    written(tmp_path, text, "template.yaml")
    assert answers(tmp_path, select="NET007") == {"subnet-Net": "unknown"}
    path = written(tmp_path, change_set(), "changes.json")
    both = [tmp_path / "template.yaml", path]
    assert answers(both, select="NET007") == {"subnet-0123456789abcdef0": "fail"}
    (plan,) = scanner.gate(both, select=["NET007"]).findings
    assert plan.fingerprint != ""


def test_what_a_change_set_removes_or_replaces(tmp_path: Path) -> None:
    template = written(tmp_path, NETWORK)
    removed = written(tmp_path, change_set(Action="Remove"), "removed.json")
    assert answers([template, removed], select="NET007") == {}
    replaced = written(tmp_path, change_set(Replacement="True"), "replaced.json")
    assert answers([template, replaced], select="NET007") == {"subnet-Net": "fail"}


def test_a_change_set_without_its_template_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, change_set(), "changes.json")
    (target,) = scanner.gate(path).failed_targets
    assert target.failed.endswith(
        "the change set fits no template of this run. Name the template of the change set beside it"
    )
