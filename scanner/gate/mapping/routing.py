"""Route tables, their routes, and who follows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.estate import Estate
from scanner.gate.ids import reference
from scanner.gate.mapping.networks import EGRESS_ONLY, PEERING, SUBNET, TABLE, VPC
from scanner.gate.mapping.reading import tags, text, without_none
from scanner.gate.planned import Open, Planned
from scanner.model import Unknown


def route_table(planned: Planned, estate: Estate) -> None:
    """A route table; its routes and associations are resources of their own."""
    facts = {
        "RouteTableId": planned.id,
        "VpcId": reference(planned.properties.get("VpcId"), VPC),
        "OwnerId": estate.account,
        "Associations": [],
        "PropagatingVgws": [],
        "Routes": [],
        "Tags": tags(planned),
    }
    estate.add(TABLE, planned.id, facts, planned)


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
_TARGETS = {
    "GatewayId": "",
    "NatGatewayId": "AWS::EC2::NatGateway",
    "InstanceId": "AWS::EC2::Instance",
    "NetworkInterfaceId": "AWS::EC2::NetworkInterface",
    "TransitGatewayId": "AWS::EC2::TransitGateway",
    "VpcPeeringConnectionId": PEERING,
    "EgressOnlyInternetGatewayId": EGRESS_ONLY,
    "CarrierGatewayId": "AWS::EC2::CarrierGateway",
    "LocalGatewayId": "AWS::EC2::LocalGateway",
    "CoreNetworkArn": "",
}


def route(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html."""
    properties = planned.properties
    table = reference(properties.get("RouteTableId"), TABLE)
    for row in estate.targets(TABLE, table, planned, "Routes"):
        facts: dict[str, Any] = {name: text(properties.get(name)) for name in _DESTINATIONS}
        facts["DestinationPrefixListId"] = reference(properties.get("DestinationPrefixListId"), "AWS::EC2::PrefixList")
        for name, kind in _TARGETS.items():
            value = properties.get(name)
            facts[name] = reference(value, kind) if kind else _gateway(value)
        if properties.get("VpcEndpointId") is not None:
            # AWS lists endpoints among the gateways.
            facts["GatewayId"] = reference(properties["VpcEndpointId"], "AWS::EC2::VPCEndpoint")
        row.append("Routes", without_none({**facts, "Origin": "CreateRoute", "State": "active"}))


def _gateway(value: Any) -> Any:
    """An internet gateway or a virtual private one: of an unknown id nobody can tell which."""
    return value if value is None or isinstance(value, (str, Unknown)) else Open("the target of a route is no id")


def subnet_association(planned: Planned, estate: Estate) -> None:
    """A subnet follows a route table."""
    subnet_id = reference(planned.properties.get("SubnetId"), SUBNET)
    table = reference(planned.properties.get("RouteTableId"), TABLE)
    if isinstance(table, str) and estate.find(TABLE, table) is None and estate.find(SUBNET, subnet_id) is not None:
        # A table that exists already, of which nobody knows the routes.
        why = Unknown(f"the route table {table} exists already and is not planned here")
        facts = {
            "RouteTableId": table,
            "VpcId": why,
            "OwnerId": estate.account,
            "Routes": why,
            "Tags": [],
            "Associations": [],
        }
        estate.add(TABLE, table, facts)
    for row in estate.targets(TABLE, table, planned, "Associations"):
        row.append("Associations", _association(row.id, planned, {"SubnetId": subnet_id}))


def gateway_association(planned: Planned, estate: Estate) -> None:
    """An edge table: what comes in through a gateway follows it."""
    table = reference(planned.properties.get("RouteTableId"), TABLE)
    for row in estate.targets(TABLE, table, planned, "Associations"):
        gateway = _gateway(planned.properties.get("GatewayId"))
        row.append("Associations", _association(row.id, planned, {"GatewayId": gateway}))


def _association(table: str, planned: Planned, what: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Main": False,
        "RouteTableAssociationId": f"rtbassoc-{planned.address}",
        "RouteTableId": table,
        "AssociationState": {"State": "associated"},
        **what,
    }
