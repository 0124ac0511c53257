"""Ids of what does not exist yet: readable, told apart from AWS's own, with the prefixes that AWS's have."""

from __future__ import annotations

from typing import Any

from scanner.gate.planned import Open
from scanner.model import Unknown

PREFIXES = {
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::RouteTable": "rtb",
    "AWS::EC2::InternetGateway": "igw",
    "AWS::EC2::EgressOnlyInternetGateway": "eigw",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::SecurityGroup": "sg",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::Instance": "i",
    "AWS::EC2::EIP": "eipalloc",
    "AWS::EC2::VPCEndpoint": "vpce",
    "AWS::EC2::InstanceConnectEndpoint": "eice",
    "AWS::EC2::LaunchTemplate": "lt",
    "AWS::EC2::PrefixList": "pl",
    "AWS::EC2::VPCPeeringConnection": "pcx",
    "AWS::EC2::TransitGateway": "tgw",
    "AWS::EC2::TransitGatewayAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayVpcAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayRouteTable": "tgw-rtb",
    "AWS::EC2::VPNGateway": "vgw",
    "AWS::EC2::CarrierGateway": "cagw",
    "AWS::EC2::LocalGateway": "lgw",
    "AWS::EC2::DHCPOptions": "dopt",
    "AWS::EC2::FlowLog": "fl",
    "AWS::EC2::VPCBlockPublicAccessExclusion": "vpcbpa-exclude",
    "AWS::EC2::VPCEndpointService": "vpce-svc",
    "AWS::EC2::CustomerGateway": "cgw",
    "AWS::EC2::VPNConnection": "vpn",
    "AWS::EC2::Volume": "vol",
}
"""How AWS's ids of a type begin; what is missing here is called by its name."""


def planned_id(type_name: str, address: str) -> str:
    """The id of a resource that does not exist yet: "subnet-Public", "sg-module.web.aws_security_group.this"."""
    prefix = PREFIXES.get(type_name)
    return f"{prefix}-{address}" if prefix else address


def reference(value: Any, type_name: str) -> Any:
    """A value where an id of a type is wanted: an id as it is, an id made of where an unknown one comes from, or the unknown.

    Only of what comes from outside of the plan: anything else may be one of its own resources. None stays None. Anything that is no id at all becomes unknown.
    """
    if isinstance(value, Open) and value.token and value.is_outside:
        return planned_id(type_name, f"<{value.token}>")
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, str) and value:
        return value
    return Unknown("an id in the template is not text")


def references(value: Any, type_name: str) -> Any:
    """A list of ids, or Unknown where the list is; a single id counts as a list of one."""
    if isinstance(value, Unknown):
        return value
    if value is None:
        return []
    listed = value if isinstance(value, (list, tuple)) else [value]
    return [reference(item, type_name) for item in listed if item is not None]


def default_id(prefix: str, vpc_id: str) -> str:
    """The id of what AWS makes together with a VPC: its default security group, network ACL or main route table."""
    return f"{prefix}-default-of-{vpc_id}"
