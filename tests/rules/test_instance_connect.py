"""What rules about EC2 Instance Connect Endpoints say beside whom they flag: evidence, weight and cure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.answers import OTHER_ACCOUNT, answers_of, outcomes

VPC = "vpc-0a7d20c4e8f150001"
EICE = "eice-0a7d20c4e8f150001"
GROUP = "sg-0a7d20c4e8f150001"
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _instance(number: int, **facts: Any) -> dict[str, Any]:
    return {
        "InstanceId": f"i-0a7d20c4e8f15{number:04}",
        "VpcId": VPC,
        "SubnetId": "subnet-0a7d20c4e8f150001",
        "State": {"Name": "running"},
        "PrivateIpAddress": f"10.0.1.{number}",
        **facts,
    }


def _endpoint(**facts: Any) -> dict[str, Any]:
    return {
        "InstanceConnectEndpointId": EICE,
        "VpcId": VPC,
        "State": "create-complete",
        "SecurityGroupIds": [GROUP],
        **facts,
    }


def test_a_vpc_without_a_way_in_names_three_instances_and_lists_them_all_as_evidence() -> None:
    found = answers_of(
        "EIC001",
        Vpcs=[{"VpcId": VPC, "Tags": [{"Key": "Name", "Value": "edge"}]}],
        Instances=[_instance(number) for number in range(1, 6)],
    )[VPC]
    assert found.outcome == "fail"
    assert found.severity == "high"
    assert found.message == (
        "no usable EC2 Instance Connect Endpoint and no Systems Manager agent leads to i-0a7d20c4e8f150001,"
        f" i-0a7d20c4e8f150002, i-0a7d20c4e8f150003 and 2 more in {VPC} (edge)"
    )
    assert found.because == tuple(
        f"i-0a7d20c4e8f15{number:04} (running) has no private way in" for number in range(1, 6)
    )
    assert found.fix.startswith(
        "aws ec2 create-instance-connect-endpoint --region eu-west-1 --subnet-id subnet-0a7d20c4e8f150001 --security-group-ids"
    )


def test_a_crowd_of_instances_is_cut_short_in_the_evidence() -> None:
    found = answers_of("EIC001", Vpcs=[{"VpcId": VPC}], Instances=[_instance(number) for number in range(1, 101)])
    assert found[VPC].because[-2:] == ("i-0a7d20c4e8f150020 (running) has no private way in", "and 80 more")


@pytest.mark.parametrize(
    ("endpoint", "shortcoming", "cure"),
    [
        (
            {"State": "create-failed"},
            f"{EICE} is in the state create-failed",
            f"aws ec2 delete-instance-connect-endpoint --region eu-west-1 --instance-connect-endpoint-id {EICE}\n",
        ),
        (
            {"State": "create-in-progress"},
            f"{EICE} is in the state create-in-progress",
            f"Wait for {EICE}, which is being created.",
        ),
        (
            {"IpAddressType": "ipv6"},
            f"{EICE} speaks ipv6 only",
            f"aws ec2 modify-instance-connect-endpoint --region eu-west-1 --ip-address-type dualstack --instance-connect-endpoint-id {EICE}\n",
        ),
        (
            {"IpAddressType": "ipv6", "PreserveClientIp": True},
            f"{EICE} speaks ipv6 only",
            "aws ec2 modify-instance-connect-endpoint --region eu-west-1 --ip-address-type dualstack --no-preserve-client-ip",
        ),
        (
            {"OwnerId": OTHER_ACCOUNT},
            f"{EICE} belongs to account {OTHER_ACCOUNT}, and only that account can use it",
            "aws ec2 create-instance-connect-endpoint --region eu-west-1 --subnet-id subnet-0a7d20c4e8f150001",
        ),
    ],
    ids=["failed", "being created", "other family", "the client preserved", "other account"],
)
def test_an_endpoint_that_does_not_help_is_told_and_cured(
    endpoint: dict[str, Any], shortcoming: str, cure: str
) -> None:
    found = answers_of(
        "EIC001",
        Vpcs=[{"VpcId": VPC}],
        Instances=[_instance(1)],
        InstanceConnectEndpoints=[_endpoint(**endpoint)],
    )[VPC]
    assert found.outcome == "fail"
    assert found.because == ("i-0a7d20c4e8f150001 (running) has no private way in", shortcoming)
    assert found.fix.startswith(cure)


@pytest.mark.parametrize(
    ("family", "addresses", "outcome"),
    [
        ("ipv4", {}, "pass"),
        ("ipv6", {}, "fail"),
        ("dualstack", {}, "pass"),
        ("ipv4", {"PrivateIpAddress": None, "Ipv6Address": "2a05:d018:c0de::10"}, "fail"),
        ("ipv6", {"PrivateIpAddress": None, "Ipv6Address": "2a05:d018:c0de::10"}, "pass"),
        ("dualstack", {"PrivateIpAddress": None, "Ipv6Address": "2a05:d018:c0de::10"}, "pass"),
        ("ipv4", {"Ipv6Address": "2a05:d018:c0de::10"}, "pass"),
        ("ipv6", {"Ipv6Address": "2a05:d018:c0de::10"}, "pass"),
    ],
)
def test_an_endpoint_serves_instances_of_its_address_family(
    family: str, addresses: dict[str, Any], outcome: str
) -> None:
    found = answers_of(
        "EIC001",
        Vpcs=[{"VpcId": VPC}],
        Instances=[_instance(1, **addresses)],
        InstanceConnectEndpoints=[_endpoint(IpAddressType=family)],
    )
    assert outcomes(found) == {VPC: outcome}


def test_a_vpc_is_unknown_where_nobody_asked_for_agents() -> None:
    found = answers_of(
        "EIC001", complete=False, Vpcs=[{"VpcId": VPC}], Instances=[_instance(1)], InstanceConnectEndpoints=[]
    )
    assert outcomes(found) == {VPC: "unknown"}


@pytest.mark.parametrize(
    ("state", "severity", "message"),
    [
        ("create-failed", "medium", f"{EICE} cannot be used: its state is create-failed"),
        ("delete-failed", "medium", f"{EICE} cannot be used: its state is delete-failed"),
        (
            "create-in-progress",
            "medium",
            f"{EICE} cannot be used: it is still create-in-progress more than 30 minutes after it was created",
        ),
        ("delete-in-progress", "low", f"{EICE} cannot be used: it is delete-in-progress"),
        ("update-failed", "low", f"the last change of {EICE} failed, so that it goes on with its old configuration"),
    ],
)
def test_each_bad_state_has_its_weight_and_its_sentence(state: str, severity: str, message: str) -> None:
    endpoint = _endpoint(State=state, CreatedAt="2026-01-15T11:29:00Z", StateMessage="No free\n address")
    found = answers_of("EIC002", InstanceConnectEndpoints=[endpoint])[EICE]
    assert found.outcome == "fail"
    assert found.severity == severity
    assert found.message == message
    assert found.because[:2] == (f"State is {state}", "StateMessage is 'No free address'")


def test_a_change_that_failed_is_cured_by_a_command_on_a_line_of_its_own() -> None:
    endpoint = _endpoint(State="update-failed", CreatedAt="2026-01-15T11:29:00Z")
    lines = answers_of("EIC002", InstanceConnectEndpoints=[endpoint])[EICE].fix.split("\n")
    command = f"aws ec2 modify-instance-connect-endpoint --region eu-west-1 --instance-connect-endpoint-id {EICE}"
    assert [line for line in lines if "aws " in line] == [command]


@pytest.mark.parametrize("state", ["create-complete", "update-in-progress", "update-complete"])
def test_an_endpoint_is_usable_in_these_states_however_old_it_is(state: str) -> None:
    endpoint = _endpoint(State=state, CreatedAt="2020-01-01T00:00:00Z")
    assert outcomes(answers_of("EIC002", InstanceConnectEndpoints=[endpoint])) == {EICE: "pass"}


def test_how_long_it_takes_is_unknown_without_a_clock() -> None:
    endpoint = _endpoint(State="create-in-progress", CreatedAt="2026-01-15T11:00:00Z")
    found = answers_of("EIC002", taken_at="", InstanceConnectEndpoints=[endpoint])
    assert outcomes(found) == {EICE: "unknown"}


def test_thirty_minutes_to_the_second_are_not_too_long() -> None:
    endpoint = _endpoint(State="create-in-progress", CreatedAt="2026-01-15T11:30:00Z")
    assert outcomes(answers_of("EIC002", InstanceConnectEndpoints=[endpoint])) == {EICE: "pass"}


def test_a_state_that_is_new_to_the_rule_is_unknown() -> None:
    endpoint = _endpoint(State="hibernating")
    assert outcomes(answers_of("EIC002", InstanceConnectEndpoints=[endpoint])) == {EICE: "unknown"}


def _wide_group(**facts: Any) -> dict[str, Any]:
    return {"GroupId": GROUP, "GroupName": "connect", "IpPermissionsEgress": [EVERYTHING], **facts}


def test_a_wide_group_says_who_wears_it_and_where_it_leads() -> None:
    found = answers_of("EIC003", SecurityGroups=[_wide_group()], InstanceConnectEndpoints=[_endpoint()])[GROUP]
    assert found.severity == "medium"
    assert found.message == f"{GROUP} (connect) lets {EICE} reach 0.0.0.0/0 and other ports than 22 and 3389"
    assert found.because == ("outbound rule: all traffic to 0.0.0.0/0",)
    assert f"aws ec2 revoke-security-group-egress --region eu-west-1 --group-id {GROUP}" in found.fix


def test_a_wide_group_that_others_wear_is_told_and_replaced() -> None:
    interfaces = [
        {"NetworkInterfaceId": f"eni-0a7d20c4e8f15000{number}", "Groups": [{"GroupId": GROUP}]} for number in (1, 2)
    ]
    found = answers_of(
        "EIC003",
        SecurityGroups=[_wide_group()],
        InstanceConnectEndpoints=[_endpoint(NetworkInterfaceIds=["eni-0a7d20c4e8f150001"])],
        NetworkInterfaces=interfaces,
    )[GROUP]
    assert found.because[-1] == "the group is shared with eni-0a7d20c4e8f150002"
    assert found.fix.startswith(
        "aws ec2 modify-instance-connect-endpoint --region eu-west-1 --security-group-ids <a group of its own>"
        f" --instance-connect-endpoint-id {EICE}\n"
    )


def test_a_rule_for_other_ports_is_told_with_where_it_leads() -> None:
    rules = [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": "sg-0a7d20c4e8f15000a"}]},
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]},
        {"IpProtocol": "17", "FromPort": 53, "ToPort": 53, "PrefixListIds": [{"PrefixListId": "pl-0a7d20c4e8f15000b"}]},
    ]
    found = answers_of(
        "EIC003",
        SecurityGroups=[_wide_group(IpPermissionsEgress=rules)],
        InstanceConnectEndpoints=[_endpoint()],
    )[GROUP]
    assert found.message == f"{GROUP} (connect) lets {EICE} reach other ports than 22 and 3389"
    assert found.because == (
        "outbound rule: tcp 5432 to 10.0.0.0/16",
        "outbound rule: udp 53 to pl-0a7d20c4e8f15000b",
    )


@pytest.mark.parametrize(
    ("egress", "severity", "ending"),
    [
        ([EVERYTHING], "low", ""),
        ([], "medium", ", which was emptied, so that no tunnel gets out"),
        (None, "low", ""),
    ],
    ids=["whole", "emptied", "not told"],
)
def test_an_emptied_default_group_weighs_more_than_a_whole_one(egress: Any, severity: str, ending: str) -> None:
    group = {"GroupId": GROUP, "GroupName": "default", "IpPermissionsEgress": egress}
    found = answers_of("EIC006", SecurityGroups=[group], InstanceConnectEndpoints=[_endpoint()])[EICE]
    assert found.outcome == "fail"
    assert found.severity == severity
    assert found.message == f"{EICE} wears {GROUP}, the default security group of {VPC}{ending}"
    assert found.fix.startswith(
        f"aws ec2 modify-instance-connect-endpoint --region eu-west-1 --instance-connect-endpoint-id {EICE}"
    )


def test_an_emptied_default_group_breaks_nothing_beside_one_that_leads_out() -> None:
    groups: list[dict[str, Any]] = [
        {"GroupId": GROUP, "GroupName": "default", "IpPermissionsEgress": []},
        {"GroupId": "sg-0a7d20c4e8f150002", "GroupName": "connect", "IpPermissionsEgress": [EVERYTHING]},
    ]
    endpoint = _endpoint(SecurityGroupIds=[GROUP, "sg-0a7d20c4e8f150002"])
    assert answers_of("EIC006", SecurityGroups=groups, InstanceConnectEndpoints=[endpoint])[EICE].severity == "low"


def test_a_vpc_nobody_logs_in_to_is_not_asked() -> None:
    vpc = {"VpcId": VPC, "Tags": [{"Key": "immutable", "Value": "yes"}]}
    found = answers_of("EIC001", settings={"exempt_tags": ["immutable"]}, Vpcs=[vpc], Instances=[_instance(1)])
    assert outcomes(found) == {VPC: "not-applicable"}
    assert outcomes(answers_of("EIC001", Vpcs=[{"VpcId": VPC}])) == {VPC: "not-applicable"}


def test_an_endpoint_that_hides_its_age_or_its_meaning_says_so() -> None:
    found = answers_of("EIC002", InstanceConnectEndpoints=[_endpoint(State="create-in-progress")])[EICE]
    assert found.message == "cannot be decided: it is create-in-progress, and does not say since when"
    endpoint = _endpoint(State="hibernating", CreatedAt="2026-01-15T11:00:00Z")
    found = answers_of("EIC002", InstanceConnectEndpoints=[endpoint])[EICE]
    assert found.message == "cannot be decided: its state hibernating is not known to this rule"


def test_many_wide_rules_are_cut_short_in_the_evidence() -> None:
    rules = [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        for port in range(8000, 8020)
    ]
    found = answers_of(
        "EIC003",
        SecurityGroups=[_wide_group(IpPermissionsEgress=rules)],
        InstanceConnectEndpoints=[_endpoint()],
    )[GROUP]
    assert found.because[-2:] == ("outbound rule: tcp 8011 to 10.0.0.0/16", "and 8 more")
