"""The least IAM policy a selection of rules needs, from what the rules were seen to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.aws.kinds import iam_action
from scanner.aws.table import KINDS, needed_kinds
from scanner.evaluate.run import needed
from scanner.model import Rule

ALWAYS = "ec2:DescribeRegions"
"""Every scan asks which Regions are enabled (sts:GetCallerIdentity is asked too and needs no permission)."""


def actions_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The IAM actions, sorted."""
    calls = {call for kind in needed_kinds(needed(rules)) for call in KINDS[kind].calls}
    free = ("sts", "GetCallerIdentity")
    return tuple(sorted({ALWAYS, *(iam_action(service, operation) for service, operation in calls - {free})}))


def policy_of(rules: Iterable[Rule]) -> dict[str, Any]:
    """An IAM policy document; none of these actions changes anything, and most know no resource-level scope."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "BastionlessReadOnly", "Effect": "Allow", "Action": list(actions_of(rules)), "Resource": "*"}
        ],
    }
