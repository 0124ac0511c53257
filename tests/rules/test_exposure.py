"""What rules about exposure say beside whom they flag: the sentence, the evidence, the weight and the cure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.answers import OTHER_ACCOUNT, answers_of, outcomes

SSH_FOR_ALL = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def test_every_public_address_of_an_instance_is_told_with_its_place_and_its_own_cure() -> None:
    found = answers_of(
        "NET001",
        Instances=[
            {
                "InstanceId": "i-0d5c2a7e91b340001",
                "State": {"Name": "running"},
                "PublicIpAddress": "54.214.7.1",
                "Tags": [{"Key": "Name", "Value": "web"}],
                "NetworkInterfaces": [
                    {
                        "NetworkInterfaceId": "eni-0d5c2a7e91b340001",
                        "PrivateIpAddresses": [
                            {
                                "PrivateIpAddress": "10.0.1.10",
                                "Association": {"PublicIp": "54.214.7.1", "IpOwnerId": "amazon"},
                            },
                            {
                                "PrivateIpAddress": "10.0.1.11",
                                "Association": {"PublicIp": "54.214.7.2", "IpOwnerId": "111122223333"},
                            },
                        ],
                    }
                ],
            }
        ],
    )["i-0d5c2a7e91b340001"]
    assert found.outcome == "fail"
    assert found.severity == "high"
    assert found.message == "i-0d5c2a7e91b340001 (web) has the public IPv4 addresses 54.214.7.1 and 54.214.7.2"
    assert found.because == (
        "eni-0d5c2a7e91b340001: 10.0.1.10 has the public address 54.214.7.1 (automatic)",
        "eni-0d5c2a7e91b340001: 10.0.1.11 has the public address 54.214.7.2 (of account 111122223333)",
    )
    automatic, elastic, _ = found.fix.splitlines()
    assert automatic == (
        "aws ec2 modify-network-interface-attribute --region eu-west-1 --no-associate-public-ip-address"
        " --network-interface-id eni-0d5c2a7e91b340001"
    )
    assert elastic == (
        'aws ec2 disassociate-address --region eu-west-1 --association-id "$(aws ec2 describe-addresses --region eu-west-1 --public-ips 54.214.7.2'
        " --query 'Addresses[0].AssociationId' --output text)\""
    )


def test_a_stopped_instance_with_an_elastic_ip_says_that_it_keeps_the_address() -> None:
    found = answers_of(
        "NET001",
        Instances=[
            {"InstanceId": "i-0d5c2a7e91b340002", "State": {"Name": "stopped"}, "PublicIpAddress": "54.214.7.2"}
        ],
    )["i-0d5c2a7e91b340002"]
    assert found.because == (
        "PublicIpAddress is 54.214.7.2",
        "the instance is stopped, and keeps the address for its next start",
    )


def test_a_carrier_address_passes_and_is_told_apart() -> None:
    association = {"CarrierIp": "155.146.2.5"}
    found = answers_of(
        "NET001",
        Instances=[
            {
                "InstanceId": "i-0d5c2a7e91b340003",
                "State": {"Name": "running"},
                "PublicIpAddress": "155.146.2.5",
                "NetworkInterfaces": [
                    {
                        "NetworkInterfaceId": "eni-0d5c2a7e91b340003",
                        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.9.5", "Association": association}],
                    }
                ],
            }
        ],
    )["i-0d5c2a7e91b340003"]
    assert found.outcome == "pass"
    assert found.because == ("eni-0d5c2a7e91b340003: 10.0.9.5 has the carrier address 155.146.2.5",)


def _open_group(**facts: Any) -> dict[str, Any]:
    return {"GroupId": "sg-0b61f0c2d4e980001", "GroupName": "ops", "IpPermissions": [SSH_FOR_ALL], **facts}


def _interface(number: int, **facts: Any) -> dict[str, Any]:
    identity = f"eni-0b61f0c2d4e98000{number}"
    return {"NetworkInterfaceId": identity, "Groups": [{"GroupId": "sg-0b61f0c2d4e980001"}], **facts}


ENDPOINT = {
    "InstanceConnectEndpointId": "eice-0b61f0c2d4e980001",
    "State": "create-complete",
    "SecurityGroupIds": ["sg-0b61f0c2d4e980001"],
    "NetworkInterfaceIds": ["eni-0b61f0c2d4e980001"],
}


@pytest.mark.parametrize(
    ("around", "severity", "remark", "evidence", "cure"),
    [
        (
            {"NetworkInterfaces": [_interface(1)]},
            "high",
            "",
            "worn by eni-0b61f0c2d4e980001",
            "aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0b61f0c2d4e980001 --protocol tcp --port 22",
        ),
        (
            {},
            "low",
            ", but nothing wears it",
            "no network interface wears the group",
            "aws ec2 delete-security-group --region eu-west-1 --group-id sg-0b61f0c2d4e980001",
        ),
        (
            {"NetworkInterfaces": [_interface(1)], "InstanceConnectEndpoints": [ENDPOINT]},
            "info",
            ", but only an Instance Connect Endpoint wears it (eice-0b61f0c2d4e980001)",
            "an Instance Connect Endpoint ignores the inbound rules of its groups",
            "aws ec2 describe-security-group-rules --region eu-west-1 --filters Name=group-id,Values=sg-0b61f0c2d4e980001",
        ),
        (
            {"NetworkInterfaces": [_interface(1, TagSet=[{"Key": "InstanceConnectEndpointId", "Value": "eice-1"}])]},
            "info",
            ", but only an Instance Connect Endpoint wears it (eni-0b61f0c2d4e980001)",
            "an Instance Connect Endpoint ignores the inbound rules of its groups",
            "aws ec2 describe-security-group-rules --region eu-west-1",
        ),
        (
            {"NetworkInterfaces": [_interface(1), _interface(2)], "InstanceConnectEndpoints": [ENDPOINT]},
            "high",
            "",
            "worn by eni-0b61f0c2d4e980002",
            "aws ec2 authorize-security-group-ingress --region eu-west-1",
        ),
        (
            {"InstanceConnectEndpoints": [{**ENDPOINT, "State": "delete-complete"}]},
            "low",
            ", but nothing wears it",
            "no network interface wears the group",
            "aws ec2 delete-security-group --region eu-west-1",
        ),
    ],
    ids=["instance", "nothing", "endpoint only", "endpoint by its tag", "endpoint and instance", "deleted endpoint"],
)
def test_who_wears_an_open_group_weighs_the_flaw(
    around: dict[str, Any], severity: str, remark: str, evidence: str, cure: str
) -> None:
    found = answers_of("NET006", SecurityGroups=[_open_group()], **around)["sg-0b61f0c2d4e980001"]
    assert found.outcome == "fail"
    assert found.severity == severity
    assert found.message == f"sg-0b61f0c2d4e980001 (ops) opens port 22 to 0.0.0.0/0{remark}"
    assert found.because == ("inbound rule: tcp 22 from 0.0.0.0/0", evidence)
    assert found.fix.startswith(cure)


def test_the_default_group_is_never_to_be_deleted_since_aws_refuses_that() -> None:
    found = answers_of("NET006", SecurityGroups=[_open_group(GroupName="default")])["sg-0b61f0c2d4e980001"]
    assert found.severity == "low"
    assert "delete-security-group" not in found.fix


def test_a_group_of_another_account_is_not_called_unworn() -> None:
    found = answers_of("NET006", SecurityGroups=[_open_group(OwnerId=OTHER_ACCOUNT)])["sg-0b61f0c2d4e980001"]
    assert found.severity == "high"
    assert found.because[-1] == f"account {OTHER_ACCOUNT} owns the group and may wear it unseen"


def test_an_open_group_keeps_its_severity_where_nobody_asked_who_wears_it() -> None:
    found = answers_of("NET006", complete=False, SecurityGroups=[_open_group()])
    assert outcomes(found) == {"sg-0b61f0c2d4e980001": "fail"}
    assert found["sg-0b61f0c2d4e980001"].severity == "high"
    assert found["sg-0b61f0c2d4e980001"].because[-1].startswith("who wears the group cannot be seen: ")


def test_both_halves_of_the_internet_are_told_and_no_office_beside_them() -> None:
    ranges = ["54.214.7.9/32", "0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1"]
    rule = {**SSH_FOR_ALL, "IpRanges": [{"CidrIp": cidr} for cidr in ranges]}
    found = answers_of("NET006", SecurityGroups=[_open_group(IpPermissions=[rule])])["sg-0b61f0c2d4e980001"]
    assert (
        found.message == "sg-0b61f0c2d4e980001 (ops) opens port 22 to 0.0.0.0/1 and 128.0.0.0/1, but nothing wears it"
    )
    assert found.because[:-1] == ("inbound rule: tcp 22 from 0.0.0.0/1", "inbound rule: tcp 22 from 128.0.0.0/1")


def test_all_traffic_opens_every_admin_port_in_both_families() -> None:
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    found = answers_of("NET006", SecurityGroups=[_open_group(IpPermissions=[rule])])["sg-0b61f0c2d4e980001"]
    assert found.message.startswith(
        "sg-0b61f0c2d4e980001 (ops) opens ports 22, 3389, 5985 and 5986 to 0.0.0.0/0 and ::/0"
    )
    assert found.because[:-1] == ("inbound rule: all traffic from 0.0.0.0/0", "inbound rule: all traffic from ::/0")


@pytest.mark.parametrize("share", [0.01, 0.5, 1.0])
def test_the_whole_internet_is_the_world_whatever_share_of_it_counts(share: float) -> None:
    found = answers_of("NET006", settings={"world_share": share}, SecurityGroups=[_open_group()])
    assert outcomes(found) == {"sg-0b61f0c2d4e980001": "fail"}


@pytest.mark.parametrize(
    "rule",
    [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "everywhere"}]},
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{}]},
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": "0.0.0.0/0"},
        {"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    ],
    ids=["a range that is none", "an empty range", "text for a list", "no ports", "no protocol"],
)
def test_a_rule_that_cannot_be_read_is_neither_open_nor_closed(rule: dict[str, Any]) -> None:
    group = _open_group(IpPermissions=[rule])
    assert outcomes(answers_of("NET006", SecurityGroups=[group])) == {"sg-0b61f0c2d4e980001": "unknown"}
    group = _open_group(IpPermissions=[rule, SSH_FOR_ALL])
    assert outcomes(answers_of("NET006", SecurityGroups=[group])) == {"sg-0b61f0c2d4e980001": "fail"}


def test_a_subnet_that_assigns_both_families_is_cured_in_two_calls() -> None:
    table = {
        "RouteTableId": "rtb-0e93a7c15b2640001",
        "VpcId": "vpc-0e93a7c15b2640001",
        "Associations": [{"Main": True, "AssociationState": {"State": "associated"}}],
        "Routes": [{"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-0e93a7c15b2640001", "State": "active"}],
    }
    gateway = {
        "InternetGatewayId": "igw-0e93a7c15b2640001",
        "Attachments": [{"VpcId": "vpc-0e93a7c15b2640001", "State": "available"}],
    }
    subnet = {
        "SubnetId": "subnet-0e93a7c15b2640001",
        "VpcId": "vpc-0e93a7c15b2640001",
        "MapPublicIpOnLaunch": True,
        "AssignIpv6AddressOnCreation": True,
    }
    found = answers_of("NET007", Subnets=[subnet], RouteTables=[table], InternetGateways=[gateway])
    flag = found["subnet-0e93a7c15b2640001"]
    assert flag.message == (
        "subnet-0e93a7c15b2640001 gives whatever is launched in it a public IPv4 address"
        " and an IPv6 address that the internet reaches"
    )
    assert flag.because == (
        "MapPublicIpOnLaunch is true",
        "AssignIpv6AddressOnCreation is true",
        "route in rtb-0e93a7c15b2640001: ::/0 -> igw-0e93a7c15b2640001",
    )
    assert flag.fix.splitlines()[:2] == [
        "aws ec2 modify-subnet-attribute --region eu-west-1 --subnet-id subnet-0e93a7c15b2640001 --no-map-public-ip-on-launch",
        "aws ec2 modify-subnet-attribute --region eu-west-1 --subnet-id subnet-0e93a7c15b2640001 --no-assign-ipv6-address-on-creation",
    ]


def test_an_idle_address_weighs_less_than_one_on_an_instance() -> None:
    found = answers_of(
        "NET011",
        Addresses=[
            {"AllocationId": "eipalloc-07c4b9e2f10350001", "PublicIp": "54.214.8.1"},
            {
                "AllocationId": "eipalloc-07c4b9e2f10350002",
                "PublicIp": "54.214.8.2",
                "AssociationId": "eipassoc-07c4b9e2f10350002",
                "InstanceId": "i-07c4b9e2f10350002",
                "PrivateIpAddress": "10.0.1.2",
            },
            {"AllocationId": "eipalloc-07c4b9e2f10350003", "PublicIp": "54.214.8.3", "ServiceManaged": "alb"},
        ],
    )
    assert outcomes(found) == {
        "eipalloc-07c4b9e2f10350001": "fail",
        "eipalloc-07c4b9e2f10350002": "fail",
        "eipalloc-07c4b9e2f10350003": "not-applicable",
    }
    idle, bound = found["eipalloc-07c4b9e2f10350001"], found["eipalloc-07c4b9e2f10350002"]
    assert idle.severity == "low"
    assert idle.message == "the Elastic IP address 54.214.8.1 (eipalloc-07c4b9e2f10350001) is bound to nothing"
    assert idle.fix.startswith(
        "aws ec2 release-address --region eu-west-1 --allocation-id eipalloc-07c4b9e2f10350001\n"
    )
    assert bound.severity == "medium"
    assert bound.message == (
        "the Elastic IP address 54.214.8.2 (eipalloc-07c4b9e2f10350002) is bound to the instance i-07c4b9e2f10350002"
    )
    assert bound.fix.startswith(
        "aws ec2 disassociate-address --region eu-west-1 --association-id eipassoc-07c4b9e2f10350002\n"
    )


OPEN = {"InternetGatewayBlockMode": "off", "State": "update-complete", "ManagedBy": "account"}
GATEWAY = {"InternetGatewayId": "igw-04d1f6a8b9c270001", "Attachments": [{"VpcId": "vpc-04d1f6a8b9c270001"}]}


def test_open_public_access_weighs_less_where_no_vpc_has_a_gateway() -> None:
    found = answers_of("NET012", VpcBlockPublicAccessOptions=OPEN)["eu-west-1"]
    assert found.severity == "low"
    assert found.message == "VPC Block Public Access is off in eu-west-1, where no VPC has an internet gateway"
    found = answers_of("NET012", VpcBlockPublicAccessOptions=OPEN, InternetGateways=[GATEWAY])["eu-west-1"]
    assert found.severity == "medium"
    assert found.because[-1] == "igw-04d1f6a8b9c270001 would be blocked"
    assert found.fix.startswith(
        "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress --region eu-west-1"
    )


def test_open_public_access_keeps_its_severity_where_gateways_were_not_listed() -> None:
    found = answers_of("NET012", complete=False, VpcBlockPublicAccessOptions=OPEN)["eu-west-1"]
    assert found.outcome == "fail"
    assert found.severity == "medium"
    assert found.because[-1].startswith("whether a VPC has an internet gateway cannot be seen: ")


def test_what_an_organization_decides_is_not_cured_by_a_call_of_the_account() -> None:
    options = {**OPEN, "ManagedBy": "declarative-policy"}
    assert "aws ec2" not in answers_of("NET012", VpcBlockPublicAccessOptions=options)["eu-west-1"].fix
    answer: dict[str, Any] = {"SerialConsoleAccessEnabled": True, "ManagedBy": "declarative-policy"}
    assert "aws ec2" not in answers_of("NET015", **answer)["eu-west-1"].fix


@pytest.mark.parametrize(
    ("holder", "settings", "severity"),
    [
        ("account", {}, "medium"),
        ("account", {"break_glass": True}, "medium"),
        ("declarative-policy", {}, "medium"),
        ("declarative-policy", {"break_glass": True}, "info"),
    ],
)
def test_only_an_organization_may_keep_the_serial_console_for_emergencies(
    holder: str, settings: dict[str, Any], severity: str
) -> None:
    answer: dict[str, Any] = {"SerialConsoleAccessEnabled": True, "ManagedBy": holder}
    found = answers_of("NET015", settings=settings, **answer)["eu-west-1"]
    assert found.outcome == "fail"
    assert found.severity == severity
    assert found.message == "the EC2 serial console is switched on for every instance in eu-west-1"
    assert found.because == ("SerialConsoleAccessEnabled is true", f"ManagedBy is {holder}")


def test_an_address_that_aws_names_three_times_is_told_once() -> None:
    association = {"PublicIp": "54.214.7.1", "IpOwnerId": "amazon"}
    interface = {
        "NetworkInterfaceId": "eni-0d5c2a7e91b340001",
        "PrivateIpAddress": "10.0.1.10",
        "Association": association,
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10", "Association": association}],
    }
    instance = {
        "InstanceId": "i-0d5c2a7e91b340001",
        "State": {"Name": "running"},
        "PublicIpAddress": "54.214.7.1",
        "NetworkInterfaces": [interface],
    }
    found = answers_of("NET001", Instances=[instance])["i-0d5c2a7e91b340001"]
    assert found.message == "i-0d5c2a7e91b340001 has the public IPv4 address 54.214.7.1"
    assert found.because == ("eni-0d5c2a7e91b340001: 10.0.1.10 has the public address 54.214.7.1 (automatic)",)


def test_a_world_in_many_pieces_is_cut_short_in_the_evidence() -> None:
    rule: dict[str, Any] = {**SSH_FOR_ALL, "IpRanges": [{"CidrIp": f"{first}.0.0.0/5"} for first in range(16, 120, 8)]}
    found = answers_of("NET006", SecurityGroups=[_open_group(IpPermissions=[rule])])["sg-0b61f0c2d4e980001"]
    assert found.message == (
        "sg-0b61f0c2d4e980001 (ops) opens port 22 to 16.0.0.0/5, 24.0.0.0/5, 32.0.0.0/5 and 10 more, but nothing wears it"
    )
    assert found.because[-2:] == ("and 1 more", "no network interface wears the group")
    rule = {**SSH_FOR_ALL, "IpRanges": rule["IpRanges"][:12]}
    found = answers_of("NET006", SecurityGroups=[_open_group(IpPermissions=[rule])])["sg-0b61f0c2d4e980001"]
    assert found.because[-2] == "inbound rule: tcp 22 from 96.0.0.0/5"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"OwnerId": "AWS", "PrefixListName": "service"}, "pass"),
        ({"PrefixListName": "com.amazonaws.eu-west-1.ec2-instance-connect"}, "pass"),
        ({"OwnerId": "111122223333", "PrefixListName": "world"}, "fail"),
    ],
    ids=["AWS owns it", "AWS named it", "a customer's"],
)
def test_only_a_customers_prefix_list_stands_for_its_entries(facts: dict[str, Any], outcome: str) -> None:
    listed = {"PrefixListId": "pl-0b61f0c2d4e980001", "Entries": [{"Cidr": "0.0.0.0/0"}], **facts}
    rule = {**SSH_FOR_ALL, "IpRanges": [], "PrefixListIds": [{"PrefixListId": "pl-0b61f0c2d4e980001"}]}
    found = answers_of("NET006", SecurityGroups=[_open_group(IpPermissions=[rule])], PrefixLists=[listed])
    assert outcomes(found)["sg-0b61f0c2d4e980001"] == outcome


def test_public_access_that_may_flow_says_no_more_than_that_the_switch_is_off() -> None:
    found = answers_of("NET012", VpcBlockPublicAccessOptions=OPEN, InternetGateways=[GATEWAY])["eu-west-1"]
    assert found.message == "VPC Block Public Access is off in eu-west-1"
