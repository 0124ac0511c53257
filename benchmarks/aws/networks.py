"""What the network of one Region answers: VPCs and everything in them but the machines."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.aws.layout import (
    ACCOUNT,
    GROUPS,
    MOMENT,
    REGION,
    SUBNETS_PER_VPC,
    TIERS,
    ZONES,
    Layout,
    name_of,
    tags,
)

Facts = dict[str, Any]
EVERYWHERE = "0.0.0.0/0"
_OPEN_POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
_OWN_POLICY = json.dumps({
    "Statement": [
        {
            "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        }
    ]
})  # fmt: skip


def network_lists(layout: Layout) -> dict[str, tuple[str, list[Facts]]]:
    """Operation of EC2 -> the member its items stand in, and the items."""
    vpcs, built = range(layout.vpcs), range(1, layout.vpcs)
    return {
        "DescribeVpcs": ("Vpcs", [_vpc(vpc) for vpc in vpcs]),
        "DescribeSubnets": ("Subnets", [subnet for vpc in vpcs for subnet in _subnets(vpc)]),
        "DescribeInternetGateways": ("InternetGateways", [_gateway(vpc) for vpc in vpcs]),
        "DescribeNatGateways": ("NatGateways", [_nat(vpc) for vpc in built if has_nat(vpc)]),
        "DescribeRouteTables": ("RouteTables", [table for vpc in vpcs for table in _tables(vpc)]),
        "DescribeNetworkAcls": ("NetworkAcls", [acl for vpc in vpcs for acl in _acls(vpc)]),
        "DescribeSecurityGroups": ("SecurityGroups", [group for vpc in vpcs for group in _groups(vpc)]),
        "DescribeVpcEndpoints": ("VpcEndpoints", [end for vpc in built for end in _endpoints(vpc)]),
        "DescribeInstanceConnectEndpoints": (
            "InstanceConnectEndpoints", [_connect_endpoint(vpc) for vpc in built if has_connect_endpoint(vpc)],
        ),
        "DescribeFlowLogs": ("FlowLogs", [_flow_log(vpc) for vpc in built if vpc % 4]),
        "DescribeAddresses": ("Addresses", [_address(vpc) for vpc in built if has_nat(vpc)]),
        "DescribeVpcPeeringConnections": ("VpcPeeringConnections", [_peering(1, 2)] if layout.built else []),
        "DescribeDhcpOptions": ("DhcpOptions", [_dhcp_options()]),
        "DescribeManagedPrefixLists": ("PrefixLists", [_prefix_list(one) for one in ("s3", "dynamodb")]),
        "DescribeLaunchTemplateVersions": ("LaunchTemplateVersions", [_template(vpc) for vpc in built]),
    }  # fmt: skip


def has_nat(vpc: int) -> bool:
    """Whether a VPC has a NAT gateway in its first public subnet."""
    return vpc > 0 and vpc % 6 != 5


def has_connect_endpoint(vpc: int) -> bool:
    """Whether a VPC has an EC2 Instance Connect Endpoint in its first private subnet."""
    return vpc > 0 and vpc % 3 == 1


def interface_endpoints(vpc: int) -> tuple[str, ...]:
    """The services a VPC reaches through an interface endpoint: one VPC in four keeps them."""
    return ("ssm", "ssmmessages", "ec2messages", "logs") if vpc > 0 and vpc % 4 == 1 else ()


def subnet_in(vpc: int, tier: str, zone: int = 0) -> str:
    """A subnet's id."""
    return name_of("subnet", vpc * SUBNETS_PER_VPC + TIERS.index(tier) * len(ZONES) + zone)


def group_in(vpc: int, name: str) -> str:
    """A security group's id."""
    return name_of("sg", vpc * len(GROUPS) + GROUPS.index(name))


def block(vpc: int) -> str:
    """The first two numbers of a VPC's addresses."""
    return f"10.{vpc % 250}" if vpc else "172.31"


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/{name}"


def _vpc(vpc: int) -> Facts:
    cidr = f"{block(vpc)}.0.0/16"
    return {
        "VpcId": name_of("vpc", vpc), "OwnerId": ACCOUNT, "State": "available", "CidrBlock": cidr,
        "DhcpOptionsId": name_of("dopt", 0), "InstanceTenancy": "default", "IsDefault": vpc == 0,
        "CidrBlockAssociationSet": [
            {"AssociationId": name_of("vpc-cidr-assoc", vpc), "CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}
        ],
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}, "Tags": tags(f"network-{vpc}"),
    }  # fmt: skip


