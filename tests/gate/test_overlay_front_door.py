"""`bastionless gate --against`: snapshots, the live account, what the terminal and JSON say, and who fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

import scanner
from scanner.cli import cli
from scanner.collect.snapshot import write_snapshot
from scanner.errors import BastionlessError
from scanner.mock.account import invented_credentials
from scanner.reports.sarif_lint import lint
from tests.gate.accounts_by_hand import account, closed, network, new, rule, same, tags
from tests.reports.sarif_checks import VALIDATOR

REGION = "us-east-1"


def run(*arguments: str) -> tuple[int, str]:
    result: Result = CliRunner().invoke(cli, ["gate", *arguments], standalone_mode=False)
    if isinstance(result.exception, BastionlessError):
        return result.exception.exit_code, str(result.exception)
    assert result.exception is None, result.exception
    return int(result.return_value), result.stdout


def stored(folder: Path, *ports: int) -> str:
    path = folder / "account.json.gz"
    write_snapshot([account(network(ingress=map(rule, ports), public=True))], path)
    return str(path)


def written(folder: Path, *ports: int) -> str:
    path = folder / "net.yaml"
    path.write_text(same(*ports, maps=True), encoding="utf-8")
    return str(path)


def test_what_is_unchanged_passes_and_with_all_it_fails(tmp_path: Path) -> None:
    asked = (written(tmp_path, 22), "--against", stored(tmp_path, 22))
    assert run(*asked)[0] == 0
    assert run(*asked, "--all")[0] == 1


def test_what_is_new_fails_and_is_told_where_it_stands(tmp_path: Path) -> None:
    code, output = run(written(tmp_path, 443, 22), "--against", stored(tmp_path, 443), "--select", "NET006")
    assert code == 1
    assert "NET006" in output
    assert "net.yaml:" in output


def test_what_a_change_closes_is_told_in_brief(tmp_path: Path) -> None:
    code, output = run(written(tmp_path, 443), "--against", stored(tmp_path, 22), "--select", "NET006")
    assert code == 0
    assert "this change closes 1 finding" in output
    assert "NET006  sg-1" in output


def test_json_says_what_became_of_each_finding(tmp_path: Path) -> None:
    asked = ("--select", "NET001,NET006", "--format", "json")
    report = json.loads(run(written(tmp_path, 443), "--against", stored(tmp_path, 22), *asked)[1])
    assert [(one["rule_id"], one["change"]["state"]) for one in report["findings"]] == [("NET001", "unchanged")]
    assert [(one["rule_id"], one["change"]["state"]) for one in report["comparison"]["absent"]] == [
        ("NET006", "absent")
    ]


def test_the_full_sarif_says_what_became_of_each_finding(tmp_path: Path) -> None:
    asked = ("--select", "NET001,NET006", "--format", "sarif-full")
    states = []
    for before, after in (((22,), (443,)), ((443,), (22,)), ((22,), (22, 3389))):
        output = run(written(tmp_path, *after), "--against", stored(tmp_path, *before), *asked)[1]
        VALIDATOR.validate(json.loads(output))
        assert [one for one in lint(output) if one.refused] == []
        (told,) = json.loads(output)["runs"]
        states.append([(one["ruleId"], one["baselineState"]) for one in told["results"] if "baselineState" in one])
    assert states == [
        [("NET001", "unchanged"), ("NET006", "absent")],
        [("NET001", "unchanged"), ("NET006", "new")],
        [("NET001", "unchanged"), ("NET006", "updated")],
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--all",), "--all goes with --against"),
        (("--profile", "x"), "--profile goes with --against live"),
        (("--against", "nowhere.json"), "the snapshot cannot be read"),
    ],
)
def test_options_about_nothing_get_one_sentence(options: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    code, output = run(written(tmp_path), *options)
    assert code == 2
    assert sentence in output


@pytest.fixture
def ec2() -> Iterator[Any]:
    with invented_credentials(region=REGION), mock_aws():
        yield boto3.Session(region_name=REGION).client("ec2")


def build(ec2: Any) -> dict[str, str]:
    """The network of the template, as CloudFormation would have made it."""

    def tagged(id_: str, logical_id: str) -> str:
        ec2.create_tags(
            Resources=[id_],
            Tags=tags("net", logical_id),
        )
        return id_

    vpc = tagged(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"], "Vpc")
    net = tagged(ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"], "Net")
    ec2.modify_subnet_attribute(SubnetId=net, MapPublicIpOnLaunch={"Value": True})
    gateway = tagged(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"], "Igw")
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = tagged(ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"], "Table")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=net)
    group = tagged(ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"], "Web")
    door = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[door])
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=net, SecurityGroupIds=[group])
    return {"Host": tagged(made["Instances"][0]["InstanceId"], "Host"), "Web": group}


def test_the_live_account_is_read_and_the_same_template_adds_nothing(ec2: Any, tmp_path: Path) -> None:
    build(ec2)
    report = scanner.gate(written(tmp_path, 443), against="live", session=boto3.Session(region_name=REGION))
    assert new(report) == closed(report) == set()
    scanned = scanner.scan(regions=[REGION])
    assert {one.fingerprint for one in report.findings} == {one.fingerprint for one in scanned.findings}


def test_the_live_account_is_read_by_the_command(ec2: Any, tmp_path: Path) -> None:
    ids = build(ec2)
    asked = ("--against", "live", "--region", REGION, "--select", "NET003,NET006", "--format", "json")
    code, output = run(written(tmp_path, 443, 22), *asked)
    assert code == 1
    report = json.loads(output)
    found = {
        (one["rule_id"], one["resource"]["id"], one["change"]["state"])
        for one in report["findings"]
        if one["outcome"] == "fail"
    }
    assert found == {("NET003", ids["Host"], "new"), ("NET006", ids["Web"], "new")}
