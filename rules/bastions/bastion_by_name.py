"""Finds instances, launch templates and auto-scaling groups that bear the name of a bastion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    Unsure,
    hours_since,
    is_stopped,
    structures,
    tag_among,
    topology_of,
    word,
)

_TEMPLATE = "AWS::EC2::LaunchTemplate"
_SCALING_GROUP = "AWS::AutoScaling::AutoScalingGroup"
_STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT\)")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RENAME = "If it is something else, give it a name that says what."

_Text = tuple[str, str]  # where a name stands, and the name


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The settings: which names are a bastion's, what is cut out of a name before, which tags hold names."""

    names: str
    unless: str
    tags: frozenset[str]

    def evidence(self, texts: Iterable[_Text]) -> tuple[str, ...]:
        """The texts that name a bastion."""
        found = (f"{place} is {text!r}" for place, text in texts if _is_bastion(text, self.names, self.unless))
        return tuple(dict.fromkeys(found))

    def tagged(self, owner: Resource | Mapping[str, Any]) -> Iterator[_Text]:
        """The values of those tags that hold names."""
        for tag in structures(owner, "Tags"):
            if str(tag.get("Key", "")).lower() in self.tags:
                yield f"tag {tag['Key']}", str(tag.get("Value") or "")


@dataclass(frozen=True, slots=True)
class _Topological:
    """A rule that judges by paths, with its own settings: what it tells of is not told again for its name."""

    rule: str
    ports: list[int]
    min_hosts: int
    exempt_tags: list[str]
    internal: list[str] | None = None
    """Only where entries from a company's network count: the blocks that are none."""

    def finds(self, inventory: Inventory, instance: Resource) -> bool:
        """Whether it proves a bastion; what is not proven takes nothing away."""
        topology = topology_of(inventory)
        try:
            if self.internal is None:
                entries = topology.from_internet(instance, self.ports)
            else:
                entries = topology.from_company(instance, self.ports, self.internal)
            return bool(entries.arrivals) and len(topology.behind(instance, self.ports).hosts) >= self.min_hosts
        except Undecided:
            return False


def check(
    inventory: Inventory,
    *,
    names: str,
    unless: str,
    tags: list[str],
    stopped_days: int,
    admin_ports: list[int],
    min_hosts: int,
    exempt_tags: list[str],
    company_admin_ports: list[int],
    company_min_hosts: int,
    company_exempt_tags: list[str],
    internal_cidrs: list[str],
) -> Iterator[Answer]:
    """Templates and scaling groups are answered beside the instances; where their lists fail, the Region is unknown."""
    vocabulary = _Vocabulary(names, unless, frozenset(tag.lower() for tag in tags))
    others = (
        _Topological("BAS001", admin_ports, min_hosts, exempt_tags),
        _Topological("BAS002", company_admin_ports, company_min_hosts, company_exempt_tags, internal_cidrs),
    )
    for instance in inventory.subjects:
        with inventory.judging(instance):
            yield _judge_instance(inventory, instance, vocabulary, stopped_days, others)
    for versions in _templates(inventory):
        with inventory.judging(versions[0]):
            yield _judge_template(versions, vocabulary)
    for group in inventory.known(_SCALING_GROUP):
        with inventory.judging(group):
            yield _judge_scaling_group(group, vocabulary)
    gaps = (*inventory.gaps_of(_TEMPLATE), *inventory.gaps_of(_SCALING_GROUP))
    if gaps:
        yield Unsure(inventory.place, "; ".join(dict.fromkeys(gap.sentence for gap in gaps)))


def _judge_instance(
    inventory: Inventory,
    instance: Resource,
    vocabulary: _Vocabulary,
    stopped_days: int,
    others: tuple[_Topological, ...],
) -> Answer:
    because = vocabulary.evidence(_texts_of_instance(instance, vocabulary))
    if not because:
        return Clear(instance, "no name of it is a bastion's")
    for other in others:
        exempt = tag_among(instance, other.exempt_tags)
        if exempt:
            return Aside(instance, f"its tag {exempt} exempts it from {other.rule}, and its name counts less than that")
        if other.finds(inventory, instance):
            return Aside(instance, f"not only its name makes it a bastion, and {other.rule} is about those")
    if not is_stopped(instance):
        return Flag(instance, f"{instance.label} bears the name of a bastion", because)
    message = f"{instance.label} bears the name of a bastion, and is stopped"
    reason = str(instance.get("StateTransitionReason", ""))
    severity = "" if _is_recent(inventory, reason, stopped_days) else "info"
    return Flag(instance, message, (*because, f"State.Name is {instance.get('State.Name')}"), severity=severity)


