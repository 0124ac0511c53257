"""What becomes of networks: references join, AWS's own additions are there, unknown things stay unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.model import Unknown
from tests.gate.templates_by_hand import answers, resource, surface, written

VPC, SUBNET, GROUP = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"
TABLE, ACL, INSTANCE = "AWS::EC2::RouteTable", "AWS::EC2::NetworkAcl", "AWS::EC2::Instance"
INTERFACE = "AWS::EC2::NetworkInterface"

PUBLIC = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Joins: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Net: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: MAPS}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Follows: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Net, RouteTableId: !Ref Table}}
  Ssh:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: ssh
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, SubnetId: !Ref Net, SecurityGroupIds: [!Ref Ssh]EXTRA}
"""


def public(*, maps: str = "true", extra: str = "") -> str:
    return PUBLIC.replace("MAPS", maps).replace("EXTRA", extra)


def test_a_vpc_brings_its_default_group_acl_and_main_table() -> None:
    world = surface("Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}").inventory
    (group,) = world.of(GROUP)
    assert (group.id, group.get("GroupName"), group.get("VpcId")) == ("sg-default-of-vpc-Vpc", "default", "vpc-Vpc")
    assert group.get("IpPermissions")[0]["UserIdGroupPairs"][0]["GroupId"] == group.id
    (table,) = world.of(TABLE)
    assert table.get("Associations")[0]["Main"] is True
    assert [(one["DestinationCidrBlock"], one["GatewayId"]) for one in table.get("Routes")] == [
        ("10.0.0.0/16", "local")
    ]
    (acl,) = world.of(ACL)
    assert acl.get("IsDefault") is True
    assert {(one["RuleNumber"], one["RuleAction"]) for one in acl.get("Entries")} == {(100, "allow"), (32767, "deny")}


@pytest.mark.parametrize(
    ("maps", "extra", "outcome"),
    [
        ("true", "", "fail"),
        ("false", "", "pass"),
        ("'true'", "", "fail"),
        ("!ImportValue x", "", "unknown"),
    ],
)
def test_a_public_address_comes_from_the_subnet(maps: str, extra: str, outcome: str, tmp_path: Path) -> None:
    path = written(tmp_path, public(maps=maps, extra=extra))
    assert answers(path, select="NET001") == {"i-Host": outcome}


@pytest.mark.parametrize(("told", "outcome"), [("true", "fail"), ("false", "pass"), ("!ImportValue x", "unknown")])
def test_what_the_interface_says_counts_more_than_its_subnet(told: str, outcome: str, tmp_path: Path) -> None:
    text = public().replace(
        "SubnetId: !Ref Net, SecurityGroupIds: [!Ref Ssh]}",
        "NetworkInterfaces: [{DeviceIndex: '0', SubnetId: !Ref Net, GroupSet: [!Ref Ssh], "
        f"AssociatePublicIpAddress: {told}}}]}}",
    )
    assert answers(written(tmp_path, text), select="NET001") == {"i-Host": outcome}


def test_an_elastic_ip_makes_public_by_either_way_of_saying_it(tmp_path: Path) -> None:
    association = "  Ip: {Type: AWS::EC2::EIP}\n  On: {Type: AWS::EC2::EIPAssociation, Properties: {WHAT}}\n"
    for more in (
        "  Ip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Host}}\n",
        association.replace("WHAT", "EIP: !Ref Ip, InstanceId: !Ref Host"),
        association.replace("WHAT", "AllocationId: !GetAtt Ip.AllocationId, NetworkInterfaceId: eni-Host-0"),
    ):
        path = written(tmp_path, public(maps="false") + more)
        assert answers(path, select="NET001") == {"i-Host": "fail"}, more


def test_a_host_is_reached_from_the_internet_and_nobody_sees_made_up_addresses(tmp_path: Path) -> None:
    report = scanner.gate(written(tmp_path, public()), select=["NET003"])
    (finding,) = report.failures()
    assert finding.resource.id == "i-Host"
    words = " ".join((finding.message, *finding.because, *(hop.rule for hop in finding.path)))
    assert "[a public address]" in words
    assert "203.0.113." not in words
    assert "10.0.0.4" not in words


def test_rules_that_tell_parts_of_a_subnet_apart_leave_its_addresses_open(tmp_path: Path) -> None:
    more = """
  Entry:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: 6, RuleAction: deny, CidrBlock: 10.0.0.0/25,
                 PortRange: {From: 22, To: 22}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
"""
    host = surface(public() + more).inventory.find(INTERFACE, "eni-Host-0")
    assert host is not None
    assert isinstance(host.facts["PrivateIpAddress"], Unknown)
    kept = surface(public()).inventory.find(INTERFACE, "eni-Host-0")
    assert kept is not None
    assert kept.get("PrivateIpAddress") == "10.0.0.4"


