"""Finds load balancers and accelerators that publish an admin port of what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.kit import (
    INSTANCE,
    LISTENER,
    TARGET_GROUP,
    Answer,
    Clear,
    Flag,
    Inventory,
    Opening,
    Resource,
    Undecided,
    Unsure,
    admitted_by_groups,
    attached_to,
    balancer_interfaces,
    groups_of,
    internet_exposure,
    is_blocked,
    is_live,
    is_stopped,
    listed,
    proof_of,
    structures,
    text_of,
    word,
)

_ACCELERATOR = "AWS::GlobalAccelerator::Accelerator"
_GA_LISTENER = "AWS::GlobalAccelerator::Listener"
_ENDPOINT_GROUP = "AWS::GlobalAccelerator::EndpointGroup"
_NO_TCP = frozenset({"UDP", "QUIC", "GENEVE"})
_PORTS = 65536
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class _Way:
    """A listener that leads to an admin port: what shows it, and the health of the targets that take it (None: unread)."""

    listener: Resource
    port: int
    inner: int
    evidence: str
    health: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who gets in at a listener: an opening with the interface that has it, or what the groups alone say."""

    opening: Opening
    interface: Resource | None


def check(inventory: Inventory, *, admin_ports: list[int]) -> Iterator[Answer]:
    """One answer a load balancer, then the accelerators that lead to instances of this Region."""
    for balancer in inventory.subjects:
        with inventory.judging(balancer):
            yield _judge(inventory, balancer, admin_ports)
    with inventory.judging(inventory.place):
        yield from _accelerated(inventory, admin_ports)


def _judge(inventory: Inventory, balancer: Resource, admin_ports: list[int]) -> Answer:
    ways, doubts = _ways(inventory, balancer, admin_ports)
    for way in ways:
        entries, unclear = _entries(inventory, balancer, way.port)
        doubts += unclear
        if entries:
            return _flag(inventory, balancer, way, entries, ways)
    if doubts:
        return Unsure(balancer, doubts[0])
    closed = "its security groups, network ACLs or routes keep the internet out" if ways else ""
    return Clear(balancer, closed or "no listener or target of it has an admin port")


def _ways(inventory: Inventory, balancer: Resource, admin_ports: list[int]) -> tuple[list[_Way], list[str]]:
    """Every listener that has, or leads to, an admin port; those with somebody behind them first."""
    listeners = [
        one
        for one in inventory.linked(LISTENER, "LoadBalancerArn", balancer.arn)
        if text_of(one, "Protocol") not in _NO_TCP
    ]
    ways: list[_Way] = []
    doubts: list[str] = []
    for listener in listeners:
        port = listener.get("Port")
        if not isinstance(port, int) or isinstance(port, bool):
            doubts.append(f"the port of {listener.id} is not told")
            continue
        groups = _groups(inventory, balancer, listener)
        for group in groups:
            try:
                ways += _through(listener, port, group, admin_ports)
            except Undecided as doubt:
                doubts.append(doubt.reason)
        if port in admin_ports and not any(way.listener is listener for way in ways):
            health = tuple(state for group in groups for state in _known_health(group))
            ways.append(_Way(listener, port, port, f"listener {listener.id} has port {port}", health))
    return sorted(ways, key=lambda way: way.health == ()), doubts


def _groups(inventory: Inventory, balancer: Resource, listener: Resource) -> list[Resource]:
    """The target groups a listener may forward to; the rules of an application's listener may name any of its balancer."""
    named = [text_of(action, "TargetGroupArn") for action in structures(listener, "DefaultActions")]
    for action in structures(listener, "DefaultActions"):
        forward = action.get("ForwardConfig")
        if isinstance(forward, Mapping):
            named += [text_of(group, "TargetGroupArn") for group in structures(forward, "TargetGroups")]
    attached = inventory.linked(TARGET_GROUP, "LoadBalancerArns[]", balancer.arn)
    is_application = text_of(balancer, "Type") == "application"
    return [group for group in attached if is_application or group.arn in named]