def _subnets(vpc: int) -> list[Facts]:
    tiers = TIERS if vpc else TIERS[:1]
    return [
        {
            "SubnetId": subnet_in(vpc, tier, zone), "SubnetArn": _arn("subnet", subnet_in(vpc, tier, zone)),
            "VpcId": name_of("vpc", vpc), "OwnerId": ACCOUNT, "State": "available",
            "CidrBlock": f"{block(vpc)}.{(TIERS.index(tier) * len(ZONES) + zone) * 16}.0/20",
            "AvailabilityZone": f"{REGION}{ZONES[zone]}", "AvailabilityZoneId": f"use1-az{zone + 1}",
            "AvailableIpAddressCount": 4091, "DefaultForAz": vpc == 0, "MapPublicIpOnLaunch": tier == "public",
            "AssignIpv6AddressOnCreation": False, "Ipv6CidrBlockAssociationSet": [], "Ipv6Native": False,
            "EnableDns64": False, "MapCustomerOwnedIpOnLaunch": False,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False,
            },
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}, "Tags": tags(f"{tier}-{ZONES[zone]}"),
        }
        for tier in tiers for zone in range(len(ZONES))
    ]  # fmt: skip


def _gateway(vpc: int) -> Facts:
    attached = [{"State": "available", "VpcId": name_of("vpc", vpc)}]
    return {"InternetGatewayId": name_of("igw", vpc), "OwnerId": ACCOUNT, "Attachments": attached, "Tags": tags("out")}


def _nat(vpc: int) -> Facts:
    address = {
        "AllocationId": name_of("eipalloc", vpc), "NetworkInterfaceId": name_of("eni-nat", vpc),
        "PrivateIp": f"{block(vpc)}.0.5", "PublicIp": f"54.64.{vpc}.1", "IsPrimary": True, "Status": "succeeded",
        "AssociationId": name_of("eipassoc", vpc),
    }  # fmt: skip
    return {
        "NatGatewayId": name_of("nat", vpc), "VpcId": name_of("vpc", vpc), "SubnetId": subnet_in(vpc, "public"),
        "State": "available", "CreateTime": MOMENT, "ConnectivityType": "public", "NatGatewayAddresses": [address],
        "Tags": tags(f"nat-{vpc}"),
    }  # fmt: skip


def _tables(vpc: int) -> list[Facts]:
    """The main table, and in a VPC that somebody made one for each tier."""
    local = {"DestinationCidrBlock": f"{block(vpc)}.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable",
             "State": "active"}  # fmt: skip
    outwards = {"DestinationCidrBlock": EVERYWHERE, "Origin": "CreateRoute", "State": "active"}
    to_storage = {"DestinationPrefixListId": _prefix_list("s3")["PrefixListId"], "Origin": "CreateRoute",
                  "GatewayId": name_of("vpce", 8 * vpc), "State": "active"}  # fmt: skip
    routes: dict[str, list[Facts]] = {"main": [local] if vpc else [local, {**outwards, "GatewayId": name_of("igw", 0)}]}
    if vpc:
        storage = [to_storage] if _has_storage_endpoint(vpc) else []
        routes["public"] = [local, {**outwards, "GatewayId": name_of("igw", vpc)}]
        nat = [{**outwards, "NatGatewayId": name_of("nat", vpc)}] if has_nat(vpc) else []
        routes["private"] = [local, *nat, *storage]
        routes["isolated"] = [local, *storage]
    made = []
    for ordinal, (tier, found) in enumerate(routes.items()):
        table = name_of("rtb", 4 * vpc + ordinal)
        members: list[Facts] = [{"Main": True}]
        if tier != "main":
            members = [{"Main": False, "SubnetId": subnet_in(vpc, tier, zone)} for zone in range(len(ZONES))]
        associations = [
            {**member, "RouteTableId": table, "AssociationState": {"State": "associated"},
             "RouteTableAssociationId": name_of("rtbassoc", 16 * vpc + 4 * ordinal + one)}
            for one, member in enumerate(members)
        ]  # fmt: skip
        made.append({
            "RouteTableId": table, "VpcId": name_of("vpc", vpc), "OwnerId": ACCOUNT, "Routes": found,
            "Associations": associations, "PropagatingVgws": [], "Tags": tags(tier),
        })  # fmt: skip
    return made


