"""The gate: one template in a process of its own, 700 files in one run, and how Checkov compares where it is installed.

CHECKOV names its command; by default the one in PATH is taken.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

RUNS = 6
FILES = 700
GOAL_SECONDS, GOAL_MB, GOAL_MANY = 0.3, 60.0, 10.0

_MEASURE = (
    "import resource, subprocess, sys;"
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
)
"""A process between, whose only child is what is measured: the peak of all children is the peak of that one."""


class Cost(NamedTuple):
    """CPU seconds, user and system, and peak memory in MB of a process with its children."""

    seconds: float
    megabytes: float


def main() -> None:
    """Prints one line a measurement."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        one = folder / "network.template.json"
        one.write_text(json.dumps(_network(0)), encoding="utf-8")
        many = folder / "many"
        many.mkdir()
        for number in range(FILES):
            (many / f"network{number}.template.json").write_text(json.dumps(_network(number)), encoding="utf-8")
        _compare(one, many)


def _compare(one: Path, many: Path) -> None:
    python = _least([sys.executable, "-c", "pass"])
    gate = [sys.executable, "-m", "scanner", "gate"]
    subprocess.run([*gate, str(one)], capture_output=True, check=False)  # bytecode is there from now on
    alone = _least([*gate, str(one)])
    more = alone.megabytes - python.megabytes
    print(
        f"  one template, cold   {alone.seconds:7.3f} CPU s  {more:6.1f} MB more than Python itself"
        f"  goal {GOAL_SECONDS} s, {GOAL_MB:.0f} MB: {_met(alone.seconds < GOAL_SECONDS and more < GOAL_MB)}"
    )
    crowd = _cost([*gate, str(many)])
    print(
        f"  {FILES} files, one run   {crowd.seconds:7.2f} CPU s  {crowd.megabytes - python.megabytes:6.1f} MB more"
        f"  goal {GOAL_MANY:.0f} s: {_met(crowd.seconds < GOAL_MANY)}"
    )
    checkov = os.environ.get("CHECKOV") or shutil.which("checkov")
    if not checkov:
        print("  Checkov is not installed: nothing to compare with")
        return
    words = [checkov, "--framework", "cloudformation", "--compact", "--quiet", "--skip-download"]
    for name, ours, asked in (("one template", alone, ["-f", str(one)]), (f"{FILES} files", crowd, ["-d", str(many)])):
        theirs = _cost([*words, *asked])
        print(
            f"  Checkov, {name:12}{theirs.seconds:7.2f} CPU s  {theirs.megabytes - python.megabytes:6.1f} MB more"
            f"  {theirs.seconds / ours.seconds:.0f} times ours"
        )


def _least(command: list[str]) -> Cost:
    costs = [_cost(command) for _ in range(RUNS)]
    return Cost(min(cost.seconds for cost in costs), min(cost.megabytes for cost in costs))


def _cost(command: list[str]) -> Cost:
    # What is measured may keep its bytecode, as every installed program does.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command], capture_output=True, text=True, check=True, env=environment
    )
    seconds, peak = told.stdout.split()
    return Cost(float(seconds), float(peak) / (1024 if sys.platform != "darwin" else 1024**2))


def _met(is_met: bool) -> str:  # noqa: FBT001 - a verdict in words
    return "met" if is_met else "MISSED"


def _network(number: int) -> dict[str, Any]:
    """A VPC with two subnets, a way out, a group, a host, and an endpoint for logins."""
    ref = {name: {"Ref": name} for name in ("Vpc", "Gate", "Front", "Back", "Table", "Group")}
    return {
        "Parameters": {"Cidr": {"Type": "String", "Default": "10.0.0.0/16"}, "Ssh": {"Type": "String", "Default": "No"}},
        "Conditions": {"WithSsh": {"Fn::Equals": [{"Ref": "Ssh"}, "Yes"]}},
        "Resources": {
            "Vpc": _resource("VPC", CidrBlock={"Ref": "Cidr"}, Tags=[{"Key": "Name", "Value": f"network-{number}"}]),
            "Gate": _resource("InternetGateway"),
            "Attached": _resource("VPCGatewayAttachment", VpcId=ref["Vpc"], InternetGatewayId=ref["Gate"]),
            "Front": _resource("Subnet", VpcId=ref["Vpc"], CidrBlock="10.0.0.0/24", MapPublicIpOnLaunch=True),
            "Back": _resource("Subnet", VpcId=ref["Vpc"], CidrBlock={"Fn::Select": [1, {"Fn::Cidr": [{"Ref": "Cidr"}, 4, 8]}]}),
            "Table": _resource("RouteTable", VpcId=ref["Vpc"]),
            "Out": _resource("Route", RouteTableId=ref["Table"], DestinationCidrBlock="0.0.0.0/0", GatewayId=ref["Gate"]),
            "Followed": _resource("SubnetRouteTableAssociation", SubnetId=ref["Front"], RouteTableId=ref["Table"]),
            "Group": _resource(
                "SecurityGroup",
                GroupDescription={"Fn::Sub": "hosts of ${AWS::StackName}"},
                VpcId=ref["Vpc"],
                SecurityGroupIngress=[
                    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"},
                    {"Fn::If": ["WithSsh", {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}, {"Ref": "AWS::NoValue"}]},
                ],
            ),
            "Host": _resource("Instance", ImageId="ami-0123456789abcdef0", SubnetId=ref["Front"], SecurityGroupIds=[ref["Group"]]),
            "Login": _resource("InstanceConnectEndpoint", SubnetId=ref["Back"], SecurityGroupIds=[ref["Group"]]),
            "Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": {"IsLogging": True, "S3BucketName": f"trail-{number}"}},
        },
    }  # fmt: skip


def _resource(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::EC2::{name}", "Properties": properties}


if __name__ == "__main__":
    main()
