"""Every way from one end of a question to the other that is worth trying, and the best of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.errors import UsageError
from scanner.model import Hop, Resource, Undecided
from scanner.network.addresses import Intervals, size
from scanner.network.arrivals import from_addresses
from scanner.network.certified import certified
from scanner.network.doors import front_doors
from scanner.network.egress import Packet, destinations, inside
from scanner.network.endpoints import VPC_ENDPOINT, endpoint_state
from scanner.network.ends import Found, Question
from scanner.network.entrances import entrances
from scanner.network.exposure import sources_in_words
from scanner.network.inner import between
from scanner.network.interfaces import Address, addresses_of
from scanner.network.inward import from_internet
from scanner.network.listening import behind_listener
from scanner.network.lookups import Lookups
from scanner.network.paths import Path, Verdict, follow
from scanner.network.proofs import witness
from scanner.network.transit_egress import leaving
from scanner.network.tunnels import tunnel

RANK = {Verdict.REACHABLE: 3, Verdict.VIA_MIDDLEBOX: 2, Verdict.UNKNOWN: 1, Verdict.NOT_REACHABLE: 0}
"""Of several ways the most open one is the answer, and a closed one only where all are closed."""


def best(question: Question) -> Found:
    """The most open of all ways; the sources of all that are open together.

    Raises `Undecided` where a way cannot be judged and none of the others is open.
    """
    found: list[Found] = []
    doubts: list[Undecided] = []
    for ways in (_ways(question), front_doors(question)):
        try:
            found.extend(behind_listener(question, one) for one in ways)
        except Undecided as doubt:
            doubts.append(doubt)
    if doubts and not any(path.is_open for path, _ in found):
        raise doubts[0]
    path, _ = max(found, key=_openness)
    words = [word for other, sources in found if other.is_open for word in sources]
    return path, tuple(dict.fromkeys(words)) if path.is_open else ()


def _openness(found: Found) -> tuple[int, bool, int]:
    """The direct way before one through a door, where both are open; of closed ones the one that gets farthest."""
    path, _ = found
    return RANK[path.verdict], path.is_open and path.door is None, len(path.hops)


def _ways(question: Question) -> Iterator[Found]:
    """Every way worth trying, for the forms the two ends have."""
    source, target = question.source, question.target
    if source.is_balancer:
        raise UsageError(f"{source.word} opens no connections of its own", cure="name it as the target")
    if source.is_tunnel:
        yield from _tunnels(question)
    elif target.is_outside and not target.interfaces:
        yield from _outward(question)
    elif source.is_outside and not source.interfaces:
        yield from _each_target(question, _from_internet)
    elif source.resource is None:
        yield from _each_target(question, _from_block)
    elif target.resource is None and not target.interfaces:
        yield from _to_nobody(question)
    else:
        yield from _between(question)


def _each_target(question: Question, ways: Callable[[Question, Resource], Iterator[Found]]) -> Iterator[Found]:
    target = question.target
    if target.resource is None and not target.interfaces:
        raise UsageError(
            f"nothing in the inventory has an address in {target.word}", cure="name an instance or an interface"
        )
    if not target.interfaces:
        yield _closed(question, f"{target.word} has no network interface"), ()
    for interface in target.interfaces:
        yield from ways(question, interface)


def _from_internet(question: Question, interface: Resource) -> Iterator[Found]:
    for entrance in entrances(question, interface):
        words = (sources_in_words(entrance.sources, family=entrance.family),) if entrance.sources else ()
        yield entrance.path, words


def _from_block(question: Question, interface: Resource) -> Iterator[Found]:
    """From addresses: those of known interfaces, those a subnet may give out, and those beyond the VPC."""
    for own in question.source.interfaces:
        if own != interface:
            yield from _pairs(question, own, interface)
    if question.source.is_outside:
        yield from _from_internet(question, interface)
        return
    for family, blocks in question.source.blocks:
        yield from from_addresses(
            question.fabric, interface, blocks, family=family, protocol=question.protocol, port=question.port
        )


def _tunnels(question: Question) -> Iterator[Found]:
    endpoint, target = question.source.resource, question.target
    if question.protocol != "tcp":
        raise UsageError(f"{question.source.word} carries tcp alone", cure="leave the protocol out")
    if endpoint is None or (target.is_outside and not target.interfaces):
        raise UsageError(f"{question.source.word} leads to private addresses alone", cure="name an instance")

    def tunnels(asked: Question, interface: Resource) -> Iterator[Found]:
        path = certified(asked.fabric, lambda look: tunnel(look, endpoint, interface, port=asked.port))
        yield path, (f"whoever IAM lets open a tunnel through {endpoint.id}",)

    yield from _each_target(question, tunnels)


def _between(question: Question) -> Iterator[Found]:
    """Between interfaces: every pair of their addresses."""
    source, target = question.source, question.target
    if source.interfaces and {one.id for one in source.interfaces} == {one.id for one in target.interfaces}:
        raise UsageError(f"{source.word} and {target.word} are the same interface", cure="name two different ends")
    for end in (source, target):
        if not end.interfaces:
            yield _closed(question, f"{end.word} has no network interface"), ()
    if target.is_service and target.resource is not None and endpoint_state(target.resource) != "available":
        rule = f"{target.word} is in the state {target.resource.get('State')}"
        hop = Hop(VPC_ENDPOINT, target.word, allows=False, rule=rule, code="BAD_STATE")
        yield _walk(question, iter((hop,)), target.word), ()
        return
    for one in source.interfaces:
        for other in target.interfaces:
            if one != other:
                yield from _pairs(question, one, other)


def _pairs(question: Question, source: Resource, target: Resource) -> Iterator[Found]:
    pairs = [
        (here, there) for here in addresses_of(source) for there in addresses_of(target) if here.family == there.family
    ]
    if not pairs:
        yield _closed(question, f"{source.id} and {target.id} have no addresses of one family"), ()
    is_private = False
    for here, there in pairs:
        path = certified(
            question.fabric,
            lambda look, here=here, there=there: between(  # type: ignore[misc] # mypy sees no default arguments in a lambda
                look, source, target, here=here, there=there, protocol=question.protocol, port=question.port
            ),
        )
        is_private = is_private or path.is_open
        yield path, (here.words,)
    if not is_private:
        yield from _over_internet(question, source, target, pairs)


def _over_internet(
    question: Question, source: Resource, target: Resource, pairs: list[tuple[Address, Address]]
) -> Iterator[Found]:
    """Out of one interface and in at the other's public address, where the private way is closed."""
    for here, there in pairs:
        if there.public:
            packet = Packet(source, here, there.public, question.protocol, question.port)

            def hops(look: Lookups, packet: Packet = packet, there: Address = there) -> Iterator[Hop]:
                seen = yield from leaving(look, packet)
                way_in = from_internet(look, target, there, source=seen, protocol=question.protocol, port=question.port)
                yield from way_in.hops
                if way_in.verdict is Verdict.UNKNOWN:
                    raise Undecided(way_in.reason)

            path = certified(question.fabric, lambda look, hops=hops: _walk(question, hops(look), target.id))  # type: ignore[misc] # as above
            yield path, (here.words,)


