"""What CloudFormation has no resource for: attachments and members, which join the resource that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.gate.planned import Path, Place, Planned, Spot, Unread
from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.balancers import CLASSIC
from scanner.gate.terraform.words.entry import properties_of
from scanner.gate.terraform.words.evidence import RULE
from scanner.gate.terraform.words.filters import GROUP as SECURITY_GROUP
from scanner.gate.terraform.words.identity import GROUP, MANAGED, ROLE, USER
from scanner.gate.terraform.words.machines import SCALING, TARGETS
from scanner.gate.terraform.words.networks import ENDPOINT, INSTANCE, INTERFACE, LIST, SUBNET, TABLE
from scanner.model import Unknown


@dataclass(frozen=True, slots=True)
class Join:
    """How a Terraform resource joins others: `target` gives their id, or a list of ids; `items` what is added to `key`.

    With `is_whole` the property is set instead of added to.
    """

    type: str
    target: Callable[[Attributes], Any]
    key: str
    items: Callable[[Attributes], Any]
    is_whole: bool = False


def _of(name: str, type_name: str, form: str = "id") -> Callable[[Attributes], Any]:
    return lambda attributes: attributes.link(name, type_name, form)


def _all_of(name: str, type_name: str, form: str = "id") -> Callable[[Attributes], Any]:
    return lambda attributes: attributes.links(name, type_name, form)


def _policy(holder: str, type_name: str) -> tuple[Join, ...]:
    return (Join(type_name, _of(holder, type_name, "name"), "ManagedPolicyArns", _of("policy_arn", MANAGED, "arn")),)


def _target(attributes: Attributes) -> Any:
    target = attributes.link("target_id", INSTANCE)
    if target is None:
        return None
    port = attributes.get("port")
    return {"Id": target} if port is None else {"Id": target, "Port": port}


def _entry(attributes: Attributes) -> Any:
    return properties_of({"Cidr": "cidr", "Description": "description"}, attributes)


def _event_target(attributes: Attributes) -> Any:
    return properties_of({"Id": "target_id", "Arn": lambda one: one.link("arn", "", "arn")}, attributes)


_ATTACHED = (Join(TARGETS, _of("target_group_arn", TARGETS, "arn"), "Targets", _target),)

JOINS: Mapping[str, tuple[Join, ...]] = {
    "aws_iam_role_policy_attachment": _policy("role", ROLE),
    "aws_iam_user_policy_attachment": _policy("user", USER),
    "aws_iam_group_policy_attachment": _policy("group", GROUP),
    "aws_iam_policy_attachment": tuple(
        Join(type_name, _all_of(name, type_name, "name"), "ManagedPolicyArns", _of("policy_arn", MANAGED, "arn"))
        for name, type_name in (("roles", ROLE), ("users", USER), ("groups", GROUP))
    ),
    "aws_iam_user_group_membership": (Join(USER, _of("user", USER, "name"), "Groups", _all_of("groups", GROUP, "name")),),
    "aws_lb_target_group_attachment": _ATTACHED,
    "aws_alb_target_group_attachment": _ATTACHED,
    "aws_elb_attachment": (Join(CLASSIC, _of("elb", CLASSIC, "name"), "Instances", _of("instance", INSTANCE)),),
    "aws_autoscaling_attachment": (
        Join(SCALING, _of("autoscaling_group_name", SCALING, "name"), "TargetGroupARNs", _of("lb_target_group_arn", TARGETS, "arn")),
        Join(SCALING, _of("autoscaling_group_name", SCALING, "name"), "LoadBalancerNames", _of("elb", CLASSIC, "name")),
    ),
    "aws_autoscaling_traffic_source_attachment": (
        Join(
            SCALING,
            _of("autoscaling_group_name", SCALING, "name"),
            "TargetGroupARNs",
            lambda attributes: [one.link("identifier", TARGETS, "arn") for one in attributes.blocks("traffic_source")],
        ),
    ),
    "aws_ec2_managed_prefix_list_entry": (Join(LIST, _of("prefix_list_id", LIST), "Entries", _entry),),
    "aws_cloudwatch_event_target": (Join(RULE, _of("rule", RULE, "name"), "Targets", _event_target),),
    "aws_vpc_endpoint_subnet_association": (
        Join(ENDPOINT, _of("vpc_endpoint_id", ENDPOINT), "SubnetIds", _of("subnet_id", SUBNET)),
    ),
    "aws_vpc_endpoint_route_table_association": (
        Join(ENDPOINT, _of("vpc_endpoint_id", ENDPOINT), "RouteTableIds", _of("route_table_id", TABLE)),
    ),
    "aws_vpc_endpoint_security_group_association": (
        Join(ENDPOINT, _of("vpc_endpoint_id", ENDPOINT), "SecurityGroupIds", _of("security_group_id", SECURITY_GROUP)),
    ),
    "aws_vpc_endpoint_policy": (
        Join(ENDPOINT, _of("vpc_endpoint_id", ENDPOINT), "PolicyDocument", lambda one: one.document("policy"), is_whole=True),
    ),
    "aws_vpc_endpoint_private_dns": (
        Join(
            ENDPOINT, _of("vpc_endpoint_id", ENDPOINT), "PrivateDnsEnabled", lambda one: one.get("private_dns_enabled"),
            is_whole=True,
        ),
    ),
    "aws_network_interface_sg_attachment": (
        Join(INTERFACE, _of("network_interface_id", INTERFACE), "GroupSet", _of("security_group_id", SECURITY_GROUP)),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Joining:
    """One resource that joins others, and where it stands."""

    join: Join
    attributes: Attributes
    place: Place

    def into(self, resources: dict[tuple[str, str], Planned], ids: Mapping[str, str]) -> Iterator[Unread]:
        """Adds to the resources (by type and id) that it is about; `ids` has the id of each ARN.

        What it is about elsewhere is told.
        """
        for target in self._targets():
            planned = resources.get((self.join.type, ids.get(target, target))) if isinstance(target, str) else None
            if planned is None:
                known = isinstance(target, str)
                why = (
                    "what it joins exists already and is not planned here"
                    if known
                    else "what it joins is not known yet"
                )
                yield Unread(
                    self.place.find(()),
                    f"{self.attributes.where} ({self.attributes.change.type})",
                    why,
                    (self.join.type,),
                )
                continue
            resources[self.join.type, planned.id] = self._joined(planned)

    def _targets(self) -> Iterable[Any]:
        found = self.join.target(self.attributes)
        if found is None:
            return ()
        return found if isinstance(found, list) else (found,)

    def _joined(self, planned: Planned) -> Planned:
        key = self.join.key
        items = self.join.items(self.attributes)
        if items is None or items == [] if not isinstance(items, Unknown) else False:
            return planned
        if self.join.is_whole:
            return _with(planned, key, items, {(key,): self.place})
        before = planned.properties.get(key)
        if isinstance(before, Unknown) or isinstance(items, Unknown):
            return _with(planned, key, before if isinstance(before, Unknown) else items, {(key,): self.place})
        own = before if isinstance(before, list) else [] if before is None else [before]
        more = items if isinstance(items, list) else [items]
        added = [
            one
            for one in more
            if isinstance(one, Unknown) or one not in [each for each in own if not isinstance(each, Unknown)]
        ]
        places: dict[Path, Place] = {(key, len(own) + index): self.place for index in range(len(added))}
        return _with(planned, key, [*own, *added], places)


def _with(planned: Planned, key: str, value: Any, places: Mapping[Path, Place]) -> Planned:
    """A resource with one property more, whose line is that of what joined it."""
    find = planned.place.find

    def found(path: Path) -> Spot:
        for start, place in places.items():
            if path[: len(start)] == start:
                return place.find(())
        return find(path)

    return replace(planned, properties={**planned.properties, key: value}, place=replace(planned.place, find=found))
