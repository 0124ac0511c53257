"""The estate's principals from the front door: every document that lets too much through, and nobody else."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Bastionless

SSO = "AWSReservedSSO_NetworkOperators_0123456789abcdef"
RULES = [f"IAM00{number}" for number in range(1, 8)]


def test_the_demos_policies_are_told_each_once_and_the_bounded_and_the_limited_are_not(
    bastionless: Bastionless, demo_snapshot: Path
) -> None:
    said = bastionless("scan", "--snapshot", demo_snapshot, "--select", ",".join(RULES), "--format", "json", "--quiet")
    found = json.loads(said.out)["findings"]
    told = {
        (one["rule_id"], one["outcome"], one["severity"], one["resource"]["id"])
        for one in found
        if one["rule_id"] in RULES
    }
    assert told == {
        ("IAM001", "fail", "low", "AdministratorAccess"),
        *(("IAM001", "fail", "high", id_) for id_ in ("PowerUserAccess", "any-tunnel", SSO, "on-call")),
        *(("IAM002", "fail", "medium", id_) for id_ in ("PowerUserAccess", "any-tunnel", SSO, "on-call")),
        *(("IAM003", "fail", "low", id_) for id_ in ("PowerUserAccess", "any-tunnel", SSO, "on-call")),
        *(("IAM004", "fail", "medium", id_) for id_ in ("PowerUserAccess", "any-tunnel", "spoke-tunnel")),
        ("IAM004", "unknown", "medium", SSO),
        *(("IAM005", "fail", "high", id_) for id_ in ("EC2InstanceConnect", "PowerUserAccess", "any-tunnel")),
        *(("IAM006", "fail", "high", id_) for id_ in ("PowerUserAccess", "console-rescue")),
        ("IAM007", "fail", "medium", "PowerUserAccess"),
    }
    (wide,) = [one for one in found if (one["rule_id"], one["resource"]["id"]) == ("IAM001", "any-tunnel")]
    assert "role/support-desk can open SSH to 2 instances through eice-" in wide["message"]
    assert wide["message"].endswith(", pushing a key as any user")
