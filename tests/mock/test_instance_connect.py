from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

MISSING = "eice-00000000000000000"


def create(ec2: Any, subnet: str, **settings: Any) -> dict[str, Any]:
    endpoint: dict[str, Any] = ec2.create_instance_connect_endpoint(SubnetId=subnet, **settings)[
        "InstanceConnectEndpoint"
    ]
    return endpoint


def described(ec2: Any, **asked: Any) -> list[str]:
    answer = ec2.describe_instance_connect_endpoints(**asked)
    return [endpoint["InstanceConnectEndpointId"] for endpoint in answer["InstanceConnectEndpoints"]]


def test_an_endpoint_gets_an_interface_in_its_subnet_with_its_groups(ec2: Any, network: dict[str, str]) -> None:
    endpoint = create(ec2, network["subnet"], SecurityGroupIds=[network["group"]])
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    assert interface["InterfaceType"] == "ec2_instance_connect_endpoint"
    assert interface["SubnetId"] == network["subnet"]
    assert interface["PrivateIpAddress"].startswith("10.1.1.")
    assert [group["GroupId"] for group in interface["Groups"]] == [network["group"]]
    tag = {"Key": "InstanceConnectEndpointId", "Value": endpoint["InstanceConnectEndpointId"]}
    assert interface["TagSet"] == [tag]


def test_an_endpoint_tells_everything_the_api_promises(ec2: Any, network: dict[str, str]) -> None:
    tags = [{"ResourceType": "instance-connect-endpoint", "Tags": [{"Key": "Name", "Value": "way-in"}]}]
    created = create(ec2, network["subnet"], SecurityGroupIds=[network["group"]], TagSpecifications=tags)
    (endpoint,) = ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]
    identity = endpoint["InstanceConnectEndpointId"]
    name = f"{identity}.{endpoint['DnsName'].split('.')[1]}"
    assert identity.startswith("eice-")
    assert endpoint == {
        "OwnerId": "123456789012",
        "InstanceConnectEndpointId": identity,
        "InstanceConnectEndpointArn": f"arn:aws:ec2:eu-west-1:123456789012:instance-connect-endpoint/{identity}",
        "State": "create-complete",
        "DnsName": f"{name}.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
        "FipsDnsName": f"{name}.fips.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com",
        "NetworkInterfaceIds": created["NetworkInterfaceIds"],
        "VpcId": network["vpc"],
        "AvailabilityZone": "eu-west-1a",
        "AvailabilityZoneId": "euw1-az3",
        "CreatedAt": created["CreatedAt"],
        "SubnetId": network["subnet"],
        "PreserveClientIp": False,
        "SecurityGroupIds": [network["group"]],
        "Tags": [{"Key": "Name", "Value": "way-in"}],
        "IpAddressType": "ipv4",
        "PublicDnsNames": {"Ipv4": {"DnsName": endpoint["DnsName"], "FipsDnsName": endpoint["FipsDnsName"]}},
    }


def test_without_a_group_an_endpoint_gets_the_default_one_of_its_vpc(ec2: Any, network: dict[str, str]) -> None:
    endpoint = create(ec2, network["subnet"])
    of_vpc = [{"Name": "vpc-id", "Values": [network["vpc"]]}, {"Name": "group-name", "Values": ["default"]}]
    (default,) = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    assert endpoint["SecurityGroupIds"] == [default["GroupId"]]


@pytest.mark.parametrize("second", ["subnet", "other subnet"])
def test_a_subnet_and_a_vpc_hold_one_endpoint_each(ec2: Any, network: dict[str, str], second: str) -> None:
    create(ec2, network["subnet"])
    with pytest.raises(ClientError, match="ResourceLimitExceeded"):
        create(ec2, network[second])


def test_another_vpc_may_have_its_own_endpoint(ec2: Any, network: dict[str, str]) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
    first, second = create(ec2, network["subnet"]), create(ec2, subnet)
    assert described(ec2) == [first["InstanceConnectEndpointId"], second["InstanceConnectEndpointId"]]


