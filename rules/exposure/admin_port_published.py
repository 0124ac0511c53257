"""Finds load balancers and accelerators that publish an admin port of what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.kit import (
    CLASSIC_LOAD_BALANCER,
    INSTANCE,
    LISTENER,
    Accelerated,
    Answer,
    Clear,
    Flag,
    Inventory,
    Opening,
    Resource,
    Undecided,
    Unsure,
    accelerated,
    admitted_by_groups,
    attached_to,
    balancer_interfaces,
    groups_behind,
    groups_of,
    handles_of,
    internet_exposure,
    is_blocked,
    is_live,
    is_stopped,
    listed,
    members_of,
    proof_of,
    registered_in,
    text_of,
    word,
)

_NO_TCP = frozenset({"UDP", "QUIC", "GENEVE"})
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
    """One answer a load balancer, Classic ones too, then the accelerators that lead to instances of this Region."""
    for balancer in inventory.subjects:
        with inventory.judging(balancer):
            yield _judge(inventory, balancer, admin_ports)
    with inventory.judging(inventory.place):
        yield from _classic(inventory, admin_ports)
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
        groups = groups_behind(inventory, balancer, listener)
        for group in groups:
            try:
                ways += _through(listener, port, group, admin_ports)
            except Undecided as doubt:
                doubts.append(doubt.reason)
        if port in admin_ports and not any(way.listener is listener for way in ways):
            health = tuple(state for group in groups for state in _known_health(group))
            ways.append(_Way(listener, port, port, f"listener {listener.id} has port {port}", health))
    return sorted(ways, key=lambda way: way.health == ()), doubts


def _through(listener: Resource, port: int, group: Resource, admin_ports: list[int]) -> Iterator[_Way]:
    """The target group's own port, and the ports that its targets were registered with."""
    own = group.get("Port")
    if own in admin_ports:
        try:
            found = tuple(one.words for one in registered_in(group) if one.port == own)
        except Undecided:
            found = None
        yield _Way(listener, port, int(own), f"{_leads(listener, port)} target group {group.id}, port {own}", found)
        return
    if group.get("TargetHealthDescriptions") is None:
        return
    targets = registered_in(group)
    for registered in dict.fromkeys(one.port for one in targets):
        if registered in admin_ports:
            found = tuple(one.words for one in targets if one.port == registered)
            told = f"{_leads(listener, port)} target group {group.id}, whose targets take port {registered}"
            yield _Way(listener, port, int(registered), told, found)


def _leads(listener: Resource, port: int) -> str:
    return f"listener {listener.id} ({listener.get('Protocol', 'TCP')} {port}) leads to"


def _known_health(group: Resource) -> Iterator[str]:
    try:
        yield from (one.words for one in registered_in(group)) if group.get("TargetHealthDescriptions") else ()
    except Undecided as doubt:
        yield f"the health of its targets cannot be seen: {doubt.reason}"


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
    listener = way.listener
    command = (
        f"aws elb delete-load-balancer-listeners --load-balancer-name {word(listener.id)} --load-balancer-ports {way.port}"
        if listener.kind == CLASSIC_LOAD_BALANCER
        else f"aws elbv2 delete-listener --listener-arn {word(listener.arn)}"
    )
    return (
        f"{command}\n"
        "Log in through an EC2 Instance Connect Endpoint in the VPC of the targets. Where the port has to stay published,"
        " let the load balancer's security groups admit only the addresses it is reached from."
    )


def _classic(inventory: Inventory, admin_ports: list[int]) -> Iterator[Answer]:
    """Classic Load Balancers, one answer each: the same question, of listeners that name ports of instances."""
    for balancer in inventory.of(CLASSIC_LOAD_BALANCER):
        if text_of(balancer, "Scheme") == "internet-facing":
            with inventory.judging(balancer):
                yield _judge_classic(inventory, balancer, admin_ports)


def _judge_classic(inventory: Inventory, balancer: Resource, admin_ports: list[int]) -> Answer:
    handles = [one for one in handles_of(balancer) if one.inner in admin_ports or one.port in admin_ports]
    members = members_of(balancer) if handles else ()
    doubts: list[str] = []
    for handle in handles:
        entries, unclear = _entries(inventory, balancer, handle.port)
        doubts += unclear
        if entries:
            inner = handle.inner if handle.inner in admin_ports else handle.port
            evidence = f"its listener {handle.protocol} {handle.port} leads to port {handle.inner} of its instances"
            told = tuple(f"{one} is registered" for one in members)
            return _flag(inventory, balancer, _Way(balancer, handle.port, inner, evidence, told), entries, [])
    if doubts:
        return Unsure(balancer, doubts[0])
    closed = "its security groups, network ACLs or routes keep the internet out" if handles else ""
    return Clear(balancer, closed or "no listener of it has or leads to an admin port")


def _accelerated(inventory: Inventory, admin_ports: list[int]) -> Iterator[Answer]:
    """Endpoint groups of this Region that hand an admin port straight to an instance."""
    for endpoint in accelerated(inventory):
        if endpoint.protocol == "udp" or not endpoint.endpoint.startswith("i-"):
            continue
        instance = inventory.find(INSTANCE, endpoint.endpoint)
        if instance is not None and is_live(instance):
            yield from _published(inventory, endpoint, instance, admin_ports)


def _published(
    inventory: Inventory, endpoint: Accelerated, instance: Resource, admin_ports: list[int]
) -> Iterator[Answer]:
    group, listener = endpoint.group, endpoint.listener
    for inner in admin_ports:
        for outer in endpoint.ports(inner):
            for interface in attached_to(inventory, instance).interfaces[:1]:
                if is_blocked(inventory, interface):
                    continue
                # The accelerator keeps the client's address, so that the instance's groups see the internet itself.
                exposure = admitted_by_groups(inventory, groups_of(interface) or frozenset({"(none)"}), port=inner)
                if exposure.openings:
                    yield _accelerator_flag(group, listener, instance, outer, inner, exposure.openings)
                elif exposure.doubts:
                    yield Unsure(group, exposure.doubts[0])


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
