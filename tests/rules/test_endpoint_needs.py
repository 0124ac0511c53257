"""Endpoints by need and effect: what others report wrongly, and what the answers say beside whom they flag."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.network.needs import is_old_agent
from scanner.network.prices import (
    INTERFACE_ENDPOINT,
    NAT_GATEWAY,
    break_even,
    compare_gateway_endpoint,
    interface_endpoints,
)
from tests.rules.answers import ACCOUNT, answers_of, outcomes

VPC = "vpc-0b1a2c3d4e5f60001"
HUB = "vpc-0b1a2c3d4e5f60002"
SUBNETS = ("subnet-0b1a2c3d4e5f6000a", "subnet-0b1a2c3d4e5f6000b", "subnet-0b1a2c3d4e5f6000c")
TABLE = "rtb-0b1a2c3d4e5f60001"
ENDPOINT = "vpce-0b1a2c3d4e5f60001"
GROUP = "sg-0b1a2c3d4e5f60001"
CLIENTS = "sg-0b1a2c3d4e5f60002"
TRANSIT = "tgw-0b1a2c3d4e5f60001"
PROFILE = {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/web"}
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1a")


def spoke(*, routes: tuple[dict[str, Any], ...] = (), **facts: Any) -> dict[str, Any]:
    """An instance with a profile in each of two zones; the third subnet is empty and in the zone of the first."""
    network: dict[str, Any] = {
        "Vpcs": [{"VpcId": VPC, "OwnerId": ACCOUNT, "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [
            {
                "SubnetId": subnet,
                "VpcId": VPC,
                "OwnerId": ACCOUNT,
                "AvailabilityZone": zone,
                "CidrBlock": f"10.0.{n}.0/24",
            }
            for n, (subnet, zone) in enumerate(zip(SUBNETS, ZONES, strict=True), start=1)
        ],
        "RouteTables": [
            {
                "RouteTableId": TABLE,
                "VpcId": VPC,
                "Associations": [{"Main": True}],
                "Routes": [
                    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                    *({"State": "active", **route} for route in routes),
                ],
            }
        ],
        "Instances": [
            {
                "InstanceId": f"i-0b1a2c3d4e5f6000{n}",
                "VpcId": VPC,
                "State": {"Name": "running"},
                "IamInstanceProfile": PROFILE,
            }
            for n in (1, 2)
        ],
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": f"eni-0b1a2c3d4e5f6000{n}",
                "InterfaceType": "interface",
                "Status": "in-use",
                "VpcId": VPC,
                "SubnetId": SUBNETS[n - 1],
                "PrivateIpAddress": f"10.0.{n}.10",
                "Groups": [{"GroupId": CLIENTS}],
                "Attachment": {"InstanceId": f"i-0b1a2c3d4e5f6000{n}"},
            }
            for n in (1, 2)
        ],
    }
    return {**network, **facts}


def transit() -> dict[str, list[dict[str, Any]]]:
    """A transit gateway between the spoke and the hub, with doors in the zones of the spoke's subnets."""
    doors = {VPC: list(SUBNETS[:2]), HUB: [SUBNETS[0]]}
    ids = {vpc: f"tgw-attach-0b1a2c3d4e5f6000{number}" for number, vpc in enumerate(doors, start=1)}
    routes = [
        {
            "DestinationCidrBlock": block,
            "Type": "propagated",
            "State": "active",
            "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": ids[vpc], "ResourceType": "vpc"}],
        }
        for block, vpc in (("10.0.0.0/16", VPC), ("10.9.0.0/16", HUB))
    ]
    return {
        "TransitGateways": [{"TransitGatewayId": TRANSIT, "OwnerId": ACCOUNT, "State": "available"}],
        "TransitGatewayVpcAttachments": [
            {
                "TransitGatewayAttachmentId": ids[vpc],
                "TransitGatewayId": TRANSIT,
                "VpcId": vpc,
                "State": "available",
                "SubnetIds": subnets,
            }
            for vpc, subnets in doors.items()
        ],
        "TransitGatewayRouteTables": [
            {
                "TransitGatewayRouteTableId": "tgw-rtb-0b1a2c3d4e5f60001",
                "TransitGatewayId": TRANSIT,
                "State": "available",
                "Associations": [{"TransitGatewayAttachmentId": one, "State": "associated"} for one in ids.values()],
                "Routes": routes,
                "AdditionalRoutesAvailable": False,
            }
        ],
    }


