"""The instances a question is about: those that live, and that somebody logs in to."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.errors import UsageError, did_you_mean
from scanner.model import Resource, Undecided, View
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT
from scanner.network.instances import INSTANCE, is_live, is_service_managed
from scanner.network.needs import MANAGED_INSTANCE
from scanner.policy.facts import Target


@dataclass(frozen=True, slots=True)
class Hosts:
    """Instances and Systems Manager's own nodes ("mi-…"), and endpoints where only some are asked about.

    `endpoint` is the id of the only one, "" for all. `doubts` say why some instances may be missing.
    """

    instances: tuple[Resource, ...]
    nodes: tuple[Resource, ...] = ()
    endpoint: str = ""
    doubts: tuple[str, ...] = ()


def hosts_of(view: View, target: str = "") -> Hosts:
    """The hosts that a word means: an id (i-…, mi-…, eice-…) or the value of a Name tag; all for "".

    Raises `UsageError` for a word that names nothing, where everything was read.
    """
    doubts = tuple(gap.sentence for gap in view.gaps_of(INSTANCE))
    live = tuple(one for one in view.known(INSTANCE) if _counts(one))
    nodes = tuple(one for one in view.known(MANAGED_INSTANCE) if one.id.startswith("mi-"))
    if not target:
        return Hosts(live, nodes, doubts=doubts)
    if target.startswith("eice-"):
        if view.find(INSTANCE_CONNECT_ENDPOINT, target) is None:
            raise UsageError(f"there is no endpoint {target!r}", cure=_nearest(target, view, INSTANCE_CONNECT_ENDPOINT))
        return Hosts(live, (), endpoint=target, doubts=doubts)
    chosen = tuple(one for one in live if target in (one.id, one.arn, _name(one)))
    own = tuple(one for one in nodes if one.id == target)
    if not chosen and not own and not doubts:
        names = [word for one in (*live, *nodes) for word in (one.id, _name(one)) if word]
        raise UsageError(f"there is no instance {target!r}", cure=did_you_mean(target, names) or _SHAPES)
    return Hosts(chosen, own, doubts=doubts)


_SHAPES = "give an id (i-…, mi-…, eice-…) or the value of a Name tag"


def target_of_instance(instance: Resource) -> Target:
    """The instance as a request names it."""
    return Target(instance.arn, instance)


def _counts(instance: Resource) -> bool:
    """What nobody could read is not known to be gone."""
    try:
        return is_live(instance) and not is_service_managed(instance)
    except Undecided:
        return True


def _name(instance: Resource) -> str:
    try:
        return instance.name
    except Undecided:
        return ""


def _nearest(target: str, view: View, kind: str) -> str:
    return did_you_mean(target, [one.id for one in view.known(kind)])
