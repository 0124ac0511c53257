"""Finds instances that the internet reaches directly on ports nobody has allowed, whatever listens there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    groups_of,
    internet_exposure,
    is_listening,
    is_service_managed,
    is_stopped,
    listed,
    proof_of,
    tag_among,
    word,
)

_LAST = 65535
_NEARLY_ALL = 60_000
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class _Door:
    """A range of unexpected ports of one interface."""

    interface: Resource
    opening: Opening
    ports: tuple[int, int]
    is_latent: bool

    @property
    def words(self) -> str:
        ports = _range_in_words(self.ports)
        return f"{self.interface.id} takes {self.opening.protocol} {ports} from {self.opening.words}"


def check(
    inventory: Inventory,
    *,
    allowed_ports: list[int],
    admin_ports: list[int],
    exempt_tags: list[str],
    exempt_groups: list[str],
) -> Iterator[Answer]:
    """One answer an instance: all ranges merged in the sentence, the first one proved."""
    expected = sorted({port for port in (*allowed_ports, *admin_ports) if 0 <= port <= _LAST})
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt:
                yield Aside(instance, f"its tag {exempt} lets the internet reach it")
            elif is_service_managed(instance):
                yield Aside(instance, "an AWS service runs it")
            else:
                yield _judge(inventory, instance, expected, frozenset(exempt_groups))


def _judge(inventory: Inventory, instance: Resource, expected: list[int], exempt: frozenset[str]) -> Answer:
    attached = attached_to(inventory, instance)
    doubts = list(attached.doubts)
    doors: list[_Door] = []
    for interface in attached.interfaces:
        if groups_of(interface) & exempt:
            continue
        exposure = internet_exposure(inventory, interface)
        doubts += exposure.doubts
        ranges = [(opening, ports) for opening in exposure.openings for ports in _unexpected(opening, expected)]
        if ranges:
            latent = is_stopped(instance) or not is_listening(inventory, interface)
            doors += [_Door(interface, opening, ports, latent) for opening, ports in ranges]
    if not doors:
        return (
            Unsure(instance, doubts[0])
            if doubts
            else Clear(instance, "the internet reaches no port of it beside those allowed and the admin ports")
        )
    doors.sort(key=lambda door: (door.is_latent, door.opening.protocol, door.opening.family, door.ports))
    worst = doors[0]
    path = proof_of(inventory, worst.interface, worst.opening, port=worst.ports[0])
    return Flag(
        instance,
        _message(instance, [door for door in doors if door.is_latent == worst.is_latent], expected),
        (*(hop.words for hop in path.hops), f"sources: {worst.opening.words}", *_others(doors)),
        severity="low" if worst.is_latent else "",
        fix=_cure(worst, path),
        path=path.hops,
    )


def _unexpected(opening: Opening, expected: list[int]) -> Iterator[tuple[int, int]]:
    """The parts of an opening between the ports that are expected."""
    first = opening.first
    for port in expected:
        if first <= port <= opening.last:
            if first < port:
                yield first, port - 1
            first = port + 1
    if first <= opening.last:
        yield first, opening.last


def _message(instance: Resource, doors: list[_Door], expected: list[int]) -> str:
    told = [
        _ports_in_words(protocol, [door.ports for door in doors if door.opening.protocol == protocol], expected)
        for protocol in sorted({door.opening.protocol for door in doors})
    ]
    sources = listed(dict.fromkeys(door.opening.words for door in doors), most=3)
    what = f"can be reached directly on {' and '.join(told)} from {sources}"
    if not doors[0].is_latent:
        return f"{instance.label} {what}"
    state = f"is {instance.get('State.Name')}; once started, it" if is_stopped(instance) else "is not in use; then it"
    return f"{instance.label} {state} {what}"


def _ports_in_words(protocol: str, ranges: Iterable[tuple[int, int]], expected: list[int]) -> str:
    """Ranges merged, as people write them; nearly all of them are told by what they leave out."""
    merged = _merged(ranges)
    if sum(last - first + 1 for first, last in merged) >= _NEARLY_ALL:
        left = [
            (first, last) for first, last in _between(merged) if not all(p in expected for p in range(first, last + 1))
        ]
        but = f" but {listed(map(_range_in_words, left))}" if left else ""
        return f"nearly every {protocol} port{but}"
    return f"{protocol} {listed(map(_range_in_words, merged), most=6)}"


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _between(merged: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = 0
    for first, last in merged:
        if first > start:
            yield start, first - 1
        start = last + 1
    if start <= _LAST:
        yield start, _LAST


def _range_in_words(ports: tuple[int, int]) -> str:
    first, last = ports
    return str(first) if first == last else f"{first}-{last}"


def _others(doors: list[_Door]) -> Iterator[str]:
    for door in doors[1 : _MOST_LINES + 1]:
        yield f"also: {door.words}"
    if len(doors) > _MOST_LINES + 1:
        yield f"and {len(doors) - _MOST_LINES - 1} more"


def _cure(door: _Door, path: Path) -> str:
    groups = [hop.id for hop in path.hops if hop.kind == SECURITY_GROUP and hop.id.startswith("sg-")]
    commands = [
        line
        for group in groups
        for line in (
            f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group)}",
            (
                f"aws ec2 revoke-security-group-ingress --group-id {word(group)}"
                " --security-group-rule-ids <the sgr-… of each rule that nobody needs>"
            ),
        )
    ]
    rest = (
        f"What the public needs belongs behind a load balancer, and {door.interface.id} into a private subnet; a port"
        " that is meant to be reached can be named in `allowed_ports`."
    )
    return "\n".join((*commands, rest))
