"""What a map shows, before anybody decides where on the paper: VPCs, subnets, the things in them, and proved ways in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.model import Inventory, Resource, Undecided, View
from scanner.network.endpoints import VPC_ENDPOINT
from scanner.network.exposure import Exposure
from scanner.network.fabric import KINDS as FABRIC_KINDS
from scanner.network.fabric import SUBNET, VPC
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT
from scanner.network.instances import INSTANCE, is_live
from scanner.network.interfaces import is_listening
from scanner.network.questions import internet_exposure, proof_of
from scanner.network.routes import INTERNET_GATEWAY
from scanner.network.security_groups import NETWORK_INTERFACE

NAT_GATEWAY = "AWS::EC2::NatGateway"

KINDS = frozenset({*FABRIC_KINDS, INSTANCE_CONNECT_ENDPOINT, NAT_GATEWAY})
"""What a map reads."""

_MOST_PORTS = 6


@dataclass(frozen=True, slots=True)
class Thing:
    """A box: an instance, a gateway or an endpoint. `kind` is one of instance, gateway, nat, endpoint, connect."""

    id: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Room:
    """A subnet with what stands in it."""

    id: str
    label: str
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class House:
    """A VPC: its subnets, and what belongs to it as a whole (gateways, gateway endpoints)."""

    id: str
    label: str
    rooms: tuple[Room, ...]
    gates: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A proved way from the internet through a gateway to a thing: the ports, in words."""

    gateway: str
    thing: str
    ports: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on a map, in a stable order; `doubts` tell what could not be decided."""

    title: str
    houses: tuple[House, ...]
    ways: tuple[Way, ...]
    doubts: tuple[str, ...]


def make_scene(inventory: Inventory, *, vpc_id: str = "") -> Scene:
    """The scene of a Region, or of one of its VPCs."""
    view = View(inventory)
    vpcs = sorted((vpc for vpc in view.known(VPC) if vpc_id in ("", vpc.id)), key=lambda vpc: (vpc.name, vpc.id))
    houses = tuple(_house(view, vpc) for vpc in vpcs)
    shown = {vpc.id for vpc in vpcs}
    doubts: dict[str, None] = {}
    ways = tuple(sorted(_ways(view, shown, doubts), key=lambda way: (way.gateway, way.thing, way.ports)))
    return Scene(f"{inventory.account} {inventory.region}", houses, ways, tuple(doubts))


def _house(view: View, vpc: Resource) -> House:
    subnets = sorted(_in_vpc(view, SUBNET, vpc.id), key=lambda one: (one.get("AvailabilityZone", ""), one.name, one.id))
    things = _things_by_subnet(view, vpc.id)
    rooms = tuple(
        Room(one.id, _place(one, "CidrBlock", "AvailabilityZone"), tuple(things.get(one.id, ()))) for one in subnets
    )
    gates = [
        _thing(gateway, "gateway")
        for gateway in view.known(INTERNET_GATEWAY)
        if any(one.get("VpcId") == vpc.id for one in gateway.items("Attachments"))
    ]
    gates += [
        _thing(endpoint, "endpoint", named=_service(endpoint))
        for endpoint in _in_vpc(view, VPC_ENDPOINT, vpc.id)
        if not endpoint.items("SubnetIds")
    ]
    return House(
        vpc.id,
        _place(vpc, "CidrBlock"),
        rooms,
        tuple(sorted(gates, key=lambda thing: (thing.kind, thing.id), reverse=True)),
    )


def _things_by_subnet(view: View, vpc_id: str) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = {}
    for endpoint in _in_vpc(view, INSTANCE_CONNECT_ENDPOINT, vpc_id):
        found.setdefault(str(endpoint.get("SubnetId", "")), []).append(_thing(endpoint, "connect"))
    for endpoint in _in_vpc(view, VPC_ENDPOINT, vpc_id):
        for subnet_id in endpoint.items("SubnetIds"):
            thing = _thing(endpoint, "endpoint", named=_service(endpoint))
            found.setdefault(str(subnet_id), []).append(thing)
    for gateway in _in_vpc(view, NAT_GATEWAY, vpc_id):
        found.setdefault(str(gateway.get("SubnetId", "")), []).append(_thing(gateway, "nat"))
    for instance in _in_vpc(view, INSTANCE, vpc_id):
        if is_live(instance):
            found.setdefault(str(instance.get("SubnetId", "")), []).append(_thing(instance, "instance"))
    return {subnet: sorted(things, key=lambda thing: (thing.kind, thing.label)) for subnet, things in found.items()}


def _in_vpc(view: View, kind: str, vpc_id: str) -> Iterator[Resource]:
    return (one for one in view.known(kind) if one.get("VpcId") == vpc_id)


def _place(resource: Resource, *facts: str) -> str:
    """Name first: people know it, and it fits."""
    told = (
        resource.name or resource.id,
        *(str(resource.get(fact, "")) for fact in facts),
        resource.id if resource.name else "",
    )
    return " · ".join(filter(None, told))


def _thing(resource: Resource, kind: str, *, named: str = "") -> Thing:
    name = named or resource.name
    return Thing(resource.id, kind, f"{name} · {resource.id}" if name else resource.id)


def _service(endpoint: Resource) -> str:
    return str(endpoint.get("ServiceName", "")).rpartition(".")[2]


def _ways(view: View, shown: set[str], doubts: dict[str, None]) -> Iterator[Way]:
    """A way for every instance behind an interface that the internet reaches, each proved by a packet."""
    for interface in view.known(NETWORK_INTERFACE):
        instance_id = str(interface.get("Attachment.InstanceId", ""))
        if interface.get("VpcId") not in shown or not instance_id:
            continue
        try:
            exposure = internet_exposure(view, interface)
            doubts.update(dict.fromkeys(exposure.doubts))
            if exposure.openings and is_listening(view, interface):
                path = proof_of(view, interface, exposure.openings[0], port=exposure.openings[0].first)
                yield Way(path.hops[0].id, instance_id, ports_in_words(exposure))
        except Undecided as doubt:
            doubts[doubt.reason] = None


def ports_in_words(exposure: Exposure) -> str:
    """The open ports of an interface: "tcp 22, tcp 443"; many are shortened."""
    spans = dict.fromkeys(
        f"{one.protocol} {one.first}" if one.first == one.last else f"{one.protocol} {one.first}-{one.last}"
        for one in exposure.openings
    )
    words = list(spans)
    more = len(words) - _MOST_PORTS
    return ", ".join(words if more <= 0 else [*words[:_MOST_PORTS], f"and {more} more"])