def _through(listener: Resource, port: int, group: Resource, admin_ports: list[int]) -> Iterator[_Way]:
    """The target group's own port, and the ports that its targets were registered with."""
    own = group.get("Port")
    if own in admin_ports:
        found = None if _is_unread(group) else tuple(_health(group, own=own, port=own))
        yield _Way(listener, port, int(own), f"{_leads(listener, port)} target group {group.id}, port {own}", found)
        return
    for registered in dict.fromkeys(_port_of(entry, own) for entry in structures(group, "TargetHealthDescriptions")):
        if registered in admin_ports:
            found = tuple(_health(group, own=own, port=registered))
            told = f"{_leads(listener, port)} target group {group.id}, whose targets take port {registered}"
            yield _Way(listener, port, int(registered), told, found)


def _leads(listener: Resource, port: int) -> str:
    return f"listener {listener.id} ({listener.get('Protocol', 'TCP')} {port}) leads to"


def _port_of(entry: Mapping[str, Any], own: Any) -> int:
    target = entry.get("Target")
    port = target.get("Port") if isinstance(target, Mapping) else None
    port = own if port is None else port
    return port if isinstance(port, int) else -1


def _is_unread(group: Resource) -> bool:
    try:
        structures(group, "TargetHealthDescriptions")
    except Undecided:
        return True
    return group.get("TargetHealthDescriptions") is None


def _known_health(group: Resource) -> Iterator[str]:
    try:
        for entry in structures(group, "TargetHealthDescriptions"):
            yield _state(entry)
    except Undecided as doubt:
        yield f"the health of its targets cannot be seen: {doubt.reason}"


def _health(group: Resource, *, own: Any, port: int) -> Iterator[str]:
    for entry in structures(group, "TargetHealthDescriptions"):
        if _port_of(entry, own) == port:
            yield _state(entry)


def _state(entry: Mapping[str, Any]) -> str:
    target, health = entry.get("Target"), entry.get("TargetHealth")
    who = target.get("Id", "a target") if isinstance(target, Mapping) else "a target"
    return f"{who} is {health.get('State', 'registered') if isinstance(health, Mapping) else 'registered'}"


def _entries(inventory: Inventory, balancer: Resource, port: int) -> tuple[list[_Entry], list[str]]:
    """Who comes in at a port: through each interface, or by the groups alone where no interface tells whose it is."""
    interfaces = balancer_interfaces(inventory, balancer)
    found: list[_Entry] = []
    doubts: list[str] = []
    for interface in interfaces:
        exposure = internet_exposure(inventory, interface)
        doubts += exposure.doubts
        found += [_Entry(opening, interface) for opening in exposure.at(port)]
    if not interfaces:
        groups = frozenset(str(one) for one in balancer.items("SecurityGroups"))
        if not groups and text_of(balancer, "Type") != "network":
            return [], [f"the security groups of {balancer.id} are not told"]
        exposure = admitted_by_groups(inventory, groups, port=port)
        return [_Entry(opening, None) for opening in exposure.at(port)], list(exposure.doubts)
    return found, doubts


def _flag(inventory: Inventory, balancer: Resource, way: _Way, entries: list[_Entry], ways: list[_Way]) -> Flag:
    first = entries[0]
    path = proof_of(inventory, first.interface, first.opening, port=way.port) if first.interface else None
    hops = path.hops if path else ()
    sources = listed(entry.opening.words for entry in entries)
    to = f" as its port {way.port}" if way.port != way.inner else ""
    alone = () if path else ("its network interfaces were not found, so that only its security groups were asked",)
    health = (f"targets: {listed(way.health)}" if way.health else "no target is registered",)
    unread = ("the health of the targets was not read",)
    others = tuple(f"also: {other.evidence}" for other in ways if other is not way)[:_MOST_LINES]
    return Flag(
        balancer,
        f"{balancer.id} publishes the admin port {way.inner}{to} to {sources}",
        (way.evidence, *(unread if way.health is None else health), *(hop.words for hop in hops), *alone, *others),
        severity="low" if way.health == () else "",
        fix=_cure(way),
        path=hops,
    )


