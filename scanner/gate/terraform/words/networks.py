"""VPCs, subnets, routes and gateways.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.estate import DEFAULT_VPC
from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import (
    TAGS,
    Entry,
    Part,
    Word,
    blocks,
    constant,
    default,
    link,
    links,
    properties_of,
)
from scanner.model import Unknown

VPC, SUBNET, TABLE = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"
IGW, VGW, EIGW = "AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway", "AWS::EC2::EgressOnlyInternetGateway"
NAT, PEERING, TGW = "AWS::EC2::NatGateway", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::TransitGateway"
LIST, INSTANCE, INTERFACE = "AWS::EC2::PrefixList", "AWS::EC2::Instance", "AWS::EC2::NetworkInterface"
CARRIER, LOCAL, ENDPOINT = "AWS::EC2::CarrierGateway", "AWS::EC2::LocalGateway", "AWS::EC2::VPCEndpoint"
TGW_TABLE = "AWS::EC2::TransitGatewayRouteTable"
DHCP, ADDRESS = "AWS::EC2::DHCPOptions", "AWS::EC2::EIP"


def _vpc_parts(attributes: Attributes) -> Iterator[Part]:
    asked = attributes.get("assign_generated_ipv6_cidr_block")
    block = attributes.get("ipv6_cidr_block")
    pool = attributes.get("ipv6_ipam_pool_id")
    if asked is None and block is None and pool is None:
        return
    if asked is False and block is None and pool is None:
        return
    properties = {
        "VpcId": attributes.own_id,
        "AmazonProvidedIpv6CidrBlock": asked,
        "Ipv6CidrBlock": block,
        "Ipv6IpamPoolId": pool,
    }
    known = {name: value for name, value in properties.items() if value is not None}
    yield Part("AWS::EC2::VPCCidrBlock", known, "assign_generated_ipv6_cidr_block")


def _gateway(name: str) -> Word:
    """The target of a route: an internet gateway, a virtual private one, or an endpoint; "local" stays what it is."""

    def read(attributes: Attributes) -> Any:
        found = attributes.link(name, "")
        if isinstance(found, Unknown) and not getattr(found, "candidates", ()):
            either = attributes.link(name, IGW)
            return found if isinstance(either, Unknown) else either
        return found

    return read


_TARGETS: Mapping[str, Word] = {
    "GatewayId": _gateway("gateway_id"),
    "NatGatewayId": link("nat_gateway_id", NAT),
    "NetworkInterfaceId": link("network_interface_id", INTERFACE),
    "InstanceId": link("instance_id", INSTANCE),
    "TransitGatewayId": link("transit_gateway_id", TGW),
    "VpcPeeringConnectionId": link("vpc_peering_connection_id", PEERING),
    "EgressOnlyInternetGatewayId": link("egress_only_gateway_id", EIGW),
    "CarrierGatewayId": link("carrier_gateway_id", CARRIER),
    "LocalGatewayId": link("local_gateway_id", LOCAL),
    "VpcEndpointId": link("vpc_endpoint_id", ENDPOINT),
    "CoreNetworkArn": "core_network_arn",
}
_ROUTE: Mapping[str, Word] = {
    "RouteTableId": link("route_table_id", TABLE),
    "DestinationCidrBlock": "destination_cidr_block",
    "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
    "DestinationPrefixListId": link("destination_prefix_list_id", LIST),
    **_TARGETS,
}
_INLINE: Mapping[str, Word] = {
    "DestinationCidrBlock": "cidr_block",
    "DestinationIpv6CidrBlock": "ipv6_cidr_block",
    "DestinationPrefixListId": link("destination_prefix_list_id", LIST),
    **_TARGETS,
}


def _routes(attributes: Attributes) -> Iterator[Part]:
    """The routes that stand inside a table."""
    found = attributes.blocks("route")
    if isinstance(found, Unknown):
        yield Part(
            "AWS::EC2::Route",
            {"RouteTableId": attributes.own_id, "DestinationCidrBlock": found, "GatewayId": found},
            "route",
        )
        return
    for one in found:
        told = properties_of(_INLINE, one)
        if told.get("GatewayId") != "local" if isinstance(told.get("GatewayId"), str) else True:
            yield Part("AWS::EC2::Route", {"RouteTableId": attributes.own_id, **told}, "route")


def _attached(type_name: str) -> Any:
    def parts(attributes: Attributes) -> Iterator[Part]:
        vpc_id = attributes.link("vpc_id", VPC)
        if vpc_id is not None:
            yield Part("AWS::EC2::VPCGatewayAttachment", {type_name: attributes.own_id, "VpcId": vpc_id}, "vpc_id")

    return parts


_SUBNET: Mapping[str, Word] = {
    "CidrBlock": "cidr_block",
    "AvailabilityZone": "availability_zone",
    "AvailabilityZoneId": "availability_zone_id",
    "AssignIpv6AddressOnCreation": "assign_ipv6_address_on_creation",
    "EnableDns64": "enable_dns64",
    "Ipv6Native": "ipv6_native",
    "Ipv6CidrBlock": "ipv6_cidr_block",
    "Ipv6IpamPoolId": "ipv6_ipam_pool_id",
    "OutpostArn": "outpost_arn",
    **TAGS,
}
_VPC: Mapping[str, Word] = {
    "CidrBlock": "cidr_block",
    "InstanceTenancy": "instance_tenancy",
    "EnableDnsSupport": "enable_dns_support",
    "EnableDnsHostnames": "enable_dns_hostnames",
    **TAGS,
}


def _edge(attributes: Attributes) -> Iterator[Part]:
    """A table is associated with a subnet or with a gateway."""
    table = attributes.link("route_table_id", TABLE)
    gateway = attributes.link("gateway_id", "")
    if gateway is not None:
        yield Part("AWS::EC2::GatewayRouteTableAssociation", {"RouteTableId": table, "GatewayId": gateway})
    else:
        subnet = attributes.link("subnet_id", SUBNET)
        yield Part("AWS::EC2::SubnetRouteTableAssociation", {"RouteTableId": table, "SubnetId": subnet})


_FLOWS = {"vpc_id": ("VPC", VPC), "subnet_id": ("Subnet", SUBNET), "eni_id": ("NetworkInterface", INTERFACE),
          "transit_gateway_id": ("TransitGateway", TGW),
          "transit_gateway_attachment_id": ("TransitGatewayAttachment", "AWS::EC2::TransitGatewayAttachment")}  # fmt: skip


def _flow_about(part: int) -> Word:
    def read(attributes: Attributes) -> Any:
        for name, (words, type_name) in _FLOWS.items():
            found = attributes.link(name, type_name)
            if found is not None:
                return words if part == 0 else found
        return None

    return read


_TGW_JOIN: Mapping[str, Word] = {
    "TransitGatewayRouteTableId": link("transit_gateway_route_table_id", TGW_TABLE),
    "TransitGatewayAttachmentId": link("transit_gateway_attachment_id", "AWS::EC2::TransitGatewayAttachment"),
}

ENTRIES: Mapping[str, Entry] = {
    "aws_vpc": Entry(VPC, _VPC, parts=_vpc_parts),
    "aws_default_vpc": Entry("Default::VPC", _VPC),
    "aws_subnet": Entry(
        SUBNET, {"VpcId": link("vpc_id", VPC), "MapPublicIpOnLaunch": "map_public_ip_on_launch", **_SUBNET}
    ),
    "aws_default_subnet": Entry(
        SUBNET,
        {"VpcId": constant(DEFAULT_VPC), "MapPublicIpOnLaunch": default("map_public_ip_on_launch", True), **_SUBNET},
    ),
    "aws_vpc_ipv4_cidr_block_association": Entry(
        "AWS::EC2::VPCCidrBlock",
        {"VpcId": link("vpc_id", VPC), "CidrBlock": "cidr_block", "Ipv4IpamPoolId": "ipv4_ipam_pool_id"},
    ),
    "aws_vpc_ipv6_cidr_block_association": Entry(
        "AWS::EC2::VPCCidrBlock",
        {
            "VpcId": link("vpc_id", VPC),
            "Ipv6CidrBlock": "ipv6_cidr_block",
            "Ipv6IpamPoolId": "ipv6_ipam_pool_id",
            "AmazonProvidedIpv6CidrBlock": default("assign_generated_ipv6_cidr_block", True),
        },
    ),
    "aws_internet_gateway": Entry(IGW, TAGS, parts=_attached("InternetGatewayId")),
    "aws_internet_gateway_attachment": Entry(
        "AWS::EC2::VPCGatewayAttachment",
        {"InternetGatewayId": link("internet_gateway_id", IGW), "VpcId": link("vpc_id", VPC)},
    ),
    "aws_vpn_gateway": Entry(VGW, TAGS, parts=_attached("VpnGatewayId")),
    "aws_vpn_gateway_attachment": Entry(
        "AWS::EC2::VPCGatewayAttachment", {"VpnGatewayId": link("vpn_gateway_id", VGW), "VpcId": link("vpc_id", VPC)}
    ),
    "aws_egress_only_internet_gateway": Entry(EIGW, {"VpcId": link("vpc_id", VPC), **TAGS}),
    "aws_ec2_carrier_gateway": Entry(CARRIER, {"VpcId": link("vpc_id", VPC), **TAGS}),
    "aws_nat_gateway": Entry(
        NAT,
        {
            "SubnetId": link("subnet_id", SUBNET),
            "VpcId": link("vpc_id", VPC),
            "AllocationId": link("allocation_id", ADDRESS),
            "ConnectivityType": "connectivity_type",
            "PrivateIpAddress": "private_ip",
            "AvailabilityMode": "availability_mode",
            **TAGS,
        },
    ),
    "aws_route_table": Entry(TABLE, {"VpcId": link("vpc_id", VPC), **TAGS}, parts=_routes),
    "aws_default_route_table": Entry(
        "Default::RouteTable", {"RouteTableId": link("default_route_table_id", TABLE), **TAGS}, parts=_routes
    ),
    "aws_route": Entry("AWS::EC2::Route", _ROUTE),
    "aws_route_table_association": Entry(parts=_edge),
    "aws_main_route_table_association": Entry(
        "Default::RouteTableAssociation", {"VpcId": link("vpc_id", VPC), "RouteTableId": link("route_table_id", TABLE)}
    ),
    "aws_vpc_peering_connection": Entry(
        PEERING,
        {
            "VpcId": link("vpc_id", VPC),
            "PeerVpcId": link("peer_vpc_id", VPC),
            "PeerOwnerId": "peer_owner_id",
            "PeerRegion": "peer_region",
            **TAGS,
        },
    ),
    "aws_ec2_transit_gateway_vpc_attachment": Entry(
        "AWS::EC2::TransitGatewayAttachment",
        {
            "TransitGatewayId": link("transit_gateway_id", TGW),
            "VpcId": link("vpc_id", VPC),
            "SubnetIds": links("subnet_ids", SUBNET),
            "Options": lambda attributes: properties_of(
                {
                    "ApplianceModeSupport": "appliance_mode_support",
                    "DnsSupport": "dns_support",
                    "Ipv6Support": "ipv6_support",
                },
                attributes,
            ),
            **TAGS,
        },
    ),
    "aws_ec2_transit_gateway": Entry(
        TGW,
        {
            "DefaultRouteTableAssociation": "default_route_table_association",
            "DefaultRouteTablePropagation": "default_route_table_propagation",
            "AutoAcceptSharedAttachments": "auto_accept_shared_attachments",
            "DnsSupport": "dns_support",
            "VpnEcmpSupport": "vpn_ecmp_support",
            **TAGS,
        },
    ),
    "aws_ec2_transit_gateway_route_table": Entry(
        TGW_TABLE, {"TransitGatewayId": link("transit_gateway_id", TGW), **TAGS}
    ),
    "aws_ec2_transit_gateway_route_table_association": Entry(
        "AWS::EC2::TransitGatewayRouteTableAssociation", _TGW_JOIN
    ),
    "aws_ec2_transit_gateway_route_table_propagation": Entry(
        "AWS::EC2::TransitGatewayRouteTablePropagation", _TGW_JOIN
    ),
    "aws_ec2_transit_gateway_route": Entry(
        "AWS::EC2::TransitGatewayRoute",
        {**_TGW_JOIN, "DestinationCidrBlock": "destination_cidr_block", "Blackhole": "blackhole"},
    ),
    "aws_ec2_managed_prefix_list": Entry(
        LIST,
        {
            "PrefixListName": "name",
            "AddressFamily": "address_family",
            "Entries": blocks("entry", {"Cidr": "cidr", "Description": "description"}),
            **TAGS,
        },
    ),
    "aws_vpc_dhcp_options": Entry(DHCP, TAGS),
    "aws_vpc_dhcp_options_association": Entry(
        "AWS::EC2::VPCDHCPOptionsAssociation",
        {"VpcId": link("vpc_id", VPC), "DhcpOptionsId": link("dhcp_options_id", DHCP)},
    ),
    "aws_vpc_block_public_access_options": Entry(
        "AWS::EC2::VPCBlockPublicAccessOptions", {"InternetGatewayBlockMode": "internet_gateway_block_mode"}
    ),
    "aws_vpc_block_public_access_exclusion": Entry(
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        {
            "VpcId": link("vpc_id", VPC),
            "SubnetId": link("subnet_id", SUBNET),
            "InternetGatewayExclusionMode": "internet_gateway_exclusion_mode",
            **TAGS,
        },
    ),
    "aws_flow_log": Entry(
        "AWS::EC2::FlowLog",
        {
            "ResourceType": _flow_about(0),
            "ResourceId": _flow_about(1),
            "TrafficType": "traffic_type",
            "LogDestinationType": "log_destination_type",
            "LogDestination": link("log_destination", "", "arn"),
            "LogGroupName": "log_group_name",
            "LogFormat": "log_format",
            "DeliverLogsPermissionArn": link("iam_role_arn", "AWS::IAM::Role", "arn"),
            **TAGS,
        },
    ),
}
