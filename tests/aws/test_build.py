"""Facts get their identity, and what a refused call would have told becomes unknown."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.aws.build import make_inventory, make_resource
from scanner.aws.kinds import identify
from scanner.aws.table import KINDS
from scanner.model import GLOBAL, Gap, GapReason, Origin, Unknown
from tests.by_hand import ACCOUNT, HOME, TRAIL, VPC, inventory


@pytest.mark.parametrize(
    ("kind", "facts", "identity"),
    [
        (VPC, {"VpcId": "vpc-1"}, ("vpc-1", f"arn:aws:ec2:{HOME}:{ACCOUNT}:vpc/vpc-1")),
        (VPC, {"VpcId": "vpc-1", "OwnerId": "444455556666"}, ("vpc-1", f"arn:aws:ec2:{HOME}:444455556666:vpc/vpc-1")),
        (VPC, {"VpcId": "vpc-1", "OwnerId": "amazon-aws"}, ("vpc-1", f"arn:aws:ec2:{HOME}:{ACCOUNT}:vpc/vpc-1")),
        ("AWS::EC2::Subnet", {"SubnetId": "s", "SubnetArn": "arn:x"}, ("s", "arn:x")),
        ("AWS::EC2::Subnet", {"SubnetId": "s", "SubnetArn": ""}, ("s", f"arn:aws:ec2:{HOME}:{ACCOUNT}:subnet/s")),
        ("AWS::EC2::Subnet", {"SubnetId": "s", "SubnetArn": 5}, ("s", f"arn:aws:ec2:{HOME}:{ACCOUNT}:subnet/s")),
        ("AWS::EC2::Subnet", {"SubnetId": "s"}, ("s", f"arn:aws:ec2:{HOME}:{ACCOUNT}:subnet/s")),
        ("AWS::EC2::InstanceConnectEndpoint", {"InstanceConnectEndpointId": "e"},
         ("e", f"arn:aws:ec2:{HOME}:{ACCOUNT}:instance-connect-endpoint/e")),
        ("AWS::IAM::Role", {"RoleName": "r"}, ("r", f"arn:aws:iam::{ACCOUNT}:role/r")),
        ("AWS::EC2::EIP", {"AllocationId": "a", "PublicIp": "1.2.3.4"}, ("a", f"arn:aws:ec2:{HOME}:{ACCOUNT}:elastic-ip/a")),
        ("AWS::EC2::EIP", {"PublicIp": "1.2.3.4"}, ("1.2.3.4", f"arn:aws:ec2:{HOME}:{ACCOUNT}:elastic-ip/1.2.3.4")),
        ("AWS::EC2::LaunchTemplate", {"LaunchTemplateId": "lt", "VersionNumber": 3},
         ("lt:3", f"arn:aws:ec2:{HOME}:{ACCOUNT}:launch-template/lt:3")),
        ("AWS::EC2::LaunchTemplate", {}, (":", f"arn:aws:ec2:{HOME}:{ACCOUNT}:launch-template/:")),
        ("AWS::EC2::SerialConsoleAccess", {}, (HOME, f"arn:aws:ec2:{HOME}:{ACCOUNT}:serial-console-access/{HOME}")),
        ("AWS::S3::Bucket", {"Name": "b"}, ("b", "arn:aws:s3:::b")),
        ("AWS::Account", {"Account": "x"}, (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")),
        ("AWS::ElasticLoadBalancing::LoadBalancer", {"LoadBalancerName": "{x}"},
         ("{x}", f"arn:aws:elasticloadbalancing:{HOME}:{ACCOUNT}:loadbalancer/{{x}}")),
        ("AWS::Logs::MetricFilter", {"logGroupName": "{filterName}", "filterName": "f"},
         ("{filterName}:f", f"arn:aws:logs:{HOME}:{ACCOUNT}:metric-filter/{{filterName}}:f")),
    ],
)  # fmt: skip
def test_a_resource_is_named_as_aws_names_it(kind: str, facts: dict[str, Any], identity: tuple[str, str]) -> None:
    assert identify(KINDS[kind], facts, partition="aws", account=ACCOUNT, region=HOME) == identity


@pytest.mark.parametrize("kind", KINDS)
def test_every_arn_has_its_parts(kind: str) -> None:
    _, arn = identify(KINDS[kind], {}, partition="aws-cn", account=ACCOUNT, region="cn-north-1")
    head, partition, service, region, account, rest = arn.split(":", 5)
    assert (head, partition) == ("arn", "aws-cn")
    assert service.islower()
    assert region == ("" if KINDS[kind].is_global else "cn-north-1")
    assert account == ("" if service == "s3" else ACCOUNT)
    assert not rest[:1].isupper()


def test_a_trail_belongs_to_its_home_region() -> None:
    known = inventory({TRAIL: [{"Name": "t", "HomeRegion": home} for home in ("us-east-1", None, "", 5)]})
    assert [trail.region for trail in known.of(TRAIL)] == ["us-east-1", HOME, HOME, HOME]


def test_global_kinds_have_no_region() -> None:
    known = inventory({"AWS::IAM::Role": [{"RoleName": "r"}]})
    assert known.of("AWS::IAM::Role")[0].region == GLOBAL


def test_every_inventory_has_its_account_and_its_region() -> None:
    regions = [{"RegionName": "us-east-1"}, {"RegionName": HOME, "OptInStatus": "opt-in-not-required"}]
    known = inventory({"AWS::Region": regions, "AWS::Account": [{"Account": ACCOUNT, "UserId": "u"}]})
    assert [(one.id, one.get("OptInStatus")) for one in known.of("AWS::Region")] == [(HOME, "opt-in-not-required")]
    assert [(one.id, one.region, one.get("UserId")) for one in known.of("AWS::Account")] == [(ACCOUNT, GLOBAL, "u")]
    assert inventory({}, region=GLOBAL).of("AWS::Region") == ()
    assert inventory({}, collected=[]).gaps_of("AWS::Account") == ()


def test_resources_say_which_call_told_of_them() -> None:
    assert inventory({VPC: [{"VpcId": "vpc-1"}]}).of(VPC)[0].origin.call == "ec2:DescribeVpcs"


def test_a_resource_of_a_template_says_where_it_stands() -> None:
    origin = Origin(file="template.yaml", line=7)
    made = make_resource(KINDS[VPC], {"VpcId": "vpc-1"}, partition="aws", account=ACCOUNT, region=HOME, origin=origin)
    assert made.origin == origin


def test_a_kind_outside_the_table_is_refused() -> None:
    with pytest.raises(KeyError):
        inventory({"AWS::EC2::Vpc": []})


def lacking(call: str, **facts: Any) -> dict[str, bool]:
    """Which members of a trail are unknown after a refused detail."""
    arn = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/t"
    gap = Gap(ACCOUNT, HOME, call, GapReason.DENIED, "", (TRAIL,), arn)
    known = make_inventory(
        {TRAIL: [{"Name": "t", **facts}, {"Name": "other"}]}, account=ACCOUNT, region=HOME, gaps=[gap]
    )
    assert not any(isinstance(fact, Unknown) for fact in known.of(TRAIL)[1].facts.values())
    return {name: isinstance(fact, Unknown) for name, fact in known.of(TRAIL)[0].facts.items() if name != "Name"}


def test_the_members_of_a_refused_detail_are_unknown_with_the_reason() -> None:
    assert lacking("cloudtrail:GetEventSelectors") == {"EventSelectors": True, "AdvancedEventSelectors": True}
    assert lacking("cloudtrail:GetEventSelectors", EventSelectors=[]) == {
        "EventSelectors": False,
        "AdvancedEventSelectors": True,
    }
    assert lacking("cloudtrail:GetTrailStatus")["IsLogging"] is True
    assert lacking("ec2:DescribeVpcs") == {}
