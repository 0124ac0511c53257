"""Finds instances whose admin ports the internet reaches, by a path that was walked there and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.kit import (
    SECURITY_GROUP,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Opening,
    Path,
    Resource,
    Unsure,
    attached_to,
    internet_exposure,
    is_connect_service,
    is_listening,
    is_service_managed,
    is_stopped,
    listed,
    proof_of,
    word,
)

_MOST_LINES = 8
_WEIGHT = {"": 3, "high": 2, "low": 1, "info": 0}


@dataclass(frozen=True, slots=True)
class _Door:
    """One admin port of one interface, who comes in, and what that is worth ("" is the card's own severity)."""

    interface: Resource
    opening: Opening
    port: int
    severity: str

    @property
    def words(self) -> str:
        through = f", inspected by {self.opening.middlebox}" if self.opening.middlebox else ""
        return f"{self.interface.id} takes tcp {self.port} from {self.opening.words}{through}"


def check(inventory: Inventory, *, admin_ports: list[int]) -> Iterator[Answer]:
    """One answer an instance: the worst door is proved, the others are told beside it."""
    for instance in inventory.subjects:
        with inventory.judging(instance):
            if is_service_managed(instance):
                yield Aside(instance, "an AWS service runs it")
            else:
                yield _judge(inventory, instance, admin_ports)


def _judge(inventory: Inventory, instance: Resource, admin_ports: list[int]) -> Answer:
    attached = attached_to(inventory, instance)
    doubts = list(attached.doubts)
    doors: list[_Door] = []
    for interface in attached.interfaces:
        exposure = internet_exposure(inventory, interface)
        doubts += exposure.doubts
        doors += [
            _Door(interface, opening, port, _weigh(inventory, instance, interface, opening))
            for port in admin_ports
            for opening in exposure.at(port)
        ]
    if not doors:
        return Unsure(instance, doubts[0]) if doubts else Clear(instance, "the internet reaches no admin port of it")
    doors.sort(key=lambda door: -_WEIGHT[door.severity])
    worst = doors[0]
    path = proof_of(inventory, worst.interface, worst.opening, port=worst.port)
    return Flag(
        instance,
        _message(instance, [door for door in doors if door.severity == worst.severity]),
        (*(hop.words for hop in path.hops), f"sources: {worst.opening.words}", *_others(doors)),
        severity=worst.severity,
        fix=_cure(worst, path),
        path=path.hops,
    )


def _weigh(inventory: Inventory, instance: Resource, interface: Resource, opening: Opening) -> str:
    """Nobody answers yet on a stopped instance or a loose interface; AWS's own service asks IAM first."""
    if is_stopped(instance):
        return "low"
    if not is_listening(inventory, interface):
        return "info"
    return "high" if is_connect_service(inventory, opening) else ""


def _message(instance: Resource, doors: list[_Door]) -> str:
    ports = sorted({door.port for door in doors})
    where = f"port{'' if len(ports) == 1 else 's'} {listed(map(str, ports))}"
    sources = listed(door.opening.words for door in doors)
    severity = doors[0].severity
    if severity == "low":
        return f"{instance.label} is {instance.get('State.Name')}; once started, {where} can be reached from {sources}"
    if severity == "info":
        loose = listed(door.interface.id for door in doors)
        return f"{instance.label} can be reached on {where} from {sources} as soon as {loose} is in use"
    who = "the EC2 Instance Connect service of AWS" if severity == "high" else sources
    return f"{instance.label} can be reached on {where} from {who}"


def _others(doors: list[_Door]) -> Iterator[str]:
    for door in doors[1 : _MOST_LINES + 1]:
        yield f"also: {door.words}"
    if len(doors) > _MOST_LINES + 1:
        yield f"and {len(doors) - _MOST_LINES - 1} more"


def _cure(door: _Door, path: Path) -> str:
    """The group that lets the port through is the one thing that can be closed without breaking the rest."""
    groups = [hop.id for hop in path.hops if hop.kind == SECURITY_GROUP and hop.id.startswith("sg-")]
    commands = [
        line
        for group in groups
        for line in (
            (
                f"aws ec2 authorize-security-group-ingress --group-id {word(group)} --protocol tcp --port {door.port}"
                " --source-group <the group of an EC2 Instance Connect Endpoint>"
            ),
            f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group)}",
            (
                f"aws ec2 revoke-security-group-ingress --group-id {word(group)}"
                " --security-group-rule-ids <the sgr-… of each rule that lets the port through>"
            ),
        )
    ]
    rest = f"Then take the public address off {door.interface.id}: an endpoint's tunnel needs none."
    return "\n".join((*commands, rest))
