"""Ways through AWS Global Accelerator: to an instance, to an Elastic IP address, or to a load balancer and on from it.

https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.sipp-caveats.html: where the client's address is
kept, the VPC needs an internet gateway but no route to it, and of the network ACL only the way out counts; where it is
not, connections come in over the internet from addresses of the accelerator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.model import Hop, Resource, Undecided
from scanner.network import acls
from scanner.network.accelerators import ACCELERATOR, ACCELERATOR_LISTENER, ENDPOINT_GROUP, Accelerated, accelerated
from scanner.network.addresses import Intervals, intersection
from scanner.network.block_public_access import OFF, OPTIONS
from scanner.network.certified import certified
from scanner.network.door import Door
from scanner.network.doorways import doubtful, kept_out
from scanner.network.ends import Found, Question
from scanner.network.entrances import Entrance, entrances
from scanner.network.exposure import sources_in_words
from scanner.network.front_doors import LOAD_BALANCER, TARGET_GROUP
from scanner.network.hops import acl_hop, groups_hop, returning
from scanner.network.interfaces import addresses_of, is_unfiltered, worn_by
from scanner.network.listener_doors import listener_doors
from scanner.network.lookups import Lookups
from scanner.network.painting import SPACE
from scanner.network.paths import Verdict, follow
from scanner.network.proofs import witness
from scanner.network.routes import INTERNET_GATEWAY
from scanner.network.structures import text_of
from scanner.network.targets import is_primary, target_in

ELASTIC_IP = "AWS::EC2::EIP"


def accelerator_doors(question: Question, interface: Resource) -> Iterator[Found]:
    """Every way through an accelerator to an interface; raises `Undecided` where one may be unseen."""
    for endpoint in accelerated(question.fabric.inventory):
        if endpoint.protocol != question.protocol:
            continue
        try:
            yield from _through(question, endpoint, interface)
        except Undecided as doubt:
            yield doubtful(question, doubt.reason)


def _through(question: Question, endpoint: Accelerated, interface: Resource) -> Iterator[Found]:
    view = question.fabric.inventory
    if endpoint.endpoint.startswith("arn:"):
        for balancer in view.linked(LOAD_BALANCER, "LoadBalancerArn", endpoint.endpoint):
            _insist_on_listeners(question, balancer, interface)
            yield from listener_doors(
                question, balancer, interface, lambda own, port: _entrances(question, endpoint, own, port)
            )
        return
    if not is_primary(interface, endpoint.endpoint) and not _has_address(question, endpoint, interface):
        return
    for entrance in _entrances(question, endpoint, interface, question.port):
        path = entrance.path
        if path.is_open and entrance.door is not None:
            whole = replace(path, source=question.source.word, target=question.target.word, door=entrance.door)
            yield whole, (sources_in_words(entrance.sources, family=entrance.family),)
        elif entrance.door is not None:
            yield kept_out(question, entrance.door, entrance)


def _insist_on_listeners(question: Question, balancer: Resource, interface: Resource) -> None:
    """Raises `Undecided` for an internal load balancer that has the interface behind it: its listeners are not listed."""
    view = question.fabric.inventory
    if text_of(balancer, "Scheme") == "internet-facing":
        return
    for group in view.linked(TARGET_GROUP, "LoadBalancerArns[]", balancer.arn):
        if target_in(question.fabric, group, interface, port=question.port):
            raise Undecided(f"the listeners of the internal load balancer {balancer.id} were not read")


def _has_address(question: Question, endpoint: Accelerated, interface: Resource) -> bool:
    """Whether the endpoint is an Elastic IP address of the interface."""
    if not endpoint.endpoint.startswith("eipalloc-"):
        return False
    found = question.fabric.inventory.find(ELASTIC_IP, endpoint.endpoint)
    shown = str(found.get("PublicIp") or "") if found is not None else ""
    return bool(shown) and any(address.public == shown for address in addresses_of(interface))


def _entrances(question: Question, endpoint: Accelerated, interface: Resource, port: int) -> Iterator[Entrance]:
    for outer in endpoint.ports(port)[:1]:
        door = Door(ACCELERATOR, endpoint.accelerator_id, endpoint.protocol.upper(), outer)
        hops = _hops_of(endpoint, outer, port)
        asked = replace(question, port=port)
        ways = _kept(asked, endpoint, interface) if endpoint.keeps_client else _masked(asked, endpoint, interface)
        for entrance in ways:
            whole = replace(entrance.path, hops=(*hops, *entrance.path.hops))
            yield replace(entrance, path=whole, door=door)


def _hops_of(endpoint: Accelerated, outer: int, inner: int) -> tuple[Hop, ...]:
    spoken = endpoint.protocol.upper()
    leads = f"{endpoint.group.id} leads to port {inner} of {endpoint.endpoint}"
    return (
        Hop(ACCELERATOR, endpoint.accelerator_id, allows=True, rule=f"{endpoint.accelerator_id} is enabled"),
        Hop(ACCELERATOR_LISTENER, endpoint.listener.id, True, f"listener {endpoint.listener.id} ({spoken} {outer})"),
        Hop(ENDPOINT_GROUP, endpoint.group.id, allows=True, rule=leads),
    )


def _kept(question: Question, endpoint: Accelerated, interface: Resource) -> Iterator[Entrance]:
    """Where the interface sees the client itself."""
    for family in endpoint.families:
        space = question.source.outside(family)
        if not space or not any(address.family == family for address in addresses_of(interface)):
            continue
        sources = _admitted(question, interface, space, family)
        client = witness(sources or space, family=family)
        path = certified(
            question.fabric,
            lambda look, client=client: follow(  # type: ignore[misc] # mypy sees no default arguments in a lambda
                _hops(look, interface, client, question), source=client, target=interface.id,
                protocol=question.protocol, port=question.port,
            ),
        )  # fmt: skip
        yield Entrance(path, family, sources if path.is_open else ())


def _admitted(question: Question, interface: Resource, space: Intervals, family: int) -> Intervals:
    fabric, protocol = question.fabric, question.protocol
    if not is_unfiltered(interface):
        grants = fabric.grants(worn_by(interface), egress=False, protocol=protocol)
        space = intersection(space, grants.at(question.port, family=family))
    outbound = fabric.entries(str(interface.get("SubnetId", "")), egress=True, protocol=protocol, family=family)
    return intersection(space, acls.answered(outbound, family=family))


def _hops(look: Lookups, interface: Resource, client: str, question: Question) -> Iterator[Hop]:
    vpc_id, subnet_id = str(interface.get("VpcId", "")), str(interface.get("SubnetId", ""))
    gateways = look.fabric.gateways(vpc_id)
    rule = f"{min(gateways)} is attached to {vpc_id}" if gateways else f"{vpc_id} has no internet gateway"
    yield Hop(INTERNET_GATEWAY, min(gateways, default=vpc_id), bool(gateways), rule, "" if gateways else "CANNOT_ROUTE")
    mode = look.fabric.block_mode(subnet_id)
    if mode != OFF:
        rule = f"VPC Block Public Access of {subnet_id} is {mode}"
        yield Hop(OPTIONS, subnet_id, allows=False, rule=rule, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED")
    yield groups_hop(look, interface, egress=False, protocol=question.protocol, port=question.port, address=client)
    yield returning(acl_hop(look, subnet_id, egress=True, protocol=question.protocol, ports=None, address=client))


def _masked(question: Question, endpoint: Accelerated, interface: Resource) -> Iterator[Entrance]:
    """Where the accelerator's own addresses come in over the internet: known to get in only where everybody does."""
    anywhere = replace(question.source, blocks=((4, (SPACE[4],)),))
    for entrance in entrances(replace(question, source=anywhere), interface):
        sources = question.source.outside(4)
        if not entrance.path.is_open:
            yield entrance
        elif not sources:
            continue
        elif sources_in_words(entrance.sources, family=4).startswith("any "):
            yield Entrance(entrance.path, 4, sources, is_masked=True)
        else:
            reason = f"which addresses the accelerator of {endpoint.endpoint} speaks from is not known"
            yield Entrance(replace(entrance.path, verdict=Verdict.UNKNOWN, reason=reason))
