"""Every function of CloudFormation, over what is known and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model import Unknown
from tests.gate.templates_by_hand import plans, properties

HEAD = """
Parameters:
  Name: {Type: String, Default: web}
  Ports: {Type: CommaDelimitedList, Default: "80, 443"}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/ami}
  Secret: {Type: String, Default: hunter2, NoEcho: true}
  Vpc: {Type: "AWS::EC2::VPC::Id"}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Stage: {Type: String, AllowedValues: [dev, prod]}
Mappings:
  Sizes:
    eu-west-1: {small: t3.micro, list: [a, b]}
Conditions:
  IsWeb: !Equals [!Ref Name, web]
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Other: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  It:
    Type: AWS::EC2::Instance
    Properties:
      Value: %s
"""


def value(expression: str, **options: Any) -> Any:
    return properties(HEAD % expression, **options)["Value"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Name", "web"),
        ("!Ref Ports", ["80", "443"]),
        ("!Ref Other", "sg-Other"),
        ("!GetAtt Other.GroupId", "sg-Other"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::AccountId", "111122223333"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::StackName", "a"),
        ("!Sub '${Name}-${AWS::Region}-${Other.GroupId}-${!Kept}'", "web-eu-west-1-sg-Other-${Kept}"),
        ("!Sub ['${Own}-${Name}', {Own: !Ref AWS::Region}]", "eu-west-1-web"),
        ("!Join ['-', [a, !Ref Name, 1]]", "a-web-1"),
        ("!Join [',', !Ref Ports]", "80,443"),
        ("!Select [1, !Ref Ports]", "443"),
        ("!Select ['0', [a, b]]", "a"),
        ("!Split ['.', a.b.c]", ["a", "b", "c"]),
        ("!Select [1, !Split ['/', 'x/y']]", "y"),
        ("!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ("!Cidr ['2001:db8::/56', 2, 64]", ["2001:db8::/64", "2001:db8:0:1::/64"]),
        ("!Select [1, !GetAZs '']", "eu-west-1b"),
        ("!Select [0, !GetAZs {Ref: 'AWS::Region'}]", "eu-west-1a"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', small]", "t3.micro"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', list]", ["a", "b"]),
        ("!FindInMap [Sizes, nowhere, small, {DefaultValue: t3.nano}]", "t3.nano"),
        ("!If [IsWeb, yes-it-is, no]", "yes-it-is"),
        ("!If [IsWeb, !Ref 'AWS::NoValue', no]", None),
        ("[a, !If [IsWeb, !Ref 'AWS::NoValue', no], c]", ["a", "c"]),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::Base64': {'Fn::Sub': '${Name}'}}", "d2Vi"),
        ("{'Fn::ToJsonString': {a: !Ref Name}}", '{"a":"web"}'),
        ("{'Fn::Length': !Ref Ports}", 2),
        ("!Equals [!Ref Name, web]", True),
        ("{'Fn::Not': [{Condition: IsWeb}]}", False),
        ("{'Fn::And': [{Condition: IsWeb}, {'Fn::Equals': [a, b]}]}", False),
        ("{'Fn::Or': [{Condition: IsWeb}, {'Fn::Equals': [a, b]}]}", True),
        ("!GetAtt Other.VpcId.x", Unknown),
        ("!Ref AWS::StackId", Unknown),
        ("!Ref Image", Unknown),
        ("!Ref Secret", Unknown),
        ("!Ref Stage", Unknown),
        ("!Sub '${Stage}-x'", Unknown),
        ("!Join ['', [a, !Ref Stage]]", Unknown),
        ("!Select [0, !Ref Subnets]", Unknown),
        ("!Split ['-', !Ref Stage]", Unknown),
        ("!Cidr [!Ref Stage, 2, 8]", Unknown),
        ("!Base64 {Ref: Stage}", Unknown),
        ("{'Fn::ToJsonString': {a: !Ref Stage}}", Unknown),
        ("{'Fn::Length': !Ref Subnets}", Unknown),
        ("!FindInMap [Sizes, !Ref Stage, small]", Unknown),
        ("!ImportValue nobody-exports-this", Unknown),
        ("'{{resolve:ssm:/a/b:1}}'", Unknown),
        ("'{{resolve:secretsmanager:x:SecretString:y}}'", Unknown),
        ("!Transform {Name: AWS::Include, Parameters: {Location: 's3://x'}}", Unknown),
        ("{'Fn::Nonsense': 1}", Unknown),
    ],
)
def test_a_function_gives_what_cloudformation_gives_or_unknown(expression: str, expected: Any) -> None:
    (plan,) = plans(HEAD % expression)
    found = next(one for one in plan.resources if one.address == "It").properties.get("Value")
    if expected is Unknown:
        assert isinstance(found, Unknown)
    else:
        assert found == expected


def test_kleene_decides_where_one_side_is_enough() -> None:
    assert value("{'Fn::Or': [!Equals [!Ref Vpc, a], {Condition: IsWeb}]}") is True
    assert value("{'Fn::And': [!Equals [!Ref Vpc, a], !Not [{Condition: IsWeb}]]}") is False
    assert isinstance(value("{'Fn::And': [!Equals [!Ref Vpc, a], {Condition: IsWeb}]}"), Unknown)
    assert isinstance(value("{'Fn::Not': [!Equals [!Ref Vpc, a]]}"), Unknown)


def test_unknown_values_of_one_origin_are_equal_and_join() -> None:
    assert value("!Equals [!Ref Vpc, !Ref Vpc]") is True
    assert isinstance(value("!Equals [!Ref Vpc, !Ref Stage]"), Unknown)
    assert value("!Select [0, !Ref Subnets]").token == value("!Select [0, !Ref Subnets]").token == "Subnets[0]"
    assert value("!Sub '${Vpc}'").token == "Vpc"
    assert value("!ImportValue x").token == value("!ImportValue x").token


def test_a_value_outside_of_what_is_allowed_is_no_match() -> None:
    assert value("!Equals [!Ref Stage, test]") is False


def test_parameters_that_are_told_count_more_than_defaults() -> None:
    told = {"Name": "db", "Ports": "1,2", "Secret": "x", "Stage": "prod", "Unused": "y"}
    assert value("!Ref Name", parameters=told) == "db"
    assert value("!Ref Ports", parameters=told) == ["1", "2"]
    assert value("!Ref Secret", parameters=told) == "x"
    assert value("!If [IsProd, a, b]", parameters=told) == "a"
    assert value("!If [IsWeb, a, b]", parameters=told) == "b"


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("!Ref Nothing", "Ref to 'Nothing', which the template does not have"),
        ("!GetAtt Nothing.Arn", "Fn::GetAtt of 'Nothing', which the template does not have"),
        ("!Sub '${Nothing}'", "Ref to 'Nothing', which the template does not have"),
        ("!If [Nothing, a, b]", "there is no condition 'Nothing'"),
        ("!Select [9, [a]]", "Fn::Select has no entry 9 to choose"),
        ("!Join [a]", "Fn::Join wants two arguments"),
        ("!FindInMap [Sizes, x, y]", "Fn::FindInMap finds nothing under Sizes / x / y"),
        ("!Cidr [10.0.0.0/24, 300, 8]", "Fn::Cidr cannot cut that"),
        ("!Cidr [10.0.0.0/24, 4, 8]", "Fn::Cidr has no room for so many blocks"),
        ("!Split ['', a]", "Fn::Split wants a delimiter and a text"),
    ],
)
def test_a_mistake_is_told_at_its_line_and_the_value_is_unknown(expression: str, sentence: str) -> None:
    text = HEAD % expression
    (plan,) = plans(text)
    (unread,) = plan.unread
    assert unread.what == sentence
    line = next(number for number, one in enumerate(text.splitlines(), start=1) if "Value: " in one)
    assert unread.spot.line == line
    found = next(one for one in plan.resources if one.address == "It").properties["Value"]
    assert isinstance(found, Unknown)


def test_references_in_circles_end() -> None:
    text = """
    Resources:
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt B.VpcId}}
      B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt A.VpcId}}
      C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt C.VpcId}}
    """
    for address in "ABC":
        assert isinstance(properties(text, address)["VpcId"], Unknown)
    looped = """
    Conditions:
      One: {Condition: Two}
      Two: !Not [{Condition: One}]
    Resources:
      It: {Type: AWS::EC2::VPC, Condition: One, Properties: {CidrBlock: 10.0.0.0/16}}
    """
    (plan,) = plans(looped)
    assert [choice.name for choice in plan.choices] == ["One"]


def test_loops_are_written_out_in_every_section() -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Parameters:
      Zones: {Type: CommaDelimitedList, Default: "a,b-1"}
    Resources:
      Fn::ForEach::Subnets:
        - Zone
        - !Ref Zones
        - Subnet&{Zone}:
            Type: AWS::EC2::Subnet
            Properties:
              VpcId: !Ref Vpc
              CidrBlock: 10.0.0.0/24
              AvailabilityZone: !Sub "${AWS::Region}${Zone}"
              Tags:
                - Key: Name
                  Value: !Ref Zone
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
    """
    (plan,) = plans(text)
    made = {one.address: one.properties for one in plan.resources}
    assert set(made) == {"Subneta", "Subnetb1", "Vpc"}
    assert made["Subnetb1"]["AvailabilityZone"] == "eu-west-1b-1"
    assert made["Subneta"]["Tags"] == [{"Key": "Name", "Value": "a"}]
    place = next(one.place for one in plan.resources if one.address == "Subneta")
    assert text.splitlines()[place.find(()).line - 1].strip() == "Fn::ForEach::Subnets:"


def test_a_loop_over_what_nobody_knows_is_not_read() -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Parameters:
      Zones: {Type: CommaDelimitedList}
    Resources:
      Fn::ForEach::Subnets: [Zone, !Ref Zones, {"S${Zone}": {Type: AWS::EC2::Subnet}}]
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
    """
    (plan,) = plans(text)
    assert [(one.what, one.kinds) for one in plan.unread] == [("Fn::ForEach::Subnets", ())]