def _outward(question: Question) -> Iterator[Found]:
    """From interfaces to the internet, or to a part of it."""
    source, target = question.source, question.target
    if source.resource is None and not source.interfaces:
        raise UsageError(
            f"neither {source.word} nor {target.word} is in the inventory", cure="name an instance or an interface"
        )
    if not source.interfaces:
        yield _closed(question, f"{source.word} has no network interface"), ()
    for interface in source.interfaces:
        known = addresses_of(interface)
        for family, _ in target.blocks:
            wanted = target.outside(family)
            own = [address for address in known if address.family == family]
            if not own:
                yield _closed(question, f"{interface.id} has no IPv{family} address"), ()
            for there in _destinations(question, interface, wanted, family) if own else ():
                for here in own:
                    yield _out(question, Packet(interface, here, there, question.protocol, question.port))


def _destinations(question: Question, interface: Resource, wanted: Intervals, family: int) -> list[str]:
    if size(wanted) == 1:
        return [witness(wanted, family=family)]
    return destinations(
        question.fabric, interface, wanted, family=family, protocol=question.protocol, port=question.port
    )


def _out(question: Question, packet: Packet) -> Found:
    seen: list[str] = []

    def hops(look: Lookups) -> Iterator[Hop]:
        seen.append((yield from leaving(look, packet)))

    path = certified(question.fabric, lambda look: _walk(question, hops(look), packet.destination))
    return path, tuple(dict.fromkeys(filter(None, seen)))


def _to_nobody(question: Question) -> Iterator[Found]:
    """To private addresses that no known interface has."""
    if not question.source.interfaces:
        yield _closed(question, f"{question.source.word} has no network interface"), ()
    for interface in question.source.interfaces:
        for family, wanted in question.target.blocks:
            own = [address for address in addresses_of(interface) if address.family == family]
            if not own:
                yield _closed(question, f"{interface.id} has no IPv{family} address"), ()
            for there in _destinations(question, interface, wanted, family) if own else ():
                packet = Packet(interface, own[0], there, question.protocol, question.port)
                yield (
                    certified(
                        question.fabric,
                        lambda look, packet=packet: _walk(question, inside(look, packet), packet.destination),  # type: ignore[misc] # as above
                    ),
                    (),
                )


def _walk(question: Question, hops: Iterator[Hop], target: str) -> Path:
    return follow(hops, source=question.source.word, target=target, protocol=question.protocol, port=question.port)


def _closed(question: Question, reason: str) -> Path:
    """A path that ends before its first hop."""
    return Path(
        Verdict.NOT_REACHABLE, question.source.word, question.target.word, question.protocol, question.port, (), reason
    )
