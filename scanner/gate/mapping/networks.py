"""VPCs, subnets, route tables and gateways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.estate import Estate
from scanner.gate.ids import reference, references
from scanner.gate.mapping.reading import listed, otherwise, structures, tags, text, truth, without_none
from scanner.gate.planned import Open, Planned
from scanner.model import Unknown

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
TABLE = "AWS::EC2::RouteTable"
INTERNET_GATEWAY = "AWS::EC2::InternetGateway"
EGRESS_ONLY = "AWS::EC2::EgressOnlyInternetGateway"
VPN_GATEWAY = "AWS::EC2::VPNGateway"
PEERING = "AWS::EC2::VPCPeeringConnection"
ATTACHMENT = "AWS::EC2::TransitGatewayVpcAttachment"

_LATER = "AWS chooses the block at deployment"
# What AWS writes where nobody says what: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes}"
    " ${start} ${end} ${action} ${log-status}"
)
_ASSOCIATED = {"State": "associated"}


def vpc(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html."""
    block = otherwise(text(planned.properties.get("CidrBlock")), Open(_LATER))
    facts = {
        "VpcId": planned.id,
        "CidrBlock": block,
        "CidrBlockAssociationSet": [{"CidrBlock": block, "CidrBlockState": dict(_ASSOCIATED)}],
        "Ipv6CidrBlockAssociationSet": [],
        "OwnerId": estate.account,
        "State": "available",
        "IsDefault": False,
        "InstanceTenancy": otherwise(text(planned.properties.get("InstanceTenancy")), "default"),
        "EnableDnsSupport": {"Value": truth(planned.properties.get("EnableDnsSupport"), default=True)},
        "EnableDnsHostnames": {"Value": truth(planned.properties.get("EnableDnsHostnames"), default=False)},
        "Tags": tags(planned),
    }
    estate.add(VPC, planned.id, facts, planned)


