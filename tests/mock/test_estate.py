from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.mock.account import mocked_account
from scanner.mock.estate import seed


class Estate:
    """The seeded account, with what it holds by name."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.ids = seed(session)
        self.ec2 = session.client("ec2")

    def name(self, identity: str) -> str:
        return next(name for name, known in self.ids.items() if known == identity)

    def names(self, identities: list[str]) -> list[str]:
        return sorted(map(self.name, identities))

    def only(self, operation: str, key: str, **asked: Any) -> dict[str, Any]:
        (found,) = getattr(self.ec2, operation)(**asked)[key]
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    with mocked_account() as session:
        yield Estate(session)


def test_there_are_three_vpcs_in_two_zones_and_no_default_one(estate: Estate) -> None:
    vpcs = estate.ec2.describe_vpcs()["Vpcs"]
    assert estate.names([vpc["VpcId"] for vpc in vpcs]) == ["edge", "spoke", "workshop"]
    subnets = estate.ec2.describe_subnets()["Subnets"]
    assert {subnet["AvailabilityZone"] for subnet in subnets} == {"eu-west-1a", "eu-west-1b"}
    assert estate.names([subnet["SubnetId"] for subnet in subnets if subnet["MapPublicIpOnLaunch"]]) == [
        "edge-public-a"
    ]
    assert not any(subnet["DefaultForAz"] for subnet in subnets)


@pytest.mark.parametrize(
    ("table", "target", "subnets"),
    [
        ("edge-public-routes", "edge-internet", ["edge-public-a", "edge-public-b"]),
        ("edge-private-routes", "edge-nat", ["edge-private-a", "edge-private-b"]),
        ("spoke-private-routes", None, ["spoke-private-a", "spoke-private-b"]),
        ("workshop-public-routes", "workshop-internet", ["workshop-public-a"]),
        ("workshop-private-routes", None, ["workshop-private-a", "workshop-private-b"]),
    ],
)
def test_each_table_leads_its_subnets_where_its_name_says(
    estate: Estate, table: str, target: str | None, subnets: list[str]
) -> None:
    found = estate.only("describe_route_tables", "RouteTables", RouteTableIds=[estate.ids[table]])
    default = [route for route in found["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    targets = [estate.name(route.get("GatewayId") or route["NatGatewayId"]) for route in default]
    assert targets == ([target] if target else [])
    assert estate.names([association["SubnetId"] for association in found["Associations"]]) == subnets


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("bastion", ["54.214.10.2"]),
        ("web", ["54.214."]),
        ("reports", ["54.214.10.3"]),
        ("app-1", []),
        ("app-2", []),
        ("orders", []),
        ("stock", []),
        ("lathe", []),
    ],
)
def test_three_instances_are_public_one_of_them_through_its_second_interface(
    estate: Estate, name: str, addresses: list[str]
) -> None:
    reservation = estate.only("describe_instances", "Reservations", InstanceIds=[estate.ids[name]])
    (instance,) = reservation["Instances"]
    associations = [interface.get("Association", {}) for interface in instance["NetworkInterfaces"]]
    public = [association["PublicIp"] for association in associations if association]
    assert [ip[: len(wanted)] for ip, wanted in zip(public, addresses, strict=True)] == addresses
    assert ("PublicIpAddress" in instance) == (name in ("bastion", "web"))


def test_the_bastion_fans_out_by_its_group_to_the_private_hosts(estate: Estate) -> None:
    hosts = estate.only("describe_security_groups", "SecurityGroups", GroupIds=[estate.ids["edge-hosts"]])
    (rule,) = hosts["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"]) == (22, 22)
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [estate.ids["bastion-ssh"]]
    of_group = [{"Name": "group-id", "Values": [estate.ids["edge-hosts"]]}]
    interfaces = estate.ec2.describe_network_interfaces(Filters=of_group)["NetworkInterfaces"]
    members = [interface["Attachment"]["InstanceId"] for interface in interfaces if "Attachment" in interface]
    assert estate.names(members) == ["app-1", "app-2"]


@pytest.mark.parametrize(
    ("group", "port", "ranges"),
    [
        ("bastion-ssh", 22, ["0.0.0.0/0"]),
        ("ssh-in-halves", 22, ["0.0.0.0/1", "128.0.0.0/1"]),
        ("vendor-leftover", 3389, ["0.0.0.0/0"]),
        ("rdp-over-ipv6", 3389, ["::/0"]),
    ],
)
def test_four_groups_open_an_admin_port_to_the_world(estate: Estate, group: str, port: int, ranges: list[str]) -> None:
    found = estate.only("describe_security_groups", "SecurityGroups", GroupIds=[estate.ids[group]])
    (rule,) = found["IpPermissions"]
    cidrs = [entry["CidrIp"] for entry in rule["IpRanges"]] + [entry["CidrIpv6"] for entry in rule["Ipv6Ranges"]]
    assert (rule["FromPort"], rule["ToPort"], cidrs) == (port, port, ranges)


def test_only_one_world_open_group_hangs_on_nothing(estate: Estate) -> None:
    interfaces = estate.ec2.describe_network_interfaces()["NetworkInterfaces"]
    attached = {group["GroupId"] for interface in interfaces for group in interface["Groups"]}
    open_groups = ("bastion-ssh", "ssh-in-halves", "vendor-leftover", "rdp-over-ipv6")
    assert [group for group in open_groups if estate.ids[group] not in attached] == ["vendor-leftover"]


def test_one_elastic_ip_is_idle(estate: Estate) -> None:
    addresses = estate.ec2.describe_addresses()["Addresses"]
    idle = [address["AllocationId"] for address in addresses if "AssociationId" not in address]
    assert estate.names(idle) == ["idle-address"]
    of_instance = {address["AllocationId"]: address["InstanceId"] for address in addresses if address["InstanceId"]}
    assert of_instance == {estate.ids["bastion-address"]: estate.ids["bastion"]}


@pytest.mark.parametrize(
    ("name", "vpc", "state", "group"),
    [
        ("edge-connect", "edge", "create-failed", "edge-hosts"),
        ("spoke-connect", "spoke", "create-complete", "spoke-connect-group"),
        ("workshop-connect", "workshop", "create-complete", "default"),
    ],
)
def test_each_vpc_has_an_instance_connect_endpoint_of_another_sort(
    estate: Estate, name: str, vpc: str, state: str, group: str
) -> None:
    asked = {"InstanceConnectEndpointIds": [estate.ids[name]]}
    endpoint = estate.only("describe_instance_connect_endpoints", "InstanceConnectEndpoints", **asked)
    found = estate.only("describe_security_groups", "SecurityGroups", GroupIds=endpoint["SecurityGroupIds"])
    assert (estate.name(endpoint["VpcId"]), endpoint["State"], found["GroupName"]) == (vpc, state, group)


def test_the_endpoint_of_the_spoke_may_reach_its_hosts_and_nothing_else(estate: Estate) -> None:
    group = estate.only("describe_security_groups", "SecurityGroups", GroupIds=[estate.ids["spoke-connect-group"]])
    (rule,) = group["IpPermissionsEgress"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (22, 22, [])
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [estate.ids["spoke-hosts"]]


@pytest.mark.parametrize(
    ("name", "kind", "service", "state", "tables", "private_dns", "limited"),
    [
        ("spoke-s3", "Gateway", "s3", "available", ["spoke-private-routes"], None, True),
        ("spoke-dynamodb", "Gateway", "dynamodb", "available", ["spoke-private-routes"], None, True),
        ("spoke-ssm", "Interface", "ssm", "available", [], True, True),
        ("spoke-ssmmessages", "Interface", "ssmmessages", "available", [], True, True),
        ("workshop-s3", "Gateway", "s3", "available", ["workshop-public-routes"], None, False),
        ("workshop-sqs", "Interface", "sqs", "available", [], False, False),
        ("workshop-partner", "Interface", "vpce-svc-0123456789abcdef0", "rejected", [], False, False),
    ],
)
def test_the_endpoints_of_the_spoke_work_and_those_of_the_workshop_do_not(
    estate: Estate,
    *,
    name: str,
    kind: str,
    service: str,
    state: str,
    tables: list[str],
    private_dns: bool | None,
    limited: bool,
) -> None:
    endpoint = estate.only("describe_vpc_endpoints", "VpcEndpoints", VpcEndpointIds=[estate.ids[name]])
    assert (endpoint["VpcEndpointType"], endpoint["ServiceName"].rpartition(".")[2]) == (kind, service)
    assert endpoint["State"] == state
    assert estate.names(endpoint["RouteTableIds"]) == tables
    if private_dns is not None:
        assert endpoint["PrivateDnsEnabled"] is private_dns
    conditions = [statement.get("Condition") for statement in json.loads(endpoint["PolicyDocument"])["Statement"]]
    assert any(conditions) is limited


@pytest.mark.parametrize("vpc", ["spoke", "workshop"])
def test_private_names_resolve_where_there_are_interface_endpoints(estate: Estate, vpc: str) -> None:
    for attribute in ("enableDnsHostnames", "enableDnsSupport"):
        answer = estate.ec2.describe_vpc_attribute(VpcId=estate.ids[vpc], Attribute=attribute)
        assert answer[attribute[0].upper() + attribute[1:]]["Value"] is True


def test_nobody_has_closed_the_perimeter(estate: Estate) -> None:
    options = estate.ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "off"
    assert estate.ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"] is True


def test_a_sleeping_group_would_start_a_public_jump_host(estate: Estate) -> None:
    (group,) = estate.session.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (group["AutoScalingGroupName"], group["DesiredCapacity"], group["MaxSize"]) == ("jump-host", 0, 1)
    assert group["LaunchTemplate"]["LaunchTemplateId"] == estate.ids["jump-host-template"]
    versions = estate.ec2.describe_launch_template_versions(Versions=["$Latest"])["LaunchTemplateVersions"]
    (interface,) = versions[0]["LaunchTemplateData"]["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is True


def test_one_trail_is_healthy_and_records_no_writes_and_one_has_stopped(estate: Estate) -> None:
    client = estate.session.client("cloudtrail")
    trails = {trail["Name"]: trail for trail in client.describe_trails()["trailList"]}
    reads, stopped = trails["reads-only"], trails["stopped"]
    assert (reads["IsMultiRegionTrail"], reads["LogFileValidationEnabled"], "KmsKeyId" in reads) == (True, True, True)
    assert client.get_trail_status(Name="reads-only")["IsLogging"] is True
    (selector,) = client.get_event_selectors(TrailName="reads-only")["EventSelectors"]
    assert selector["ReadWriteType"] == "ReadOnly"
    assert (stopped["IsMultiRegionTrail"], stopped["LogFileValidationEnabled"], "KmsKeyId" in stopped) == (
        False,
        False,
        False,
    )
    assert client.get_trail_status(Name="stopped")["IsLogging"] is False


def test_the_bucket_of_the_trails_is_private_and_lets_cloudtrail_write(estate: Estate) -> None:
    storage = estate.session.client("s3")
    assert storage.get_bucket_policy_status(Bucket="estate-audit")["PolicyStatus"]["IsPublic"] is False
    policy = json.loads(storage.get_bucket_policy(Bucket="estate-audit")["Policy"])
    writes = [statement for statement in policy["Statement"] if statement["Action"] == "s3:PutObject"]
    assert [statement["Principal"] for statement in writes] == [{"Service": "cloudtrail.amazonaws.com"}]


def test_only_the_spoke_has_flow_logs(estate: Estate) -> None:
    log = estate.only("describe_flow_logs", "FlowLogs")
    assert estate.name(log["ResourceId"]) == "spoke"
    assert (log["FlowLogStatus"], log["TrafficType"]) == ("ACTIVE", "ALL")


def test_every_name_tag_is_the_name_in_the_answer(estate: Estate) -> None:
    tags = estate.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]
    tagged = {tag["Value"]: tag["ResourceId"] for tag in tags}
    tagged["jump-host-template"] = tagged.pop("jump-host")
    untagged = {"jump-host", "estate-audit", "reads-only", "stopped", "objects-only"}
    untagged |= {"tunnels-without-target", "gateways", "without-tunnels"}
    tagged_too = {name: identity for name, identity in estate.ids.items() if not identity.startswith("arn:aws:iam:")}
    assert tagged == {name: identity for name, identity in tagged_too.items() if name not in untagged}


ONCE_MORE = """
import json
from scanner.mock.account import mocked_account
from scanner.mock.estate import seed
with mocked_account() as session:
    ids = seed(session)
    ec2 = session.client("ec2")
    described = [
        ec2.describe_network_interfaces()["NetworkInterfaces"],
        ec2.describe_instances()["Reservations"],
        ec2.describe_security_groups()["SecurityGroups"],
        ec2.describe_route_tables()["RouteTables"],
        ec2.describe_vpc_endpoints()["VpcEndpoints"],
        ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"],
    ]
    print(json.dumps([ids, described], default=lambda moment: "a moment"))
"""


def test_every_run_makes_the_same_estate_whatever_the_hash_seed() -> None:
    def run(hash_seed: str) -> Any:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", ONCE_MORE]
        return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)

    assert run("1") == run("2")
