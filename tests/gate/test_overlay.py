"""A change laid over an account: what it adds fails, what was there stays, what it mends is closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.errors import UsageError
from scanner.model import Config
from scanner.pipeline import choose_rules, collect_demo, exit_code, kinds_read
from tests.by_hand import inventory, refused
from tests.gate.accounts_by_hand import GROUP, INSTANCE, account, closed, laid, network, new, rule, same, told

NOTHING = "Resources: {Waits: {Type: AWS::CloudFormation::WaitConditionHandle}}\n"


@pytest.fixture(scope="module")
def demo() -> Any:
    config = Config(regions=("eu-west-1",))
    return collect_demo(kinds_read(choose_rules(config)), config)


def test_an_empty_change_says_exactly_what_a_scan_says(tmp_path: Path, demo: Any) -> None:
    report = laid(tmp_path, NOTHING, demo, include_pass=True)
    scanned = scanner.evaluate(demo, include_pass=True)

    def said(findings: Any) -> set[tuple[Any, ...]]:
        return {
            (
                one.rule_id,
                one.fingerprint,
                one.resource.arn,
                one.outcome,
                one.severity,
                one.message,
                one.because,
                one.fix,
            )
            for one in findings
        }

    assert said(report.findings) == said(scanned.findings)
    assert report.totals == scanned.totals
    assert report.gaps == scanned.gaps
    assert closed(report) == new(report) == set()
    assert {one.change.state.value for one in report.findings if one.change} == {"unchanged"}


@pytest.mark.parametrize(("ports", "public"), [((), False), ((22,), True), ((22, 443), True)])
def test_a_template_that_states_what_exists_adds_nothing(
    ports: tuple[int, ...], *, public: bool, tmp_path: Path
) -> None:
    before = account(network(ingress=map(rule, ports), public=public))
    report = laid(tmp_path, same(*ports, maps=public), before)
    assert new(report) == closed(report) == set()
    assert told(report.findings) == told(scanner.evaluate(before).findings)
    flawed = {one.fingerprint for one in report.findings}
    assert flawed == {one.fingerprint for one in scanner.evaluate(before).findings}


def test_what_a_change_opens_is_new_and_stands_at_its_line(tmp_path: Path) -> None:
    before = account(network(ingress=[rule(443)], public=True))
    report = laid(tmp_path, same(443, 22, maps=True), before)
    assert {("NET006", "fail", "sg-1"), ("NET003", "fail", "i-1")} <= new(report)
    (finding,) = [one for one in report.regressions() if one.rule_id == "NET006"]
    assert finding.location is not None
    assert finding.location.address == "Web"
    assert finding.resource.id == "sg-1"
    assert closed(report) == set()


def test_what_a_change_mends_is_closed(tmp_path: Path) -> None:
    before = account(network(ingress=[rule(22)], public=True))
    report = laid(tmp_path, same(443, maps=True), before)
    assert {("NET006", "fail", "sg-1"), ("NET003", "fail", "i-1")} <= closed(report)
    assert new(report) == set()


def test_a_rule_for_a_group_that_exists_adds_to_it(tmp_path: Path) -> None:
    text = """
    Parameters: {Group: {Type: AWS::EC2::SecurityGroup::Id, Default: sg-1}}
    Resources:
      Open:
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
    """
    before = account(network(ingress=[rule(443)], public=True))
    report = laid(tmp_path, text, before, name="other.yaml")
    assert {("NET006", "fail", "sg-1"), ("NET003", "fail", "i-1")} <= new(report)
    again = laid(tmp_path, text, account(network(ingress=[rule(22)], public=True)), name="other.yaml")
    assert new(again) == closed(again) == set()


def test_a_route_to_a_table_that_exists_opens_what_hangs_on_it(tmp_path: Path) -> None:
    text = """
    Resources:
      Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: rtb-1, DestinationCidrBlock: 0.0.0.0/0, GatewayId: igw-1}}
    """
    given = network(ingress=[rule(22)], public=True)
    given["AWS::EC2::RouteTable"][1]["Routes"].pop()
    report = laid(tmp_path, text, account(given), name="other.yaml")
    assert ("NET003", "fail", "i-1") in new(report)


def test_a_new_host_in_a_subnet_that_exists_is_judged_by_what_is_there(tmp_path: Path) -> None:
    text = """
    Resources:
      More: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: subnet-1, SecurityGroupIds: [sg-1]}}
    """
    open_ = laid(tmp_path, text, account(network(ingress=[rule(22)], public=True)), name="other.yaml")
    assert {("NET001", "fail", "i-More"), ("NET003", "fail", "i-More")} <= new(open_)
    shut = laid(tmp_path, text, account(network(ingress=[rule(22)])), name="other.yaml", include_pass=True)
    assert new(shut) == set()
    assert ("NET001", "pass", "i-More") in told(shut.findings)


def test_what_a_stack_no_longer_has_is_gone(tmp_path: Path) -> None:
    before = account(network(ingress=[rule(22)], public=True))
    text = same(22, maps=True).partition("  Host:")[0]
    report = laid(tmp_path, text, before)
    assert {one for one in closed(report) if one[2] == "i-1"} >= {("NET001", "fail", "i-1"), ("NET003", "fail", "i-1")}
    assert not [one for one in report.findings if one.resource.id in ("i-1", "eni-1")]


def test_adding_and_then_deleting_leaves_what_there_was(tmp_path: Path) -> None:
    given = network(ingress=[rule(443)], public=True)
    before = account(given)
    change = {
        "ChangeSetName": "x", "StackName": "net",
        "Changes": [{"ResourceChange": {
            "Action": "Remove", "LogicalResourceId": "More", "PhysicalResourceId": "sgr-1",
            "ResourceType": "AWS::EC2::SecurityGroupIngress",
            "BeforeContext": json.dumps({"Properties": {"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": "22",
                                                        "ToPort": "22", "CidrIp": "0.0.0.0/0"}}),
        }}],
    }  # fmt: skip
    opened = account(network(ingress=[rule(443), rule(22)], public=True))
    (tmp_path / "net.yaml").write_text(same(443, maps=True), encoding="utf-8")
    (tmp_path / "change.json").write_text(json.dumps({**change, "Changes": [
        *change["Changes"], {"ResourceChange": {"Action": "Modify", "LogicalResourceId": "Igw", "PhysicalResourceId": "igw-1",
                                                "ResourceType": "AWS::EC2::InternetGateway"}}]}), encoding="utf-8")  # fmt: skip
    report = scanner.gate([tmp_path / "net.yaml", tmp_path / "change.json"], against=opened)
    assert {one.fingerprint for one in report.findings} == {
        one.fingerprint for one in scanner.evaluate(before).findings
    }
    assert new(report) == set()


def test_gaps_of_a_snapshot_stay_gaps_and_nothing_is_new_for_them(tmp_path: Path) -> None:
    given = network(ingress=[rule(22)], public=True)
    del given[GROUP]
    gap = refused("ec2:DescribeSecurityGroups", GROUP)
    before = inventory(given, gaps=[gap])
    report = laid(tmp_path, NOTHING, before)
    assert report.gaps == (gap,)
    assert new(report) == set()
    assert "unknown" in {one.outcome.value for one in report.findings}


def test_only_what_is_new_fails_the_gate(tmp_path: Path) -> None:
    flawed = account(network(ingress=[rule(22)], public=True))
    report = laid(tmp_path, same(22, maps=True), flawed)
    assert exit_code(report, Config(new_only=True)) == 0
    assert exit_code(report, Config()) == 1
    worse = laid(tmp_path, same(22, maps=True), account(network(public=True)))
    assert exit_code(worse, Config(new_only=True)) == 1


def test_several_regions_want_one_of_them_named(tmp_path: Path) -> None:
    before = [account(network()), inventory({}, region="us-east-1")]
    with pytest.raises(
        UsageError, match=r"--against: .* holds 2 Regions. Say which one with --region: eu-west-1, us-east-1"
    ):
        laid(tmp_path, NOTHING, before)
    assert laid(tmp_path, NOTHING, before, region="us-east-1").comparison is not None
    with pytest.raises(UsageError, match="'eu-north-1' is not in what the change is laid over"):
        laid(tmp_path, NOTHING, before, region="eu-north-1")


def test_a_replaced_host_is_the_same_host(tmp_path: Path) -> None:
    before = account(network(ingress=[rule(22)], public=True))
    (tmp_path / "net.yaml").write_text(same(22, maps=True), encoding="utf-8")
    change = {"ChangeSetName": "x", "StackName": "net", "Changes": [{"ResourceChange": {
        "Action": "Modify", "Replacement": "True", "LogicalResourceId": "Host", "PhysicalResourceId": "i-1",
        "ResourceType": INSTANCE}}]}  # fmt: skip
    (tmp_path / "change.json").write_text(json.dumps(change), encoding="utf-8")
    report = scanner.gate([tmp_path / "net.yaml", tmp_path / "change.json"], against=before)
    assert new(report) == closed(report) == set()
    (finding,) = [one for one in report.findings if one.rule_id == "NET003"]
    assert finding.resource.id == "i-Host"
    assert finding.fingerprint in {one.fingerprint for one in scanner.evaluate(before).findings}