def endpoint(service: str, number: int = 1, **facts: Any) -> dict[str, Any]:
    usual = {
        "VpcEndpointId": f"vpce-0b1a2c3d4e5f6000{number}",
        "VpcEndpointType": "Interface",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.eu-west-1.{service}",
        "State": "available",
        "PrivateDnsEnabled": True,
        "SubnetIds": list(SUBNETS[:2]),
        "Groups": [{"GroupId": GROUP}],
        "OwnerId": ACCOUNT,
    }
    return {**usual, **facts}


def group(*permissions: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"GroupId": GROUP, "VpcId": VPC, "OwnerId": ACCOUNT, "IpPermissions": list(permissions)}]


def https(**source: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **source}


def test_only_ec2messages_present_is_none_of_the_endpoints_that_systems_manager_needs() -> None:
    found = answers_of("VPE003", **spoke(VpcEndpoints=[endpoint("ec2messages")]))[VPC]
    assert found.outcome == "fail"
    assert found.severity == "high"
    assert found.message == (
        f"{VPC} has no interface endpoint for ssm and ssmmessages, which its workloads need, and "
        "eni-0b1a2c3d4e5f60001 and eni-0b1a2c3d4e5f60002 have no other way out"
    )
    assert found.because == (
        f"i-0b1a2c3d4e5f60001 has the instance profile {PROFILE['Arn']}",
        f"i-0b1a2c3d4e5f60002 has the instance profile {PROFILE['Arn']}",
        f"{SUBNETS[0]} has no route out of the VPC for public addresses",
        f"{SUBNETS[1]} has no route out of the VPC for public addresses",
        (
            "one NAT gateway costs $37.35 a month, 2 interface endpoints in 2 zones $30.20, and beside a NAT gateway that "
            "stays they pay from 834 GB a month on (us-east-1 list prices of May 2026, 730 hours a month, 100 GB a month "
            "assumed)"
        ),
    )
    assert found.fix.splitlines()[0] == (
        f"aws ec2 create-vpc-endpoint --region eu-west-1 --vpc-id {VPC} --vpc-endpoint-type Interface "
        f"--private-dns-enabled --subnet-ids {SUBNETS[0]} {SUBNETS[1]} "
        "--security-group-ids <group that admits 443 from the workloads> --service-name com.amazonaws.eu-west-1.ssm"
    )


def test_the_gigabytes_of_the_comparison_are_a_setting() -> None:
    found = answers_of("VPE003", settings={"assumed_gigabytes": 1000}, **spoke())[VPC]
    assert "one NAT gateway costs $77.85 a month, 2 interface endpoints in 2 zones $39.20" in found.because[-1]
    assert "1000 GB a month assumed" in found.because[-1]


def test_a_nat_gateway_that_leads_out_makes_the_lack_less_severe() -> None:
    nat = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0b1a2c3d4e5f60001"}
    found = answers_of("VPE003", **spoke(routes=(nat,)))[VPC]
    assert found.severity == "medium"
    assert found.message == f"{VPC} has no interface endpoint for ssm and ssmmessages, which its workloads need"
    assert f"route in {TABLE}: 0.0.0.0/0 -> nat-0b1a2c3d4e5f60001" in found.because


def test_a_nat_gateway_that_is_gone_is_no_way_out() -> None:
    nat = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0b1a2c3d4e5f60001", "State": "blackhole"}
    assert answers_of("VPE003", **spoke(routes=(nat,)))[VPC].severity == "high"


def test_an_internet_gateway_is_a_way_out_for_those_with_a_public_address_only() -> None:
    igw = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0b1a2c3d4e5f60001"}
    network = spoke(routes=(igw,))
    network["NetworkInterfaces"][0]["Association"] = {"PublicIp": "203.0.113.10"}
    found = answers_of("VPE003", **network)[VPC]
    assert found.severity == "high"
    assert found.message.endswith("and eni-0b1a2c3d4e5f60002 has no other way out")
    network["NetworkInterfaces"][1]["Association"] = {"PublicIp": "203.0.113.11"}
    assert answers_of("VPE003", **network)[VPC].severity == "medium"