def test_the_same_client_token_gets_the_same_endpoint(ec2: Any, network: dict[str, str]) -> None:
    first = create(ec2, network["subnet"], ClientToken="again")
    assert create(ec2, network["subnet"], ClientToken="again") == first


def test_an_endpoint_fails_in_a_subnet_without_free_addresses(ec2: Any, network: dict[str, str]) -> None:
    full = ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.1.3.0/28")["Subnet"]["SubnetId"]
    addresses = [{"PrivateIpAddress": f"10.1.3.{last}", "Primary": last == 4} for last in range(4, 15)]
    ec2.create_network_interface(SubnetId=full, PrivateIpAddresses=addresses)
    endpoint = create(ec2, full)
    assert endpoint["State"] == "create-failed"
    assert full in endpoint["StateMessage"]
    assert endpoint["NetworkInterfaceIds"] == []
    assert create(ec2, network["subnet"])["State"] == "create-complete"


@pytest.mark.parametrize(
    ("block", "expected"), [("2001:db8:1234:1a00::/64", "dualstack"), (None, "ipv4")], ids=["dualstack", "ipv4"]
)
def test_the_address_type_follows_the_subnet(
    ec2: Any, network: dict[str, str], block: str | None, expected: str
) -> None:
    ipv6 = {"Ipv6CidrBlock": block} if block else {}
    subnet = ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.1.4.0/24", **ipv6)["Subnet"]["SubnetId"]
    assert create(ec2, subnet)["IpAddressType"] == expected


