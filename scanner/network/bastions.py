"""Who is a bastion by topology: an admin port that opens to the outside, and other hosts that admit this one machine.

Names prove nothing, paths do: https://docs.aws.amazon.com/prescriptive-guidance/latest/patterns/access-a-bastion-host-by-using-session-manager-and-amazon-ec2-instance-connect.html
describes what is looked for. Everything is found through indexes (group to members), never by trying all pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Interval, interval
from scanner.network.admission import Grant
from scanner.network.attachments import attached_to
from scanner.network.corporate import Arrival, client_vpn_arrivals, corporate_arrivals
from scanner.network.exposure import kept_exposure
from scanner.network.fabric import PEERING, fabric_of
from scanner.network.inner import between
from scanner.network.instances import INSTANCE, is_live
from scanner.network.interfaces import Address, addresses_of, groups_of
from scanner.network.lookups import Quick
from scanner.network.memory import Memory
from scanner.network.paths import Path, Verdict
from scanner.network.proofs import prove
from scanner.network.security_groups import NETWORK_INTERFACE, SECURITY_GROUP
from scanner.network.transit_tables import read_transit

ADMIN_PORTS = (22, 3389, 5985, 5986)
"""SSH, RDP, and WinRM without and with TLS."""

_NARROW_BITS = 4  # a /28 of IPv4: sixteen addresses are a named machine or a few, no network


@dataclass(frozen=True, slots=True)
class Entries:
    """The admin ports of an instance that open to the outside, and what could not be decided about the others."""

    arrivals: tuple[Arrival, ...]
    doubts: tuple[str, ...]


_NO_ENTRIES = Entries((), ())


@dataclass(frozen=True, slots=True)
class Host:
    """An instance behind another one: the port, the rule that admits exactly that other one, and the proof."""

    instance: Resource
    interface: Resource
    port: int
    rule: str
    path: Path


@dataclass(frozen=True, slots=True)
class Fan:
    """The hosts behind an instance, and what could not be decided about others."""

    hosts: tuple[Host, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Knock:
    """One try to get from an instance to a host: by which rule, with which address, at which port."""

    grant: Grant
    interface: Resource
    here: Address
    port: int


@dataclass(slots=True)
class _Index:
    """Who admits an admin port from whom: the rules by group and by block, the wearers of groups, the unreadable."""

    by_group: dict[str, list[Grant]] = field(default_factory=dict)
    by_block: dict[tuple[int, int], dict[int, list[Grant]]] = field(default_factory=dict)
    wearers: dict[str, list[Resource]] = field(default_factory=dict)
    doubts: dict[str, dict[str, set[str]]] = field(default_factory=dict)  # VPC, reason, instances


class Topology:
    """The words of rules about bastions over one inventory; every answer is made once."""

    def __init__(self, inventory: View) -> None:
        self._inventory = inventory
        self._fabric = fabric_of(inventory)
        self._look = Quick(self._fabric)
        self._memory = Memory()
        self._memories: dict[Hashable, Memory] = {}
        inventory.known(PEERING)
        read_transit(inventory)

    def from_internet(self, instance: Resource, ports: Iterable[int]) -> Entries:
        """The admin ports that the internet reaches, with proofs; raises `Undecided`."""
        wanted = tuple(ports)
        return self._kept("internet", wanted).once(instance.id, lambda: self._from_internet(instance, wanted))

    def from_company(self, instance: Resource, ports: Iterable[int], internal: Iterable[str] = ()) -> Entries:
        """The admin ports that private addresses outside every VPC reach, and Client VPN's clients; raises `Undecided`."""
        wanted, known = tuple(ports), tuple(internal)
        kept = self._kept("company", wanted, known)
        return kept.once(instance.id, lambda: self._from_company(instance, wanted, known))

    def behind(self, instance: Resource, ports: Iterable[int]) -> Fan:
        """The hosts that admit an admin port from this very instance, and are reached from it; raises `Undecided`.

        A rule admits this very instance by a reference to one of its groups, by a block of sixteen addresses or fewer,
        or by an entry of a prefix list that is narrower than the VPC. A group that admits its own members makes a
        cluster and no bastion.
        """
        wanted = tuple(ports)
        return self._kept("behind", wanted).once(instance.id, lambda: self._behind(instance, wanted))

    def interfaces_of(self, instance: Resource) -> tuple[Resource, ...]:
        """The interfaces of an instance; raises `Undecided` where one of them cannot be seen."""
        attached = attached_to(self._inventory, instance)
        if attached.doubts:
            raise Undecided(attached.doubts[0])
        return attached.interfaces

    def _kept(self, *question: Hashable) -> Memory:
        """The answers to one question, by instance: instances are many, and what is asked of them is not."""
        return self._memories.setdefault(question, Memory())

    def _from_internet(self, instance: Resource, ports: tuple[int, ...]) -> Entries:
        arrivals: list[Arrival] = []
        doubts: list[str] = []
        for interface in self.interfaces_of(instance):
            exposure = kept_exposure(self._fabric, interface)
            doubts += exposure.doubts
            for port in ports:
                for opening in exposure.at(port):
                    path = prove(self._fabric, interface, opening, port=port)
                    arrivals.append(Arrival(interface, port, opening.words, path))
        return Entries(tuple(arrivals), tuple(dict.fromkeys(doubts))) if arrivals or doubts else _NO_ENTRIES

    def _from_company(self, instance: Resource, ports: tuple[int, ...], internal: tuple[str, ...]) -> Entries:
        arrivals: list[Arrival] = []
        doubts: list[str] = []
        for interface in self.interfaces_of(instance):
            try:
                arrivals += corporate_arrivals(self._fabric, interface, ports, internal, doubts)
                arrivals += client_vpn_arrivals(self._fabric, interface, ports, doubts)
            except Undecided as doubt:
                doubts.append(doubt.reason)
        return Entries(tuple(arrivals), tuple(dict.fromkeys(doubts))) if arrivals or doubts else _NO_ENTRIES

    def _behind(self, instance: Resource, ports: tuple[int, ...]) -> Fan:
        index = self._memory.once(("index", ports), lambda: self._make_index(ports))
        hosts: dict[str, Host] = {}
        doubts: list[str] = []
        for source in self.interfaces_of(instance):
            for target_id, knocks in self._knocks(index, source, instance.id, ports).items():
                target = self._inventory.find(INSTANCE, target_id) if target_id not in hosts else None
                if target is not None and is_live(target):
                    host = self._try(source, target, knocks, doubts)
                    if host is not None:
                        hosts[target_id] = host
            unread = index.doubts.get(str(source.get("VpcId", "")), {})
            doubts += [reason for reason, worn_by in unread.items() if worn_by - {instance.id}]
        return Fan(tuple(hosts.values()), tuple(dict.fromkeys(doubts)))

    def _knocks(self, index: _Index, source: Resource, own_id: str, ports: tuple[int, ...]) -> dict[str, list[_Knock]]:
        """The tries worth making from an interface, by the instance they lead to."""
        found: dict[str, list[_Knock]] = {}
        for grant, here in self._grants_for(index, source):
            port = next(port for port in ports if _holds(grant.ports, port))
            for interface in index.wearers.get(grant.group, ()):
                target_id = str(interface.get("Attachment.InstanceId", ""))
                if target_id != own_id:
                    found.setdefault(target_id, []).append(_Knock(grant, interface, here, port))
        return found

    def _grants_for(self, index: _Index, source: Resource) -> Iterator[tuple[Grant, Address]]:
        """The rules that admit an interface, and with which of its addresses."""
        addresses = addresses_of(source)
        primary = {address.family: address for address in reversed(addresses)}
        for group_id in sorted(groups_of(source)):
            for grant in index.by_group.get(group_id, ()):
                for here in primary.values():
                    yield grant, here
        for here in addresses:
            for (family, bits), blocks in index.by_block.items():
                if family == here.family:
                    for grant in blocks.get(here.private >> bits << bits, ()):
                        if bits <= _NARROW_BITS or not self._is_whole(source, grant):
                            yield grant, here

    def _is_whole(self, source: Resource, grant: Grant) -> bool:
        """Whether an entry of a prefix list holds a whole block of the VPC, and so names nobody in it."""
        span = grant.addresses or (0, 0)
        blocks = (interval(block) for block in self._fabric.vpc_blocks(str(source.get("VpcId", ""))))
        return any(family == grant.family and span[0] <= own[0] and own[1] <= span[1] for family, own in blocks)

    def _try(self, source: Resource, target: Resource, knocks: list[_Knock], doubts: list[str]) -> Host | None:
        """The first try that gets through; doubts only where none does."""
        unknown: list[str] = []
        for knock in knocks:
            for there in addresses_of(knock.interface):
                if there.family != knock.here.family:
                    continue
                path = between(
                    self._look, source, knock.interface, here=knock.here, there=there, protocol="tcp", port=knock.port
                )
                if path.is_open:
                    return Host(target, knock.interface, knock.port, knock.grant.words, path)
                if path.verdict is Verdict.UNKNOWN:
                    unknown.append(path.reason)
        doubts += unknown
        return None

    def _make_index(self, ports: tuple[int, ...]) -> _Index:
        index = _Index()
        unread: dict[str, str] = {}
        for group in self._inventory.of(SECURITY_GROUP):
            try:
                grants = self._fabric.grants(frozenset({group.id}), egress=False, protocol="tcp")
            except Undecided as doubt:
                unread[group.id] = doubt.reason
                continue
            if grants.doubts:
                unread[group.id] = grants.doubts[0]
            for grant in grants.all:
                if any(_holds(grant.ports, port) for port in ports):
                    _enter(index, grant)
        for interface in self._inventory.of(NETWORK_INTERFACE):
            self._enter_wearer(index, interface, unread)
        return index

    def _enter_wearer(self, index: _Index, interface: Resource, unread: dict[str, str]) -> None:
        instance_id, vpc_id = str(interface.get("Attachment.InstanceId", "")), str(interface.get("VpcId", ""))
        if not instance_id:
            return
        reasons: list[str] = []
        try:
            for group_id in groups_of(interface):
                index.wearers.setdefault(group_id, []).append(interface)
                if group_id in unread:
                    reasons.append(unread[group_id])
                elif self._inventory.find(SECURITY_GROUP, group_id) is None:
                    reasons.append(
                        f"the security group {group_id} cannot be seen from account {self._inventory.account}"
                    )
        except Undecided as doubt:
            reasons.append(doubt.reason)
        for reason in reasons:
            index.doubts.setdefault(vpc_id, {}).setdefault(reason, set()).add(instance_id)


def topology_of(inventory: View) -> Topology:
    """The topology of an inventory, made once for all rules that ask."""
    return inventory.shared(Topology)


def _holds(span: Interval, port: int) -> bool:
    return span[0] <= port <= span[1]


def _enter(index: _Index, grant: Grant) -> None:
    if grant.addresses is None:
        if grant.referenced != grant.group:
            index.by_group.setdefault(grant.referenced, []).append(grant)
        return
    first, last = grant.addresses
    bits = (last - first).bit_length()
    if bits <= _NARROW_BITS or _is_listed(grant):
        index.by_block.setdefault((grant.family, bits), {}).setdefault(first, []).append(grant)


def _is_listed(grant: Grant) -> bool:
    """Whether a rule names its block through a prefix list: somebody put it there by hand."""
    return grant.words.rpartition(" from ")[2].startswith("pl-")
