"""What rules about VPC endpoints say beside whom they flag: the sentence, the evidence, the weight and the cure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rules.answers import ACCOUNT, answers_of, outcomes

VPC = "vpc-0b1a2c3d4e5f60001"
ENDPOINT = "vpce-0b1a2c3d4e5f60001"


def endpoint(**facts: Any) -> dict[str, Any]:
    usual = {
        "VpcEndpointId": ENDPOINT,
        "VpcEndpointType": "Gateway",
        "VpcId": VPC,
        "ServiceName": "com.amazonaws.eu-west-1.s3",
        "State": "available",
        "CreationTimestamp": "2025-11-03T09:00:00Z",
        "OwnerId": ACCOUNT,
    }
    return {**usual, **facts}


def private_network(**facts: Any) -> dict[str, Any]:
    network: dict[str, Any] = {
        "Vpcs": [{"VpcId": VPC, "OwnerId": ACCOUNT}],
        "Subnets": [{"SubnetId": "subnet-0b1a2c3d4e5f60001", "VpcId": VPC, "OwnerId": ACCOUNT}],
        "RouteTables": [
            {
                "RouteTableId": "rtb-0b1a2c3d4e5f60001",
                "VpcId": VPC,
                "Associations": [{"Main": True}],
                "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}],
            }
        ],
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": "eni-0b1a2c3d4e5f60001",
                "InterfaceType": "interface",
                "Status": "in-use",
                "VpcId": VPC,
                "SubnetId": "subnet-0b1a2c3d4e5f60001",
            }
        ],
    }
    return {**network, **facts}


def test_a_vpc_without_a_gateway_endpoint_names_workloads_subnets_and_the_command() -> None:
    found = answers_of("VPE001", **private_network())[VPC]
    assert found.severity == "medium"
    assert (
        found.message == f"{VPC} has no gateway endpoint for s3, although eni-0b1a2c3d4e5f60001 is in private subnets"
    )
    assert found.because == (
        "subnet-0b1a2c3d4e5f60001 uses rtb-0b1a2c3d4e5f60001 and holds eni-0b1a2c3d4e5f60001",
        (
            "a gateway endpoint is free; through a NAT gateway each gigabyte costs $0.045, $4.50 for 100 GB a month, beside "
            "$32.85 a month for the gateway itself (us-east-1 list prices of May 2026, 730 hours a month, 100 GB a month "
            "assumed)"
        ),
    )
    assert found.fix.splitlines()[0] == (
        f"aws ec2 create-vpc-endpoint --region eu-west-1 --vpc-id {VPC} --vpc-endpoint-type Gateway"
        " --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-0b1a2c3d4e5f60001"
    )


def test_an_interface_endpoint_instead_passes_and_tells_what_it_costs() -> None:
    served = endpoint(VpcEndpointType="Interface", PrivateDnsEnabled=True)
    found = answers_of("VPE001", **private_network(VpcEndpoints=[served]))[VPC]
    assert found.outcome == "pass"
    (because,) = found.because
    assert because == (
        f"{ENDPOINT} is an interface endpoint for s3 with private DNS;"
        " it costs by the hour and the gigabyte, a gateway endpoint would be free"
    )


def test_a_forgotten_route_table_names_the_subnet_the_endpoint_and_the_command() -> None:
    network = private_network(VpcEndpoints=[endpoint(RouteTableIds=["rtb-0b1a2c3d4e5f60009"])])
    found = answers_of("VPE002", **network)["rtb-0b1a2c3d4e5f60001"]
    assert found.severity == "medium"
    assert found.message == (
        f"rtb-0b1a2c3d4e5f60001 takes subnet-0b1a2c3d4e5f60001 past the gateway endpoint {ENDPOINT} for s3"
    )
    assert found.because == (f"{ENDPOINT} is associated with rtb-0b1a2c3d4e5f60009",)
    assert found.fix.splitlines()[0] == (
        f"aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id {ENDPOINT}"
        " --add-route-table-ids rtb-0b1a2c3d4e5f60001"
    )


def test_a_table_without_an_endpoint_or_a_private_subnet_is_not_asked_about() -> None:
    without_endpoint = answers_of("VPE002", **private_network())
    without_subnet = answers_of("VPE002", **private_network(Subnets=[], VpcEndpoints=[endpoint()]))
    assert outcomes(without_endpoint) == {"rtb-0b1a2c3d4e5f60001": "not-applicable"}
    assert outcomes(without_subnet) == {"rtb-0b1a2c3d4e5f60001": "not-applicable"}


def test_two_services_that_are_left_out_are_told_in_one_finding() -> None:
    other = endpoint(VpcEndpointId="vpce-0b1a2c3d4e5f60002", ServiceName="com.amazonaws.eu-west-1.dynamodb")
    network = private_network(VpcEndpoints=[endpoint(RouteTableIds=[]), other])
    found = answers_of("VPE002", **network)["rtb-0b1a2c3d4e5f60001"]
    assert found.because == (
        f"{ENDPOINT} is associated with no route table",
        "rtb-0b1a2c3d4e5f60001 takes subnet-0b1a2c3d4e5f60001 past the gateway endpoint vpce-0b1a2c3d4e5f60002 for dynamodb",
        "vpce-0b1a2c3d4e5f60002 is associated with no route table",
    )


def test_an_endpoint_that_failed_tells_aws_s_reason() -> None:
    error = {"Code": "InvalidSubnet", "Message": "no free\naddresses"}
    found = answers_of("VPE004", VpcEndpoints=[endpoint(State="Failed", LastError=error)])[ENDPOINT]
    assert found.severity == "medium"
    assert found.message == f"{ENDPOINT} (com.amazonaws.eu-west-1.s3) does not serve: it is failed"
    assert found.because == (
        "State is Failed",
        "CreationTimestamp is 2025-11-03T09:00:00Z",
        "LastError is InvalidSubnet no free addresses",
    )


def test_an_endpoint_without_a_service_is_called_by_its_type() -> None:
    network = endpoint(VpcEndpointType="ServiceNetwork", ServiceName=None, State="failed")
    found = answers_of("VPE004", VpcEndpoints=[network])[ENDPOINT]
    assert found.message == f"{ENDPOINT} (ServiceNetwork) does not serve: it is failed"


@pytest.mark.parametrize(
    ("service", "severity"),
    [("com.amazonaws.vpce.eu-west-1.vpce-svc-0aa1b2c3d4e5f6789", "info"), ("com.amazonaws.eu-west-1.sqs", "medium")],
)
def test_an_endpoint_that_waits_to_be_accepted_is_worth_knowing_where_people_accept(
    service: str, severity: str
) -> None:
    waiting = endpoint(VpcEndpointType="Interface", ServiceName=service, State="pendingAcceptance")
    found = answers_of("VPE004", VpcEndpoints=[{**waiting, "CreationTimestamp": "2026-01-15T06:00:00Z"}])[ENDPOINT]
    assert found.severity == severity
    assert (
        found.message == f"{ENDPOINT} ({service}) does not serve: it is pendingacceptance, 6 hours after it was created"
    )
    assert ("accept-vpc-endpoint-connections" in found.fix) is (severity == "info")


def test_an_endpoint_that_a_service_made_is_not_to_be_deleted_by_hand() -> None:
    own = answers_of("VPE004", VpcEndpoints=[endpoint(State="failed")])[ENDPOINT]
    made = answers_of("VPE004", VpcEndpoints=[endpoint(State="failed", RequesterManaged=True)])[ENDPOINT]
    assert "aws ec2 delete-vpc-endpoints" in own.fix
    assert (made.outcome, "aws " in made.fix) == ("fail", False)


def test_a_vpc_that_resolves_nothing_is_named_with_the_switches_to_turn_on() -> None:
    vpc = {"VpcId": VPC, "EnableDnsSupport": {"Value": False}, "EnableDnsHostnames": {"Value": False}}
    interface = endpoint(VpcEndpointType="Interface", PrivateDnsEnabled=True)
    found = answers_of("VPE005", Vpcs=[vpc], VpcEndpoints=[interface])[ENDPOINT]
    assert found.message == (
        f"com.amazonaws.eu-west-1.s3 has a private name for {ENDPOINT}, but {VPC} does not resolve it:"
        " EnableDnsSupport and EnableDnsHostnames are off"
    )
    assert found.because == (f"EnableDnsSupport of {VPC} is false", f"EnableDnsHostnames of {VPC} is false")
    assert found.fix.splitlines() == [
        f"aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id {VPC} --enable-dns-support",
        f"aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id {VPC} --enable-dns-hostnames",
    ]


def test_an_attribute_that_is_off_decides_although_the_other_was_not_read() -> None:
    vpc = {"VpcId": VPC, "EnableDnsHostnames": {"Value": False}}
    interface = endpoint(VpcEndpointType="Interface", PrivateDnsEnabled=True)
    found = answers_of("VPE005", Vpcs=[vpc], VpcEndpoints=[interface])
    assert outcomes(found) == {ENDPOINT: "fail"}


def test_an_open_policy_is_shown_as_it_stands() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2008-10-17", "Statement": [statement]})
    found = answers_of("VPE008", VpcEndpoints=[endpoint(PolicyDocument=policy)])[ENDPOINT]
    assert found.severity == "medium"
    assert found.message == f"the policy of {ENDPOINT} lets everybody do everything with everything in s3"
    assert found.because == ('{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}',)
    assert f"aws ec2 modify-vpc-endpoint --region eu-west-1 --vpc-endpoint-id {ENDPOINT}" in found.fix


def test_a_long_open_statement_is_cut_short() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["*", *(f"s3:Get{n}" for n in range(500))],
        "Resource": "*",
    }
    found = answers_of("VPE008", VpcEndpoints=[endpoint(PolicyDocument=json.dumps({"Statement": statement}))])[ENDPOINT]
    assert found.because[0].endswith("…")
    assert len(found.because[0]) == 401
