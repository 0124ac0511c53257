"""The same template, laid over a mocked account and deployed into it: where the mock is right, both are one account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import pipeline
from scanner.gate.dialects import Asked, plan_all
from scanner.gate.ids import default_id, planned_id
from scanner.gate.overlay import lay
from scanner.gate.sources import Pile, Source
from scanner.mock.account import mocked_account
from scanner.model import Config, Inventory, Resource

pytest.importorskip("cfnlint", reason="moto deploys templates only beside cfn-lint")

REGION, ACCOUNT = "eu-west-1", "123456789012"
_GROUP, _TABLE = "AWS::EC2::SecurityGroup", "AWS::EC2::RouteTable"
# Trails and alarms are left out: moto's CloudFormation makes none.
_RULES = pipeline.choose_rules(Config(select=("NET", "BAS", "EIC", "VPE", "GWL", "EVD", "IAM")))
_KINDS = pipeline.kinds_read(_RULES)

_DOORS = "IpPermissions[].{over: IpProtocol, low: FromPort, high: ToPort, from: [IpRanges[].CidrIp, UserIdGroupPairs[].GroupId][]}"

# Kind -> what is compared of it.
FACTS: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::VPC": ("CidrBlock", "IsDefault"),
    "AWS::EC2::Subnet": ("VpcId", "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch"),
    "AWS::EC2::InternetGateway": ("Attachments[].VpcId",),
    _TABLE: (
        "VpcId",
        "Associations[?SubnetId].SubnetId",
        "Associations[].Main",
        "Routes[].{to: DestinationCidrBlock, gateway: GatewayId, nat: NatGatewayId, peer: VpcPeeringConnectionId}",
    ),
    "AWS::EC2::NetworkAcl": (
        "VpcId",
        "IsDefault",
        "Associations[].SubnetId",
        "Entries[].{way: Egress, number: RuleNumber, does: RuleAction, over: Protocol, about: CidrBlock}",
    ),
    _GROUP: (
        "VpcId",
        _DOORS,
        "IpPermissionsEgress[].{over: IpProtocol, blocks: IpRanges[].CidrIp}",
    ),
    "AWS::EC2::NatGateway": ("VpcId", "SubnetId", "ConnectivityType", "NatGatewayAddresses[].AllocationId"),
    "AWS::EC2::EIP": ("Domain", "InstanceId"),
    "AWS::EC2::VPCEndpoint": (
        *("VpcId", "ServiceName", "VpcEndpointType", "RouteTableIds", "SubnetIds", "Groups[].GroupId"),
        "PrivateDnsEnabled",
    ),
    "AWS::EC2::Instance": ("VpcId", "SubnetId", "InstanceType", "SecurityGroups[].GroupId"),
    "AWS::EC2::NetworkInterface": ("VpcId", "SubnetId"),
    "AWS::EC2::VPCPeeringConnection": ("RequesterVpcInfo.VpcId", "AccepterVpcInfo.VpcId"),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument", "RolePolicyList"),
    "AWS::IAM::ManagedPolicy": ("PolicyVersionList[].Document",),
}

# What moto's account does not show as AWS's would, beside what `mend` makes good, with the reason.
MOTO_ERRS: Mapping[tuple[str, str], str] = {
    ("NET014", "eni-Nat"): "the interface of a NAT gateway has the type of any other, and nothing it is attached to",
}
MOTO_ERRS_ABOUT_SEVERITY: Mapping[str, str] = {
    "NET016": "the interfaces of endpoints and NAT gateways are not in use: an open list that guards them guards nothing",
}


def collected(session: Any) -> tuple[Inventory, ...]:
    return pipeline.collect(_KINDS, Config(regions=(REGION,)), session=session, mode="mock")


def both(template: Mapping[str, Any]) -> tuple[tuple[Inventory, ...], tuple[Inventory, ...], dict[str, str]]:
    """The account as the gate sees it coming, as moto makes it, and what is called how in the former: AWS's id -> ours."""
    text = json.dumps(template)
    with mocked_account(region=REGION) as session:
        before = collected(session)
        stacks = session.client("cloudformation")
        stacks.create_stack(StackName="net", TemplateBody=text)
        made = stacks.describe_stack_resources(StackName="net")["StackResources"]
        mend(
            session.client("ec2"),
            template["Resources"],
            {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in made},
        )
        after = collected(session)
    (plan,), _ = plan_all(Pile([Source("net.json", text)]), Asked(ACCOUNT, REGION))
    laid = lay(plan, before, account=ACCOUNT, region=REGION)
    return laid.inventories, after, names(made, after)


