"""Finds instances that a company's network logs in to and other instances admit: bastions behind a VPN."""

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
    interval,
    is_service_managed,
    is_stopped,
    listed,
    replacements_of,
    tag_among,
    topology_of,
)


def check(
    inventory: Inventory, *, admin_ports: list[int], min_hosts: int, internal_cidrs: list[str], exempt_tags: list[str]
) -> Iterator[Answer]:
    """One answer an instance; who is behind it is asked only where somebody gets in, or may."""
    for cidr in internal_cidrs:
        interval(cidr)  # what is no block makes everything unknown, with this very reason
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt or is_service_managed(instance):
                yield Aside(instance, f"its tag {exempt} exempts it" if exempt else "an AWS service runs it")
                continue
            topology = topology_of(inventory)
            entries = topology.from_company(instance, admin_ports, internal_cidrs)
            yield _judge(inventory, topology, instance, entries, admin_ports, max(1, min_hosts))


def _judge(
    inventory: Inventory, topology: Topology, instance: Resource, entries: Entries, ports: list[int], min_hosts: int
) -> Answer:
    if not entries.arrivals and not entries.doubts:
        return Clear(
            instance, "no private address outside every VPC, and no client of a VPN, reaches an admin port of it"
        )
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
        severity="low" if stopped else "",
        fix=cure_of_bastion(inventory, instance, fan),
        path=first.path.hops,
    )
