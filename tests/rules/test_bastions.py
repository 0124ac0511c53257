"""What rules about bastions say beside whom they flag: which names count, how they weigh, how they are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.answers import answers_of, outcomes


def _instance(name: str, **facts: Any) -> dict[str, Any]:
    return {
        "InstanceId": "i-0294bd71c6ef80001",
        "State": {"Name": "running"},
        "Tags": [{"Key": "Name", "Value": name}],
        **facts,
    }


@pytest.mark.parametrize(
    "name",
    [
        "bastion",
        "bastions",
        "Bastion",
        "prod-bastion-1",
        "bastion01",
        "bastion_host",
        "bastionhost",
        "MyBastionHost",
        "EUBastion",
        "jumpbox",
        "jump-server",
        "JumpHost",
        "jump",
        "jmp-01",
        "ssh-gw",
        "SSHGateway",
        "rd gateway",
        "teleport-proxy",
        "guacamole",
    ],
)
def test_the_names_of_bastions_are_known_in_every_spelling(name: str) -> None:
    assert outcomes(answers_of("BAS003", Instances=[_instance(name)])) == {"i-0294bd71c6ef80001": "fail"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "orders",
        "bastionless",
        "Bastionless",
        "bastion-less",
        "BastionLess",
        "bastion-free",
        "no-bastion",
        "NoBastion",
        "nobastion",
        "non_bastion",
        "not-a-bastion",
        "without a jump host",
        "ssh-from-bastion",
        "allow ssh from the bastion host",
        "behind-the-bastion",
        "allow-bastion",
        "jumpstart",
        "trampoline",
        "embastioned",
        "permissions-boundary",
    ],
)
def test_names_that_deny_it_or_only_sound_like_it_do_not_count(name: str) -> None:
    assert outcomes(answers_of("BAS003", Instances=[_instance(name)])) == {"i-0294bd71c6ef80001": "pass"}


def test_an_instance_is_told_with_every_name_that_gives_it_away() -> None:
    found = answers_of(
        "BAS003",
        Instances=[
            _instance(
                "bastion\nof old",
                SecurityGroups=[{"GroupId": "sg-0294bd71c6ef80001", "GroupName": "bastion-ssh"}],
                IamInstanceProfile={"Arn": "arn:aws:iam::111122223333:instance-profile/ops/jump-host"},
            )
        ],
    )["i-0294bd71c6ef80001"]
    assert found.severity == "low"
    assert found.message == "i-0294bd71c6ef80001 (bastion of old) bears the name of a bastion"
    assert found.because == (
        "tag Name is 'bastion\\nof old'",
        "the name of its security group sg-0294bd71c6ef80001 is 'bastion-ssh'",
        "the name of its instance profile is 'jump-host'",
    )
    assert "aws ec2 terminate-instances --region eu-west-1 --instance-ids i-0294bd71c6ef80001" in found.fix.splitlines()


@pytest.mark.parametrize(
    ("reason", "severity"),
    [
        ("", "info"),
        ("Server.SpotInstanceTermination", "info"),
        ("User initiated (2025-12-01 09:00:00 GMT)", "info"),
        ("User initiated (2026-01-10 09:00:00 GMT)", "low"),
        ("User initiated (2026-99-99 09:00:00 GMT)", "info"),
    ],
)
def test_a_stopped_instance_is_only_mentioned_unless_it_was_stopped_lately(reason: str, severity: str) -> None:
    stopped = _instance("bastion", State={"Name": "stopped"}, StateTransitionReason=reason)
    found = answers_of("BAS003", Instances=[stopped])["i-0294bd71c6ef80001"]
    assert found.outcome == "fail"
    assert found.severity == severity
    assert found.message == "i-0294bd71c6ef80001 (bastion) bears the name of a bastion, and is stopped"


def test_templates_and_scaling_groups_are_answered_for_beside_the_instances() -> None:
    found = answers_of(
        "BAS003",
        Instances=[_instance("orders")],
        LaunchTemplateVersions=[
            {"LaunchTemplateId": "lt-0294bd71c6ef80001", "LaunchTemplateName": "jump-host", "VersionNumber": 1},
            {"LaunchTemplateId": "lt-0294bd71c6ef80002", "LaunchTemplateName": "orders", "VersionNumber": 7},
        ],
        AutoScalingGroups=[
            {"AutoScalingGroupName": "Bastion {x} '; true", "DesiredCapacity": 0},
            {"AutoScalingGroupName": "orders", "DesiredCapacity": 2},
        ],
    )
    assert outcomes(found) == {
        "i-0294bd71c6ef80001": "pass",
        "lt-0294bd71c6ef80001:1": "fail",
        "lt-0294bd71c6ef80002:7": "pass",
        "Bastion {x} '; true": "fail",
        "orders": "pass",
    }
    template, group = found["lt-0294bd71c6ef80001:1"], found["Bastion {x} '; true"]
    assert template.message == "the launch template lt-0294bd71c6ef80001 (jump-host) bears the name of a bastion"
    assert template.resource.kind == "AWS::EC2::LaunchTemplate"
    assert template.fix.startswith(
        "aws ec2 delete-launch-template --region eu-west-1 --launch-template-id lt-0294bd71c6ef80001\n"
    )
    assert group.message == (
        "the auto-scaling group Bastion {x} '; true bears the name of a bastion, with a desired capacity of 0"
    )
    assert "{x}" not in group.fix


def test_what_nobody_listed_leaves_the_region_unknown_and_the_instances_decided() -> None:
    found = answers_of("BAS003", complete=False, Instances=[_instance("orders")])
    assert outcomes(found) == {"i-0294bd71c6ef80001": "pass", "eu-west-1": "unknown"}


@pytest.mark.parametrize(
    "profile", [{"Name": "bastion"}, {"Arn": "arn:aws:iam::111122223333:instance-profile/ops/bastion"}]
)
def test_a_template_is_known_by_its_instance_profile(profile: dict[str, str]) -> None:
    template = {
        "LaunchTemplateId": "lt-0294bd71c6ef80001",
        "LaunchTemplateName": "tools",
        "VersionNumber": 1,
        "LaunchTemplateData": {"IamInstanceProfile": profile},
    }
    found = answers_of("BAS003", LaunchTemplateVersions=[template])["lt-0294bd71c6ef80001:1"]
    assert found.outcome == "fail"
    assert found.because == ("the name of its instance profile is 'bastion'",)