def test_client_addresses_are_preserved_over_ipv4_only(ec2: Any, network: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        create(ec2, network["subnet"], PreserveClientIp=True, IpAddressType="dualstack")
    assert create(ec2, network["subnet"], PreserveClientIp=True)["PreserveClientIp"] is True


def test_an_endpoint_needs_a_subnet_that_exists(ec2: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidSubnetID\.NotFound"):
        create(ec2, "subnet-00000000000000000")


def test_an_endpoint_needs_groups_that_exist_in_its_own_vpc(ec2: Any, network: dict[str, str]) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    foreign = ec2.create_security_group(GroupName="foreign", Description="foreign", VpcId=vpc)["GroupId"]
    with pytest.raises(ClientError, match="different networks"):
        create(ec2, network["subnet"], SecurityGroupIds=[foreign])
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        create(ec2, network["subnet"], SecurityGroupIds=["sg-00000000000000000"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instance-connect-endpoint-id", "{endpoint}"),
        ("state", "create-complete"),
        ("subnet-id", "{subnet}"),
        ("vpc-id", "{vpc}"),
        ("tag:Name", "way-in"),
        ("tag-key", "Name"),
        ("tag-value", "way-in"),
    ],
)
def test_each_documented_filter_finds_and_excludes(ec2: Any, network: dict[str, str], name: str, value: str) -> None:
    tags = [{"ResourceType": "instance-connect-endpoint", "Tags": [{"Key": "Name", "Value": "way-in"}]}]
    endpoint = create(ec2, network["subnet"], TagSpecifications=tags)["InstanceConnectEndpointId"]
    wanted = value.format(endpoint=endpoint, **network)
    assert described(ec2, Filters=[{"Name": name, "Values": [wanted]}]) == [endpoint]
    assert described(ec2, Filters=[{"Name": name, "Values": ["something-else"]}]) == []


def test_a_filter_that_does_not_exist_is_refused(ec2: Any) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        described(ec2, Filters=[{"Name": "colour", "Values": ["blue"]}])


def test_the_paginator_of_botocore_finds_every_endpoint_once(ec2: Any) -> None:
    created = []
    for number in range(3):
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.1.0/24")["Subnet"]["SubnetId"]
        created.append(create(ec2, subnet)["InstanceConnectEndpointId"])
    pages = ec2.get_paginator("describe_instance_connect_endpoints").paginate(PaginationConfig={"PageSize": 1})
    found = [[endpoint["InstanceConnectEndpointId"] for endpoint in page["InstanceConnectEndpoints"]] for page in pages]
    assert found == [[identity] for identity in created]


@pytest.mark.parametrize(
    ("asked", "code"), [({"MaxResults": 51}, "InvalidParameterValue"), ({"NextToken": "x"}, "InvalidNextToken")]
)
def test_pages_that_cannot_be_are_refused(ec2: Any, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError, match=code):
        described(ec2, **asked)


def test_modifying_replaces_the_groups_of_endpoint_and_interface(ec2: Any, network: dict[str, str]) -> None:
    endpoint = create(ec2, network["subnet"])
    identity = endpoint["InstanceConnectEndpointId"]
    answer = ec2.modify_instance_connect_endpoint(
        InstanceConnectEndpointId=identity, SecurityGroupIds=[network["group"]], PreserveClientIp=True
    )
    assert answer["Return"] is True
    (modified,) = ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]
    assert modified["State"] == "update-complete"
    assert modified["SecurityGroupIds"] == [network["group"]]
    assert modified["PreserveClientIp"] is True
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    assert [group["GroupId"] for group in interface["Groups"]] == [network["group"]]


def test_a_deleted_endpoint_is_gone_and_its_interface_too(ec2: Any, network: dict[str, str]) -> None:
    endpoint = create(ec2, network["subnet"])
    identity = endpoint["InstanceConnectEndpointId"]
    answer = ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=identity)
    assert answer["InstanceConnectEndpoint"]["State"] == "delete-in-progress"
    assert described(ec2) == []
    of_subnet = [{"Name": "subnet-id", "Values": [network["subnet"]]}]
    assert ec2.describe_network_interfaces(Filters=of_subnet)["NetworkInterfaces"] == []


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("describe_instance_connect_endpoints", {"InstanceConnectEndpointIds": [MISSING]}),
        ("modify_instance_connect_endpoint", {"InstanceConnectEndpointId": MISSING}),
        ("delete_instance_connect_endpoint", {"InstanceConnectEndpointId": MISSING}),
    ],
)
def test_an_endpoint_that_does_not_exist_is_not_found(ec2: Any, operation: str, asked: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r"InvalidInstanceConnectEndpointId\.NotFound"):
        getattr(ec2, operation)(**asked)


def test_a_dry_run_creates_nothing(ec2: Any, network: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="DryRunOperation"):
        create(ec2, network["subnet"], DryRun=True)
    assert described(ec2) == []


def test_an_endpoint_can_be_tagged_later(ec2: Any, network: dict[str, str]) -> None:
    endpoint = create(ec2, network["subnet"])["InstanceConnectEndpointId"]
    ec2.create_tags(Resources=[endpoint], Tags=[{"Key": "Owner", "Value": "network"}])
    of_kind = [{"Name": "resource-type", "Values": ["instance-connect-endpoint"]}]
    (tag,) = ec2.describe_tags(Filters=of_kind)["Tags"]
    assert (tag["ResourceId"], tag["ResourceType"], tag["Value"]) == (endpoint, "instance-connect-endpoint", "network")


def test_the_state_manager_of_moto_keeps_an_endpoint_in_progress() -> None:
    from moto.moto_api import state_manager

    from scanner.mock.account import mocked_account

    model = "ec2::instance-connect-endpoint"
    state_manager.set_transition(model, {"progression": "manual", "times": 2})
    try:
        with mocked_account() as session:
            ec2: Any = session.client("ec2")
            vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
            states = [create(ec2, subnet)["State"]]
            for _ in range(2):
                (endpoint,) = ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]
                states.append(endpoint["State"])
    finally:
        state_manager.unset_transition(model)
    assert states == ["create-in-progress", "create-in-progress", "create-complete"]
