"""Ways through the listeners of an Application or Network Load Balancer to one of its targets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html: a listener names its
target groups in its default actions, an application's also in rules, which may name any group of the load balancer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.model import Hop, Resource, Undecided
from scanner.network.balancers import (
    carries,
    crosses_zones,
    keeps_client,
    listeners_of,
    named_by,
    port_of,
)
from scanner.network.door import Door
from scanner.network.doorways import doubtful, kept_out, passage, stopped, unsure
from scanner.network.ends import Found, Question
from scanner.network.entrances import Entrance
from scanner.network.front_doors import LISTENER, LOAD_BALANCER, TARGET_GROUP, admitted_by_groups, balancer_interfaces
from scanner.network.handing_on import Handing
from scanner.network.structures import text_of
from scanner.network.targets import Target, target_in

Enter = Callable[[Resource, int], Iterator[Entrance]]


def listener_doors(question: Question, balancer: Resource, interface: Resource, enter: Enter) -> Iterator[Found]:
    """Every way through a load balancer that `enter` comes to; raises `Undecided` where what it needs was not read."""
    if text_of(balancer, "Type") == "gateway":
        return
    for group in question.fabric.inventory.linked(TARGET_GROUP, "LoadBalancerArns[]", balancer.arn):
        if not carries(question.protocol, text_of(group, "Protocol")):
            continue
        doubt, target = "", None
        try:
            target = target_in(question.fabric, group, interface, port=question.port)
        except Undecided as undecided:
            doubt = undecided.reason
        if target or doubt:
            yield from _to(question, balancer, interface, group, target, doubt, enter)


def _to(
    question: Question,
    balancer: Resource,
    interface: Resource,
    group: Resource,
    target: Target | None,
    doubt: str,
    enter: Enter,
) -> Iterator[Found]:
    """To one target group, through the listeners that lead to it and through those that may."""
    listeners = listeners_of(question.fabric.inventory, balancer, protocol=question.protocol)
    sure = [one for one in listeners if group.arn in named_by(one)]
    others = [one for one in listeners if one not in sure] if text_of(balancer, "Type") == "application" else []
    if not sure and not others:
        rule = f"no listener of {balancer.id} leads to {group.id}"
        code = "ELBV2_LISTENER_REQUIRES_TG_ACCEPT" if listeners else "ELBV2_LISTENERS_MISMATCH"
        hop = Hop(LOAD_BALANCER, balancer.id, allows=False, rule=rule, code=code)
        yield stopped(question, None, (*([_target_hop(group, target)] if target else []), hop))
        return
    through = {
        listener.id: list(_through(question, balancer, interface, group, target, doubt, listener, enter))
        for listener in (*sure, *others)
    }
    for listener in sure:
        yield from through[listener.id]
    # Whose rule it is that names the group does not matter where it is the same through all of them.
    is_same = not sure and all(any(path.is_open for path, _ in through[one.id]) for one in others)
    reason = f"which rule of the listeners of {balancer.id} leads to {group.id} was not read"
    for listener in others:
        yield from through[listener.id] if is_same else (unsure(found, reason) for found in through[listener.id])


def _through(
    question: Question,
    balancer: Resource,
    interface: Resource,
    group: Resource,
    target: Target | None,
    doubt: str,
    listener: Resource,
    enter: Enter,
) -> Iterator[Found]:
    port, protocol = port_of(listener), text_of(listener, "Protocol") or "TCP"
    door = Door(LOAD_BALANCER, balancer.id, protocol, port)
    owned = balancer_interfaces(question.fabric.inventory, balancer)
    if not owned:
        yield _unplaced(question, balancer, door)
    for own in owned:
        for entrance in enter(own, port):
            if not entrance.path.is_open:
                yield kept_out(question, door, entrance)
                continue
            rule = f"listener {listener.id} ({protocol} {port}) leads to {group.id}"
            middle = (
                Hop(LOAD_BALANCER, balancer.id, allows=True, rule=f"{balancer.id} answers at {own.id}"),
                Hop(LISTENER, listener.id, allows=True, rule=rule),
            )
            if target is None:
                yield doubtful(question, doubt, door=entrance.door or door, hops=(*entrance.path.hops, *middle))
                continue
            hop = _target_hop(group, target)
            if not hop.allows:
                yield stopped(question, entrance.door or door, (*_forward(entrance), *middle, hop))
                continue
            keeps = keeps_client(group, protocol=question.protocol) if text_of(balancer, "Type") == "network" else False
            handing = Handing(question.fabric, own, interface, target[1], question.protocol, question.port)
            found = passage(question, door, entrance, (*middle, hop), handing, keeps=keeps)
            yield from _within_zones(question, balancer, group, own, interface, found)


def _target_hop(group: Resource, target: Target) -> Hop:
    """The target group: a target that is being taken away, or that no zone of the load balancer has, gets nothing."""
    registered, _ = target
    rule = f"{group.id}: {registered.words} at port {registered.port}"
    if registered.state == "draining":
        return Hop(TARGET_GROUP, group.id, allows=False, rule=rule)
    is_idle = registered.state == "unused" and registered.reason == "Target.NotInUse"
    return Hop(TARGET_GROUP, group.id, not is_idle, rule, "ELBV2_NO_TARGETS_IN_AZ" if is_idle else "")


def _within_zones(
    question: Question, balancer: Resource, group: Resource, own: Resource, interface: Resource, found: Found
) -> Iterator[Found]:
    """The way as it is where the load balancer hands on from zone to zone, or does not have to."""
    zones = {str(one.get("AvailabilityZone") or "") for one in (own, interface)}
    crosses = True if "" in zones or len(zones) == 1 else crosses_zones(balancer, group)
    if crosses is None:
        yield unsure(found, f"whether {balancer.id} hands on from one zone to another was not read")
    elif crosses:
        yield found
    elif found[0].is_open:
        rule = f"{balancer.id} keeps to the zone of {own.id}, and {interface.id} is in another"
        hop = Hop(LOAD_BALANCER, balancer.id, allows=False, rule=rule, code="ELB_NOT_CROSSZONE")
        yield stopped(question, found[0].door, (*(one for one in found[0].hops if one.direction == "forward"), hop))
    else:
        yield found


def _unplaced(question: Question, balancer: Resource, door: Door) -> Found:
    """A load balancer whose interfaces nobody found: closed where its groups keep everybody out, else unknown."""
    groups = frozenset(str(one) for one in balancer.items("SecurityGroups"))
    exposure = admitted_by_groups(question.fabric.inventory, groups, port=door.port)
    if groups and question.protocol == "tcp" and not exposure.openings and not exposure.doubts:
        rule = f"the security groups of {balancer.id} keep the internet out"
        return stopped(
            question, door, (Hop(LOAD_BALANCER, balancer.id, allows=False, rule=rule, code="ENI_SG_RULES_MISMATCH"),)
        )
    return doubtful(question, f"the network interfaces of the load balancer {balancer.id} were not found", door=door)


def _forward(entrance: Entrance) -> tuple[Hop, ...]:
    return tuple(hop for hop in entrance.path.hops if hop.direction == "forward")
