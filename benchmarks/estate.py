"""An inventory of any size that looks like an account: VPCs, subnets, ACLs, groups, instances with interfaces, endpoints."""

from __future__ import annotations

from typing import Any

from scanner.aws.build import make_inventory
from scanner.model import Inventory

ACCOUNT = "111122223333"
REGION = "eu-west-1"
INSTANCES_PER_SUBNET = 50
SUBNETS_PER_VPC = 8
GROUPS_PER_VPC = 60

Facts = dict[str, Any]


def make_estate(instances: int) -> Inventory:
    """An inventory with this many instances; one in twenty has a public address, one in ten groups is open."""
    subnets = max(1, instances // INSTANCES_PER_SUBNET)
    vpcs = max(1, subnets // SUBNETS_PER_VPC)
    given: dict[str, list[Facts]] = {
        "AWS::EC2::VPC": [_vpc(number) for number in range(vpcs)],
        "AWS::EC2::Subnet": [_subnet(number, number % vpcs) for number in range(subnets)],
        "AWS::EC2::InternetGateway": [_gateway(number) for number in range(vpcs)],
        "AWS::EC2::RouteTable": [_table(number, vpcs, subnets) for number in range(vpcs)],
        "AWS::EC2::SecurityGroup": [
            _group(number, number % vpcs, number // vpcs) for number in range(vpcs * GROUPS_PER_VPC)
        ],
        "AWS::EC2::NetworkAcl": [_acl(number, vpcs, subnets) for number in range(2 * vpcs)],
        "AWS::EC2::Instance": [],
        "AWS::EC2::NetworkInterface": [],
        "AWS::EC2::VPCEndpoint": [_endpoint(number) for number in range(vpcs)],
        "AWS::EC2::InstanceConnectEndpoint": [_connect_endpoint(number) for number in range(0, vpcs, 2)],
        "AWS::EC2::EIP": [_address(number) for number in range(instances // 100)],
        "AWS::EC2::FlowLog": [_flow_log(number) for number in range(0, vpcs, 3)],
        "AWS::EC2::VPCBlockPublicAccessOptions": [{"InternetGatewayBlockMode": "off", "State": "default-state"}],
        "AWS::EC2::SerialConsoleAccess": [{"SerialConsoleAccessEnabled": False}],
        "AWS::CloudTrail::Trail": [_trail()],
    }
    for number in range(instances):
        vpc, ordinal = (number % subnets) % vpcs, number // subnets
        groups = [(first % GROUPS_PER_VPC) * vpcs + vpc for first in (ordinal, ordinal + 1 + number % 7)]
        instance, interface = _instance(number, number % subnets, vpc, groups)
        given["AWS::EC2::Instance"].append(instance)
        given["AWS::EC2::NetworkInterface"].append(interface)
    given["AWS::EC2::NetworkInterface"] += [_connect_interface(number) for number in range(0, vpcs, 2)]
    return make_inventory(given, account=ACCOUNT, region=REGION, taken_at="2026-01-15T12:00:00Z")


def _id(prefix: str, number: int) -> str:
    return f"{prefix}-{number:017x}"


def _tags(name: str) -> list[Facts]:
    return [{"Key": "Name", "Value": name}, {"Key": "team", "Value": "platform"}]


def _vpc(number: int) -> Facts:
    return {
        "VpcId": _id("vpc", number),
        "CidrBlock": "10.0.0.0/16",
        "OwnerId": ACCOUNT,
        "State": "available",
        "EnableDnsSupport": {"Value": True},
        "EnableDnsHostnames": {"Value": True},
        "Tags": _tags(f"vpc-{number}"),
    }


def _subnet(number: int, vpc: int) -> Facts:
    return {
        "SubnetId": _id("subnet", number),
        "SubnetArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{_id('subnet', number)}",
        "VpcId": _id("vpc", vpc),
        "CidrBlock": "10.0.0.0/24",
        "MapPublicIpOnLaunch": number % 20 == 0,
        "AssignIpv6AddressOnCreation": False,
        "OwnerId": ACCOUNT,
        "AvailabilityZone": f"{REGION}{'abc'[number % 3]}",
        "Tags": _tags(f"subnet-{number}"),
    }


def _gateway(number: int) -> Facts:
    return {
        "InternetGatewayId": _id("igw", number),
        "OwnerId": ACCOUNT,
        "Attachments": [{"State": "available", "VpcId": _id("vpc", number)}],
    }


def _table(number: int, vpcs: int, subnets: int) -> Facts:
    """A VPC's main table; every other VPC's first subnets have a route to the internet."""
    routes = [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}
    ]
    if number % 2 == 0:
        routes.append({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": _id("igw", number), "State": "active"})
    members = [_id("subnet", one) for one in range(number, subnets, vpcs)][:2]
    return {
        "RouteTableId": _id("rtb", number),
        "VpcId": _id("vpc", number),
        "OwnerId": ACCOUNT,
        "Routes": routes,
        "Associations": [
            {"Main": True, "RouteTableId": _id("rtb", number), "AssociationState": {"State": "associated"}},
            *(
                {
                    "Main": False,
                    "SubnetId": one,
                    "RouteTableId": _id("rtb", number),
                    "AssociationState": {"State": "associated"},
                }
                for one in members
            ),
        ],
    }


def _acl(number: int, vpcs: int, subnets: int) -> Facts:
    """One of two of a VPC, each of which guards half of its subnets; the second keeps a neighbourhood out."""
    vpc, half = number % vpcs, number // vpcs
    members = [_id("subnet", one) for one in range(vpc, subnets, vpcs)][half::2]
    every = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    denied = {
        "RuleNumber": 90,
        "Egress": False,
        "Protocol": "6",
        "RuleAction": "deny",
        "CidrBlock": "198.51.100.0/24",
        "PortRange": {"From": 22, "To": 22},
    }
    return {
        "NetworkAclId": _id("acl", number),
        "VpcId": _id("vpc", vpc),
        "OwnerId": ACCOUNT,
        "IsDefault": half == 0,
        "Associations": [{"NetworkAclId": _id("acl", number), "SubnetId": one} for one in members],
        "Entries": [
            *([denied] if half else []),
            {**every, "RuleNumber": 100, "Egress": False},
            {**every, "RuleNumber": 100, "Egress": True},
            {**every, "RuleNumber": 32767, "Egress": False, "RuleAction": "deny"},
            {**every, "RuleNumber": 32767, "Egress": True, "RuleAction": "deny"},
        ],
    }  # fmt: skip


def _group(number: int, vpc: int, ordinal: int) -> Facts:
    source = "0.0.0.0/0" if ordinal % 10 == 0 else "10.0.0.0/8"
    return {
        "GroupId": _id("sg", number),
        "GroupName": "default" if ordinal == 0 else f"group-{number}",
        "VpcId": _id("vpc", vpc),
        "OwnerId": ACCOUNT,
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}], "Ipv6Ranges": [],
             "PrefixListIds": [], "UserIdGroupPairs": []}
            for port in (22, 443, 8080)
        ],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": []}],
        "Tags": _tags(f"group-{number}"),
    }  # fmt: skip


def _instance(number: int, subnet: int, vpc: int, worn: list[int]) -> tuple[Facts, Facts]:
    groups = [{"GroupId": _id("sg", one), "GroupName": "group"} for one in worn]
    address = {"PrivateIpAddress": f"10.0.{number // 256 % 256}.{number % 256}", "Primary": True}
    if number % 20 == 0:
        address["Association"] = {"PublicIp": f"52.16.{number // 256 % 256}.{number % 256}", "IpOwnerId": "amazon"}
    interface = {
        "NetworkInterfaceId": _id("eni", number),
        "SubnetId": _id("subnet", subnet),
        "VpcId": _id("vpc", vpc),
        "OwnerId": ACCOUNT,
        "Status": "in-use",
        "InterfaceType": "interface",
        "Groups": groups,
        "PrivateIpAddresses": [address],
        "Ipv6Addresses": [],
        "Attachment": {"InstanceId": _id("i", number), "Status": "attached", "DeviceIndex": 0},
    }
    instance = {
        "InstanceId": _id("i", number),
        "InstanceType": "t3.micro",
        "State": {"Name": "running", "Code": 16},
        "VpcId": _id("vpc", vpc),
        "SubnetId": _id("subnet", subnet),
        "PrivateIpAddress": address["PrivateIpAddress"],
        "SecurityGroups": groups,
        "NetworkInterfaces": [{**interface, "Attachment": {"Status": "attached", "DeviceIndex": 0}}],
        "Tags": _tags(f"host-{number}"),
    }
    return instance, interface


def _endpoint(number: int) -> Facts:
    return {
        "VpcEndpointId": _id("vpce", number),
        "VpcEndpointType": "Interface",
        "VpcId": _id("vpc", number),
        "ServiceName": f"com.amazonaws.{REGION}.ssm",
        "State": "available",
        "PolicyDocument": '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
        "PrivateDnsEnabled": True,
        "SubnetIds": [_id("subnet", number)],
        "Groups": [{"GroupId": _id("sg", number), "GroupName": "group"}],
        "OwnerId": ACCOUNT,
        "RequesterManaged": False,
    }


def _connect_endpoint(number: int) -> Facts:
    return {
        "InstanceConnectEndpointId": _id("eice", number),
        "InstanceConnectEndpointArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance-connect-endpoint/{_id('eice', number)}",
        "OwnerId": ACCOUNT,
        "State": "create-complete",
        "VpcId": _id("vpc", number),
        "SubnetId": _id("subnet", number),
        "SecurityGroupIds": [_id("sg", number)],
        "NetworkInterfaceIds": [_id("eni-eice", number)],
        "PreserveClientIp": False,
    }


def _connect_interface(number: int) -> Facts:
    return {
        "NetworkInterfaceId": _id("eni-eice", number),
        "SubnetId": _id("subnet", number),
        "VpcId": _id("vpc", number),
        "OwnerId": ACCOUNT,
        "Status": "in-use",
        "InterfaceType": "ec2_instance_connect_endpoint",
        "Groups": [{"GroupId": _id("sg", number), "GroupName": "group"}],
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.4", "Primary": True}],
        "Ipv6Addresses": [],
    }


def _address(number: int) -> Facts:
    return {"AllocationId": _id("eipalloc", number), "PublicIp": f"34.240.0.{number % 256}", "Domain": "vpc"}


def _flow_log(number: int) -> Facts:
    return {
        "FlowLogId": _id("fl", number),
        "ResourceId": _id("vpc", number),
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "TrafficType": "ALL",
    }


def _trail() -> Facts:
    return {
        "Name": "organization",
        "TrailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/organization",
        "HomeRegion": REGION,
        "IsMultiRegionTrail": True,
        "IsLogging": True,
        "LatestDeliveryTime": "2026-01-15T11:55:00Z",
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}],
        "AdvancedEventSelectors": [],
        "LogFileValidationEnabled": True,
        "KmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000",
        "S3BucketName": "trail",
    }
