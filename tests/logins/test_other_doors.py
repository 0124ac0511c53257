"""The serial console and Session Manager: doors that no network path leads to."""

from __future__ import annotations

import pytest

import scanner
from tests.by_hand import inventory, refused
from tests.logins.estates import (
    CONSOLE,
    EC2,
    INSTANCE,
    MANAGED,
    SEND_KEY,
    SESSION,
    SWITCH,
    closed,
    hosts,
    inventories,
    lines,
    who,
)
from tests.network.estates import Estate
from tests.policy.accounts import ACCOUNT, MFA, allow, role

CHECKED = {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}
SHELL = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:document/SSM-SessionManagerRunShell"


def test_the_console_is_a_door_without_any_network_where_the_switch_is_on() -> None:
    people = [role("ops", allow(CONSOLE, f"{EC2}:instance/i-2"))]
    assert lines(who(hosts(console=True), roles=people)) == ["role/ops allowed serial console i-2"]


def test_a_console_that_is_off_is_no_capability_and_is_told() -> None:
    found = who(hosts(), roles=[role("ops", allow(CONSOLE))])
    why = "the account's switch for the serial console is off in eu-west-1"
    assert (lines(found), closed(found)) == ([], [("serial console", why, ("i-1", "i-2"), ("role/ops",))])


def test_a_switch_that_was_not_read_makes_the_answer_unknown() -> None:
    estate = hosts().gap(refused("ec2:GetSerialConsoleAccessStatus", SWITCH))
    del estate.given[SWITCH]
    assert lines(who(estate, roles=[role("ops", allow(CONSOLE))])) == [
        "role/ops unknown serial console i-1,i-2; ec2:GetSerialConsoleAccessStatus was refused in eu-west-1 (AccessDenied)"
    ]


def test_each_region_has_a_switch_of_its_own() -> None:
    given: dict[str, list[dict[str, object]]] = {
        INSTANCE: [{"InstanceId": "i-5", "State": {"Name": "running"}}],
        SWITCH: [{"SerialConsoleAccessEnabled": True}],
    }
    elsewhere = inventory(given, region="eu-west-3")
    found = scanner.who([*inventories(hosts(), roles=[role("ops", allow(CONSOLE))]), elsewhere], CONSOLE)
    assert lines(found) == ["role/ops allowed serial console i-5"]
    assert [one.instances for one in found.closed] == [("i-1", "i-2")]


def test_a_session_takes_an_agent_that_is_online() -> None:
    estate = hosts().add(MANAGED, InstanceId="i-2", PingStatus="ConnectionLost")
    found = who(estate, roles=[role("ops", allow(SESSION))])
    assert lines(found) == ["role/ops allowed Session Manager i-1"]
    assert closed(found) == [
        ("Session Manager", "the agent of Systems Manager is ConnectionLost", ("i-2",), ("role/ops",))
    ]


def test_an_instance_without_an_agent_is_told() -> None:
    assert closed(who(hosts(), roles=[role("ops", allow(SESSION))])) == [
        ("Session Manager", "not managed by Systems Manager", ("i-2",), ("role/ops",))
    ]


def test_agents_that_were_not_read_make_the_answer_unknown() -> None:
    estate = hosts().gap(refused("ssm:DescribeInstanceInformation", MANAGED))
    assert lines(who(estate, SESSION, roles=[role("ops", allow(SESSION))])) == [
        "role/ops allowed Session Manager i-1",
        "role/ops unknown Session Manager i-2; ssm:DescribeInstanceInformation was refused in eu-west-1 (AccessDenied)",
    ]


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ([allow(SESSION, f"{EC2}:instance/*")], ["role/ops allowed Session Manager i-1"]),
        ([allow(SESSION, f"{EC2}:instance/*", CHECKED)], []),
        (
            [allow(SESSION, f"{EC2}:instance/*", CHECKED), allow(SESSION, SHELL)],
            ["role/ops allowed Session Manager i-1"],
        ),
        (
            [
                allow(SESSION, f"{EC2}:instance/*", CHECKED),
                allow(SESSION, "arn:aws:ssm:*:*:document/AWS-StartSSHSession"),
            ],
            ["role/ops allowed Session Manager i-1"],
        ),
        (
            [allow(SESSION, f"{EC2}:instance/*", {**CHECKED, "Bool": {MFA: "true"}}), allow(SESSION, SHELL)],
            ["role/ops conditional Session Manager i-1; with MFA"],
        ),
        ([allow(SESSION, SHELL)], []),
    ],
)
def test_a_document_counts_where_a_condition_asks_for_it(statements: list[dict[str, object]], told: list[str]) -> None:
    assert lines(who(hosts(), SESSION, roles=[role("ops", *statements)])) == told


def test_a_node_of_systems_manager_is_no_instance_and_takes_sessions_too() -> None:
    estate: Estate = hosts().add(MANAGED, InstanceId="mi-0123456789abcdef0", PingStatus="Online")
    found = who(estate, SESSION, roles=[role("ops", allow(SESSION))], target="mi-0123456789abcdef0")
    assert lines(found) == ["role/ops allowed Session Manager mi-0123456789abcdef0"]


def test_a_key_push_can_be_asked_about_alone() -> None:
    found = who(hosts(), SEND_KEY, roles=[role("ops", allow(SEND_KEY, f"{EC2}:instance/i-1"))])
    assert [row.words for row in found.rows] == ["can push a key to i-1 as any user"]


def test_all_doors_of_one_principal_stand_together() -> None:
    people = [role("one", allow("*")), role("other", allow(CONSOLE))]
    assert lines(who(hosts(console=True), roles=people)) == [
        "role/one allowed tunnel i-1,i-2 22 [pushing a key as any user]",
        "role/one allowed serial console i-1,i-2",
        "role/one allowed Session Manager i-1",
        "role/other allowed serial console i-1,i-2",
    ]


def test_what_was_not_weighed_is_told_once() -> None:
    found = who(hosts(), roles=[role("ops", allow("*"))])
    assert found.notes == (
        "session policies and resource control policies were not seen",
        "the account's root user is not listed: it may do whatever no service control policy denies",
    )
    assert [row.notes for row in found.rows] == [(), ()]
