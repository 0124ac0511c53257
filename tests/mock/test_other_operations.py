"""The serial console, answers to endpoint connections, and the lists that are right to be empty."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

SERVICE = "vpce-svc-0123456789abcdef0"


@pytest.fixture
def partner_endpoint(ec2: Any, network: dict[str, str]) -> str:
    created = ec2.create_vpc_endpoint(
        VpcId=network["vpc"],
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.vpce.eu-west-1.{SERVICE}",
        SubnetIds=[network["subnet"]],
        SecurityGroupIds=[network["group"]],
    )
    identity: str = created["VpcEndpoint"]["VpcEndpointId"]
    return identity


def state_of(ec2: Any, endpoint: str) -> str:
    (described,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    state: str = described["State"]
    return state


def test_the_serial_console_is_closed_until_it_is_opened(ec2: Any) -> None:
    states = [ec2.get_serial_console_access_status()]
    assert ec2.enable_serial_console_access()["SerialConsoleAccessEnabled"] is True
    states.append(ec2.get_serial_console_access_status())
    assert ec2.disable_serial_console_access()["SerialConsoleAccessEnabled"] is False
    states.append(ec2.get_serial_console_access_status())
    assert [state["SerialConsoleAccessEnabled"] for state in states] == [False, True, False]
    assert {state["ManagedBy"] for state in states} == {"account"}


def test_the_provider_may_reject_an_endpoint_and_accept_it_again(ec2: Any, partner_endpoint: str) -> None:
    asked = {"ServiceId": SERVICE, "VpcEndpointIds": [partner_endpoint]}
    assert ec2.reject_vpc_endpoint_connections(**asked)["Unsuccessful"] == []
    assert state_of(ec2, partner_endpoint) == "rejected"
    assert ec2.accept_vpc_endpoint_connections(**asked)["Unsuccessful"] == []
    assert state_of(ec2, partner_endpoint) == "available"


def test_an_endpoint_of_another_service_is_not_the_providers_to_reject(ec2: Any, partner_endpoint: str) -> None:
    answer = ec2.reject_vpc_endpoint_connections(ServiceId="vpce-svc-0f", VpcEndpointIds=[partner_endpoint])
    (refusal,) = answer["Unsuccessful"]
    assert (refusal["ResourceId"], refusal["Error"]["Code"]) == (partner_endpoint, "InvalidVpcEndpoint.NotFound")
    assert state_of(ec2, partner_endpoint) == "available"


@pytest.mark.parametrize(
    ("service", "operation", "answer"),
    [
        ("ec2", "describe_vpc_encryption_controls", {"VpcEncryptionControls": []}),
        ("ec2", "describe_security_group_vpc_associations", {"SecurityGroupVpcAssociations": []}),
        ("ssm", "describe_instance_information", {"InstanceInformationList": []}),
        ("globalaccelerator", "list_accelerators", {"Accelerators": []}),
        (
            "cloudfront",
            "list_vpc_origins",
            {"VpcOriginList": {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0, "Items": []}},
        ),
    ],
)
def test_an_empty_list_is_answered_as_an_empty_list(client: Any, service: str, operation: str, answer: object) -> None:
    found = getattr(client(service), operation)()
    del found["ResponseMetadata"]
    assert found == answer


def test_a_dry_run_opens_no_console(ec2: Any) -> None:
    with pytest.raises(ClientError, match="DryRunOperation"):
        ec2.enable_serial_console_access(DryRun=True)
    assert ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"] is False
