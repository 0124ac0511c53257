"""The tables of transit gateways: asked for where there are some, and a gap where AWS does not tell all of their routes."""

from __future__ import annotations

import pytest

from scanner.model import GapReason, Undecided
from tests.collect.conftest import ACCOUNT, Collect
from tests.loopback import Loopback, ec2, refusal

TABLE = "AWS::EC2::TransitGatewayRouteTable"
SEARCH, ASSOCIATIONS = "SearchTransitGatewayRoutes", "GetTransitGatewayRouteTableAssociations"


def tables(*states: str) -> str:
    items = "".join(
        f"<item><transitGatewayRouteTableId>tgw-rtb-{number}</transitGatewayRouteTableId><state>{state}</state></item>"
        for number, state in enumerate(states, start=1)
    )
    return f"<transitGatewayRouteTables>{items}</transitGatewayRouteTables>"


def found(*blocks: str, more: str = "false", token: str = "") -> str:
    items = "".join(f"<item><destinationCidrBlock>{block}</destinationCidrBlock></item>" for block in blocks)
    told = f"<routeSet>{items}</routeSet><additionalRoutesAvailable>{more}</additionalRoutesAvailable>"
    return told + (f"<nextToken>{token}</nextToken>" if token else "")


@pytest.fixture(autouse=True)
def _one_table(aws: Loopback) -> None:
    aws.answer("DescribeTransitGatewayRouteTables", ec2("DescribeTransitGatewayRouteTables", tables("available")))
    attached = "<item><transitGatewayAttachmentId>tgw-attach-1</transitGatewayAttachmentId></item>"
    aws.answer(ASSOCIATIONS, ec2(ASSOCIATIONS, f"<associations>{attached}</associations>"))
    aws.answer(SEARCH, ec2(SEARCH, found("10.1.0.0/16")))


def test_a_table_comes_with_its_associations_and_its_routes(aws: Loopback, collect: Collect) -> None:
    [inventory] = collect(TABLE)
    [table] = inventory.of(TABLE)
    assert [one["TransitGatewayAttachmentId"] for one in table.items("Associations")] == ["tgw-attach-1"]
    assert [one["DestinationCidrBlock"] for one in table.items("Routes")] == ["10.1.0.0/16"]
    assert inventory.gaps == ()
    [search] = aws.asked(SEARCH)
    wanted = {"Filter.1.Name": "state", "Filter.1.Value.1": "active", "Filter.1.Value.2": "blackhole"}
    assert wanted.items() <= search.parameters.items()


def test_without_a_table_nothing_further_is_asked(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeTransitGatewayRouteTables", ec2("DescribeTransitGatewayRouteTables", tables()))
    collect(TABLE)
    assert (aws.asked(SEARCH), aws.asked(ASSOCIATIONS)) == ([], [])


def test_a_deleted_table_is_asked_nothing(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeTransitGatewayRouteTables", ec2("DescribeTransitGatewayRouteTables", tables("deleted")))
    collect(TABLE)
    assert (aws.asked(SEARCH), aws.asked(ASSOCIATIONS)) == ([], [])


def test_routes_that_aws_keeps_to_itself_are_a_gap(aws: Loopback, collect: Collect) -> None:
    aws.answer(SEARCH, ec2(SEARCH, found("10.1.0.0/16", more="true")))
    [inventory] = collect(TABLE)
    [gap] = inventory.gaps
    arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:transit-gateway-route-table/tgw-rtb-1"
    assert (gap.call, gap.reason, gap.resource) == (f"ec2:{SEARCH}", GapReason.UNREADABLE, arn)
    with pytest.raises(Undecided, match="there are more than AWS tells at once"):
        inventory.of(TABLE)[0].items("Routes")


def test_pages_are_turned_where_aws_offers_them(aws: Loopback, collect: Collect) -> None:
    aws.answer(
        SEARCH,
        ec2(SEARCH, found("10.1.0.0/16", more="true", token="two")),
        ec2(SEARCH, found("10.2.0.0/16")),
    )
    [inventory] = collect(TABLE)
    [table] = inventory.of(TABLE)
    assert [one["DestinationCidrBlock"] for one in table.items("Routes")] == ["10.1.0.0/16", "10.2.0.0/16"]
    assert inventory.gaps == ()


def test_a_refused_search_leaves_the_routes_unknown(aws: Loopback, collect: Collect) -> None:
    aws.answer(SEARCH, refusal("UnauthorizedOperation"))
    [inventory] = collect(TABLE)
    [table] = inventory.of(TABLE)
    assert [one["TransitGatewayAttachmentId"] for one in table.items("Associations")] == ["tgw-attach-1"]
    with pytest.raises(Undecided):
        table.items("Routes")
