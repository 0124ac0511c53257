"""What rules about IAM say beside whom they flag: the sentence, the evidence, the weight and the cure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner import inventory_from_describe
from scanner.evaluate.run import evaluate
from scanner.model import Config, Finding
from scanner.rulebook.shelf import select_rules
from tests.policy.accounts import DURATION, allow, deny, group, managed, policy, policy_arn, role, trusting, user
from tests.rules.answers import ACCOUNT, NOON, OTHER_ACCOUNT, RULES, answers_of, outcomes

OPEN = "ec2-instance-connect:OpenTunnel"
PUSH = "ec2-instance-connect:SendSSHPublicKey"
CONSOLE = "ec2-instance-connect:SendSerialConsoleSSHPublicKey"
ANY_TUNNEL = policy_arn("any-tunnel")
ACCOUNT_TRUST = policy(trusting({"AWS": "arn:aws:iam::111122223333:root"}))

Facts = dict[str, Any]


def attached(*arns: str) -> Facts:
    return {"AttachedManagedPolicies": [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]}


def asked(rule_id: str, *, settings: Facts | None = None, **lists: list[Facts]) -> dict[str, Finding]:
    names = {"users": "UserDetailList", "groups": "GroupDetailList", "roles": "RoleDetailList", "policies": "Policies"}
    empty: dict[str, Any] = {name: [] for name in names.values()}
    given: dict[str, Any] = {names.get(word, word): found for word, found in lists.items()}
    return answers_of(rule_id, settings=settings, **{**empty, **given})


def test_a_wide_policy_is_one_finding_with_everybody_it_reaches_and_its_statement_in_its_place() -> None:
    found = asked(
        "IAM001",
        policies=[managed(ANY_TUNNEL, policy(allow("s3:GetObject"), allow(Sid="Tunnels")))],
        groups=[group("operators", **attached(ANY_TUNNEL))],
        users=[user("ada", GroupList=["operators"]), user("ben", GroupList=["operators"])],
        roles=[role("ops", **attached(ANY_TUNNEL)), role("idle")],
    )
    assert outcomes(found) == {"any-tunnel": "fail"}
    told = found["any-tunnel"]
    assert told.message == (
        "the policy any-tunnel lets user/ada, user/ben and role/ops open tunnels through every EC2 Instance Connect Endpoint"
    )
    assert told.because == (
        f"statement 2 (Tunnels) of the managed policy {ANY_TUNNEL}, version v3: Allow {OPEN} on * without a Condition",
        "it reaches user/ada, user/ben and role/ops",
    )
    assert told.severity == "high"
    assert f"aws iam create-policy-version --policy-arn {ANY_TUNNEL} --policy-document file://policy.json" in told.fix


def test_an_administrator_is_told_once_with_a_low_weight_and_by_no_other_rule() -> None:
    arn = policy_arn("AdministratorAccess", owner="aws")
    lists: dict[str, Any] = {
        "policies": [managed(arn, policy(allow("*")))],
        "roles": [role("admin", **attached(arn))],
    }
    found = asked("IAM001", **lists)["AdministratorAccess"]
    assert found.severity == "low"
    assert found.message == (
        "the policy AdministratorAccess lets role/admin do everything, tunnels and keys for every instance included"
    )
    for other in ("IAM002", "IAM003", "IAM004", "IAM005", "IAM006", "IAM007"):
        assert outcomes(asked(other, **lists)) == {"AdministratorAccess": "pass"}


def test_what_a_denial_takes_away_is_evidence_and_the_rest_a_finding() -> None:
    without_mfa = deny(OPEN, condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})
    found = asked("IAM001", users=[user("ada", policy(allow(), without_mfa))])["ada"]
    condition = json.dumps({"Bool": {"aws:MultiFactorAuthPresent": ["false"]}})
    assert any(line.startswith("a part is denied: statement 2 of") and condition in line for line in found.because)


def test_service_control_policies_that_were_not_read_are_told() -> None:
    unread = answers_of(
        "IAM001",
        complete=False,
        UserDetailList=[],
        GroupDetailList=[],
        Policies=[],
        RoleDetailList=[role("ops", policy(allow()))],
    )["ops"]
    assert unread.outcome == "fail"
    assert unread.because[-1].startswith("SCP not evaluated: ")


@pytest.mark.parametrize(
    ("condition", "severity", "message"),
    [
        (None, "medium", "the inline policy policy-0 lets role/ops open tunnels to any address"),
        (
            {"IpAddress": {"ec2-instance-connect:privateIpAddress": "10.0.1.0/24"}},
            "low",
            "the inline policy policy-0 lets role/ops open tunnels to any port that the service allows",
        ),
    ],
)
def test_a_missing_port_weighs_less_than_a_missing_address(condition: Any, severity: str, message: str) -> None:
    found = asked("IAM002", roles=[role("ops", policy(allow(condition=condition)))])["ops"]
    name = found.message.split()[3]
    assert (found.severity.value, found.message) == (severity, message.replace("policy-0", name))


def test_a_port_compared_as_text_counts_and_is_told() -> None:
    text = {
        "StringEquals": {"ec2-instance-connect:remotePort": "22"},
        "IpAddress": {"ec2-instance-connect:privateIpAddress": "10.0.1.0/24"},
    }
    lists: dict[str, Any] = {
        "policies": [managed(ANY_TUNNEL, policy(allow(condition=text)))],
        "roles": [role("ops", **attached(ANY_TUNNEL))],
    }
    found = asked("IAM002", **lists)["any-tunnel"]
    assert found.outcome == "pass"
    (line,) = found.because
    assert line.startswith(f"statement 1 of the managed policy {ANY_TUNNEL}, version v3 compares")
    assert line.endswith("remotePort as text (StringEquals): AWS's own examples use NumericEquals")


def test_the_limit_of_time_is_the_setting() -> None:
    hour = role("ops", policy(allow(condition={"NumericLessThanEquals": {DURATION: "3600"}})))
    assert asked("IAM003", roles=[hour]) == {}
    found = asked("IAM003", roles=[hour], settings={"max_seconds": 900})["ops"]
    assert found.message.endswith("lets role/ops open tunnels without a limit of 900 s or less")


def test_only_those_who_enter_without_mfa_are_named() -> None:
    with_mfa = policy(
        trusting({"AWS": "arn:aws:iam::111122223333:root"}, condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    )
    found = asked(
        "IAM004",
        policies=[managed(ANY_TUNNEL, policy(allow()))],
        roles=[
            role("careful", trust=with_mfa, **attached(ANY_TUNNEL)),
            role("open", trust=ACCOUNT_TRUST, **attached(ANY_TUNNEL)),
        ],
    )["any-tunnel"]
    assert found.message == "the policy any-tunnel lets role/open open tunnels from any network without MFA"


def test_aws_own_policy_is_taken_away_and_one_user_everywhere_weighs_less() -> None:
    arn = policy_arn("EC2InstanceConnect", owner="aws")
    lists: dict[str, Any] = {
        "policies": [managed(arn, policy(allow([PUSH])))],
        "roles": [role("deployer", **attached(arn))],
    }
    found = asked("IAM005", **lists)["EC2InstanceConnect"]
    assert found.severity == "high"
    assert (
        found.message == "the policy EC2InstanceConnect lets role/deployer push an SSH key as any user, root included"
    )
    assert f"aws iam detach-role-policy --role-name deployer --policy-arn {arn}" in found.fix
    one_user = policy(allow(PUSH, condition={"StringEquals": {"ec2:osuser": "ec2-user"}}))
    assert asked("IAM005", roles=[role("ops", one_user)])["ops"].severity == "medium"


def test_the_serial_console_weighs_as_its_switch_says() -> None:
    ops = role("ops", policy(allow(CONSOLE)))
    assert asked("IAM006", roles=[ops])["ops"].severity == "low"


def test_a_perimeter_policy_names_the_calls() -> None:
    found = asked("IAM007", roles=[role("ops", policy(allow(["ec2:CreateRoute", "cloudtrail:StopLogging"])))])["ops"]
    assert found.message.endswith("lets role/ops open the perimeter: ec2:CreateRoute and cloudtrail:StopLogging")


def test_a_policy_of_aws_own_is_told_in_every_account_that_has_it() -> None:
    arn = policy_arn("AdministratorAccess", owner="aws")
    lists: Facts = {"UserDetailList": [], "GroupDetailList": [], "Policies": [managed(arn, policy(allow("*")))]}
    estates = [
        inventory_from_describe(
            {
                **lists,
                "RoleDetailList": [{**role(name, **attached(arn)), "Arn": f"arn:aws:iam::{account}:role/{name}"}],
            },
            account=account,
            region="eu-west-1",
            taken_at=NOON,
        )
        for account, name in ((ACCOUNT, "one"), (OTHER_ACCOUNT, "two"))
    ]
    report = evaluate(estates, select_rules(RULES, Config(select=("IAM001",))))
    assert {(found.resource.account, found.because[1]) for found in report.findings if found.outcome == "fail"} == {
        (ACCOUNT, "it reaches role/one"),
        (OTHER_ACCOUNT, "it reaches role/two"),
    }