def _acls(vpc: int) -> list[Facts]:
    """The default list, and in every third VPC one that guards the isolated tier."""
    every = {"Protocol": "-1", "CidrBlock": EVERYWHERE}
    ends = [{**every, "RuleAction": "deny", "RuleNumber": 32767, "Egress": egress} for egress in (True, False)]
    opened: list[Facts] = [
        {**every, "RuleAction": "allow", "RuleNumber": 100, "Egress": egress} for egress in (True, False)
    ]
    kept_out = {
        "Protocol": "6", "CidrBlock": EVERYWHERE, "RuleAction": "deny", "RuleNumber": 90, "Egress": False,
        "PortRange": {"From": 22, "To": 22},
    }  # fmt: skip
    guarded = ("isolated",) if vpc and vpc % 3 == 0 else ()
    usual = [tier for tier in (TIERS if vpc else TIERS[:1]) if tier not in guarded]
    lists = [(2 * vpc, True, usual, opened)]
    if guarded:
        lists.append((2 * vpc + 1, False, list(guarded), [kept_out, *opened]))
    return [
        {
            "NetworkAclId": name_of("acl", number), "VpcId": name_of("vpc", vpc), "OwnerId": ACCOUNT,
            "IsDefault": is_default, "Entries": [*entries, *ends], "Tags": tags("guard"),
            "Associations": [
                {"NetworkAclAssociationId": name_of("aclassoc", 16 * number + 4 * one + zone),
                 "NetworkAclId": name_of("acl", number), "SubnetId": subnet_in(vpc, tier, zone)}
                for one, tier in enumerate(tiers) for zone in range(len(ZONES))
            ],
        }
        for number, is_default, tiers, entries in lists
    ]  # fmt: skip


def _groups(vpc: int) -> list[Facts]:
    inside = f"{block(vpc)}.0.0/16"
    permissions: dict[str, list[Facts]] = {
        "default": [_from_group("-1", group_in(vpc, "default"))],
        "web": [_from_block(443, EVERYWHERE), _from_block(80, EVERYWHERE)],
        "application": [
            _from_group("tcp", group_in(vpc, "web"), 8080),
            _from_group("tcp", group_in(vpc, "connect"), 22),
        ],
        "database": [_from_group("tcp", group_in(vpc, "application"), 5432)],
        "endpoints": [_from_block(443, inside)],
        "connect": [],
        "stray": [_from_block(22, EVERYWHERE if vpc % 3 == 0 else "203.0.113.0/24")],
        "wide": [_from_block(None, EVERYWHERE if vpc % 10 == 9 else inside)],
        "batch": [_from_block(9000, inside)],
        "mail": [_from_block(587, inside)],
    }
    outwards = _from_block(None, EVERYWHERE)
    return [
        {
            "GroupId": group_in(vpc, name), "GroupName": name, "Description": f"what {name} needs", "OwnerId": ACCOUNT,
            "VpcId": name_of("vpc", vpc), "SecurityGroupArn": _arn("security-group", group_in(vpc, name)),
            "IpPermissions": permissions[name], "IpPermissionsEgress": [outwards], "Tags": tags(name),
        }
        for name in (GROUPS if vpc else GROUPS[:1])
    ]  # fmt: skip


