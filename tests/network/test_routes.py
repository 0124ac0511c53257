"""Which route table a subnet follows, and whether it leads to the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scanner.model import Resource, Undecided, View
from scanner.network.routes import active_routes, describe_route, internet_routes, is_main, route_table_of
from tests.by_hand import ACCOUNT, SUBNET, inventory, refused

TABLE = "AWS::EC2::RouteTable"
GATEWAY = "AWS::EC2::InternetGateway"
OTHER = "444455556666"

MAIN = {"RouteTableId": "rtb-main", "VpcId": "vpc-1", "Associations": [{"Main": True}]}
OTHER_VPC = {"RouteTableId": "rtb-other", "VpcId": "vpc-2", "Associations": [{"Main": True}]}
IGW = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}


def explicit(table_id: str = "rtb-own", **association: Any) -> dict[str, Any]:
    return {"RouteTableId": table_id, "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1", **association}]}


def chosen(*tables: Mapping[str, Any], **more: Any) -> str:
    facts = inventory({SUBNET: [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}], TABLE: tables}, **more)
    return route_table_of(View(facts), facts.of(SUBNET)[0]).id


class TestChoice:
    def test_an_explicit_association_beats_the_main_table(self) -> None:
        assert chosen(MAIN, explicit()) == "rtb-own"
        assert chosen(explicit(), MAIN) == "rtb-own"

    def test_without_one_the_main_table_of_the_same_vpc_counts(self) -> None:
        assert chosen(OTHER_VPC, MAIN) == "rtb-main"

    def test_a_table_of_another_subnet_does_not_count(self) -> None:
        assert chosen(MAIN, explicit(SubnetId="subnet-2")) == "rtb-main"

    @pytest.mark.parametrize("state", ["disassociated", "failed", "associating"])
    def test_an_association_that_is_not_in_force_does_not_count(self, state: str) -> None:
        assert chosen(MAIN, explicit(AssociationState={"State": state})) == "rtb-main"
        replaced = {
            **MAIN,
            "RouteTableId": "rtb-old",
            "Associations": [{"Main": True, "AssociationState": {"State": state}}],
        }
        assert chosen(replaced, MAIN) == "rtb-main"

    @pytest.mark.parametrize("state", [{"State": "associated"}, {}, None])
    def test_an_association_in_force_counts_however_aws_says_so(self, state: Any) -> None:
        assert chosen(MAIN, explicit(AssociationState=state)) == "rtb-own"

    def test_another_subnet_s_association_does_not_mend_one_that_failed(self) -> None:
        table = explicit(AssociationState={"State": "failed"})
        table["Associations"].append({"SubnetId": "subnet-2"})
        assert chosen(table, MAIN) == "rtb-main"

    def test_an_edge_table_is_no_subnet_s(self) -> None:
        edge = {"RouteTableId": "rtb-edge", "VpcId": "vpc-1", "Associations": [{"GatewayId": "igw-1", "Main": True}]}
        assert chosen(edge, MAIN) == "rtb-main"

    def test_no_table_at_all_is_undecided(self) -> None:
        with pytest.raises(Undecided, match=f"the route table of subnet-1 cannot be seen from account {ACCOUNT}"):
            chosen(OTHER_VPC)

    def test_a_refused_list_is_undecided_even_where_a_table_is_known(self) -> None:
        with pytest.raises(Undecided, match="ec2:DescribeRouteTables was refused"):
            chosen(MAIN, gaps=[refused("ec2:DescribeRouteTables", TABLE)])

    @pytest.mark.parametrize("associations", ["main", [None], [5], {"Main": True}])
    def test_associations_that_are_none_are_undecided(self, associations: Any) -> None:
        with pytest.raises(Undecided):
            chosen({**MAIN, "Associations": associations})

    def test_the_main_table_is_told(self) -> None:
        facts = inventory({TABLE: [MAIN, explicit(), {"RouteTableId": "rtb-bare"}]})
        assert [is_main(table) for table in facts.of(TABLE)] == [True, False, False]


def leading(*routes: Mapping[str, Any], family: int = 4, gateway: Any = IGW, **table: Any) -> list[str]:
    """The destinations that lead to the internet."""
    made = {**MAIN, "Routes": list(routes), **table}
    facts = inventory({TABLE: [made], GATEWAY: [gateway] if gateway else []})
    found = internet_routes(View(facts), facts.of(TABLE)[0], family=family)
    return [next(str(route[key]) for key in route if key.startswith("Destination")) for route in found]


def to(destination: str, **route: Any) -> dict[str, Any]:
    member = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    return {member: destination, "GatewayId": "igw-1", "State": "active", **route}


class TestInternet:
    @pytest.mark.parametrize("destination", ["0.0.0.0/0", "0.0.0.0/1", "8.8.8.8/32", "203.0.0.0/8"])
    def test_any_public_range_counts(self, destination: str) -> None:
        assert leading(to(destination)) == [destination]

    @pytest.mark.parametrize("destination", ["10.0.0.0/8", "192.168.0.0/16", "100.64.0.0/10"])
    def test_private_ranges_do_not(self, destination: str) -> None:
        assert leading(to(destination)) == []

    def test_families_are_two_questions(self) -> None:
        routes = to("0.0.0.0/0"), to("::/0")
        assert leading(*routes) == ["0.0.0.0/0"]
        assert leading(*routes, family=6) == ["::/0"]
        assert leading(to("fd00::/8"), family=6) == []

    @pytest.mark.parametrize(("listed", "answer"), [("IPv4", ["pl-1"]), ("IPv6", []), (None, ["pl-1"])])
    def test_a_prefix_list_counts_for_the_family_it_holds(self, listed: str | None, answer: list[str]) -> None:
        table = {**MAIN, "Routes": [{"DestinationPrefixListId": "pl-1", "GatewayId": "igw-1"}]}
        prefixes = {"PrefixListId": "pl-1", "AddressFamily": listed}
        facts = inventory({TABLE: [table], GATEWAY: [IGW], "AWS::EC2::PrefixList": [prefixes]})
        found = internet_routes(View(facts), facts.of(TABLE)[0], family=4)
        assert [route["DestinationPrefixListId"] for route in found] == answer

    def test_a_prefix_list_counts(self) -> None:
        assert leading({"DestinationPrefixListId": "pl-1", "GatewayId": "igw-1"}) == ["pl-1"]

    @pytest.mark.parametrize("state", ["blackhole", "filtered"])
    def test_routes_that_carry_nothing_do_not(self, state: str) -> None:
        assert leading(to("0.0.0.0/0", State=state)) == []

    def test_a_route_without_a_state_carries(self) -> None:
        assert leading(to("0.0.0.0/0", State=None)) == ["0.0.0.0/0"]

    @pytest.mark.parametrize(
        "target", [{"GatewayId": "local"}, {"GatewayId": "vgw-1"}, {"GatewayId": None, "NatGatewayId": "nat-1"}]
    )
    def test_other_targets_do_not(self, target: dict[str, Any]) -> None:
        assert leading(to("0.0.0.0/0", **target)) == []

    @pytest.mark.parametrize("state", ["available", "attached"])
    def test_a_gateway_is_attached_in_either_word(self, state: str) -> None:
        assert leading(to("0.0.0.0/0"), gateway={**IGW, "Attachments": [{"VpcId": "vpc-1", "State": state}]}) == [
            "0.0.0.0/0"
        ]

    @pytest.mark.parametrize(
        "attachments", [[], [{"VpcId": "vpc-2", "State": "available"}], [{"VpcId": "vpc-1", "State": "detaching"}]]
    )
    def test_a_gateway_that_is_not_attached_here_does_not(self, attachments: list[dict[str, str]]) -> None:
        assert leading(to("0.0.0.0/0"), gateway={**IGW, "Attachments": attachments}) == []

    def test_a_gateway_that_is_gone_does_not(self) -> None:
        assert leading(to("0.0.0.0/0"), gateway=None, OwnerId=ACCOUNT) == []

    def test_the_gateway_of_a_shared_vpc_is_undecided_because_its_owner_alone_sees_it(self) -> None:
        with pytest.raises(Undecided, match=f"the internet gateway igw-1 belongs to account {OTHER}"):
            leading(to("0.0.0.0/0"), gateway=None, OwnerId=OTHER)

    def test_a_refused_list_of_gateways_is_undecided(self) -> None:
        facts = inventory(
            {TABLE: [{**MAIN, "Routes": [to("0.0.0.0/0")]}]}, gaps=[refused("ec2:DescribeInternetGateways", GATEWAY)]
        )
        with pytest.raises(Undecided, match="ec2:DescribeInternetGateways was refused"):
            internet_routes(View(facts), facts.of(TABLE)[0], family=4)

    def test_a_destination_that_is_no_block_is_undecided(self) -> None:
        with pytest.raises(Undecided, match="'everywhere' is no CIDR block"):
            leading(to("everywhere"))


def test_routes_are_told_as_evidence() -> None:
    table = Resource(TABLE, "aws", ACCOUNT, "eu-west-1", "rtb-1", "", {"Routes": [to("::/0"), {"State": "active"}]})
    assert [describe_route(table, route) for route in active_routes(table)] == [
        "route in rtb-1: ::/0 -> igw-1",
        "route in rtb-1: ? -> ?",
    ]