def test_ids_in_a_network_that_exists_join_and_leave_it_open(tmp_path: Path) -> None:
    text = """
    Parameters:
      Net: {Type: AWS::EC2::Subnet::Id}
      Vpc: {Type: AWS::EC2::VPC::Id}
    Resources:
      Ssh:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: ssh
          VpcId: !Ref Vpc
          SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
      Host:
        Type: AWS::EC2::Instance
        Properties: {ImageId: ami-1, SubnetId: !Ref Net, SecurityGroupIds: [!Ref Ssh]}
    """
    host = resource(text, INSTANCE, "i-Host")
    assert (host.get("SubnetId"), host.get("VpcId")) == ("subnet-<Net>", "vpc-<Vpc>")
    path = written(tmp_path, text)
    assert answers(path, select="NET001") == {"i-Host": "unknown"}
    assert answers(path, select="NET003") == {"i-Host": "unknown"}
    assert answers(path, select="NET006")["sg-Ssh"] == "fail"


def test_what_names_no_network_goes_to_the_default_vpc(tmp_path: Path) -> None:
    text = """
    Resources:
      Ssh:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: ssh
          SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
      Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SecurityGroups: [!Ref Ssh]}}
    """
    path = written(tmp_path, text)
    assert answers(path, select="NET001") == {"i-Host": "fail"}
    assert answers(path, select="NET003") == {"i-Host": "fail"}
    # The default VPC itself is no part of the change.
    assert answers(path, select="NET007") == {}
    assert answers(path, select="EVD001") == {}


def test_a_standalone_rule_counts_for_its_group_and_stands_at_its_own_line(tmp_path: Path) -> None:
    text = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Open:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !GetAtt Web.GroupId
      IpProtocol: tcp
      FromPort: 22
      ToPort: 22
      CidrIp: 0.0.0.0/0
"""
    (finding,) = scanner.gate(written(tmp_path, text), select=["NET006"]).failures()
    assert finding.resource.id == "sg-Web"
    assert finding.location is not None
    assert finding.location.line == 11


def test_a_rule_for_a_group_that_exists_is_judged_by_itself(tmp_path: Path) -> None:
    text = """
    Resources:
      Open:
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: sg-0123456789abcdef0, IpProtocol: tcp, FromPort: PORT, ToPort: PORT, CidrIp: 0.0.0.0/0}
    """
    for port, outcome in (("22", "fail"), ("443", "unknown")):
        path = written(tmp_path, text.replace("PORT", port))
        assert answers(path, select="NET006") == {"sg-0123456789abcdef0": outcome}


def test_egress_beside_the_default_is_unknown_until_it_is_inline() -> None:
    text = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref VpcINLINE}}
      Out: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: !Ref Web, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}}
    """
    alone = resource(text.replace("INLINE", ""), GROUP, "sg-Web").facts["IpPermissionsEgress"]
    assert isinstance(alone, Unknown)
    assert "add an inline egress rule" in alone.why
    inline = text.replace("INLINE", ", SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: 10.1.0.0/16}]")
    found = resource(inline, GROUP, "sg-Web").get("IpPermissionsEgress")
    assert [one["IpRanges"][0]["CidrIp"] for one in found] == ["10.1.0.0/16", "10.0.0.0/8"]


def test_no_egress_and_an_empty_list_are_the_default() -> None:
    for told in ("", ", SecurityGroupEgress: []"):
        text = f"Resources: {{Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: x, VpcId: vpc-1{told}}}}}}}"
        found = resource(text, GROUP, "sg-Web").get("IpPermissionsEgress")
        assert [(one["IpProtocol"], one["IpRanges"][0]["CidrIp"]) for one in found] == [("-1", "0.0.0.0/0")]


def test_a_gateway_endpoint_writes_its_own_routes() -> None:
    text = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
      S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [!Ref Table]}}
    """
    table = resource(text, TABLE, "rtb-Table")
    routes: list[Any] = table.get("Routes")
    assert [one["GatewayId"] for one in routes] == ["local", "vpce-S3"]
    assert routes[1]["DestinationPrefixListId"] == "pl-com.amazonaws.eu-west-1.s3"


def test_unknown_ids_blur_everything_that_they_may_be(tmp_path: Path) -> None:
    text = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
      Open:
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: !If [Nope, a, b], IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
    """
    report = scanner.gate(written(tmp_path, text), select=["NET006"], include_pass=True)
    outcomes = {one.resource.id: one.outcome.value for one in report.findings}
    assert outcomes["sg-Web"] == "unknown"
    assert [target.failed.rpartition(": ")[2] for target in report.failed_targets] == ["there is no condition 'Nope'"]
