"""The defaults decide; every other choice is told where it changes a verdict."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import scanner
from tests.gate.templates_by_hand import TEMPLATES, answers, plans, written

SSH = """
Parameters:
  CreateSsh: {Type: String, Default: "No", AllowedValues: ["Yes", "No"]}
Conditions:
  Ssh: !Equals [!Ref CreateSsh, "Yes"]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - !If [Ssh, {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}, !Ref AWS::NoValue]
"""


def test_a_flaw_of_another_choice_is_told_and_fails_nobody(tmp_path: Path) -> None:
    path = written(tmp_path, SSH)
    report = scanner.gate(path, select=["NET006"])
    (finding,) = [one for one in report.findings if one.resource.id == "sg-Web"]
    assert finding.outcome.value == "unknown"
    assert finding.message.startswith("passes with the defaults, fails when CreateSsh=Yes: sg-Web")
    assert finding.fix == "Say which it is with --parameters CreateSsh=Yes."
    assert finding.location is not None
    assert not report.failures()


@pytest.mark.parametrize(("told", "outcome"), [("Yes", "fail"), ("No", "pass")])
def test_what_is_told_decides(told: str, outcome: str, tmp_path: Path) -> None:
    path = written(tmp_path, SSH)
    assert answers(path, select="NET006", parameters={"CreateSsh": told})["sg-Web"] == outcome


def test_a_flaw_of_the_defaults_stays_one_although_a_choice_would_mend_it(tmp_path: Path) -> None:
    path = written(tmp_path, SSH.replace('Default: "No"', 'Default: "Yes"'))
    assert answers(path, select="NET006")["sg-Web"] == "fail"


def test_without_a_default_no_value_is_the_right_one(tmp_path: Path) -> None:
    without = SSH.replace(', Default: "No"', "").replace(' Default: "No",', "")
    assert "Default" not in without
    for order in ('["Yes", "No"]', '["No", "Yes"]'):
        path = written(tmp_path, without.replace('["Yes", "No"]', order))
        report = scanner.gate(path, select=["NET006"])
        (finding,) = [one for one in report.findings if one.resource.id == "sg-Web"]
        assert finding.outcome.value == "unknown"
        assert "CreateSsh=" in finding.message


def test_without_a_default_and_with_one_answer_in_all_worlds_the_answer_stands(tmp_path: Path) -> None:
    text = SSH.replace(' Default: "No",', "").replace("!Ref AWS::NoValue]", "{IpProtocol: -1, CidrIp: 0.0.0.0/0}]")
    assert answers(written(tmp_path, text), select="NET006")["sg-Web"] == "fail"


def test_a_parameter_that_is_compared_with_a_word_may_be_it_or_not() -> None:
    text = SSH.replace(', AllowedValues: ["Yes", "No"]', "").replace(' Default: "No"', ' Default: ""')
    (plan,) = plans(text)
    assert [(one.name, one.words) for one in plan.choices] == [("CreateSsh", "anything else"), ("CreateSsh", "Yes")]


def test_a_resource_that_may_not_be_made_flags_nobody_surely(tmp_path: Path) -> None:
    text = """
    Conditions:
      Wanted: !Equals [!ImportValue wanted, "yes"]
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Public:
        Type: AWS::EC2::Subnet
        Condition: Wanted
        Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
    """
    report = scanner.gate(written(tmp_path, text), select=["NET007"])
    (finding,) = report.findings
    assert finding.outcome.value == "unknown"
    assert finding.message.startswith("depends on a choice, passes when Wanted=false: subnet-Public")


def test_choices_of_a_nested_stack_are_its_parents(tmp_path: Path) -> None:
    written(tmp_path, SSH, "ssh.yaml")
    parent = """
    Parameters:
      Open: {Type: String, Default: "No"}
    Resources:
      Child:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: ssh.yaml, Parameters: {CreateSsh: !Ref Open}}
    """
    written(tmp_path, parent, "parent.yaml")
    report = scanner.gate(tmp_path, select=["NET006"])
    (finding,) = [one for one in report.findings if one.resource.id == "sg-Child/Web"]
    assert finding.message.startswith("passes with the defaults, fails when Open=Yes")


CROSSED = """
Parameters:
  Public: {Type: String, Default: "No"}
  Ssh: {Type: String, Default: "Yes"}
  Kept: {Type: String}
Conditions:
  IsPublic: !Equals [!Ref Public, "Yes"]
  HasSsh: !Equals [!Ref Ssh, "Yes"]
  IsKept: !Equals [!Ref Kept, "Yes"]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gate: {Type: AWS::EC2::InternetGateway, Condition: IsPublic}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Condition: IsPublic
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}
  Net:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: !If [IsPublic, true, false]}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    Condition: IsPublic
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gate}
  Followed: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Net, RouteTableId: !Ref Table}}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - !If [HasSsh, {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}, !Ref AWS::NoValue]
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, SubnetId: !Ref Net, SecurityGroupIds: [!Ref Web]}
  Login: {Type: AWS::EC2::InstanceConnectEndpoint, Condition: IsKept, Properties: {SubnetId: !Ref Net}}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties: {IsLogging: !If [IsKept, true, false], S3BucketName: logs}
"""


@pytest.mark.parametrize(
    "template", [CROSSED, *TEMPLATES.glob("*.yaml")], ids=lambda one: getattr(one, "name", "crossed")
)
def test_rules_that_read_nothing_of_what_changes_would_say_the_same_again(
    template: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, template) if isinstance(template, str) else template

    def told() -> list[tuple[str, ...]]:
        report = scanner.gate(path, include_pass=True)
        return [(one.fingerprint, one.outcome.value, one.rule_id, one.message, *one.because) for one in report.findings]

    spared = told()
    monkeypatch.setattr(import_module("scanner.gate.report"), "is_touched", lambda rule, kinds: True)  # noqa: ARG005 - the same names
    assert told() == spared
    if isinstance(template, str):
        changing = {(rule, words.partition(": ")[0]) for _, _, rule, words, *_ in spared if " when " in words}
        assert changing >= {
            ("NET001", "passes with the defaults, fails when Public=Yes"),
            ("NET003", "passes with the defaults, fails when Public=Yes"),
            ("EIC006", "depends on a choice, fails when Kept=Yes"),
            ("TRL002", "depends on a choice, passes when Kept=Yes"),
        }
