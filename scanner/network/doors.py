"""Ways from the internet to a target through load balancers and accelerators, which hand connections on to it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from scanner.model import Hop, Resource, Undecided, View
from scanner.network.accelerator_doors import accelerator_doors
from scanner.network.balancers import handles_of, members_of
from scanner.network.door import Door
from scanner.network.doorways import doubtful, kept_out, passage
from scanner.network.ends import Found, Question
from scanner.network.entrances import Entrance, entrances
from scanner.network.front_doors import CLASSIC_LOAD_BALANCER, LOAD_BALANCER, balancer_interfaces
from scanner.network.handing_on import Handing
from scanner.network.listener_doors import listener_doors
from scanner.network.structures import text_of
from scanner.network.targets import is_primary, primary_address

Ways = Callable[[Question, Resource, Resource], Iterator[Found]]


def front_doors(question: Question) -> Iterator[Found]:
    """Every way through a door, an unknown one where it cannot be judged; nothing where the two ends ask for none."""
    source, target = question.source, question.target
    if not source.is_outside or source.interfaces or target.is_balancer:
        return
    for interface in target.interfaces:
        yield from _doubted(question, _published(question, interface, LOAD_BALANCER, _balanced))
        if question.protocol == "tcp":
            yield from _doubted(question, _published(question, interface, CLASSIC_LOAD_BALANCER, _classic))
        yield from _doubted(question, accelerator_doors(question, interface))


def _doubted(question: Question, ways: Iterator[Found]) -> Iterator[Found]:
    """The ways up to the first that cannot be judged, and a doubt in its place."""
    try:
        yield from ways
    except Undecided as doubt:
        yield doubtful(question, doubt.reason)


def _published(question: Question, interface: Resource, kind: str, ways: Ways) -> Iterator[Found]:
    for balancer in question.fabric.inventory.of(kind):
        if text_of(balancer, "Scheme") == "internet-facing" and balancer.get("State.Code") != "failed":
            yield from _doubted(question, ways(question, balancer, interface))


def _from_internet(question: Question) -> Callable[[Resource, int], Iterator[Entrance]]:
    return lambda own, port: entrances(replace(question, port=port), own)


def _balanced(question: Question, balancer: Resource, interface: Resource) -> Iterator[Found]:
    yield from listener_doors(question, balancer, interface, _from_internet(question))


def _classic(question: Question, classic: Resource, interface: Resource) -> Iterator[Found]:
    """Through a Classic Load Balancer, which speaks to its instances from its own address."""
    instance_id = str(interface.get("Attachment.InstanceId") or "")
    address = primary_address(interface)
    if instance_id not in members_of(classic) or not is_primary(interface, instance_id) or address is None:
        return
    for handle in handles_of(classic):
        if handle.inner != question.port:
            continue
        door = Door(CLASSIC_LOAD_BALANCER, classic.id, handle.protocol, handle.port)
        rule = f"{classic.id}: {handle.protocol} {handle.port} leads to port {handle.inner} of {instance_id}"
        for own in _interfaces(question.fabric.inventory, classic):
            handing = Handing(question.fabric, own, interface, address, "tcp", question.port, is_classic=True)
            middle = (Hop(CLASSIC_LOAD_BALANCER, classic.id, allows=True, rule=rule),)
            for entrance in _from_internet(question)(own, handle.port):
                if entrance.path.is_open:
                    yield passage(question, door, entrance, middle, handing, keeps=False)
                else:
                    yield kept_out(question, door, entrance)


def _interfaces(view: View, classic: Resource) -> tuple[Resource, ...]:
    found = balancer_interfaces(view, classic)
    if not found:
        raise Undecided(f"the network interfaces of the load balancer {classic.id} were not found")
    return found
