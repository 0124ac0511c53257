"""Where tunnels land: the instances, addresses and ports that an EC2 Instance Connect Endpoint reaches, by proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from scanner.logins.capability import PORTS, Closed, Door
from scanner.logins.hosts import Hosts
from scanner.model import Resource, Undecided, View
from scanner.model.unknown import told
from scanner.network.attachments import attached_to
from scanner.network.fabric import fabric_of
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT, is_own, is_usable
from scanner.network.interfaces import Address, addresses_of
from scanner.network.paths import Verdict
from scanner.network.questions import tunnel_path
from scanner.network.structures import structures
from scanner.network.tunnels import families_of


@dataclass(frozen=True, slots=True)
class Reached:
    """What an endpoint's network says of some address: the ports that are open, and for the others why not.

    `doubts` has the reasons for ports of which it is not known, `closed` says why no port at all is open ("" where one is).
    """

    ports: tuple[int, ...] = ()
    doubts: tuple[tuple[int, str], ...] = ()
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """One address of an instance ("" where its addresses are not known)."""

    instance: str
    address: str


@dataclass(frozen=True, slots=True)
class Landings:
    """An endpoint, and its landings grouped by what the network says of them."""

    endpoint: Resource
    groups: tuple[tuple[Reached, tuple[Landing, ...]], ...]


def landings_of(view: View, hosts: Hosts) -> tuple[tuple[Landings, ...], tuple[Closed, ...], tuple[str, ...]]:
    """The landings of every endpoint, the endpoints that lead nowhere, and why some may be missing."""
    found: list[Landings] = []
    closed: list[Closed] = []
    doubts = [gap.sentence for gap in view.gaps_of(INSTANCE_CONNECT_ENDPOINT)]
    crowds = _crowds(hosts.instances)
    for endpoint in view.known(INSTANCE_CONNECT_ENDPOINT):
        if hosts.endpoint and endpoint.id != hosts.endpoint:
            continue
        try:
            why = _useless(view, endpoint)
        except Undecided as doubt:
            doubts.append(doubt.reason)
            continue
        if why:
            closed.append(Closed(Door.TUNNEL, why, endpoint=endpoint.id))
            continue
        found.append(Landings(endpoint, _grouped(view.within(endpoint.region), endpoint, crowds)))
    return tuple(found), tuple(closed), tuple(dict.fromkeys(doubts))


def _useless(view: View, endpoint: Resource) -> str:
    if not is_own(view, endpoint):
        return f"it belongs to account {endpoint.get('OwnerId')}, which alone may use it"
    return "" if is_usable(endpoint) else f"it is in the state {endpoint.get('State')}"


_Crowds = dict[str, dict[str, list[tuple[int, Resource]]]]
"""Instances by their Region and VPC ("" where that is not told as a text), each with its number among all."""


def _crowds(instances: Sequence[Resource]) -> _Crowds:
    found: _Crowds = {}
    for number, instance in enumerate(instances):
        vpc = told(instance.facts, "VpcId")
        own = found.setdefault(instance.region, {}).setdefault(vpc if vpc.__class__ is str else "", [])
        own.append((number, instance))
    return found


def _near(view: View, endpoint: Resource, crowds: _Crowds) -> Iterator[Resource]:
    """The instances of the VPCs to which an endpoint leads, or may, in their order."""
    near: list[tuple[int, Resource]] = []
    for vpc, crowd in crowds.get(endpoint.region, {}).items():
        try:
            leads = not vpc or _may_lead(view, endpoint, crowd[0][1])
        except Undecided:
            leads = True
        if leads:
            near += crowd
    return (instance for _, instance in sorted(near, key=itemgetter(0)))


def _grouped(view: View, endpoint: Resource, crowds: _Crowds) -> tuple[tuple[Reached, tuple[Landing, ...]], ...]:
    groups: dict[Reached, dict[Landing, None]] = {}
    for instance in _near(view, endpoint, crowds):
        found = list(_landings(view, endpoint, instance))
        is_reached = any(not reached.closed for _, reached in found)
        for landing, reached in found:
            # One address that is reached is enough: nobody is told of the others.
            if not (reached.closed and is_reached):
                groups.setdefault(reached, {})[landing] = None
    return tuple((reached, tuple(landings)) for reached, landings in groups.items())


def _landings(view: View, endpoint: Resource, instance: Resource) -> Iterator[tuple[Landing, Reached]]:
    try:
        if not _may_lead(view, endpoint, instance):
            return
        attached = attached_to(view, instance)
    except Undecided as doubt:
        yield Landing(instance.id, ""), _unknown(doubt.reason)
        return
    for why in attached.doubts:
        yield Landing(instance.id, ""), _unknown(why)
    for interface in attached.interfaces:
        try:
            addresses = addresses_of(interface)
        except Undecided as doubt:
            yield Landing(instance.id, ""), _unknown(doubt.reason)
            continue
        spoken = [address for address in addresses if address.family in families_of(endpoint)]
        for address in spoken or addresses[:1]:
            reached = _reached(view, endpoint, interface, address)
            # That another VPC is not reached is nothing to tell of.
            if not reached.closed or endpoint.get("VpcId") == interface.get("VpcId"):
                yield Landing(instance.id, address.words), reached


def _unknown(why: str) -> Reached:
    return Reached(doubts=tuple((port, why) for port in PORTS))


def _reached(view: View, endpoint: Resource, interface: Resource, address: Address) -> Reached:
    open_: list[int] = []
    doubts: list[tuple[int, str]] = []
    closed = ""
    for port in PORTS:
        try:
            path = tunnel_path(view, endpoint, interface, port=port, address=address)
        except Undecided as doubt:
            doubts.append((port, doubt.reason))
            continue
        if path.is_open:
            open_.append(port)
        elif path.verdict is Verdict.UNKNOWN:
            doubts.append((port, path.reason))
        else:
            closed = closed or path.reason
    return Reached(tuple(open_), tuple(doubts), "" if open_ or doubts else closed)


def _may_lead(view: View, endpoint: Resource, instance: Resource) -> bool:
    """Whether a tunnel may get there at all: to another VPC only where the endpoint's subnet has a route out of its own."""
    if endpoint.get("VpcId") == instance.get("VpcId"):
        return True
    if endpoint.get("PreserveClientIp") is True:
        return False
    table = fabric_of(view).table_of(str(endpoint.get("SubnetId", "")))
    return any(set(route) & _LEADING_ON for route in structures(table, "Routes"))


# Routes to everything else (local, internet gateways, NAT, endpoints) never lead into another VPC by a private address.
_LEADING_ON = frozenset({
    "VpcPeeringConnectionId", "TransitGatewayId", "CoreNetworkArn", "NetworkInterfaceId", "InstanceId",
})  # fmt: skip
