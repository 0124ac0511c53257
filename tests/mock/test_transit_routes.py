"""The routes of a mocked transit gateway: where they lead, which of them VPCs propagate, and how many are told at once."""

from __future__ import annotations

from typing import Any

import pytest

EVERY = [{"Name": "type", "Values": ["static", "propagated"]}]


@pytest.fixture
def transit(ec2: Any, network: dict[str, str]) -> dict[str, str]:
    """A transit gateway with its default table, and the VPC 10.1.0.0/16 attached to it."""
    gateway = ec2.create_transit_gateway()["TransitGateway"]
    attached = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway["TransitGatewayId"], VpcId=network["vpc"], SubnetIds=[network["subnet"]]
    )
    return {
        "gateway": gateway["TransitGatewayId"],
        "table": gateway["Options"]["AssociationDefaultRouteTableId"],
        "attachment": attached["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"],
    }


def routes(ec2: Any, table: str, **asked: Any) -> list[tuple[str, str, str, list[str]]]:
    answer = ec2.search_transit_gateway_routes(**{"TransitGatewayRouteTableId": table, "Filters": EVERY, **asked})
    return [
        (
            route["DestinationCidrBlock"],
            route["Type"],
            route["State"],
            [one["TransitGatewayAttachmentId"] for one in route.get("TransitGatewayAttachments", [])],
        )
        for route in answer["Routes"]
    ]


def test_an_attached_vpc_propagates_into_the_default_table(ec2: Any, transit: dict[str, str]) -> None:
    assert routes(ec2, transit["table"]) == [("10.1.0.0/16", "propagated", "active", [transit["attachment"]])]


def test_a_table_without_propagations_has_static_routes_alone(ec2: Any, transit: dict[str, str]) -> None:
    made = ec2.create_transit_gateway_route_table(TransitGatewayId=transit["gateway"])
    table = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
    asked = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16"}
    ec2.create_transit_gateway_route(**asked, TransitGatewayAttachmentId=transit["attachment"])
    ec2.create_transit_gateway_route(**{**asked, "DestinationCidrBlock": "10.8.0.0/16"}, Blackhole=True)
    static = [
        ("10.9.0.0/16", "static", "active", [transit["attachment"]]),
        ("10.8.0.0/16", "static", "blackhole", []),
    ]
    assert routes(ec2, table) == static
    ec2.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=transit["attachment"]
    )
    assert routes(ec2, table) == [*static, ("10.1.0.0/16", "propagated", "active", [transit["attachment"]])]


def test_filters_are_about_type_and_state(ec2: Any, transit: dict[str, str]) -> None:
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=transit["table"], DestinationCidrBlock="10.8.0.0/16", Blackhole=True
    )
    for name, value in (("type", "static"), ("state", "blackhole")):
        found = routes(ec2, transit["table"], Filters=[{"Name": name, "Values": [value]}])
        assert found == [("10.8.0.0/16", "static", "blackhole", [])]


def test_more_routes_than_asked_for_are_announced(ec2: Any, transit: dict[str, str]) -> None:
    for number in range(5):
        ec2.create_transit_gateway_route(
            TransitGatewayRouteTableId=transit["table"], DestinationCidrBlock=f"10.{20 + number}.0.0/16", Blackhole=True
        )
    asked = {"TransitGatewayRouteTableId": transit["table"], "Filters": EVERY}
    whole, part = (ec2.search_transit_gateway_routes(**asked, MaxResults=most) for most in (6, 5))
    assert [len(answer["Routes"]) for answer in (whole, part)] == [6, 5]
    assert [answer["AdditionalRoutesAvailable"] for answer in (whole, part)] == [False, True]
