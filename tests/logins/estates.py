"""Two hosts behind an endpoint, and the principals of an account, for questions about who can log in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import scanner
from scanner.logins.capability import Capability, Who
from scanner.model import Gap, Inventory
from tests.network.estates import GROUP, INTERFACE, TUNNEL, Estate, connected
from tests.policy.accounts import ACCOUNT, OPEN_TUNNEL, account

INSTANCE, SWITCH = "AWS::EC2::Instance", "AWS::EC2::SerialConsoleAccess"
MANAGED = "AWS::SSM::ManagedInstanceInventory"
USER, GROUP_OF_USERS, ROLE = "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role"
EC2 = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
EICE = f"{EC2}:instance-connect-endpoint/eice-1"
SEND_KEY = "ec2-instance-connect:SendSSHPublicKey"
CONSOLE = "ec2-instance-connect:SendSerialConsoleSSHPublicKey"
SESSION = "ssm:StartSession"
OS_USER = "ec2:osuser"
SCP_NOTE = "SCP not evaluated"

__all__ = ["GROUP", "INTERFACE", "TUNNEL"]


def hosts(*, console: bool = False) -> Estate:
    """eice-1 reaches i-1 (web, 10.1.1.5) and i-2 (db, 10.1.2.6) at port 22; the agent of i-1 is online."""
    estate = connected(InstanceConnectEndpointArn=EICE, OwnerId=ACCOUNT)
    for number, name in ((1, "web"), (2, "db")):
        estate.add(
            INSTANCE, InstanceId=f"i-{number}", VpcId="vpc-1", State={"Name": "running"},
            Tags=[{"Key": "Name", "Value": name}], NetworkInterfaces=[{"NetworkInterfaceId": f"eni-{number}"}],
        )  # fmt: skip
        estate.put(INTERFACE, f"eni-{number}", Attachment={"InstanceId": f"i-{number}"})
    estate.add(MANAGED, InstanceId="i-1", PingStatus="Online")
    return estate.add(SWITCH, SerialConsoleAccessEnabled=console)


def inventories(estate: Estate, gaps: Sequence[Gap] = (), **people: Any) -> list[Inventory]:
    """A Region, and what belongs to the account."""
    return [estate.inventory(), account(gaps=gaps, **people)]


def who(estate: Estate, action: str = OPEN_TUNNEL, *, target: str = "", **people: Any) -> Who:
    """The answer, through the front door."""
    found: Who = scanner.who(inventories(estate, **people), action, target=target or None)
    return found


def line(row: Capability) -> str:
    """A row in one line: who, what, under which conditions, or why it is not known."""
    ids = ",".join(row.instances)
    ports = f" {'+'.join(map(str, row.ports))}" if row.ports else ""
    keys = f" [{row.keys.words}]" if row.keys is not None else ""
    end = "".join(f"; {word}" for word in (row.conditions, row.reason) if word)
    return f"{row.principal.word} {row.verdict.value} {row.door} {ids}{ports}{keys}{end}"


def lines(found: Who) -> list[str]:
    """All rows."""
    return [line(row) for row in found.rows]


def closed(found: Who) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """What leads nowhere: the door, why, the instances and who would have come through."""
    return [(one.door.value, one.reason, one.instances, one.principals) for one in found.closed]