@pytest.mark.parametrize(("dns", "outcome"), [(True, "pass"), (False, "unknown")])
def test_a_spoke_served_by_a_hub(*, dns: bool, outcome: str) -> None:
    network = spoke(routes=({"DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": TRANSIT},))
    network["Vpcs"].append({"VpcId": HUB, "OwnerId": ACCOUNT, "CidrBlock": "10.9.0.0/16"})
    network["VpcEndpoints"] = [endpoint("ssm", 1, VpcId=HUB), endpoint("ssmmessages", 2, VpcId=HUB)]
    network |= transit()
    found = answers_of("VPE003", settings={"shared_dns": dns}, **network)
    assert {VPC: outcomes(found)[VPC]} == {VPC: outcome}
    if dns:
        assert found[VPC].because == (
            f"{ENDPOINT} in {HUB} leads to ssm, over {TRANSIT}",
            f"vpce-0b1a2c3d4e5f60002 in {HUB} leads to ssmmessages, over {TRANSIT}",
        )
    else:
        assert "(the setting shared_dns declares it)" in found[VPC].message
    network["TransitGatewayVpcAttachments"][1]["State"] = "deleted"
    assert outcomes(answers_of("VPE003", settings={"shared_dns": dns}, **network))[VPC] == "fail"
    network["TransitGatewayRouteTables"] = []
    network["TransitGateways"][0]["OwnerId"] = "999900001111"
    network["TransitGatewayVpcAttachments"][1]["State"] = "available"
    assert outcomes(answers_of("VPE003", settings={"shared_dns": dns}, **network))[VPC] == "unknown"


def test_a_hub_behind_a_transit_gateway_that_nobody_sees_is_neither_pass_nor_fail() -> None:
    network = spoke(routes=({"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": TRANSIT},))
    assert outcomes(answers_of("VPE003", **network)) == {VPC: "unknown"}
    assert outcomes(answers_of("VPE003", settings={"served_by_hub": [VPC]}, **network)) == {VPC: "pass"}
    assert outcomes(answers_of("VPE003", settings={"no_hub": [VPC]}, **network)) == {VPC: "fail"}


@pytest.mark.parametrize(
    ("version", "old"),
    [
        ("3.3.39.9", True),
        ("3.3.40.0", False),
        ("3.3.40", False),
        ("3.10.0.0", False),
        ("2.9", True),
        ("", False),
        ("x", False),
    ],
)
def test_an_agent_is_old_by_numbers_and_not_by_letters(version: str, *, old: bool) -> None:
    assert is_old_agent(version) is old


def test_an_endpoint_whose_group_admits_nothing() -> None:
    found = answers_of("VPE006", **spoke(VpcEndpoints=[endpoint("ssm")], SecurityGroups=group()))[ENDPOINT]
    assert (found.outcome, found.severity) == ("fail", "high")
    assert found.message == (
        f"{ENDPOINT} for ssm lets no workload of {SUBNETS[0]} and {SUBNETS[1]} in: {GROUP} admits nothing at tcp 443"
    )
    assert found.because == (
        f"no inbound rule of {GROUP} is about tcp 443",
        f"{SUBNETS[0]} holds eni-0b1a2c3d4e5f60001",
        f"{SUBNETS[1]} holds eni-0b1a2c3d4e5f60002",
    )
    assert found.fix == (
        f"aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id {GROUP} --protocol tcp --port 443 "
        f"--source-group {CLIENTS}"
    )


def test_a_group_that_admits_one_client_of_a_subnet_means_to_keep_out_the_others() -> None:
    network = spoke(VpcEndpoints=[endpoint("ssm")], SecurityGroups=group(https(IpRanges=[{"CidrIp": "10.0.0.0/16"}])))
    assert outcomes(answers_of("VPE006", **network)) == {ENDPOINT: "pass"}
    network["SecurityGroups"] = group(https(IpRanges=[{"CidrIp": "10.0.1.10/32"}, {"CidrIp": "10.0.2.10/32"}]))
    assert outcomes(answers_of("VPE006", **network)) == {ENDPOINT: "pass"}
    network["SecurityGroups"] = group(https(IpRanges=[{"CidrIp": "10.0.1.10/32"}]))
    assert answers_of("VPE006", **network)[ENDPOINT].message.startswith(
        f"{ENDPOINT} for ssm lets no workload of {SUBNETS[1]} in"
    )


def test_a_group_open_to_two_halves_of_the_internet_is_a_low_flaw_with_both_as_evidence() -> None:
    halves = https(IpRanges=[{"CidrIp": "0.0.0.0/1"}, {"CidrIp": "128.0.0.0/1"}])
    found = answers_of("VPE006", **spoke(VpcEndpoints=[endpoint("ssm")], SecurityGroups=group(halves)))[ENDPOINT]
    assert (found.outcome, found.severity) == ("fail", "low")
    assert found.because == (f"{GROUP}: tcp 443 from 0.0.0.0/1", f"{GROUP}: tcp 443 from 128.0.0.0/1")


