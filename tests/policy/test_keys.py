"""The hand table of the login actions, held against botocore's models where these know an action."""

from __future__ import annotations

import botocore.session
import pytest

from scanner.aws.table import KINDS
from scanner.policy.facts import is_foreign
from scanner.policy.keys import GLOBAL_KEYS, LOGINS, OPEN_TUNNEL_ACTION, Type, carried
from scanner.policy.who import KINDS as WHO_KINDS

SESSION = botocore.session.Session()


@pytest.mark.parametrize("action", [login.action for login in LOGINS.values() if login.action != OPEN_TUNNEL_ACTION])
def test_an_action_is_an_operation_of_its_service(action: str) -> None:
    service, _, operation = action.partition(":")
    assert operation in SESSION.get_service_model(service).operation_names


@pytest.mark.parametrize("login", LOGINS.values(), ids=lambda login: login.action)
def test_an_action_is_about_a_kind_that_is_collected(login: object) -> None:
    assert getattr(login, "kind", "") in KINDS


def test_everything_that_is_asked_for_is_a_kind_that_is_collected() -> None:
    assert sorted(WHO_KINDS - set(KINDS)) == []


@pytest.mark.parametrize(
    ("action", "carries", "lacks"),
    [
        (
            "ec2-instance-connect:opentunnel",
            ["ec2-instance-connect:remoteport", "ec2-instance-connect:maxtunnelduration", "ec2-instance-connect:privateipaddress",
             "aws:resourcetag/a", "ec2:resourcetag/a"],
            ["ec2:osuser", "ssm:resourcetag/a", "aws:tagkeys", "ec2:vpc"],
        ),
        ("ec2-instance-connect:sendsshpublickey", ["ec2:osuser", "ec2:resourcetag/a"], ["ec2-instance-connect:remoteport"]),
        ("ec2-instance-connect:sendserialconsolesshpublickey", ["aws:resourcetag/a"], ["ec2:osuser"]),
        ("ssm:startsession", ["ssm:sessiondocumentaccesscheck", "ssm:resourcetag/a"], ["ec2:resourcetag/a", "ec2:osuser"]),
        ("ec2:createroute", ["ec2:vpc", "ec2:osuser", "aws:tagkeys"], []),
    ],
)  # fmt: skip
def test_actions_carry_their_own_keys_and_no_others(action: str, carries: list[str], lacks: list[str]) -> None:
    for key in (*carries, "aws:sourceip", "aws:principaltag/a", "aws:username", "aws:moonphase"):
        assert not is_foreign(action, key), key
    for key in lacks:
        assert is_foreign(action, key), key


def test_the_numbers_of_a_tunnel_have_limits() -> None:
    keys = {key.name.rpartition(":")[2]: key for key in LOGINS[OPEN_TUNNEL_ACTION.lower()].keys}
    assert (keys["remotePort"].least, keys["remotePort"].most) == (1, 65535)
    assert (keys["maxTunnelDuration"].least, keys["maxTunnelDuration"].most) == (1, 3600)
    assert keys["privateIpAddress"].type is Type.ADDRESS


def test_global_keys_are_carried_by_every_action() -> None:
    assert [key for key in GLOBAL_KEYS if carried("ec2:createroute", key) is None] == []
    assert [key for key in GLOBAL_KEYS if carried("ssm:startsession", key) is None] == ["aws:tagkeys"]
