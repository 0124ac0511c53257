"""What takes a bastion's place: the hosts behind it in words, the private ways that are there already, and the cure.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from scanner.model import Resource, View
from scanner.network.bastions import Fan, Host
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT, is_own, is_usable
from scanner.network.structures import text_of

_AGENT = "AWS::SSM::ManagedInstanceInventory"
_TUNNELLED = (22, 3389)
_MOST_HOSTS = 20
_MOST_GROUPS = 5


def hosts_in_words(fan: Fan) -> Iterator[str]:
    """The hosts behind a bastion as lines of evidence."""
    for host in fan.hosts[:_MOST_HOSTS]:
        yield f"behind it: {host.instance.id} on tcp {host.port}, by {host.rule}"
    if len(fan.hosts) > _MOST_HOSTS:
        yield f"and {len(fan.hosts) - _MOST_HOSTS} more"


def replacements_of(inventory: View, instance: Resource, fan: Fan) -> Iterator[str]:
    """Which private ways are there already, as lines of evidence."""
    endpoint = endpoint_beside(inventory, instance)
    if endpoint is not None:
        yield f"{endpoint.id} is an Instance Connect Endpoint of the same VPC, and can take its place"
    online = {agent.id for agent in inventory.known(_AGENT) if agent.get("PingStatus") == "Online"}
    managed = [host.instance.id for host in fan.hosts if host.instance.id in online]
    if managed:
        yield f"Session Manager already reaches {', '.join(managed[:_MOST_HOSTS])}"


def endpoint_beside(inventory: View, instance: Resource) -> Resource | None:
    """The account's own usable Instance Connect Endpoint in the VPC of an instance, among those that were read."""
    for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT):
        beside = endpoint.get("VpcId") == instance.get("VpcId") and is_own(inventory, endpoint)
        if beside and text_of(endpoint, "State") and is_usable(endpoint):
            return endpoint
    return None


def cure_of_bastion(inventory: View, instance: Resource, fan: Fan) -> str:
    """Commands that put an endpoint in a bastion's place, the hosts behind it named by the groups that admit it."""
    endpoint = endpoint_beside(inventory, instance)
    source = "<the group of the endpoint>"
    lines: list[str] = []
    if endpoint is None:
        subnet = shlex.quote(str(instance.get("SubnetId"))) if instance.get("SubnetId") else "<a private subnet>"
        create = "aws ec2 create-instance-connect-endpoint"
        lines.append(f"{create} --subnet-id {subnet} --security-group-ids <a group of its own>")
    elif endpoint.items("SecurityGroupIds"):
        source = shlex.quote(str(endpoint.items("SecurityGroupIds")[0]))
    doors = dict.fromkeys((_group(host), host.port) for host in fan.hosts if host.port in _TUNNELLED)
    for group, port in list(doors)[:_MOST_GROUPS]:
        admit = "aws ec2 authorize-security-group-ingress"
        lines.append(f"{admit} --group-id {shlex.quote(group)} --protocol tcp --port {port} --source-group {source}")
    lines.append(f"aws ec2 terminate-instances --instance-ids {shlex.quote(instance.id)}")
    taker = endpoint.id if endpoint is not None else "One endpoint a VPC"
    lines.append(f"{taker} takes its place; or Session Manager does, with its agent and a role on the hosts behind.")
    lines.append("Terminate it last, when nobody comes that way any more.")
    return "\n".join(lines)


def _group(host: Host) -> str:
    return host.rule.partition(":")[0]
