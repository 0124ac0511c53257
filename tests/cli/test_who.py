"""`bastionless who`, from words to exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.snapshot import write_snapshot
from scanner.reports.text import cells
from tests.by_hand import refused
from tests.logins.estates import EC2, INTERFACE, OS_USER, SEND_KEY, hosts, inventories
from tests.policy.accounts import MFA, allow, policy, role, trusting

Bastionless = Callable[..., Any]
TRUSTING = policy(trusting({"AWS": "arn:aws:iam::111122223333:root"}))
NOTES = [
    "Note: session policies and resource control policies were not seen",
    "Note: the account's root user is not listed: it may do whatever no service",
    "  control policy denies",
]


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Two hosts behind an endpoint and three roles, as a snapshot."""
    path = tmp_path / "estate.json"
    people = [
        role("ops", allow("*"), trust=TRUSTING),
        role("admin", allow("*"), trust=TRUSTING),
        role("desk", allow(condition={"Bool": {MFA: "true"}}),
             allow(SEND_KEY, f"{EC2}:instance/i-2", {"StringEquals": {OS_USER: "ec2-user"}}), trust=TRUSTING),
    ]  # fmt: skip
    write_snapshot(inventories(hosts(console=True), roles=people), path)
    return path


def test_principals_of_whom_the_same_is_true_stand_together(bastionless: Bastionless, estate: Path) -> None:
    said = bastionless("who", "--snapshot", estate)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Who can ec2-instance-connect:OpenTunnel: 3 principals",
        "",
        "role/ops, role/admin",
        "  open to whom this account lets",
        "  - can open SSH to 2 instances through eice-1, pushing a key as any user",
        "    on: i-1, i-2",
        "  - can open the serial console of 2 instances",
        "    on: i-1, i-2",
        "  - can start a session on i-1",
        "",
        "role/desk",
        "  open to whom this account lets",
        "  - can, under conditions, open SSH to i-1 through eice-1, with a key of its own",
        "    if: with MFA",
        "  - can, under conditions, open SSH to i-2 through eice-1, pushing a key as",
        "    ec2-user",
        "    if: with MFA",
        "",
        "What leads nowhere:",
        "  - Session Manager to i-2: not managed by Systems Manager (would be open to",
        "    role/ops, role/admin)",
        "",
        *NOTES,
    ]


def test_a_target_and_a_principal_narrow_the_question(bastionless: Bastionless, estate: Path) -> None:
    said = bastionless("who", "--target", "db", "--principal", "role/desk", "--snapshot", estate)
    assert said.code == 0
    assert said.out.splitlines()[:7] == [
        "Who can ec2-instance-connect:OpenTunnel at db: 1 principal",
        "",
        "role/desk",
        "  open to whom this account lets",
        "  - can, under conditions, open SSH to i-2 through eice-1, pushing a key as",
        "    ec2-user",
        "    if: with MFA",
    ]


def test_verbose_names_the_statements(bastionless: Bastionless, estate: Path) -> None:
    lines = bastionless(
        "who", "-v", "--target", "i-2", "--principal", "role/desk", "--snapshot", estate
    ).out.splitlines()
    assert lines[7:9] == [
        "    says: statement 1 of the inline policy inline1 of role/desk",
        "    says: statement 2 of the inline policy inline1 of role/desk",
    ]


def test_that_nobody_can_is_an_answer(bastionless: Bastionless, tmp_path: Path) -> None:
    path = tmp_path / "nobody.json"
    write_snapshot(inventories(hosts()), path)
    said = bastionless("who", "--snapshot", path)
    assert (said.code, said.out.splitlines()) == (
        0,
        ["Who can ec2-instance-connect:OpenTunnel: nobody", "", *NOTES],
    )


