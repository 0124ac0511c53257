"""A cure for what is planned says what to write, and no command that changes what exists."""

from __future__ import annotations

import re

import pytest

import scanner
from scanner.gate.cures import written_cure
from tests.gate.templates_by_hand import EVERYTHING, TEMPLATES


@pytest.mark.parametrize(
    ("fix", "cure"),
    [
        (
            (
                "aws ec2 modify-subnet-attribute --region eu-west-1 --subnet-id subnet-Net --no-map-public-ip-on-launch\n"
                "What has to be public asks for its address when it is launched."
            ),
            (
                "Set MapPublicIpOnLaunch of subnet-Net to false.\n"
                "What has to be public asks for its address when it is launched."
            ),
        ),
        (
            "Move them there, then\naws ec2 terminate-instances --instance-ids i-Quiet\nIf it is something else, say so.",
            "Move them there, then\nremove i-Quiet.\nIf it is something else, say so.",
        ),
        (
            "aws autoscaling start-instance-refresh --auto-scaling-group-name Fleet\nreplaces the instances.",
            "An instance refresh\nreplaces the instances.",
        ),
        (
            (
                "aws ec2 authorize-security-group-ingress --group-id sg-Ssh --protocol tcp --port 22 --source-group <the group of it>\n"
                "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-Ssh\n"
                "aws ec2 revoke-security-group-ingress --group-id sg-Ssh --security-group-rule-ids <each of them>"
            ),
            "Let the group of it in to tcp 22 of sg-Ssh.\nTake these rules out of sg-Ssh.",
        ),
        ("Check them now and then:\naws cloudtrail validate-logs --trail-arn x", "Change it where it is written."),
        ("aws ec2 'never closed", "Change it where it is written."),
        ("", "Change it where it is written."),
        ("aws", "aws"),
    ],
)
def test_what_stands_in_place_of_a_command(fix: str, cure: str) -> None:
    assert written_cure(fix) == cure


def test_no_cure_of_a_planned_resource_holds_a_command_or_begins_in_the_middle() -> None:
    failures = [one for path in (EVERYTHING, TEMPLATES / "open_network.yaml") for one in scanner.gate(path).failures()]
    assert failures
    cures = {one.rule_id: one.fix for one in failures}
    assert {name: fix for name, fix in cures.items() if re.search(r"^\s*aws ", fix, re.MULTILINE)} == {}
    assert {name: fix for name, fix in cures.items() if re.match(r"(Or|Then|And|[a-z])\b", fix)} == {}
