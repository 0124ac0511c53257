"""What rules about paths out of Instance Connect Endpoints say beside whom they flag: the hop that blocks, and the cure."""

from __future__ import annotations

import pytest

from scanner.evaluate.judge import judge
from scanner.evaluate.worlds import build_world
from scanner.model import Finding, Outcome
from scanner.rulebook.shelf import with_settings
from tests.rules.answers import RULES

BY_ID = {rule.id: rule for rule in RULES}


def _finding(rule_id: str, name: str) -> Finding:
    """The one flag of a world on the rule's card."""
    rule = BY_ID[rule_id]
    world = next(world for world in rule.worlds if world.name == name)
    findings, _ = judge(with_settings(rule, world.settings), build_world(world))
    (found,) = [finding for finding in findings if finding.outcome is Outcome.FAIL]
    return found


@pytest.mark.parametrize(
    ("name", "kind", "identity"),
    [
        ("the instance admits nobody", "SecurityGroup", "eni-0f5e61d21e8f10001"),
        ("the endpoint's group lets nothing out", "SecurityGroup", "eice-0f5e61d22e8f10002"),
        ("a network ACL denies it", "NetworkAcl", "acl-0f5e61d24e8f10000"),
        ("the answers do not get back", "NetworkAcl", "acl-0f5e61d25e8f10000"),
        ("the endpoint speaks IPv6 alone", "NetworkInterface", "eni-0f5e61d26e8f10001"),
    ],
)
def test_the_hop_that_blocks_is_the_last_one_of_the_path(name: str, kind: str, identity: str) -> None:
    found = _finding("EIC004", name)
    last = found.path[-1]
    assert (last.kind.rpartition("::")[2], last.id, last.allows) == (kind, identity, False)
    assert found.because[-1] == last.words


def test_a_group_that_admits_nobody_gets_the_pair_of_rules() -> None:
    assert _finding("EIC004", "the instance admits nobody").fix.splitlines()[:2] == [
        (
            "aws ec2 authorize-security-group-egress --region eu-west-1 --group-id sg-0f5e61d21e8f10002 --ip-permissions"
            " 'IpProtocol=tcp,FromPort=22,ToPort=22,UserIdGroupPairs=[{GroupId=sg-0f5e61d21e8f10001}]'"
        ),
        (
            "aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0f5e61d21e8f10001"
            " --protocol tcp --port 22 --source-group sg-0f5e61d21e8f10002"
        ),
    ]


def test_a_network_acl_is_named_in_the_cure() -> None:
    assert _finding("EIC004", "a network ACL denies it").fix.startswith("Mend acl-0f5e61d24e8f10000")


def test_an_endpoint_of_the_other_family_is_widened() -> None:
    assert _finding("EIC004", "the endpoint speaks IPv6 alone").fix.startswith(
        "aws ec2 modify-instance-connect-endpoint --region eu-west-1 --ip-address-type dualstack"
        " --instance-connect-endpoint-id eice-0f5e61d26e8f10002"
    )


def test_only_the_private_ones_among_those_who_wear_an_open_group_are_named() -> None:
    found = _finding("EIC005", "one who wears it is public, another is not")
    assert "i-0a6f72e24e8f10009" in found.message
    assert "i-0a6f72e24e8f10001" not in found.message
    assert "--source-group sg-0a6f72e24e8f10002" in found.fix


def test_a_foreign_endpoint_is_told_with_its_owner() -> None:
    assert _finding("EIC007", "the owner's alone").because == ("OwnerId of eice-0b7a83f21e8f10001 is 444455556666",)


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("preserved, where the policy wants none", "--no-preserve-client-ip"),
        ("hidden, where the policy wants addresses", "--preserve-client-ip"),
        ("an old instance type", "--no-preserve-client-ip"),
    ],
)
def test_the_setting_is_changed_in_the_direction_that_mends_it(name: str, flag: str) -> None:
    fix = _finding("EIC008", name).fix
    assert fix.startswith(f"aws ec2 modify-instance-connect-endpoint --region eu-west-1 {flag} ")
