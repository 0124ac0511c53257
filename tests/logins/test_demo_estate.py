"""The demo estate, asked who can log in: every principal of it, by name."""

from __future__ import annotations

from functools import lru_cache

import pytest

import scanner
from scanner import pipeline
from scanner.model import Config, Inventory
from tests.logins.estates import CONSOLE, SEND_KEY, SESSION, line

_NAMED = ("AWS::EC2::Instance", "AWS::EC2::InstanceConnectEndpoint")
_EVERYWHERE = "app-1,app-2,bastion,lathe,orders,reports,stock,web"


@pytest.fixture(scope="module")
def estate() -> tuple[Inventory, ...]:
    return _collected()


@lru_cache(maxsize=1)
def _collected() -> tuple[Inventory, ...]:
    return pipeline.collect_demo(pipeline.who_kinds("ec2-instance-connect:OpenTunnel"), Config())


def told(estate: tuple[Inventory, ...], action: str = "ec2-instance-connect:OpenTunnel") -> list[str]:
    """The rows with names in place of ids, in the order of these names."""
    names = {one.id: one.name for inventory in estate for kind in _NAMED for one in inventory.of(kind)}
    lines = []
    for row in scanner.who(estate, action).rows:
        text = line(row)
        for id_ in row.instances:
            text = text.replace(id_, names[id_])
        listed = ",".join(sorted(names[id_] for id_ in row.instances))
        lines.append(text.replace(",".join(names[id_] for id_ in row.instances), listed))
    return lines


def test_who_can_log_in_to_what(estate: tuple[Inventory, ...]) -> None:
    both = "tunnel orders,stock 22"
    assert told(estate) == [
        f"user/alice conditional {both} [pushing a key as any user]; never in a session without MFA",
        f"role/administrator allowed {both} [pushing a key as any user]",
        f"role/administrator allowed serial console {_EVERYWHERE}",
        f"role/developer allowed {both} [pushing a key as any user]",
        f"role/developer allowed serial console {_EVERYWHERE}",
        f"role/support-desk allowed {both} [pushing a key as any user]",
        f"role/spoke-operator conditional {both} [pushing a key as ec2-user]; at most 3600 s",
        f"role/on-call conditional {both} [with a key of its own]; with MFA",
        f"role/console-rescue allowed serial console {_EVERYWHERE}",
        f"role/AWSReservedSSO_NetworkOperators_0123456789abcdef allowed {both} [with a key of its own]",
    ]


def test_who_may_push_keys(estate: tuple[Inventory, ...]) -> None:
    assert told(estate, SEND_KEY) == [
        *(
            f"{name} allowed SSH key {_EVERYWHERE} [pushing a key as any user]"
            for name in ("user/alice", "role/administrator", "role/developer", "role/deployer", "role/support-desk")
        ),
        "role/spoke-operator allowed SSH key orders,stock [pushing a key as ec2-user]",
    ]


def test_nobody_starts_sessions_where_nothing_is_managed(estate: tuple[Inventory, ...]) -> None:
    found = scanner.who(estate, SESSION)
    assert [(one.reason, one.principals) for one in found.closed] == [
        ("not managed by Systems Manager", ("role/administrator", "role/developer", "role/session-user"))
    ]
    assert found.rows == ()


def test_the_console_needs_no_network(estate: tuple[Inventory, ...]) -> None:
    assert [row.partition(" ")[0] for row in told(estate, CONSOLE)] == [
        "role/administrator",
        "role/developer",
        "role/console-rescue",
    ]


def test_what_leads_nowhere_is_told(estate: tuple[Inventory, ...]) -> None:
    endpoints = [one for one in scanner.who(estate).closed if one.endpoint]
    assert [(one.reason.split(" sg-")[0], one.principals) for one in endpoints] == [
        ("it is in the state create-failed", ()),
        (
            "no rule of",
            ("user/alice", "role/administrator", "role/developer", "role/support-desk", "role/on-call",
             "role/AWSReservedSSO_NetworkOperators_0123456789abcdef"),
        ),
    ]  # fmt: skip


def test_scps_that_may_not_be_read_are_told_once(estate: tuple[Inventory, ...]) -> None:
    found = scanner.who(estate)
    assert [note.partition(":")[0] for note in found.notes] == [
        "SCP not evaluated",
        "session policies and resource control policies were not seen",
        "the account's root user is not listed",
    ]
    assert {note for row in found.rows for note in row.notes} == set()