def _cure(way: _Way) -> str:
    return (
        f"aws elbv2 delete-listener --listener-arn {word(way.listener.arn)}\n"
        "Log in through an EC2 Instance Connect Endpoint in the VPC of the targets. Where the port has to stay published,"
        " let the load balancer's security groups admit only the addresses it is reached from."
    )


def _accelerated(inventory: Inventory, admin_ports: list[int]) -> Iterator[Answer]:
    """Endpoint groups of this Region that hand an admin port straight to an instance."""
    for group in inventory.of(_ENDPOINT_GROUP):
        if group.get("EndpointGroupRegion", inventory.region) != inventory.region:
            continue
        listener = inventory.find(_GA_LISTENER, group.arn.rpartition("/endpoint-group/")[0])
        if listener is None or listener.get("Protocol") == "UDP" or not _is_enabled(inventory, listener):
            continue
        for entry in structures(group, "EndpointDescriptions"):
            instance = inventory.find(INSTANCE, str(entry.get("EndpointId") or ""))
            if instance is not None and is_live(instance):
                yield from _published(inventory, group, listener, instance, admin_ports)


def _is_enabled(inventory: Inventory, listener: Resource) -> bool:
    accelerator = inventory.find(_ACCELERATOR, listener.arn.rpartition("/listener/")[0])
    return accelerator is None or accelerator.get("Enabled", default=True) is not False


def _published(
    inventory: Inventory, group: Resource, listener: Resource, instance: Resource, admin_ports: list[int]
) -> Iterator[Answer]:
    overrides = {one.get("ListenerPort"): one.get("EndpointPort") for one in structures(group, "PortOverrides")}
    pairs = [
        (outer, inner)
        for outer, inner in overrides.items()
        if isinstance(outer, int) and inner in admin_ports and _listens(listener, outer)
    ]
    pairs += [(port, port) for port in admin_ports if port not in overrides and _listens(listener, port)]
    for outer, inner in pairs:
        for interface in attached_to(inventory, instance).interfaces[:1]:
            if is_blocked(inventory, interface):
                continue
            # The accelerator keeps the client's address, so that the instance's groups see the internet itself.
            exposure = admitted_by_groups(inventory, groups_of(interface) or frozenset({"(none)"}), port=inner)
            if exposure.openings:
                yield _accelerator_flag(group, listener, instance, outer, inner, exposure.openings)
            elif exposure.doubts:
                yield Unsure(group, exposure.doubts[0])


def _listens(listener: Resource, port: int) -> bool:
    return any(
        isinstance(one.get("FromPort"), int)
        and isinstance(one.get("ToPort"), int)
        and one["FromPort"] <= port <= one["ToPort"]
        for one in structures(listener, "PortRanges")
    )


def _accelerator_flag(
    group: Resource, listener: Resource, instance: Resource, outer: int, inner: int, openings: tuple[Opening, ...]
) -> Flag:
    sources = listed(opening.words for opening in openings)
    to = f" as its port {outer}" if outer != inner else ""
    state = (f"{instance.id} is {instance.get('State.Name')}",) if is_stopped(instance) else ()
    return Flag(
        group,
        f"a Global Accelerator publishes the admin port {inner} of {instance.label}{to} to {sources}",
        (f"listener {listener.id} listens on {outer}", f"{group.id} leads to {instance.id}", *state),
        severity="low" if state else "",
        fix=(
            "aws globalaccelerator remove-endpoints --region us-west-2"
            f" --endpoint-group-arn {word(group.arn)} --endpoint-identifiers EndpointId={word(instance.id)}\n"
            "Log in through an EC2 Instance Connect Endpoint in the instance's VPC."
        ),
    )