def mend(ec2: Any, resources: Mapping[str, Any], made: Mapping[str, str]) -> None:
    """Makes what CloudFormation would have made and moto's does not, through the calls that moto does implement."""

    def id_of(reference: Any) -> str:
        return made[reference["Ref"]]

    for logical_id, resource in resources.items():
        told = resource.get("Properties", {})
        if resource["Type"] == "AWS::EC2::SubnetRouteTableAssociation":
            # moto notes it down where DescribeRouteTables does not look.
            ec2.associate_route_table(RouteTableId=id_of(told["RouteTableId"]), SubnetId=id_of(told["SubnetId"]))
        if resource["Type"] == "AWS::EC2::Subnet" and told.get("MapPublicIpOnLaunch"):
            # moto does not read the property.
            ec2.modify_subnet_attribute(SubnetId=made[logical_id], MapPublicIpOnLaunch={"Value": True})
        if resource["Type"] == "AWS::EC2::Instance":
            # moto reads SecurityGroups alone, and where there are none the instance wears none.
            host = ec2.describe_instances(InstanceIds=[made[logical_id]])["Reservations"][0]["Instances"][0]
            groups = [id_of(one) for one in told.get("SecurityGroupIds", ())] or [default_group(ec2, host["VpcId"])]
            ec2.modify_instance_attribute(InstanceId=made[logical_id], Groups=groups)
            for interface in host["NetworkInterfaces"]:
                ec2.modify_network_interface_attribute(
                    NetworkInterfaceId=interface["NetworkInterfaceId"], Groups=groups
                )
        if resource["Type"] == "AWS::EC2::VPCEndpoint" and told.get("SecurityGroupIds"):
            # moto gives the groups to the endpoint, and to its interfaces the default one.
            groups = [id_of(one) for one in told["SecurityGroupIds"]]
            endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[made[logical_id]])["VpcEndpoints"][0]
            for interface in endpoint["NetworkInterfaceIds"]:
                ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, Groups=groups)
        if resource["Type"] == "AWS::EC2::VPC":
            # AWS lets the members of a default group in to one another.
            group = default_group(ec2, made[logical_id])
            inside = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[inside])


def default_group(ec2: Any, vpc: str) -> str:
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    found: str = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]["GroupId"]
    return found


def names(made: Iterable[Mapping[str, Any]], inventories: Iterable[Inventory]) -> dict[str, str]:
    """AWS's ids of what a stack made, and of what came with it, with the ids that plans have for them."""
    known: dict[str, str] = {}
    for told in made:
        if told["ResourceType"] in FACTS:
            own = planned_id(told["ResourceType"], told["LogicalResourceId"])
            known[told["PhysicalResourceId"].rpartition("/")[2]] = own
    for one in (one for inventory in inventories for one in inventory.resources):
        called = known.setdefault(one.id, _name(one, known) or one.id).partition("-")[2]
        for number, interface in enumerate(one.get("NetworkInterfaceIds") or ()):
            known[interface] = f"eni-{called}-{number}"
        for address in one.get("NatGatewayAddresses") or ():
            known[address["NetworkInterfaceId"]] = f"eni-{called}"
    return known


def _name(one: Resource, known: Mapping[str, str]) -> str:
    """What a plan calls what AWS makes unasked."""
    vpc = known.get(str(one.get("VpcId")), "")
    if one.kind == "AWS::EC2::EIP":
        return known.get(str(one.get("PublicIp")), "")
    if one.kind == "AWS::EC2::NetworkInterface":
        host = known.get(str((one.get("Attachment") or {}).get("InstanceId")), "")
        return f"eni-{host.removeprefix('i-')}-0" if host else ""
    if one.kind == _GROUP and vpc and one.get("GroupName") == "default":
        return default_id("sg", vpc)
    if one.kind == "AWS::EC2::NetworkAcl" and vpc and one.get("IsDefault"):
        return default_id("acl", vpc)
    is_main = one.kind == _TABLE and any(each.get("Main") for each in one.get("Associations") or ())
    return default_id("rtb", vpc) if is_main and vpc else ""


