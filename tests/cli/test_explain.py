"""`bastionless explain`, from words to exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.snapshot import write_snapshot
from scanner.reports.text import cells
from tests.network.estates import INTERFACE, TUNNEL, connected
from tests.network.front_doors import BALANCER, hidden_host, network_balancer

Bastionless = Callable[..., Any]


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A public host, a private one, and an endpoint to it, as a snapshot."""
    path = tmp_path / "estate.json"
    write_snapshot([connected().inventory()], path)
    return path


def test_an_open_way_is_told_with_its_hops_and_cuts(bastionless: Bastionless, estate: Path) -> None:
    said = bastionless("explain", "internet", "eni-1", "--snapshot", estate)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "internet -> eni-1, tcp 22: REACHABLE",
        "From: any IPv4 address",
        "",
        "There:",
        "  1. igw-1: 52.1.1.1 is 10.1.1.5",
        "  2. acl-1: entry 100 allows from 0.0.0.0/0",
        "  3. sg-1: tcp 22 from 0.0.0.0/0",
        "And back:",
        "  4. route in rtb-1: 0.0.0.0/0 -> igw-1",
        "  5. acl-1: entry 100 allows to 0.0.0.0/0",
        "",
        "Each of these, taken away alone, closes the way:",
        "  - the public address 52.1.1.1 of eni-1",
        "  - acl-1: entry 100 allows from 0.0.0.0/0",
        "  - sg-1: tcp 22 from 0.0.0.0/0",
        "  - route in rtb-1: 0.0.0.0/0 -> igw-1",
        "  - acl-1: entry 100 allows to 0.0.0.0/0",
    ]


def test_a_closed_way_is_an_answer_too_and_ends_with_the_hop_that_blocks(
    bastionless: Bastionless, estate: Path
) -> None:
    said = bastionless("explain", "internet", "eni-1", "--port", "80", "--snapshot", estate)
    assert said.code == 0
    assert said.out.splitlines()[0] == "internet -> eni-1, tcp 80: NOT REACHABLE"
    assert said.out.splitlines()[-1] == "  3. no rule of sg-1 matches  BLOCKS [ENI_SG_RULES_MISMATCH]"


def test_an_unknown_way_says_why_and_makes_exit_code_3(bastionless: Bastionless, tmp_path: Path) -> None:
    path = tmp_path / "blind.json"
    blind = (
        connected().put(INTERFACE, "eni-9", NetworkInterfaceId="eni-8").put(TUNNEL, "eice-1", PreserveClientIp=False)
    )
    write_snapshot([blind.inventory()], path)
    said = bastionless("explain", "eice-1", "eni-2", "--snapshot", path)
    assert said.code == 3
    assert said.out.splitlines()[0] == "eice-1 -> eni-2, tcp 22: UNKNOWN"
    assert said.out.splitlines()[-1] == "Because: the network interface of eice-1 cannot be seen"


def test_json_is_for_programs(bastionless: Bastionless, estate: Path) -> None:
    said = bastionless("explain", "eice-1", "eni-2", "--format", "json", "--snapshot", estate)
    told = json.loads(said.out)
    assert {key: value for key, value in told.items() if key not in ("hops", "cuts")} == {
        "format": "bastionless-reach",
        "version": 1,
        "verdict": "reachable",
        "source": "eice-1",
        "target": "eni-2",
        "protocol": "tcp",
        "port": 22,
        "door": None,
        "sources": ["whoever IAM lets open a tunnel through eice-1"],
        "reason": "",
    }
    assert told["hops"][1] == {
        "kind": "AWS::EC2::SecurityGroup",
        "id": "sg-9",
        "direction": "forward",
        "allows": True,
        "inspects": False,
        "rule": "sg-9: all traffic to 0.0.0.0/0",
        "code": "",
        "rule_id": "",
    }
    assert {
        "kind": "AWS::EC2::SecurityGroup",
        "id": "sg-2",
        "rule": "sg-2: tcp 22 from 10.0.0.0/8",
        "rule_id": "",
        "cure": "",
    } in told["cuts"]


def test_a_door_and_the_id_of_a_rule_are_told_to_people_and_to_programs(
    bastionless: Bastionless, tmp_path: Path
) -> None:
    path = tmp_path / "doors.json"
    estate = network_balancer(hidden_host()).add(
        "AWS::EC2::SecurityGroupRule", SecurityGroupRuleId="sgr-7", GroupId="sg-2", IsEgress=False, IpProtocol="tcp",
        FromPort=22, ToPort=22, CidrIpv4="0.0.0.0/0",
    )  # fmt: skip
    write_snapshot([estate.inventory()], path)
    lines = bastionless("explain", "internet", "i-2", "--snapshot", path).out.splitlines()
    assert lines[:3] == [
        "internet -> i-2, tcp 22: REACHABLE",
        "Through: port 2222 (TCP) of the load balancer edge",
        "From: any IPv4 address",
    ]
    assert " 11. sg-2: tcp 22 from 0.0.0.0/0 (sgr-7)" in lines
    cut = lines.index("  - sg-2: tcp 22 from 0.0.0.0/0")
    assert " ".join(line.strip(" \\") for line in lines[cut + 1 : cut + 3]) == (
        "aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-7"
    )
    told = json.loads(bastionless("explain", "internet", "i-2", "--format", "json", "--snapshot", path).out)
    assert told["door"] == {"kind": BALANCER, "id": "edge", "protocol": "TCP", "port": 2222}
    assert [hop["rule_id"] for hop in told["hops"] if hop["rule_id"]] == ["sgr-7"]
    assert [cut["cure"] for cut in told["cuts"] if cut["rule_id"] == "sgr-7"] == [
        "aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-7"
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("internet", "eni-11"), "error: there is no eni-11 in the inventory. Did you mean 'eni-1'?\n"),
        (("internett", "eni-1"), "error: 'internett' is no end of a path. Did you mean 'internet'?\n"),
        (("eni-1", "eni-1"), "error: eni-1 is both ends of the path. Name two different ends\n"),
        (("internet", "eni-1", "--port", "70000"), "error: 70000 is no port. Name one from 0 to 65535\n"),
    ],
)
def test_a_bad_word_is_one_sentence_and_exit_code_2(
    bastionless: Bastionless, estate: Path, words: tuple[str, ...], sentence: str
) -> None:
    said = bastionless("explain", *words, "--snapshot", estate)
    assert (said.code, said.out, said.err) == (2, "", sentence)


def test_the_demo_is_asked_with_what_the_question_needs_alone(bastionless: Bastionless, tmp_path: Path) -> None:
    said = bastionless("explain", "internet", "10.10.1.10", "--demo", "--quiet")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == "internet -> 10.10.1.10, tcp 22: REACHABLE"
    assert [line for line in said.out.splitlines() if cells(line) > 80] == []