def test_a_network_acl_on_the_way_is_told_with_the_path() -> None:
    network = spoke(SecurityGroups=group(https(IpRanges=[{"CidrIp": "10.0.0.0/16"}])))
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    network["SecurityGroups"].append(
        {"GroupId": CLIENTS, "VpcId": VPC, "IpPermissions": [], "IpPermissionsEgress": [everything]}
    )
    network["NetworkInterfaces"].append(
        {
            "NetworkInterfaceId": "eni-0b1a2c3d4e5f60009",
            "InterfaceType": "vpc_endpoint",
            "Status": "in-use",
            "VpcId": VPC,
            "SubnetId": SUBNETS[2],
            "PrivateIpAddress": "10.0.3.10",
            "Groups": [{"GroupId": GROUP}],
        }
    )
    network["VpcEndpoints"] = [endpoint("ssm", NetworkInterfaceIds=["eni-0b1a2c3d4e5f60009"])]
    entry = {"Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleNumber": 100, "RuleAction": "allow"}
    network["NetworkAcls"] = [
        {
            "NetworkAclId": "acl-0b1a2c3d4e5f60001",
            "VpcId": VPC,
            "Associations": [{"SubnetId": subnet} for subnet in SUBNETS],
            "Entries": [{**entry, "Egress": True}, {**entry, "Egress": False}],
        }
    ]
    assert outcomes(answers_of("VPE006", **network)) == {ENDPOINT: "pass"}
    network["NetworkAcls"][0]["Entries"][1]["RuleAction"] = "deny"
    found = answers_of("VPE006", **network)[ENDPOINT]
    assert (found.outcome, found.severity) == ("fail", "high")
    assert found.path[-1].id == "acl-0b1a2c3d4e5f60001"
    assert found.because[-1].endswith("[SUBNET_ACL_RESTRICTION]")


def test_two_endpoint_subnets_in_one_zone_are_one_zone() -> None:
    two = endpoint("ssm", SubnetIds=[SUBNETS[0], SUBNETS[2]])
    found = answers_of("VPE007", **spoke(VpcEndpoints=[two]))[ENDPOINT]
    assert found.outcome == "fail"
    assert found.message == f"{ENDPOINT} for ssm is only in eu-west-1a, but it is called from eu-west-1b too"
    assert found.because == (
        f"the endpoint has {SUBNETS[0]} and {SUBNETS[2]} in eu-west-1a",
        f"callers are in {SUBNETS[1]} in eu-west-1b",
    )
    assert found.fix.splitlines()[0] == (
        f"aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id {ENDPOINT} --add-subnet-ids {SUBNETS[1]}"
    )


def test_the_way_out_of_a_sealed_vpc_is_named_with_the_command_that_closes_it() -> None:
    nat = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0b1a2c3d4e5f60001"}
    assert outcomes(answers_of("VPE009", **spoke(routes=(nat,)))) == {VPC: "not-applicable"}
    found = answers_of("VPE009", settings={"sealed_vpcs": [VPC]}, **spoke(routes=(nat,)))[VPC]
    assert (found.outcome, found.severity) == ("fail", "high")
    assert found.message == (
        f"{VPC} is declared sealed, but {SUBNETS[0]} and {SUBNETS[1]} have a way to the internet through "
        "nat-0b1a2c3d4e5f60001"
    )
    assert found.because == (f"route in {TABLE}: 0.0.0.0/0 -> nat-0b1a2c3d4e5f60001",)
    assert found.fix.splitlines()[0] == (
        f"aws ec2 delete-route --region eu-west-1 --route-table-id {TABLE} --destination-cidr-block 0.0.0.0/0"
    )


def test_prices_are_arithmetic_over_one_table() -> None:
    assert NAT_GATEWAY.month() == pytest.approx(32.85)
    assert interface_endpoints(services=3, zones=2, gigabytes=50) == pytest.approx(44.30)
    dear = NAT_GATEWAY.month(gigabytes=break_even(services=1, zones=1)) - NAT_GATEWAY.month()
    cheap = INTERFACE_ENDPOINT.month(gigabytes=break_even(services=1, zones=1))
    assert dear == pytest.approx(cheap)
    assert compare_gateway_endpoint(gigabytes=2000).startswith(
        "a gateway endpoint is free; through a NAT gateway each gigabyte costs $0.045, $90.00 for 2000 GB a month"
    )