def renamed(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: renamed(item, known) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return sorted((renamed(item, known) for item in value), key=repr)
    return known.get(value, value) if isinstance(value, str) else value


def facts(inventories: Iterable[Inventory], known: Mapping[str, str]) -> dict[tuple[str, str], Any]:
    """Kind and id of everything -> the facts to be compared, in no order, without what is absent."""

    def of(one: Resource) -> dict[str, Any]:
        found = {path: renamed(jmespath.search(path, _plain(one.facts)), known) for path in FACTS[one.kind]}
        if _DOORS in found:  # AWS has one entry for all rules about the same ports
            doors = [{**door, "from": source} for door in found[_DOORS] for source in door["from"]]
            found[_DOORS] = sorted(doors, key=repr)
        return {path: value for path, value in found.items() if value not in (None, False, [], "")}

    return {
        (one.kind, known.get(one.id, one.id)): of(one)
        for inventory in inventories
        for one in inventory.resources
        if one.kind in FACTS
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def answers(inventories: Iterable[Inventory], known: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    report = pipeline.judge(tuple(inventories), _RULES, include_pass=True)
    told = {
        (one.rule_id, known.get(one.resource.id, one.resource.id)): (
            one.outcome.value,
            "" if one.rule_id in MOTO_ERRS_ABOUT_SEVERITY else one.severity.value,
        )
        for one in report.findings
    }
    return {key: answer for key, answer in told.items() if key not in MOTO_ERRS}


_PORTS = st.sampled_from([(22, 22), (443, 443), (3389, 3389), (0, 65535), (20, 30), (8000, 8080)])
_BLOCKS = st.sampled_from(["0.0.0.0/0", "10.0.0.0/16", "192.0.2.0/24", "0.0.0.0/1"])
_ACTIONS = st.sampled_from(
    ["ec2-instance-connect:OpenTunnel", "ec2-instance-connect:SendSSHPublicKey", "ec2:CreateRoute", "s3:Get*", "*"]
)
_GROUPS = ("Web", "Inner")


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def typed(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_name}", "Properties": properties}


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """A small VPC with whatever may stand in one, as far as moto's CloudFormation makes it."""
    made: dict[str, Any] = {
        "Vpc": typed("EC2::VPC", CidrBlock="10.0.0.0/16"),
        "Igw": typed("EC2::InternetGateway"),
        "Joins": typed("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Igw")),
        "Public": typed("EC2::RouteTable", VpcId=ref("Vpc")),
        "Private": typed("EC2::RouteTable", VpcId=ref("Vpc")),
        "Out": typed("EC2::Route", RouteTableId=ref("Public"), DestinationCidrBlock="0.0.0.0/0", GatewayId=ref("Igw")),
    }
    made["Out"]["DependsOn"] = "Joins"
    subnets = [f"Net{number}" for number in range(draw(st.integers(1, 3)))]
    for number, name in enumerate(subnets):
        zone, block = f"{REGION}{'abc'[number]}", f"10.0.{number}.0/24"
        made[name] = typed("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block, AvailabilityZone=zone)
        table = draw(st.sampled_from(["Public", "Private", ""]))
        if table:
            joined = typed("EC2::SubnetRouteTableAssociation", SubnetId=ref(name), RouteTableId=ref(table))
            made[f"{name}Follows"] = joined
    draw_groups(draw, made)
    draw_hosts(draw, made, subnets)
    draw_edges(draw, made, subnets)
    return {"Resources": made}


def draw_groups(draw: st.DrawFn, made: dict[str, Any]) -> None:
    """Groups with rules of their own, and rules that stand alone, on the default group too."""

    def rule() -> dict[str, Any]:
        low, high = draw(_PORTS)
        return {"IpProtocol": draw(st.sampled_from(["tcp", "udp"])), "FromPort": low, "ToPort": high}

    inline = [{**rule(), "CidrIp": draw(_BLOCKS)} for _ in range(draw(st.integers(0, 1)))]
    made["Web"] = typed("EC2::SecurityGroup", GroupDescription="w", VpcId=ref("Vpc"), SecurityGroupIngress=inline)
    made["Inner"] = typed("EC2::SecurityGroup", GroupDescription="i", VpcId=ref("Vpc"))
    for name, group in (("Inner", ref("Inner")), ("Default", {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]})):
        if draw(st.booleans()):
            source: Any = draw(st.sampled_from([{"SourceSecurityGroupId": ref("Web")}, {"CidrIp": "0.0.0.0/0"}]))
            made[f"{name}Rule"] = typed("EC2::SecurityGroupIngress", GroupId=group, **rule(), **source)


def draw_hosts(draw: st.DrawFn, made: dict[str, Any], subnets: list[str]) -> None:
    """Instances, some with an address; what a subnet hands out is the mock's own affair, since it is told of it late."""
    for number in range(draw(st.integers(0, 2))):
        groups = draw(st.lists(st.sampled_from(_GROUPS), unique=True))
        wears = {"SecurityGroupIds": [ref(one) for one in groups]} if groups else {}
        where = ref(draw(st.sampled_from(subnets)))
        made[f"Host{number}"] = typed(
            "EC2::Instance", ImageId="ami-12c6146b", InstanceType="t3.micro", SubnetId=where, **wears
        )
        if draw(st.booleans()):
            made[f"Address{number}"] = typed("EC2::EIP", Domain="vpc", InstanceId=ref(f"Host{number}"))
    used = [one["Properties"].get("SubnetId") for one in made.values() if one["Type"] == "AWS::EC2::Instance"]
    for name in subnets:
        if ref(name) not in used:
            made[name]["Properties"]["MapPublicIpOnLaunch"] = draw(st.booleans())


def draw_edges(draw: st.DrawFn, made: dict[str, Any], subnets: list[str]) -> None:
    """Endpoints, a NAT gateway, a peering, an address that nobody uses, and a role."""
    # The interface of moto's NAT gateways wears the default group, AWS's none: then nothing else may depend on it.
    if "DefaultRule" not in made and draw(st.booleans()):
        made["Fixed"] = typed("EC2::EIP", Domain="vpc")
        made["Nat"] = typed(
            "EC2::NatGateway", SubnetId=ref(subnets[0]), AllocationId={"Fn::GetAtt": ["Fixed", "AllocationId"]}
        )
        made["Through"] = typed(
            "EC2::Route", RouteTableId=ref("Private"), DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ref("Nat")
        )
    if draw(st.booleans()):
        tables = draw(st.lists(st.sampled_from(["Public", "Private"]), min_size=1, unique=True))
        service = {"VpcEndpointType": "Gateway", "ServiceName": f"com.amazonaws.{REGION}.s3"}
        made["S3"] = typed("EC2::VPCEndpoint", VpcId=ref("Vpc"), RouteTableIds=[ref(one) for one in tables], **service)
    if draw(st.booleans()):
        service = {"VpcEndpointType": "Interface", "ServiceName": f"com.amazonaws.{REGION}.ssm"}
        where: Any = {
            "SubnetIds": [ref(subnets[0])],
            "SecurityGroupIds": [ref("Inner")],
            "PrivateDnsEnabled": True,
        }
        made["Ssm"] = typed("EC2::VPCEndpoint", VpcId=ref("Vpc"), **service, **where)
    if draw(st.booleans()):
        made["Other"] = typed("EC2::VPC", CidrBlock="10.1.0.0/16")
        made["Peer"] = typed("EC2::VPCPeeringConnection", VpcId=ref("Vpc"), PeerVpcId=ref("Other"))
        made["Across"] = typed(
            *("EC2::Route",),
            RouteTableId=ref("Private"), DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=ref("Peer"),
        )  # fmt: skip
    if draw(st.booleans()):
        made["Idle"] = typed("EC2::EIP", Domain="vpc")
    if draw(st.booleans()):
        draw_role(draw, made)


def draw_role(draw: st.DrawFn, made: dict[str, Any]) -> None:
    """A role that may do something, by a policy of its own or by a managed one."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    made["Role"] = typed("IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]})
    kind = draw(st.sampled_from(["IAM::Policy", "IAM::ManagedPolicy"]))
    own = {"PolicyName": "own"} if kind == "IAM::Policy" else {}
    allow = {"Effect": "Allow", "Action": draw(_ACTIONS), "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow]}
    made["May"] = typed(kind, Roles=[ref("Role")], PolicyDocument=document, **own)


@settings(
    deadline=None, max_examples=6, derandomize=True
)  # each builds an account; the first one loads the mock as well
@given(templates())
def test_what_the_gate_foresees_is_what_is_deployed(template: dict[str, Any]) -> None:
    foreseen, made, known = both(template)
    assert facts(foreseen, known) == facts(made, known)
    assert answers(foreseen, known) == answers(made, known)
