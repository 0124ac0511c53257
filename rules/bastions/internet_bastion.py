"""Finds instances that the internet logs in to and other instances admit: bastions by topology, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Entries,
    Fan,
    Flag,
    Inventory,
    Resource,
    Topology,
    Unsure,
    cure_of_bastion,
    hosts_in_words,
    is_service_managed,
    is_stopped,
    listed,
    replacements_of,
    tag_among,
    topology_of,
)


def check(inventory: Inventory, *, admin_ports: list[int], min_hosts: int, exempt_tags: list[str]) -> Iterator[Answer]:
    """One answer an instance; who is behind it is asked only where somebody gets in, or may."""
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt or is_service_managed(instance):
                yield Aside(instance, f"its tag {exempt} exempts it" if exempt else "an AWS service runs it")
            else:
                yield _judge(inventory, topology_of(inventory), instance, admin_ports, max(1, min_hosts))


def _judge(inventory: Inventory, topology: Topology, instance: Resource, ports: list[int], min_hosts: int) -> Answer:
    entries = topology.from_internet(instance, ports)
    if not entries.arrivals and not entries.doubts:
        return Clear(instance, "the internet reaches no admin port of it")
    fan = topology.behind(instance, ports)
    if len(fan.hosts) < min_hosts:
        if fan.doubts:
            return Unsure(instance, fan.doubts[0])
        return Clear(instance, "no other instance admits an admin port from it and is reached")
    if not entries.arrivals:
        return Unsure(instance, entries.doubts[0])
    return _flag(inventory, instance, entries, fan)


def _flag(inventory: Inventory, instance: Resource, entries: Entries, fan: Fan) -> Flag:
    first = entries.arrivals[0]
    ports = sorted({arrival.port for arrival in entries.arrivals})
    where = f"port{'' if len(ports) == 1 else 's'} {listed(map(str, ports))}"
    sources = listed(arrival.source for arrival in entries.arrivals)
    hosts = listed(host.instance.label for host in fan.hosts)
    stopped = is_stopped(instance)
    state = f" is {instance.get('State.Name')}; once started, it" if stopped else ""
    message = f"{instance.label}{state} is a bastion: {where} open to {sources}, and from it one gets to {hosts}"
    return Flag(
        instance,
        message,
        (*(hop.words for hop in first.path.hops), *hosts_in_words(fan), *replacements_of(inventory, instance, fan)),
        severity="medium" if stopped else "",
        fix=cure_of_bastion(inventory, instance, fan),
        path=first.path.hops,
    )
