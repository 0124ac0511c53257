"""What can be taken away of a door: a listener, a target of a group, an instance of a Classic Load Balancer, an endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from scanner.model import Hop, Resource, View
from scanner.network.accelerators import ACCELERATOR_LISTENER, ENDPOINT_GROUP
from scanner.network.front_doors import CLASSIC_LOAD_BALANCER, LISTENER, TARGET_GROUP
from scanner.network.structures import structures

DOORS = frozenset({LISTENER, TARGET_GROUP, CLASSIC_LOAD_BALANCER, ACCELERATOR_LISTENER, ENDPOINT_GROUP})


def without_door(view: View, hop: Hop) -> Resource | None:
    """The resource of a hop without what the hop tells of it; one without any facts is taken away as a whole."""
    owner = view.find(hop.kind, hop.id)
    if owner is None or hop.kind in (LISTENER, ACCELERATOR_LISTENER):
        return replace(owner, facts={}) if owner is not None else None
    if hop.kind == TARGET_GROUP:
        return _less(owner, "TargetHealthDescriptions", lambda one: _id_of(one) in hop.rule.split())
    if hop.kind == ENDPOINT_GROUP:
        return _less(owner, "EndpointDescriptions", lambda one: str(one.get("EndpointId")) in hop.rule.split())
    return _less(owner, "Instances", lambda one: str(one.get("InstanceId")) in hop.rule.split())


def _less(owner: Resource, key: str, is_meant: Callable[[Mapping[str, Any]], bool]) -> Resource:
    rest: list[Mapping[str, Any]] = [one for one in structures(owner, key) if not is_meant(one)]
    return replace(owner, facts={**owner.facts, key: rest})


def _id_of(entry: Mapping[str, Any]) -> str:
    target = entry.get("Target")
    return str(target.get("Id")) if isinstance(target, Mapping) else ""