def _is_recent(inventory: Inventory, reason: str, stopped_days: int) -> bool:
    """Whether AWS's reason for the state tells that the instance was stopped less than so many days ago."""
    found = _STOPPED_AT.search(reason)
    if not found:
        return False
    try:
        return hours_since(found[1], inventory) < 24 * stopped_days
    except Undecided:
        return False


def _texts_of_instance(instance: Resource, vocabulary: _Vocabulary) -> Iterator[_Text]:
    yield from vocabulary.tagged(instance)
    groups = [*structures(instance, "SecurityGroups")]
    for interface in structures(instance, "NetworkInterfaces"):
        groups += structures(interface, "Groups")
    for group in groups:
        yield f"the name of its security group {group.get('GroupId')}", str(group.get("GroupName") or "")
    yield "the name of its instance profile", _last(instance.get("IamInstanceProfile.Arn", ""))


def _templates(inventory: Inventory) -> Iterator[list[Resource]]:
    """The versions of each template that were read, the default one first."""
    templates: dict[str, list[Resource]] = {}
    for version in inventory.known(_TEMPLATE):
        templates.setdefault(str(version.get("LaunchTemplateId", version.id)), []).append(version)
    for versions in templates.values():
        yield sorted(versions, key=lambda version: version.get("DefaultVersion") is not True)


def _judge_template(versions: list[Resource], vocabulary: _Vocabulary) -> Answer:
    """One answer a template, about the first of its versions that bears the name."""
    for version in versions:
        because = vocabulary.evidence(_texts_of_template(version, vocabulary))
        if because:
            template = version.get("LaunchTemplateId", version.id)
            called = " ".join(str(version.get("LaunchTemplateName", "")).split())
            message = f"the launch template {template} ({called or 'no name'}) bears the name of a bastion"
            fix = (
                f"aws ec2 delete-launch-template --launch-template-id {word(template)}\n"
                f"once nobody launches bastions from it. {_RENAME}"
            )
            return Flag(version, message, because, fix=fix)
    return Clear(versions[0], "no name of it is a bastion's")


def _texts_of_template(version: Resource, vocabulary: _Vocabulary) -> Iterator[_Text]:
    yield "LaunchTemplateName", str(version.get("LaunchTemplateName", ""))
    for specification in structures(version, "LaunchTemplateData.TagSpecifications"):
        if specification.get("ResourceType") == "instance":
            yield from vocabulary.tagged(specification)
    profile = version.get("LaunchTemplateData.IamInstanceProfile", {})
    if isinstance(profile, Mapping):
        yield "the name of its instance profile", str(profile.get("Name") or _last(profile.get("Arn")))


def _judge_scaling_group(group: Resource, vocabulary: _Vocabulary) -> Answer:
    texts = (("AutoScalingGroupName", str(group.get("AutoScalingGroupName", ""))), *vocabulary.tagged(group))
    because = vocabulary.evidence(texts)
    if not because:
        return Clear(group, "no name of it is a bastion's")
    desired = group.get("DesiredCapacity", "(none)")
    name = " ".join(group.id.split())
    message = f"the auto-scaling group {name} bears the name of a bastion, with a desired capacity of {desired}"
    # The name may hold anything a keyboard can type, so no command is made of it.
    fix = f"Delete the group once nobody logs in through its instances. {_RENAME}"
    return Flag(group, message, (*because, f"DesiredCapacity is {desired}"), fix=fix)


def _last(arn: object) -> str:
    return str(arn or "").rsplit("/", 1)[-1]


@lru_cache(maxsize=65536)
def _is_bastion(text: str, names: str, unless: str) -> bool:
    """Whether a name, split where its camel case starts a word and freed of what denies it, is a bastion's."""
    words = _WORD_START.sub("-", text)
    return re.search(names, re.sub(unless, " ", words)) is not None
