"""Who may open a tunnel, and all rules about it, over an account with thousands of roles: CPU seconds and peak memory, each size in a process of its own."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
SIZES = (500, 5_000)
POLICIES = 400
GOAL_SIZE, GOAL, GOAL_OF_RULES = 5_000, 4.0, 12.0
ACTION = "ec2-instance-connect:OpenTunnel"

Facts = dict[str, Any]

_PORT, _DURATION = "ec2-instance-connect:remotePort", "ec2-instance-connect:maxTunnelDuration"
_ADDRESS = "ec2-instance-connect:privateIpAddress"


def main() -> None:
    """Prints one line a size, the growth between them, and what was to be reached."""
    costs: dict[int, float] = {}
    for size in SIZES:
        told = _measured(size)
        costs[size] = told["asked"]
        print(
            f"  {size:>7,} roles  {POLICIES} managed policies  first question {told['asked']:6.2f}  "
            f"second {told['again']:6.2f} CPU s  {told['allowed']:>5,.0f} allowed  {told['conditional']:>5,.0f} conditional  "
            f"{told['unknown']:.0f} unknown  rules {told['rules']:6.2f} CPU s  peak {told['peak']:6,.0f} MB"
        )
        if size == GOAL_SIZE:
            print(f"  goal: {size:,} under {GOAL:.0f} CPU s: {'MISSED' if told['asked'] >= GOAL else 'met'}")
            verdict = "MISSED" if told["rules"] >= GOAL_OF_RULES else "met"
            print(f"  goal: all IAM rules over {size:,} under {GOAL_OF_RULES:.0f} CPU s: {verdict}")
    for small, large in pairwise(SIZES):
        growth = costs[large] / costs[small]
        print(f"  growth {small:,} -> {large:,}: {growth:.1f} times for {large / small:.0f} times the size")


def _measured(size: int) -> dict[str, float]:
    """What a process of its own says of one size."""
    command = [sys.executable, "-m", "benchmarks.identity", str(size)]
    root = Path(__file__).resolve().parent.parent
    finished = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(finished.stdout)
    return told


def measure(size: int) -> dict[str, float]:
    """CPU seconds of one question over all principals, of another over what was read by then, and the peak memory in MB."""
    from scanner.kit import who_may
    from scanner.model import View

    view = View(make_account(size))
    endpoints = [_endpoint(number) for number in range(20)]
    started = time.process_time()
    answers = who_may(view, ACTION, endpoints)
    told = {"asked": time.process_time() - started}
    started = time.process_time()
    who_may(view, "ec2-instance-connect:SendSSHPublicKey", ["*"])
    told["again"] = time.process_time() - started
    for word in ("allowed", "conditional", "unknown"):
        told[word] = sum(grant.access.value == word for grant in answers.grants)
    told["rules"] = _rules_cost(size)
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return told


def _rules_cost(size: int) -> float:
    """CPU seconds of all IAM rules over the same account, of which nothing is known yet."""
    from scanner.evaluate.run import evaluate
    from scanner.rulebook.shelf import load_rules

    rules = [rule for rule in load_rules(brief=True) if rule.family == "IAM"]
    account = make_account(size)
    started = time.process_time()
    evaluate([account], rules)
    return time.process_time() - started


def make_account(roles: int) -> Any:
    """An inventory with this many roles, each with an inline policy and four managed ones, under an organization."""
    from scanner.model import Inventory, Resource

    dice = random.Random(4)
    policies = [_managed(number, dice) for number in range(POLICIES)]
    arns = [policy["Arn"] for policy in policies]
    given = {
        "AWS::IAM::ManagedPolicy": policies,
        "AWS::IAM::Role": [_role(number, dice, arns) for number in range(roles)],
        "AWS::Organizations::Organization": [{"Id": "o-a1b2c3d4e5", "FeatureSet": "ALL", "MasterAccountId": "999988887777"}],
        "AWS::Organizations::Account": [{"Id": ACCOUNT, "Ancestors": [{"Id": "r-1", "Type": "ROOT"}, {"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}]}],
        "AWS::Organizations::Policy": _scps(),
    }  # fmt: skip
    resources = tuple(
        Resource(kind, "aws", ACCOUNT, "global", str(one.get("RoleName", one.get("PolicyName", one.get("Id")))),
                 str(one.get("Arn", "")), one)
        for kind, found in given.items() for one in found
    )  # fmt: skip
    return Inventory("aws", ACCOUNT, "global", resources, taken_at="2026-01-15T12:00:00Z", mode="world")


def _role(number: int, dice: random.Random, arns: list[str]) -> Facts:
    name = f"role-{number:05}"
    inline = _document(
        [{"Effect": "Allow", "Action": ["s3:GetObject", "sqs:*"], "Resource": f"arn:aws:s3:::bucket-{number}/*"}]
    )
    facts: Facts = {
        "RoleName": name, "RoleId": f"AROA{number:017}", "Path": "/", "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": inline}],
        "AttachedManagedPolicies": [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in dice.sample(arns, 4)],
        "Tags": [{"Key": "team", "Value": f"team-{number % 40}"}],
    }  # fmt: skip
    if number % 5 == 0:
        facts["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arns[0]}
    return facts


def _managed(number: int, dice: random.Random) -> Facts:
    """Four of five say nothing of tunnels; the others allow or deny them under all kinds of conditions."""
    statements = [{"Effect": "Allow", "Action": [f"{service}:Describe*", f"{service}:List*"], "Resource": "*"}
                  for service in dice.sample(["ec2", "s3", "sqs", "logs", "lambda", "kms", "rds", "sns"], 4)]  # fmt: skip
    if number == 0:
        statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    elif number % 5 == 0:
        statements.append(_tunnel(number, dice))
    arn = f"arn:aws:iam::{ACCOUNT}:policy/policy-{number:03}"
    versions = [{"VersionId": "v2", "IsDefaultVersion": True, "Document": _document(statements)}]
    return {"PolicyName": f"policy-{number:03}", "Arn": arn, "DefaultVersionId": "v2", "PolicyVersionList": versions}


def _tunnel(number: int, dice: random.Random) -> Facts:
    condition: Facts = {
        "NumericEquals": {_PORT: [str(port) for port in dice.sample([22, 3389, 443, 5432], 2)]},
        "NumericLessThanEquals": {_DURATION: str(600 * dice.randint(1, 6))},
        "IpAddress": {_ADDRESS: f"10.{number % 200}.0.0/16"},
    }
    if number % 15 == 0:
        return {"Effect": "Deny", "Action": "ec2-instance-connect:*", "Resource": "*",
                "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}  # fmt: skip
    if number % 10 == 0:
        condition["StringEquals"] = {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}
    return {
        "Effect": "Allow",
        "Action": ACTION,
        "Resource": _endpoint(number % 20) if number % 4 else "*",
        "Condition": condition,
    }


def _scps() -> list[Facts]:
    guard = [
        {"Effect": "Deny", "Action": "ec2-instance-connect:OpenTunnel", "Resource": "*",
         "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}, "Bool": {"aws:ViaAWSService": "false"}}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}},
    ]  # fmt: skip
    full = _document([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    return [
        {"Id": "p-full", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "Content": json.dumps(full),
         "Targets": [{"TargetId": target} for target in ("r-1", "ou-1", ACCOUNT)]},
        {"Id": "p-guard", "Name": "guard", "Type": "SERVICE_CONTROL_POLICY", "Content": json.dumps(_document(guard)),
         "Targets": [{"TargetId": "ou-1"}]},
    ]  # fmt: skip


def _document(statements: list[Facts]) -> Facts:
    return {"Version": "2012-10-17", "Statement": statements}


def _endpoint(number: int) -> str:
    return f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance-connect-endpoint/eice-{number:017x}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
