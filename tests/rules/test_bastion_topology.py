"""What rules about bastions by topology say beside whom they flag: the hosts behind, the proof, and what replaces them."""

from __future__ import annotations

from typing import Any

from scanner.evaluate.judge import judge
from scanner.evaluate.worlds import build_world
from scanner.model import Config, Finding, Outcome, Rule, World
from scanner.rulebook.shelf import select_rules
from tests.rules.answers import RULES

BY_ID = {rule.id: rule for rule in RULES}


def _world(rule: Rule, name: str) -> World:
    return next(world for world in rule.worlds if world.name == name)


def _finding(rule_id: str, name: str) -> Finding:
    """The one flag of a world on the rule's card."""
    findings, _ = judge(BY_ID[rule_id], build_world(_world(BY_ID[rule_id], name)))
    (found,) = [finding for finding in findings if finding.outcome is Outcome.FAIL]
    return found


def test_a_bastion_is_told_with_its_sources_and_the_hosts_behind_it() -> None:
    found = _finding("BAS001", "admitted by its group")
    assert found.message == (
        "i-0b1a50c21e8f10001 is a bastion: port 22 open to any IPv4 address,"
        " and from it one gets to i-0b1a50c21e8f10002"
    )
    assert "behind it: i-0b1a50c21e8f10002 on tcp 22, by sg-0b1a50c21e8f10002: tcp 22 from sg-0b1a50c21e8f10001" in (
        found.because
    )
    assert found.severity.value == "critical"


def test_the_entry_is_proved_hop_by_hop_and_back() -> None:
    found = _finding("BAS001", "admitted by its group")
    assert [(hop.kind.rpartition("::")[2], hop.direction, hop.allows) for hop in found.path] == [
        ("InternetGateway", "forward", True),
        ("NetworkAcl", "forward", True),
        ("SecurityGroup", "forward", True),
        ("RouteTable", "return", True),
        ("NetworkAcl", "return", True),
    ]


def test_an_endpoint_that_is_there_takes_the_bastions_place() -> None:
    found = _finding("BAS001", "its replacement is there already")
    assert found.fix.splitlines()[:2] == [
        (
            "aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0b1a50c2ce8f10002"
            " --protocol tcp --port 22 --source-group sg-0b1a50c2ce8f10003"
        ),
        "aws ec2 terminate-instances --region eu-west-1 --instance-ids i-0b1a50c2ce8f10001",
    ]
    assert (
        "eice-0b1a50c2ce8f10003 is an Instance Connect Endpoint of the same VPC, and can take its place"
        in found.because
    )
    assert "Session Manager already reaches i-0b1a50c2ce8f10002" in found.because


def test_without_an_endpoint_the_cure_begins_with_one() -> None:
    found = _finding("BAS001", "admitted by its group")
    assert found.fix.startswith(
        "aws ec2 create-instance-connect-endpoint --region eu-west-1 --subnet-id subnet-0b1a50c21e8f10001"
    )


def test_a_stopped_bastion_is_told_as_one_that_waits() -> None:
    found = _finding("BAS001", "stopped, with an Elastic IP")
    assert (found.severity.value, found.message.split(":")[0]) == (
        "medium",
        "i-0b1a50c2ae8f10001 is stopped; once started, it is a bastion",
    )


def test_a_bastion_behind_a_vpn_is_told_with_the_gateway() -> None:
    found = _finding("BAS002", "over a VPN gateway")
    assert found.path[0].id == "vgw-0c2b50c21e8f10000"
    assert "on the way back, route in rtb-0c2b50c21e8f10002: 192.168.0.0/16 -> vgw-0c2b50c21e8f10000" in found.because


def test_the_clients_of_client_vpn_are_told_by_the_interface_they_come_through() -> None:
    found = _finding("BAS002", "from Client VPN")
    assert "port 22 open to the Client VPN interface eni-0c2b50c24e8f10009" in found.message


def test_a_nat_instance_weighs_more_where_one_can_log_in() -> None:
    severities = {
        name: _finding("BAS004", name).severity.value
        for name in ("SSH from the internet", "SSH from an office", "no admin port from outside")
    }
    assert severities == {
        "SSH from the internet": "high",
        "SSH from an office": "high",
        "no admin port from outside": "medium",
    }


def test_a_nat_instance_is_replaced_route_by_route() -> None:
    fix = _finding("BAS004", "two halves of the internet").fix
    assert [line for line in fix.splitlines() if "replace-route" in line] == [
        f"aws ec2 replace-route --region eu-west-1 --route-table-id rtb-0d3c50c24e8f10002"
        f" --destination-cidr-block {block} --nat-gateway-id <the NAT gateway>"
        for block in ("0.0.0.0/1", "128.0.0.0/1")
    ]


def test_an_unapproved_source_is_told_and_the_endpoint_is_not() -> None:
    found = _finding("BAS005", "an office beside the endpoint")
    assert found.because == ("inbound rule: tcp 22 from 203.0.113.0/24", "worn by i-0e4d50c22e8f10001")
    assert "--source-group sg-0e4d50c22e8f10002" in found.fix


def test_what_the_settings_of_the_others_let_pass_is_told_for_its_name() -> None:
    """BAS003 as the configuration of BAS001 and BAS002 makes it."""

    def outcome(world: str, settings: dict[str, dict[str, Any]]) -> tuple[Outcome, str]:
        rule = BY_ID["BAS003"]
        chosen = select_rules(RULES, Config(select=("BAS003",), settings=settings))
        findings, _ = judge(chosen[0], build_world(_world(rule, world)))
        return next((one.outcome, one.message) for one in findings if one.outcome is not Outcome.PASS)

    internet, company = (
        "a bastion by its paths from the internet is BAS001's",
        "a bastion by its paths from a company's network is BAS002's",
    )
    for world, rule in ((internet, "BAS001"), (company, "BAS002")):
        assert outcome(world, {})[0] is Outcome.NOT_APPLICABLE
        for settings in ({"admin_ports": [3389]}, {"min_hosts": 2}):
            assert outcome(world, {rule: settings})[0] is Outcome.FAIL
            assert outcome(world, {"BAS": settings})[0] is Outcome.FAIL
        exempt = outcome(world, {rule: {"exempt_tags": ["Name=bastion"]}})
        assert exempt == (
            Outcome.NOT_APPLICABLE,
            f"the rule does not apply: its tag Name=bastion exempts it from {rule}, and its name counts less than that",
        )
    assert outcome(company, {"BAS002": {"internal_cidrs": ["192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12"]}})[0] is (
        Outcome.FAIL
    )


def test_what_is_a_bastion_by_its_paths_is_no_hint_any_more() -> None:
    rule = BY_ID["BAS003"]
    said: dict[str, Any] = {}
    for name in ("a bastion by its paths from the internet is BAS001's", "the name, and nobody behind it"):
        findings, _ = judge(rule, build_world(_world(rule, name)))
        said |= {finding.resource.id: finding.outcome.value for finding in findings}
    assert said == {
        "i-0294bd701ef8100001": "not-applicable",
        "i-0294bd701ef8100002": "pass",
        "i-0294bd703ef8100001": "fail",
    }
