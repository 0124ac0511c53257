"""What load balancers hand on: their listeners, target groups and targets, for rules and for paths.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.model import Resource, Undecided, View
from scanner.network.front_doors import CLASSIC_LOAD_BALANCER, LISTENER, LOAD_BALANCER, TARGET_GROUP
from scanner.network.structures import structures, text_of

BALANCERS = (LOAD_BALANCER, CLASSIC_LOAD_BALANCER)

_CARRIES = {
    "tcp": frozenset({"HTTP", "HTTPS", "TCP", "TLS", "SSL", "TCP_UDP", "TCP_QUIC", ""}),
    "udp": frozenset({"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}),
}
_STREAMS = frozenset({"TCP", "TLS"})


@dataclass(frozen=True, slots=True)
class Registered:
    """A target of a target group: an instance, an address or another load balancer, and what its health check says."""

    id: str
    port: int
    state: str
    reason: str = ""

    @property
    def words(self) -> str:
        """Its state: "i-0abc is healthy"."""
        return f"{self.id} is {self.state}"


@dataclass(frozen=True, slots=True)
class Handle:
    """A listener of a Classic Load Balancer: the port it takes, and the port of the instances it hands on to."""

    protocol: str
    port: int
    inner: int


def carries(protocol: str, spoken: str) -> bool:
    """Whether a listener or a target group of a protocol carries "tcp" or "udp"."""
    return spoken in _CARRIES[protocol]


def listeners_of(inventory: View, balancer: Resource, *, protocol: str) -> tuple[Resource, ...]:
    """The listeners of a load balancer that take "tcp" or "udp"; raises `Undecided` where some may be unseen."""
    found = inventory.linked(LISTENER, "LoadBalancerArn", balancer.arn)
    return tuple(one for one in found if carries(protocol, text_of(one, "Protocol")))


def port_of(listener: Resource) -> int:
    """The port that a listener takes; raises `Undecided` where the facts do not tell it."""
    port = listener.get("Port")
    if not isinstance(port, int) or isinstance(port, bool):
        raise Undecided(f"the port of {listener.id} is not told")
    return port


def named_by(listener: Resource) -> frozenset[str]:
    """The ARNs of the target groups that a listener forwards to by default; one with weight 0 gets nothing."""
    named: list[str] = []
    for action in structures(listener, "DefaultActions"):
        forward = action.get("ForwardConfig")
        weighed = structures(forward, "TargetGroups") if isinstance(forward, Mapping) else ()
        idle = {text_of(group, "TargetGroupArn") for group in weighed if group.get("Weight") == 0}
        named += [text_of(action, "TargetGroupArn"), *(text_of(group, "TargetGroupArn") for group in weighed)]
        named = [arn for arn in named if arn and arn not in idle]
    return frozenset(named)


def groups_behind(inventory: View, balancer: Resource, listener: Resource) -> tuple[Resource, ...]:
    """The target groups a listener may forward to; the rules of an application's listener may name any of its balancer."""
    attached = inventory.linked(TARGET_GROUP, "LoadBalancerArns[]", balancer.arn)
    is_application = text_of(balancer, "Type") == "application"
    named = named_by(listener)
    return tuple(group for group in attached if is_application or group.arn in named)


def registered_in(group: Resource) -> tuple[Registered, ...]:
    """The targets of a target group; raises `Undecided` where they were not read."""
    if group.get("TargetHealthDescriptions") is None:
        raise Undecided(f"the targets of {group.id} were not read")
    return tuple(_registered(group))


def _registered(group: Resource) -> Iterator[Registered]:
    for entry in structures(group, "TargetHealthDescriptions"):
        target, health = entry.get("Target"), entry.get("TargetHealth")
        told = target if isinstance(target, Mapping) else {}
        port = told.get("Port")
        port = group.get("Port") if port is None else port
        checked = health if isinstance(health, Mapping) else {}
        yield Registered(
            str(told.get("Id") or "a target"),
            port if isinstance(port, int) else -1,
            str(checked.get("State") or "registered"),
            str(checked.get("Reason") or ""),
        )


def keeps_client(group: Resource, *, protocol: str) -> bool | None:
    """Whether a Network Load Balancer's targets see the client's address; None where the attribute was not read.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html: always for UDP,
    else as `preserve_client_ip.enabled` says, which AWS sets for instances and not for addresses.
    """
    if protocol == "udp" or text_of(group, "Protocol") not in _STREAMS:
        return True
    value = _attribute(group, "preserve_client_ip.enabled")
    if value is None:
        return None
    return value == "true" if value else text_of(group, "TargetType") != "ip"


def crosses_zones(balancer: Resource, group: Resource) -> bool | None:
    """Whether a load balancer's interface hands on to targets in other zones; None where that was not read."""
    value = _attribute(group, "load_balancing.cross_zone.enabled")
    if value in ("true", "false"):
        return value == "true"
    return True if text_of(balancer, "Type") == "application" and value is not None else None


def _attribute(group: Resource, key: str) -> str | None:
    """An attribute of a target group, "" where it has none of that name, None where they could not be read."""
    try:
        told = {str(one.get("Key")): str(one.get("Value") or "") for one in structures(group, "Attributes")}
    except Undecided:
        return None
    return told.get(key, "")


def handles_of(classic: Resource) -> Iterator[Handle]:
    """The listeners of a Classic Load Balancer, all of them TCP underneath; raises `Undecided` for one without ports."""
    for description in structures(classic, "ListenerDescriptions"):
        told = description.get("Listener")
        listener = told if isinstance(told, Mapping) else {}
        ports = (listener.get("LoadBalancerPort"), listener.get("InstancePort"))
        if not all(isinstance(port, int) for port in ports):
            raise Undecided(f"a listener of {classic.id} does not say its ports")
        yield Handle(str(listener.get("Protocol") or "TCP").upper(), *ports)  # type: ignore[arg-type] # both are integers


def members_of(classic: Resource) -> tuple[str, ...]:
    """The instances of a Classic Load Balancer."""
    return tuple(str(one.get("InstanceId") or "") for one in structures(classic, "Instances"))
