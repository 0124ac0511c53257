"""What the internet reaches, by the rules that ask the network: the cases other scanners get wrong, and the proof beside the answer."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scanner.model import Finding
from tests.rules.answers import answers_of, outcomes

HOST = "i-03f2b1c0d9e8a7001"
SSH_FOR_ALL = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ANY_IN = {"RuleNumber": 100, "Egress": False, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
ANY_OUT = {**ANY_IN, "Egress": True}
LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
TO_THE_INTERNET = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}


def estate(
    *,
    permissions: list[dict[str, Any]] | None = None,
    routes: list[dict[str, Any]] | None = None,
    entries: list[dict[str, Any]] | None = None,
    state: str = "running",
    **interface: Any,
) -> dict[str, Any]:
    """One instance with a public address in a public subnet, whose only rule lets SSH in from anywhere."""
    return {
        "Instances": [{"InstanceId": HOST, "State": {"Name": state}, "VpcId": "vpc-1"}],
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": "eni-1",
                "VpcId": "vpc-1",
                "SubnetId": "subnet-1",
                "Status": "in-use",
                "Attachment": {"InstanceId": HOST},
                "Groups": [{"GroupId": "sg-1"}],
                "PrivateIpAddresses": [
                    {"PrivateIpAddress": "10.0.1.10", "Association": {"PublicIp": "54.214.7.10", "IpOwnerId": "amazon"}}
                ],
                **interface,
            }
        ],
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}],
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "VpcId": "vpc-1",
                "Associations": [{"SubnetId": "subnet-1", "AssociationState": {"State": "associated"}}],
                "Routes": [LOCAL, TO_THE_INTERNET] if routes is None else routes,
            }
        ],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": "vpc-1",
                "Associations": [{"SubnetId": "subnet-1"}],
                "Entries": [ANY_IN, ANY_OUT] if entries is None else entries,
            }
        ],
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "VpcId": "vpc-1",
                "IpPermissions": [SSH_FOR_ALL] if permissions is None else permissions,
            }
        ],
    }


def said(rule_id: str = "NET003", **facts: Any) -> Finding:
    """What a rule says of the instance."""
    return answers_of(rule_id, **estate(**facts))[HOST]


def tcp(port: int, *cidrs: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": one} for one in cidrs]}


def test_ssh_from_anywhere_is_proved_hop_by_hop_there_and_back() -> None:
    found = said()
    assert (found.outcome, found.severity) == ("fail", "critical")
    assert found.message == f"{HOST} can be reached on port 22 from any IPv4 address"
    assert found.because == (
        "igw-1: 54.214.7.10 is 10.0.1.10",
        "acl-1: entry 100 allows from 0.0.0.0/0",
        "sg-1: tcp 22 from 0.0.0.0/0",
        "on the way back, route in rtb-1: 0.0.0.0/0 -> igw-1",
        "on the way back, acl-1: entry 100 allows to 0.0.0.0/0",
        "sources: any IPv4 address",
    )
    assert [hop.id for hop in found.path] == ["igw-1", "acl-1", "sg-1", "rtb-1", "acl-1"]
    assert "aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 " in found.fix


def test_ssh_from_two_halves_of_the_internet_is_ssh_from_anywhere() -> None:
    found = said(permissions=[tcp(22, "0.0.0.0/1"), tcp(22, "128.0.0.0/1")])
    assert (found.outcome, found.severity) == ("fail", "critical")
    assert found.message == f"{HOST} can be reached on port 22 from any IPv4 address"


def test_a_public_ip_behind_a_nacl_that_denies_22_is_not_reached() -> None:
    deny = {**ANY_IN, "RuleNumber": 90, "RuleAction": "deny", "Protocol": "6", "PortRange": {"From": 22, "To": 22}}
    assert said(entries=[deny, ANY_IN, ANY_OUT]).outcome == "pass"
    assert said(entries=[{**deny, "RuleNumber": 110}, ANY_IN, ANY_OUT]).outcome == "fail"


def test_a_public_ip_in_a_subnet_without_an_igw_route_is_not_reached() -> None:
    assert said(routes=[LOCAL]).outcome == "pass"
    nat = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
    assert said(routes=[LOCAL, nat]).outcome == "pass"


def test_a_secondary_interface_is_as_public_as_the_first() -> None:
    facts = estate(PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.10"}])
    assert answers_of("NET003", **facts)[HOST].outcome == "pass"
    second = copy.deepcopy(estate()["NetworkInterfaces"][0])
    facts["NetworkInterfaces"].append({**second, "NetworkInterfaceId": "eni-2"})
    found = answers_of("NET003", **facts)[HOST]
    assert found.outcome == "fail"
    assert found.fix.endswith("Then take the public address off eni-2: an endpoint's tunnel needs none.")


def test_an_instance_that_is_reached_over_ipv6_only() -> None:
    facts: dict[str, Any] = {
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10"}],
        "Ipv6Addresses": [{"Ipv6Address": "2a05:d018:c0de:1::10"}],
        "permissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
        "entries": [
            {"RuleNumber": 101, "Egress": way, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0"}
            for way in (False, True)
        ],
    }
    six = {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}
    assert said(**facts).outcome == "pass"  # IPv4 has a route to the gateway, IPv6 has none
    found = said(**facts, routes=[LOCAL, six])
    assert (found.outcome, found.message) == ("fail", f"{HOST} can be reached on port 22 from any IPv6 address")
    assert said("NET002", **facts, routes=[LOCAL, six]).outcome == "fail"
    only_out = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"}
    assert said("NET002", **facts, routes=[LOCAL, only_out]).outcome == "pass"


def test_a_private_ipv6_block_is_announced_to_nobody() -> None:
    facts = estate(
        PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.10"}],
        Ipv6Addresses=[{"Ipv6Address": "2a05:d018:c0de:1::10"}],
        permissions=[{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
        routes=[{"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}],
        entries=[{**entry, "CidrBlock": None, "Ipv6CidrBlock": "::/0"} for entry in (ANY_IN, ANY_OUT)],
    )
    block = {"Ipv6CidrBlock": "2a05:d018:c0de:1::/64", "Ipv6AddressAttribute": "public"}
    for attribute, outcome in (("public", "fail"), ("private", "pass")):
        facts["Subnets"][0]["Ipv6CidrBlockAssociationSet"] = [{**block, "Ipv6AddressAttribute": attribute}]
        assert answers_of("NET002", **facts)[HOST].outcome == outcome
        assert answers_of("NET003", **facts)[HOST].outcome == outcome


@pytest.mark.parametrize("rule_id", ["NET003", "NET004"])
def test_a_stopped_instance_is_told_apart(rule_id: str) -> None:
    found = said(rule_id, state="stopped", permissions=[tcp(22, "0.0.0.0/0"), tcp(8080, "0.0.0.0/0")])
    assert (found.outcome, found.severity) == ("fail", "low")
    assert found.message.startswith(f"{HOST} is stopped; once started, ")


def test_an_interface_that_is_not_in_use_is_a_note() -> None:
    found = said(Status="available")
    assert (found.outcome, found.severity) == ("fail", "info")


def test_a_reply_route_that_goes_elsewhere_ends_the_connection() -> None:
    elsewhere = {"DestinationCidrBlock": "54.214.9.0/24", "TransitGatewayId": "tgw-1", "State": "active"}
    partner = [tcp(22, "54.214.9.0/24")]
    assert said(permissions=partner).outcome == "fail"
    assert said(permissions=partner, routes=[LOCAL, TO_THE_INTERNET, elsewhere]).outcome == "pass"
    found = said(permissions=[tcp(22, "54.214.8.0/23")], routes=[LOCAL, TO_THE_INTERNET, elsewhere])
    assert found.message == f"{HOST} can be reached on port 22 from 54.214.8.0/24"


def test_the_console_s_own_prefix_list_is_high_and_not_critical() -> None:
    listed = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": "pl-1"}]}
    prefix_list = {
        "PrefixListId": "pl-1",
        "PrefixListName": "com.amazonaws.eu-west-1.ec2-instance-connect",
        "OwnerId": "AWS",
        "Entries": [{"Cidr": "18.202.216.48/29"}],
    }
    found = answers_of("NET003", **estate(permissions=[listed]), PrefixLists=[prefix_list])[HOST]
    assert (found.severity, found.message) == (
        "high",
        f"{HOST} can be reached on port 22 from the EC2 Instance Connect service of AWS",
    )
    wider = answers_of("NET003", **estate(permissions=[listed, tcp(22, "54.214.9.7/32")]), PrefixLists=[prefix_list])
    assert wider[HOST].severity == "critical"
    customers = {**prefix_list, "OwnerId": "111122223333"}
    assert answers_of("NET003", **estate(permissions=[listed]), PrefixLists=[customers])[HOST].severity == "critical"


def test_ports_in_a_row_are_told_as_one_range_without_those_allowed() -> None:
    found = said(
        "NET004",
        permissions=[tcp(79, "0.0.0.0/0"), tcp(80, "0.0.0.0/0"), tcp(8080, "0.0.0.0/0"), tcp(8081, "0.0.0.0/0")],
    )
    assert (found.outcome, found.severity) == ("fail", "high")
    assert found.message == f"{HOST} can be reached directly on tcp 79 and 8080-8081 from any IPv4 address"
    everything = said("NET004", permissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert everything.message == (
        f"{HOST} can be reached directly on nearly every tcp port and nearly every udp port from any IPv4 address"
    )


def balancer(*, groups: list[str], port: int = 2200, health: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A Network Load Balancer in the public subnet, whose listener leads to SSH."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/front/0f1e2d3c4b5a6978"
    facts = estate(PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.10"}])
    facts["NetworkInterfaces"].append({
        "NetworkInterfaceId": "eni-9",
        "Description": "ELB net/front/0f1e2d3c4b5a6978",
        "InterfaceType": "network_load_balancer",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "Groups": [{"GroupId": one} for one in groups],
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Association": {"PublicIp": "54.214.5.5"}}],
    })  # fmt: skip
    listener = {
        "ListenerArn": arn.replace("loadbalancer/", "listener/") + "/1",
        "LoadBalancerArn": arn,
        "Port": port,
        "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:tg"}],
    }
    target = {"Target": {"Id": HOST, "Port": 22}, "TargetHealth": {"State": "healthy"}}
    target_group = {
        "TargetGroupName": "ssh",
        "TargetGroupArn": "arn:tg",
        "Port": 22,
        "LoadBalancerArns": [arn],
        "TargetHealthDescriptions": [target] if health is None else health,
    }
    front = {
        "LoadBalancerName": "front",
        "LoadBalancerArn": arn,
        "Type": "network",
        "Scheme": "internet-facing",
        "SecurityGroups": groups,
    }
    return {**facts, "LoadBalancers": [front], "Listeners": [listener], "TargetGroups": [target_group]}


def test_an_nlb_without_a_security_group_publishes_to_everybody() -> None:
    found = answers_of("NET005", **balancer(groups=[]))["front"]
    assert (found.outcome, found.severity) == ("fail", "critical")
    assert found.message == "front publishes the admin port 22 as its port 2200 to any IPv4 address"
    assert "eni-9 wears no group and filters nothing" in found.because
    assert [hop.id for hop in found.path] == ["igw-1", "acl-1", "eni-9", "rtb-1", "acl-1"]


def test_the_groups_of_an_nlb_limit_who_comes_in() -> None:
    facts = balancer(groups=["sg-9"])
    facts["SecurityGroups"].append({"GroupId": "sg-9", "IpPermissions": [tcp(2200, "10.0.0.0/8")]})
    assert answers_of("NET005", **facts)["front"].outcome == "pass"
    facts["SecurityGroups"][-1]["IpPermissions"] = [tcp(2200, "54.214.9.0/24")]
    assert answers_of("NET005", **facts)["front"].message.endswith(" to 54.214.9.0/24")


def test_a_listener_with_nobody_behind_it_is_low() -> None:
    found = answers_of("NET005", **balancer(groups=[], health=[]))["front"]
    assert (found.outcome, found.severity) == ("fail", "low")


def test_a_network_acl_weighs_what_the_subnets_it_guards_weigh() -> None:
    facts = estate()
    assert [(f.outcome, f.severity) for f in answers_of("NET016", **facts).values()] == [("fail", "medium")]
    six = {**ANY_IN, "CidrBlock": None, "Ipv6CidrBlock": "::/0"}
    only_six = {**facts, "NetworkAcls": [{**facts["NetworkAcls"][0], "Entries": [six]}]}  # and no IPv6 route
    assert [f.severity for f in answers_of("NET016", **only_six).values()] == ["low"]
    facts["NetworkInterfaces"] = []
    assert [f.severity for f in answers_of("NET016", **facts).values()] == ["low"]
    facts["NetworkAcls"][0]["Associations"] = []
    assert [f.severity for f in answers_of("NET016", **facts).values()] == ["info"]


def test_a_main_route_table_that_nobody_in_use_follows_is_low() -> None:
    facts = estate()
    facts["RouteTables"][0]["Associations"] = [
        {"RouteTableAssociationId": "rtbassoc-1", "Main": True, "AssociationState": {"State": "associated"}}
    ]
    found = answers_of("NET008", **facts)["rtb-1"]
    assert (found.severity, found.message) == (
        "high",
        "rtb-1, the main route table of vpc-1, leads to an internet gateway, and subnet-1 follows it implicitly",
    )
    assert "--association-id rtbassoc-1 " in found.fix
    assert answers_of("NET008", **{**facts, "NetworkInterfaces": []})["rtb-1"].severity == "low"
    told = {
        "RouteTableAssociationId": "rtbassoc-2",
        "SubnetId": "subnet-1",
        "AssociationState": {"State": "associated"},
    }
    facts["RouteTables"][0]["Associations"].append(told)
    assert answers_of("NET008", **facts)["rtb-1"].severity == "low"


def test_what_the_instance_names_and_nobody_listed_is_no_pass() -> None:
    facts = estate()
    facts["NetworkInterfaces"] = []
    facts["Instances"][0]["NetworkInterfaces"] = [{"NetworkInterfaceId": "eni-1"}]
    for rule_id in ("NET002", "NET003", "NET004"):
        assert outcomes(answers_of(rule_id, **facts)) == {HOST: "unknown"}