def test_an_unknown_is_told_with_its_reason_and_makes_exit_code_3(bastionless: Bastionless, tmp_path: Path) -> None:
    path = tmp_path / "blind.json"
    blind = hosts().gap(refused("ec2:DescribeNetworkInterfaces", INTERFACE))
    del blind.given[INTERFACE]
    write_snapshot(inventories(blind, roles=[role("ops", allow())]), path)
    said = bastionless("who", "--snapshot", path)
    assert said.code == 3
    assert said.out.splitlines()[2:7] == [
        "role/ops",
        "  open to the service ec2.amazonaws.com",
        "  - may perhaps open SSH and RDP to 2 instances through eice-1",
        "    because: ec2:DescribeNetworkInterfaces was refused in eu-west-1",
        "      (AccessDenied)",
    ]


def test_json_is_for_programs(bastionless: Bastionless, estate: Path) -> None:
    told = json.loads(
        bastionless("who", "--format", "json", "--target", "i-2", "--principal", "role/desk", "--snapshot", estate).out
    )
    assert told == {
        "format": "bastionless-who",
        "version": 1,
        "action": "ec2-instance-connect:OpenTunnel",
        "target": "i-2",
        "whole": True,
        "rows": [
            {
                "principal": {
                    "arn": "arn:aws:iam::111122223333:role/desk",
                    "name": "role/desk",
                    "kind": "role",
                    "entered_by": ["whom this account lets"],
                },
                "door": "tunnel",
                "verdict": "conditional",
                "instances": ["i-2"],
                "endpoints": ["eice-1"],
                "ports": [22],
                "key": {
                    "verdict": "allowed",
                    "users": ["ec2-user"],
                    "but": [],
                    "conditions": "",
                    "reason": "",
                    "statements": ["statement 2 of the inline policy inline1 of role/desk"],
                },
                "conditions": "with MFA",
                "reason": "",
                "resources": [],
                "statements": ["statement 1 of the inline policy inline1 of role/desk"],
                "notes": [],
            }
        ],
        "closed": [],
        "notes": ["session policies and resource control policies were not seen"],
        "doubts": [],
    }


def test_what_aws_calls_things_cannot_steer_a_terminal_and_fits_80_columns(
    bastionless: Bastionless, tmp_path: Path
) -> None:
    path = tmp_path / "names.json"
    estate = hosts().gap(refused("ec2:DescribeNetworkInterfaces\x1b[2J", INTERFACE))
    del estate.given[INTERFACE]
    long = {"StringLike": {OS_USER: "\x1b]0;owned\x07" + "x" * 100}}
    people = [role("o" * 60 + "\x1b[31m", allow(), allow(SEND_KEY, condition=long), trust=TRUSTING)]
    write_snapshot(inventories(estate, roles=people), path)
    for more in ((), ("-v",), ("--action", SEND_KEY)):
        said = bastionless("who", *more, "--snapshot", path)
        assert "\x1b" not in said.out
        assert "\x07" not in said.out
        assert max(map(cells, said.out.splitlines())) <= 80
    assert "\\x1b[31m" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--target", "i-9"), "error: there is no instance 'i-9'. Did you mean 'i-2'?\n"),
        (("--action", "OpenTunnel"), "error: 'OpenTunnel' is no action. Write it as ec2-instance-connect:OpenTunnel\n"),
        (("--principal", "role/opps"), "error: there is no user or role 'role/opps'. Did you mean 'role/ops'?\n"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    bastionless: Bastionless, estate: Path, words: tuple[str, ...], told: str
) -> None:
    said = bastionless("who", *words, "--snapshot", estate)
    assert (said.code, said.out, said.err) == (2, "", told)


def test_the_demo_is_asked_too(bastionless: Bastionless) -> None:
    said = bastionless("who", "--demo", "--quiet", "--principal", "role/console-rescue")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[:5] == [
        "Who can ec2-instance-connect:OpenTunnel: 1 principal",
        "",
        "role/console-rescue",
        "  open to whom this account lets",
        "  - can open the serial console of 8 instances",
    ]
