"""Who can log in to what, over thousands of roles, ten endpoints and their instances: CPU seconds, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.identity import ACCOUNT, make_account

SIZES = ((500, 500), (5_000, 2_000))
GOAL_SIZE, GOAL = 5_000, 6.0
ENDPOINTS = 10

Facts = dict[str, Any]

_EC2 = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"


def main() -> None:
    """Prints one line a size, and what was to be reached."""
    for roles, instances in SIZES:
        command = [sys.executable, "-m", "benchmarks.logins", str(roles), str(instances)]
        root = Path(__file__).resolve().parent.parent
        finished = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
        told = json.loads(finished.stdout)
        print(
            f"  {roles:>7,} roles  {ENDPOINTS} endpoints  {instances:>5,} instances  {told['asked']:6.2f} CPU s  "
            f"{told['rows']:,} rows"
        )
        if roles == GOAL_SIZE:
            print(f"  goal: {roles:,} roles under {GOAL:.0f} CPU s: {'MISSED' if told['asked'] >= GOAL else 'met'}")


def measure(roles: int, instances: int) -> dict[str, float]:
    """CPU seconds of one question about every door, and the number of rows."""
    import scanner

    inventory = make_account(roles)
    whole = replace(inventory, resources=(*inventory.resources, *_network(instances)))
    started = time.process_time()
    found = scanner.who(whole)
    return {"asked": time.process_time() - started, "rows": len(found.rows)}


def _network(instances: int) -> Iterator[Any]:
    """A VPC for each endpoint, the instances spread over them, all managed, and the serial console on."""
    for number in range(ENDPOINTS):
        yield from _vpc(number)
    for number in range(instances):
        yield from _instance(number)
    yield _made("SerialConsoleAccess", "console", "", SerialConsoleAccessEnabled=True)


def _vpc(number: int) -> Iterator[Any]:
    vpc, subnet, group, block = f"vpc-{number}", f"subnet-{number}", f"sg-{number}", f"10.{number}.0.0/16"
    endpoint, everybody = f"eice-{number:017x}", [{"CidrIp": "0.0.0.0/0"}]
    yield _made("VPC", vpc, "vpc", VpcId=vpc, CidrBlock=block)
    yield _made("Subnet", subnet, "subnet", SubnetId=subnet, VpcId=vpc, CidrBlock=block, OwnerId=ACCOUNT)
    local = {"DestinationCidrBlock": block, "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}
    yield _made("RouteTable", f"rtb-{number}", "route-table", RouteTableId=f"rtb-{number}", VpcId=vpc,
                Associations=[{"Main": True}], Routes=[local])  # fmt: skip
    entries = [{"RuleNumber": 100, "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0", "Protocol": "-1"}
               for egress in (True, False)]  # fmt: skip
    yield _made("NetworkAcl", f"acl-{number}", "network-acl", NetworkAclId=f"acl-{number}", VpcId=vpc,
                Associations=[{"SubnetId": subnet}], Entries=entries)  # fmt: skip
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    yield _made("SecurityGroup", group, "security-group", GroupId=group, VpcId=vpc, IpPermissions=[ssh],
                IpPermissionsEgress=[{"IpProtocol": "-1", "IpRanges": everybody}])  # fmt: skip
    yield _made("InstanceConnectEndpoint", endpoint, "instance-connect-endpoint", InstanceConnectEndpointId=endpoint,
                State="create-complete", VpcId=vpc, SubnetId=subnet, OwnerId=ACCOUNT,
                NetworkInterfaceIds=[f"eni-e{number}"], SecurityGroupIds=[group], PreserveClientIp=False)  # fmt: skip
    yield _interface(f"eni-e{number}", number, f"10.{number}.0.4", {})


def _instance(number: int) -> Iterator[Any]:
    place, rest = number % ENDPOINTS, number // ENDPOINTS + 10
    id_ = f"i-{number:017x}"
    yield _made("Instance", id_, "instance", InstanceId=id_, VpcId=f"vpc-{place}", State={"Name": "running"},
                Tags=[{"Key": "team", "Value": f"team-{number % 40}"}])  # fmt: skip
    yield _interface(f"eni-{number}", place, f"10.{place}.{rest // 250}.{rest % 250}", {"InstanceId": id_})
    yield _made("ManagedInstanceInventory", id_, "", service="SSM", InstanceId=id_, PingStatus="Online")


def _interface(id_: str, place: int, address: str, attachment: Facts) -> Any:
    return _made("NetworkInterface", id_, "network-interface", NetworkInterfaceId=id_, VpcId=f"vpc-{place}",
                 SubnetId=f"subnet-{place}", PrivateIpAddress=address, Groups=[{"GroupId": f"sg-{place}"}],
                 InterfaceType="interface", Attachment=attachment)  # fmt: skip


def _made(kind: str, id_: str, noun: str, *, service: str = "EC2", **facts: Any) -> Any:
    from scanner.model import Resource

    return Resource(f"AWS::{service}::{kind}", "aws", ACCOUNT, "eu-west-1", id_, f"{_EC2}:{noun}/{id_}", facts)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
    else:
        main()