def _from_block(port: int | None, cidr: str) -> Facts:
    ports = {"IpProtocol": "-1"} if port is None else {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    ranges = [{"CidrIp": cidr, "Description": "as agreed"}]
    return {**ports, "IpRanges": ranges, "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}


def _from_group(protocol: str, group: str, port: int | None = None) -> Facts:
    ports = {} if port is None else {"FromPort": port, "ToPort": port}
    pairs = [{"UserId": ACCOUNT, "GroupId": group}]
    return {"IpProtocol": protocol, **ports, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [],
            "UserIdGroupPairs": pairs}  # fmt: skip


def _has_storage_endpoint(vpc: int) -> bool:
    return vpc % 5 != 4


def _endpoints(vpc: int) -> list[Facts]:
    shared = {"VpcId": name_of("vpc", vpc), "State": "available", "OwnerId": ACCOUNT, "RequesterManaged": False,
              "CreationTimestamp": MOMENT, "IpAddressType": "ipv4"}  # fmt: skip
    made: list[Facts] = []
    if _has_storage_endpoint(vpc):
        made.append({
            **shared, "VpcEndpointId": name_of("vpce", 8 * vpc), "VpcEndpointType": "Gateway",
            "ServiceName": f"com.amazonaws.{REGION}.s3", "PolicyDocument": _OPEN_POLICY if vpc % 2 else _OWN_POLICY,
            "RouteTableIds": [name_of("rtb", 4 * vpc + 2), name_of("rtb", 4 * vpc + 3)], "PrivateDnsEnabled": False,
            "SubnetIds": [], "Groups": [], "NetworkInterfaceIds": [], "DnsEntries": [], "Tags": tags("s3"),
        })  # fmt: skip
    for number, service in enumerate(interface_endpoints(vpc), start=1):
        name = name_of("vpce", 8 * vpc + number)
        made.append({
            **shared, "VpcEndpointId": name, "VpcEndpointType": "Interface", "RouteTableIds": [],
            "ServiceName": f"com.amazonaws.{REGION}.{service}", "PolicyDocument": _OWN_POLICY, "PrivateDnsEnabled": True,
            "SubnetIds": [subnet_in(vpc, "private")], "Groups": [{"GroupId": group_in(vpc, "endpoints"), "GroupName": "endpoints"}],
            "NetworkInterfaceIds": [name_of("eni-vpce", 8 * vpc + number)], "Tags": tags(service),
            "DnsEntries": [{"DnsName": f"{name}.{service}.{REGION}.vpce.amazonaws.com", "HostedZoneId": "Z7HUB22UULQXV"}],
        })  # fmt: skip
    return made


def _connect_endpoint(vpc: int) -> Facts:
    name = name_of("eice", vpc)
    return {
        "InstanceConnectEndpointId": name, "InstanceConnectEndpointArn": _arn("instance-connect-endpoint", name),
        "OwnerId": ACCOUNT, "State": "create-complete", "StateMessage": "", "CreatedAt": MOMENT,
        "DnsName": f"{name}.ec2-instance-connect-endpoint.{REGION}.amazonaws.com", "VpcId": name_of("vpc", vpc),
        "SubnetId": subnet_in(vpc, "private"), "SecurityGroupIds": [group_in(vpc, "connect")],
        "NetworkInterfaceIds": [name_of("eni-eice", vpc)], "AvailabilityZone": f"{REGION}a",
        "PreserveClientIp": vpc % 2 == 0, "Tags": tags("connect"),
    }  # fmt: skip


def _flow_log(vpc: int) -> Facts:
    return {
        "FlowLogId": name_of("fl", vpc), "ResourceId": name_of("vpc", vpc), "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS", "TrafficType": "ALL", "LogDestinationType": "s3", "CreationTime": MOMENT,
        "LogDestination": f"arn:aws:s3:::trail-{ACCOUNT}/flow", "MaxAggregationInterval": 600, "Tags": tags("flow"),
        "LogFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${action}",
    }  # fmt: skip


def _address(vpc: int) -> Facts:
    return {
        "AllocationId": name_of("eipalloc", vpc), "AssociationId": name_of("eipassoc", vpc), "Domain": "vpc",
        "PublicIp": f"54.64.{vpc}.1", "PrivateIpAddress": f"{block(vpc)}.0.5", "PublicIpv4Pool": "amazon",
        "NetworkInterfaceId": name_of("eni-nat", vpc), "NetworkInterfaceOwnerId": ACCOUNT,
        "NetworkBorderGroup": REGION, "Tags": tags(f"nat-{vpc}"),
    }  # fmt: skip


def _peering(accepter: int, requester: int) -> Facts:
    ends = {
        f"{side}VpcInfo": {"CidrBlock": f"{block(vpc)}.0.0/16", "OwnerId": ACCOUNT, "VpcId": name_of("vpc", vpc), "Region": REGION}
        for side, vpc in (("Accepter", accepter), ("Requester", requester))
    }  # fmt: skip
    status = {"Code": "active", "Message": "Active"}
    return {"VpcPeeringConnectionId": name_of("pcx", 0), **ends, "Status": status, "Tags": tags("peering")}


def _dhcp_options() -> Facts:
    values = {"domain-name": f"{REGION}.compute.internal", "domain-name-servers": "AmazonProvidedDNS"}
    configured = [{"Key": key, "Values": [{"Value": value}]} for key, value in values.items()]
    return {"DhcpOptionsId": name_of("dopt", 0), "OwnerId": ACCOUNT, "DhcpConfigurations": configured, "Tags": []}


def _prefix_list(service: str) -> Facts:
    name = {"s3": "pl-63a5400a", "dynamodb": "pl-02cd2c6b"}[service]
    return {
        "PrefixListId": name, "PrefixListName": f"com.amazonaws.{REGION}.{service}", "AddressFamily": "IPv4",
        "PrefixListArn": f"arn:aws:ec2:{REGION}:aws:prefix-list/{name}", "OwnerId": "AWS", "State": "create-complete",
    }  # fmt: skip


def _template(vpc: int) -> Facts:
    return {
        "LaunchTemplateId": name_of("lt", vpc), "LaunchTemplateName": f"template-{vpc}", "VersionNumber": 1,
        "DefaultVersion": True, "CreateTime": MOMENT, "CreatedBy": f"arn:aws:iam::{ACCOUNT}:role/deploy-0",
        "LaunchTemplateData": {
            "ImageId": "ami-0c101f26f147fa7fd", "InstanceType": "m7g.large",
            "MetadataOptions": {"HttpTokens": "required" if vpc % 2 else "optional", "HttpEndpoint": "enabled"},
            "NetworkInterfaces": [
                {"DeviceIndex": 0, "AssociatePublicIpAddress": vpc % 8 == 0, "Groups": [group_in(vpc, "application")]}
            ],
        },
    }  # fmt: skip
