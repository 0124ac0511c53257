"""Which services of AWS the workloads of a VPC cannot do without, and what tells so.

https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html and
https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.model import Resource, Undecided, View
from scanner.network.instances import INSTANCE, is_live, is_service_managed

MANAGED_INSTANCE = "AWS::SSM::ManagedInstanceInventory"

_MANAGED = ("ssm", "ssmmessages")
_IMAGES = ("ecr.api", "ecr.dkr")
_ECS_HOST = ("ecs-agent", "ecs-telemetry", "ecs", *_IMAGES)
_EKS_NODE = ("ec2", *_IMAGES)
# From this version on the agent asks ssmmessages first; Regions that opened since 2024 have no ec2messages at all.
_LAST_AGENT = (3, 3, 40, 0)
_YOUNG_REGIONS = frozenset({
    "ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "mx-central-1", "eusc-de-east-1",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """A service by its short name ("ssm"), who needs it (an interface's id), and what tells so."""

    service: str
    interface: str
    words: str


def needs_of(inventory: View, interfaces: Iterable[Resource]) -> tuple[Need, ...]:
    """What the facts tell of the needs of these interfaces' owners; functions tell nothing, their code decides.

    What was read is judged, be the lists complete or not: whoever finds nothing missing has to insist on them.
    """
    return tuple(need for interface in interfaces for need in _needs(inventory, interface))


def _needs(inventory: View, interface: Resource) -> Iterator[Need]:
    description = str(interface.get("Description", ""))
    if description.startswith("arn:") and ":ecs:" in description and ":attachment/" in description:
        yield from _each(_IMAGES, interface, f"{interface.id} is a task of ECS, which pulls its image")
    if description.startswith("aws-K8S-"):
        yield from _each(_EKS_NODE, interface, f"{interface.id} is of a node of EKS")
    instance_id = str(interface.get("Attachment.InstanceId", ""))
    found = _seen(inventory, INSTANCE, instance_id) if instance_id else None
    if found is not None and is_live(found) and not is_service_managed(found):
        yield from _of_instance(inventory, interface, found)


def _of_instance(inventory: View, interface: Resource, instance: Resource) -> Iterator[Need]:
    keys = instance.tag_keys
    if "AmazonECSManaged" in keys:
        yield from _each(_ECS_HOST, interface, f"{instance.id} has the tag AmazonECSManaged")
    if any(map(_is_of_cluster, keys)):
        cluster = next(filter(_is_of_cluster, instance.tags))
        yield from _each(_EKS_NODE, interface, f"{instance.id} has the tag {' '.join(cluster.split())}")
    managed = _seen(inventory, MANAGED_INSTANCE, instance.id)
    profile = instance.get("IamInstanceProfile.Arn", "")
    if managed is not None:
        yield from _each(_MANAGED, interface, f"{instance.id} is managed by Systems Manager")
        version = str(managed.get("AgentVersion", ""))
        if inventory.region not in _YOUNG_REGIONS and is_old_agent(version):
            yield Need("ec2messages", interface.id, f"{instance.id} runs SSM Agent {version}, older than 3.3.40.0")
    elif profile:
        yield from _each(_MANAGED, interface, f"{instance.id} has the instance profile {profile}")


def _is_of_cluster(key: str) -> bool:
    return key == "eks:cluster-name" or key.startswith("kubernetes.io/cluster/")


def is_old_agent(version: str) -> bool:
    """Whether SSM Agent of this version still needs ec2messages; a version that is no number is none."""
    parts = version.split(".")
    if not all(part.isdecimal() for part in parts):
        return False
    numbers = [int(part) for part in parts]
    return tuple(numbers + [0] * (len(_LAST_AGENT) - len(numbers))) < _LAST_AGENT


def _seen(inventory: View, kind: str, identity: str) -> Resource | None:
    try:
        return inventory.find(kind, identity)
    except Undecided:
        return None


def _each(services: Iterable[str], interface: Resource, words: str) -> Iterator[Need]:
    return (Need(service, interface.id, words) for service in services)
