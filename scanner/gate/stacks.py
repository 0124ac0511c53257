"""What exists of which stack: the ids that AWS gave to logical ids, as tags and names tell them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from scanner.model import Inventory, Resource, Undecided

BY_ARN = frozenset(
    {
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::ElasticLoadBalancingV2::Listener", "AWS::CloudTrail::EventDataStore",
    }
)  # fmt: skip
"""The types that plans know by their ARNs."""
_TEMPLATE = "AWS::EC2::LaunchTemplate"
_STACK, _LOGICAL = "aws:cloudformation:stack-name", "aws:cloudformation:logical-id"
_RANDOM = re.compile(r"-[A-Z0-9]{8,14}$", re.IGNORECASE)


class Stacks:
    """What exists of which stack, by the tags that CloudFormation puts on what it makes, and by the names that it makes up."""

    def __init__(self, inventories: Iterable[Inventory] = ()) -> None:
        self._members: dict[str, dict[tuple[str, str], str]] = {}
        self._named: dict[str, dict[str, str]] = {}
        for inventory in inventories:
            for resource in inventory.resources:
                self._take(resource)

    def _take(self, resource: Resource) -> None:
        tags = dict(_tags(resource))
        stack, logical = tags.get(_STACK), tags.get(_LOGICAL)
        own = physical_id(resource)
        if stack and logical:
            self._members.setdefault(stack, {})[resource.kind, logical] = own
        elif _RANDOM.search(own):
            self._named.setdefault(resource.kind, {})[_RANDOM.sub("", own)] = own

    def __bool__(self) -> bool:
        return bool(self._members or self._named)

    def name_of(self, stack: str) -> str:
        """The name of a stack as it exists: that of a nested one ends in something random."""
        if stack in self._members:
            return stack
        found = [name for name in self._members if name.startswith(f"{stack}-") and _RANDOM.sub("", name) == stack]
        return found[0] if len(found) == 1 else stack

    def id_of(self, stack: str, kind: str, logical_id: str) -> str:
        """AWS's id of a resource of a stack, "" where nobody knows it."""
        name = self.name_of(stack)
        known = self._members.get(name, {}).get((kind, logical_id), "")
        return known or self._named.get(kind, {}).get(f"{name}-{logical_id}", "")

    def members(self, stack: str) -> Mapping[tuple[str, str], str]:
        """Kind and logical id -> AWS's id of all that is tagged."""
        return self._members.get(self.name_of(stack), {})


def physical_id(resource: Resource) -> str:
    """What CloudFormation calls the physical id of a resource."""
    if resource.kind in BY_ARN or resource.kind == "AWS::IAM::ManagedPolicy":
        return resource.arn
    if resource.kind == _TEMPLATE:
        return resource.id.partition(":")[0]
    return resource.id


def _tags(resource: Resource) -> Iterator[tuple[str, str]]:
    for name in ("Tags", "TagSet"):
        try:
            found = resource.get(name, ())
        except Undecided:
            continue
        for tag in found if isinstance(found, (list, tuple)) else ():
            if isinstance(tag, Mapping) and isinstance(tag.get("Key"), str) and isinstance(tag.get("Value"), str):
                yield tag["Key"], tag["Value"]