def vpc_cidr_block(planned: Planned, estate: Estate) -> None:
    """A further block of a VPC, of either family."""
    properties = planned.properties
    vpc_id = reference(properties.get("VpcId"), VPC)
    for row in estate.targets(VPC, vpc_id, planned, "CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"):
        block = text(properties.get("CidrBlock"))
        is_v6 = truth(properties.get("AmazonProvidedIpv6CidrBlock"), default=False) is True or any(
            properties.get(name) is not None for name in ("Ipv6CidrBlock", "Ipv6Pool", "Ipv6IpamPoolId")
        )
        if is_v6:
            block = otherwise(text(properties.get("Ipv6CidrBlock")), Open(_LATER, token=f"IPv6 block of {row.id}"))
            entry = {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": dict(_ASSOCIATED)}
            row.append("Ipv6CidrBlockAssociationSet", entry)
        else:
            row.append(
                "CidrBlockAssociationSet",
                {"CidrBlock": otherwise(block, Open(_LATER)), "CidrBlockState": dict(_ASSOCIATED)},
            )


def subnet(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html."""
    properties = planned.properties
    block = text(properties.get("CidrBlock"))
    native = truth(properties.get("Ipv6Native"), default=False)
    facts = {
        "SubnetId": planned.id,
        "VpcId": otherwise(reference(properties.get("VpcId"), VPC), Open("the subnet names no VPC")),
        "CidrBlock": block if block is not None or native is True else Open(_LATER),
        "AvailabilityZone": otherwise(
            text(properties.get("AvailabilityZone", properties.get("AvailabilityZoneId"))),
            Open("AWS chooses the zone at deployment", token=f"zone of {planned.id}"),
        ),
        "MapPublicIpOnLaunch": truth(properties.get("MapPublicIpOnLaunch"), default=False),
        "AssignIpv6AddressOnCreation": truth(properties.get("AssignIpv6AddressOnCreation"), default=False),
        "EnableDns64": truth(properties.get("EnableDns64"), default=False),
        "Ipv6Native": native,
        "Ipv6CidrBlockAssociationSet": [],
        "OwnerId": estate.account,
        "State": "available",
        "DefaultForAz": False,
        "OutpostArn": text(properties.get("OutpostArn")),
        "Tags": tags(planned),
    }
    row = estate.add(SUBNET, planned.id, without_none(facts), planned)
    blocks = [*_many(properties.get("Ipv6CidrBlock")), *_many(properties.get("Ipv6CidrBlocks"))]
    if not blocks and any(properties.get(name) is not None for name in ("Ipv6IpamPoolId", "Ipv6NetmaskLength")):
        blocks = [Open(_LATER)]
    for one in blocks:
        _add_ipv6(row.facts, text(one))


def _many(value: Any) -> list[Any]:
    found = listed(value)
    return [found] if isinstance(found, Unknown) else list(found)


def _add_ipv6(facts: dict[str, Any], block: Any) -> None:
    facts["Ipv6CidrBlockAssociationSet"].append({"Ipv6CidrBlock": block, "Ipv6CidrBlockState": dict(_ASSOCIATED)})


def subnet_cidr_block(planned: Planned, estate: Estate) -> None:
    """An IPv6 block of a subnet, given apart from it."""
    subnet_id = reference(planned.properties.get("SubnetId"), SUBNET)
    for row in estate.targets(SUBNET, subnet_id, planned, "Ipv6CidrBlockAssociationSet"):
        block = otherwise(text(planned.properties.get("Ipv6CidrBlock")), Open(_LATER))
        row.append("Ipv6CidrBlockAssociationSet", {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": dict(_ASSOCIATED)})


def internet_gateway(planned: Planned, estate: Estate) -> None:
    """An internet gateway; what it is attached to is a resource of its own."""
    facts = {"InternetGatewayId": planned.id, "OwnerId": estate.account, "Attachments": [], "Tags": tags(planned)}
    estate.add(INTERNET_GATEWAY, planned.id, facts, planned)


def gateway_attachment(planned: Planned, estate: Estate) -> None:
    """An internet gateway or a virtual private gateway joins a VPC."""
    vpc_id = reference(planned.properties.get("VpcId"), VPC)
    for kind, name, key, state in (
        (INTERNET_GATEWAY, "InternetGatewayId", "Attachments", "available"),
        (VPN_GATEWAY, "VpnGatewayId", "VpcAttachments", "attached"),
    ):
        gateway = reference(planned.properties.get(name), kind)
        if isinstance(gateway, str) and estate.find(kind, gateway) is None and estate.find(VPC, vpc_id) is not None:
            # A gateway that exists already; all that matters of it is what it is attached to.
            estate.add(kind, gateway, {"OwnerId": estate.account, name: gateway, key: [], "Tags": []})
        for row in estate.targets(kind, gateway, planned, key):
            row.append(key, {"VpcId": vpc_id, "State": state})


def egress_only_gateway(planned: Planned, estate: Estate) -> None:
    """IPv6's one-way gateway."""
    vpc_id = reference(planned.properties.get("VpcId"), VPC)
    facts = {
        "EgressOnlyInternetGatewayId": planned.id,
        "Attachments": [{"VpcId": vpc_id, "State": "attached"}],
        "Tags": tags(planned),
    }
    estate.add(EGRESS_ONLY, planned.id, facts, planned)


def vpn_gateway(planned: Planned, estate: Estate) -> None:
    """A virtual private gateway."""
    facts = {
        "VpnGatewayId": planned.id,
        "State": "available",
        "Type": otherwise(text(planned.properties.get("Type")), "ipsec.1"),
        "VpcAttachments": [],
        "Tags": tags(planned),
    }
    estate.add(VPN_GATEWAY, planned.id, facts, planned)


def carrier_gateway(planned: Planned, estate: Estate) -> None:
    """A gateway to a carrier's network (Wavelength)."""
    facts = {
        "CarrierGatewayId": planned.id,
        "VpcId": reference(planned.properties.get("VpcId"), VPC),
        "State": "available",
        "OwnerId": estate.account,
        "Tags": tags(planned),
    }
    estate.add("AWS::EC2::CarrierGateway", planned.id, facts, planned)


def peering(planned: Planned, estate: Estate) -> None:
    """A peering connection; within one account AWS accepts it by itself."""
    properties = planned.properties
    own = reference(properties.get("VpcId"), VPC)
    other = reference(properties.get("PeerVpcId"), VPC)
    peer_region = otherwise(text(properties.get("PeerRegion")), estate.region)
    peer_owner = otherwise(text(properties.get("PeerOwnerId")), estate.account)
    facts = {
        "VpcPeeringConnectionId": planned.id,
        "Status": {"Code": "active", "Message": "Active"},
        "RequesterVpcInfo": {"VpcId": own, "OwnerId": estate.account, "Region": estate.region},
        "AccepterVpcInfo": {"VpcId": other, "OwnerId": peer_owner, "Region": peer_region},
        "Tags": tags(planned),
    }
    estate.add(PEERING, planned.id, facts, planned)


def transit_attachment(planned: Planned, estate: Estate) -> None:
    """A VPC joins a transit gateway; both of CloudFormation's types for it."""
    options = planned.properties.get("Options")
    told = options if isinstance(options, Mapping) else {}
    mode = options if isinstance(options, Unknown) else otherwise(text(told.get("ApplianceModeSupport")), "disable")
    facts = {
        "TransitGatewayAttachmentId": planned.id,
        "TransitGatewayId": reference(planned.properties.get("TransitGatewayId"), "AWS::EC2::TransitGateway"),
        "VpcId": reference(planned.properties.get("VpcId"), VPC),
        "VpcOwnerId": estate.account,
        "State": "available",
        "SubnetIds": references(planned.properties.get("SubnetIds"), SUBNET),
        "Options": {
            "DnsSupport": otherwise(text(told.get("DnsSupport")), "enable"),
            "Ipv6Support": otherwise(text(told.get("Ipv6Support")), "disable"),
            "ApplianceModeSupport": mode,
        },
        "Tags": tags(planned),
    }
    estate.add(ATTACHMENT, planned.id, facts, planned)


def prefix_list(planned: Planned, estate: Estate) -> None:
    """A prefix list of the customer's."""
    properties = planned.properties
    entries = structures(properties.get("Entries"))
    facts = {
        "PrefixListId": planned.id,
        "PrefixListName": otherwise(text(properties.get("PrefixListName")), planned.address),
        "AddressFamily": otherwise(text(properties.get("AddressFamily")), "IPv4"),
        "State": "create-complete",
        "OwnerId": estate.account,
        "Entries": entries
        if isinstance(entries, Unknown)
        else [
            without_none({"Cidr": text(one.get("Cidr")), "Description": text(one.get("Description"))})
            for one in entries
        ],
        "Tags": tags(planned),
    }
    estate.add("AWS::EC2::PrefixList", planned.id, facts, planned)


def dhcp_options(planned: Planned, estate: Estate) -> None:
    """A set of DHCP options."""
    facts = {"DhcpOptionsId": planned.id, "OwnerId": estate.account, "DhcpConfigurations": [], "Tags": tags(planned)}
    estate.add("AWS::EC2::DHCPOptions", planned.id, facts, planned)


def dhcp_association(planned: Planned, estate: Estate) -> None:
    """A VPC follows a set of DHCP options."""
    vpc_id = reference(planned.properties.get("VpcId"), VPC)
    for row in estate.targets(VPC, vpc_id, planned, "DhcpOptionsId"):
        row.facts["DhcpOptionsId"] = reference(planned.properties.get("DhcpOptionsId"), "AWS::EC2::DHCPOptions")


def block_options(planned: Planned, estate: Estate) -> None:
    """VPC Block Public Access, the Region's switch."""
    facts = {
        "AwsAccountId": estate.account,
        "AwsRegion": estate.region,
        "State": "update-complete",
        "InternetGatewayBlockMode": text(planned.properties.get("InternetGatewayBlockMode")),
        "ManagedBy": "account",
    }
    estate.add("AWS::EC2::VPCBlockPublicAccessOptions", planned.id, facts, planned)


def block_exclusion(planned: Planned, estate: Estate) -> None:
    """A VPC or subnet that Block Public Access spares."""
    where = f"arn:{estate.partition}:ec2:{estate.region}:{estate.account}"
    vpc_id, subnet_id = planned.properties.get("VpcId"), planned.properties.get("SubnetId")
    about = reference(vpc_id, VPC) if vpc_id is not None else reference(subnet_id, SUBNET)
    noun = "vpc" if vpc_id is not None else "subnet"
    facts = {
        "ExclusionId": planned.id,
        "InternetGatewayExclusionMode": text(planned.properties.get("InternetGatewayExclusionMode")),
        "ResourceArn": f"{where}:{noun}/{about}" if isinstance(about, str) else about,
        "State": "create-complete",
        "Tags": tags(planned),
    }
    estate.add("AWS::EC2::VPCBlockPublicAccessExclusion", planned.id, facts, planned)


def flow_log(planned: Planned, estate: Estate) -> None:
    """A flow log of a VPC, a subnet or an interface."""
    kinds = {"VPC": VPC, "Subnet": SUBNET, "NetworkInterface": "AWS::EC2::NetworkInterface"}
    about = planned.properties.get("ResourceType")
    kind = kinds.get(about, "AWS::EC2::TransitGateway") if isinstance(about, str) else VPC
    facts = {
        "FlowLogId": planned.id,
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "ResourceId": reference(planned.properties.get("ResourceId"), kind),
        "TrafficType": otherwise(
            text(planned.properties.get("TrafficType")), "ALL" if kind.endswith("TransitGateway") else None
        ),
        "LogDestinationType": otherwise(text(planned.properties.get("LogDestinationType")), "cloud-watch-logs"),
        "LogGroupName": text(planned.properties.get("LogGroupName")),
        "LogDestination": text(planned.properties.get("LogDestination")),
        "DeliverLogsPermissionArn": text(planned.properties.get("DeliverLogsPermissionArn")),
        "LogFormat": otherwise(text(planned.properties.get("LogFormat")), _LOG_FORMAT),
        "Tags": tags(planned),
    }
    estate.add("AWS::EC2::FlowLog", planned.id, without_none(facts), planned)
