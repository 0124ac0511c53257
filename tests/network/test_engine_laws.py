"""Laws of the network engine over generated estates: sets and single packets agree, more rules never mean less, less is doubt."""

from __future__ import annotations

import copy
import ipaddress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model import Undecided
from scanner.network.addresses import Intervals, intersection, joined, subtract
from scanner.network.exposure import Exposure, exposure_of
from scanner.network.fabric import Fabric
from scanner.network.interfaces import number
from scanner.network.lookups import Lookups, Plain, Quick
from scanner.network.painting import target_of
from scanner.network.paths import Verdict
from scanner.network.proofs import prove, refute
from tests.network.estates import (
    ACL,
    ENDPOINT,
    EXCLUSION,
    GATEWAY,
    GROUP,
    INTERFACE,
    LIST,
    OPTIONS,
    SUBNET,
    TABLE,
    Estate,
    Facts,
    address,
    entry,
    found,
    route,
    rule,
)

# Without a profile (Hypothesis's own has a hundred examples) as many as everybody waits for, and always the same ones.
USUAL = settings().max_examples == 100
LAWS = settings(
    max_examples=200 if USUAL else settings().max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=USUAL or settings().derandomize,
)

# Few blocks that nest, halve and neighbour one another, so that generated estates are full of ties and edges.
BLOCKS = {
    4: ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "52.0.0.0/8", "52.16.0.0/12", "52.16.1.0/24", "10.1.0.0/16", "10.1.1.0/24", "10.0.0.0/8"),
    6: ("::/0", "2000::/3", "2600::/16", "2600:1::/56", "2600:1::/64", "2a00::/16", "fd00::/8"),
}  # fmt: skip
PACKETS = {
    4: ("8.8.8.8", "52.16.1.9", "52.16.2.9", "52.255.0.1", "200.1.1.1", "10.1.1.9", "10.9.9.9"),
    6: ("2001:4860::1", "2600:1::9", "2600:2::9", "2a00::1", "fd00::1"),
}
PORTS = (0, 21, 22, 23, 443, 1024, 32768, 60999, 65535)
FAMILIES = st.sampled_from((4, 6))
BLOCK = FAMILIES.flatmap(lambda family: st.sampled_from(BLOCKS[family]))
SPAN = st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(lambda pair: (min(pair), max(pair)))
PROTOCOL = st.sampled_from(("tcp", "udp"))
LEARNED = st.sampled_from(("CreateRoute", "CreateRoute", "EnableVgwRoutePropagation", "Advertisement"))
TARGET = st.sampled_from(("igw-1", "igw-1", "igw-1", "nat-1", "vpce-1", "vgw-1", "eigw-1"))
ROUTE = st.builds(
    route,
    st.one_of(BLOCK, BLOCK, st.sampled_from(("pl-1", "pl-2"))),
    TARGET,
    origin=LEARNED,
    state=st.sampled_from(("active", "active", "active", "blackhole", "filtered")),
)
ENTRY = st.builds(
    entry,
    st.integers(1, 9),
    st.sampled_from(("allow", "allow", "deny")),
    BLOCK,
    ports=st.one_of(st.none(), SPAN),
    protocol=st.sampled_from(("", "6", "17")),
    egress=st.booleans(),
)
RULE = st.builds(
    lambda sources, ports, protocol: rule(*sources, ports=ports, protocol=protocol),
    st.lists(st.one_of(BLOCK, st.sampled_from(("pl-1", "pl-2", "sg-1", "sg-2"))), max_size=3),
    st.one_of(st.none(), SPAN),
    PROTOCOL,
)
ALLOW_ALL = [entry(9, "allow", block, egress=egress) for block in ("0.0.0.0/0", "::/0") for egress in (False, True)]


def _consistent(routes: list[Facts]) -> list[Facts]:
    """AWS keeps one static route for a destination; learned ones of the same block are told apart by no rule of ours."""
    kept: dict[tuple[str, bool], Facts] = {}
    for one in routes:
        destination = next(str(one[key]) for key in one if key.startswith("Destination"))
        kept[destination, one["Origin"] == "CreateRoute"] = one
    return list(kept.values())


def _ordered(entries: list[Facts]) -> list[Facts]:
    """One entry for each number and direction, as AWS insists."""
    return list({(one["RuleNumber"], one["Egress"]): dict(one) for one in [*ALLOW_ALL, *entries]}.values())


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """A VPC with two public subnets, an inspecting endpoint at times, two groups, two lists and two interfaces."""
    estate = Estate().vpc(1).subnet("subnet-1").subnet("subnet-2").subnet("subnet-9")
    for id_ in ("subnet-1", "subnet-2", "subnet-9"):
        drawn = draw(st.lists(ROUTE, max_size=6))
        default = [route("0.0.0.0/0", draw(TARGET)), route("::/0", draw(TARGET))]
        estate.table(id_.replace("subnet", "rtb"), *_consistent([*default, *drawn]), SubnetId=id_)
        estate.put(ACL, id_.replace("subnet", "acl"), Entries=_ordered(draw(st.lists(ENTRY, max_size=6))))
    if draw(st.booleans()):
        estate.table("rtb-edge", route("10.1.1.0/24", "vpce-1"), GatewayId="igw-1")
    state = draw(st.sampled_from(("available", "available", "pending")))
    estate.add(ENDPOINT, VpcEndpointId="vpce-1", State=state, SubnetIds=["subnet-9"])
    estate.add(GATEWAY, InternetGatewayId="igw-1", Attachments=[{"VpcId": "vpc-1", "State": "available"}])
    for id_ in ("pl-1", "pl-2"):
        estate.add(LIST, PrefixListId=id_, Entries=[{"Cidr": block} for block in draw(st.lists(BLOCK, max_size=3))])
    for id_ in ("sg-1", "sg-2"):
        estate.group(id_, *draw(st.lists(RULE, max_size=5)), out=draw(st.lists(RULE, max_size=3)))
    for number_, groups in ((1, draw(st.sampled_from((["sg-1"], ["sg-1", "sg-2"])))), (2, ["sg-2"])):
        v4 = [address(f"10.1.{number_}.5", f"52.1.1.{number_}"), address(f"10.1.{number_ + 1}.7", f"52.1.2.{number_}")]
        v6 = [{"Ipv6Address": f"2600:1::{number_}"}]
        estate.interface(f"eni-{number_}", f"subnet-{number_}", *v4, groups=groups, Ipv6Addresses=v6)
    mode = draw(st.sampled_from(("off", "off", "off", "block-ingress", "block-bidirectional")))
    estate.add(OPTIONS, InternetGatewayBlockMode=mode, State="update-complete")
    arn = f"arn:aws:ec2:eu-west-1:111122223333:subnet/{draw(st.sampled_from(('subnet-1', 'subnet-9')))}"
    allowed = draw(st.sampled_from(("allow-bidirectional", "allow-egress")))
    told = {"ResourceArn": arn, "State": "create-complete", "InternetGatewayExclusionMode": allowed}
    return estate.add(EXCLUSION, ExclusionId="vpcbpa-exclude-1", **told)


def exposures(estate: Estate) -> tuple[Fabric, dict[str, Exposure]]:
    """The exposure of every interface."""
    fabric = estate.fabric()
    return fabric, {one.id: exposure_of(fabric, one) for one in fabric.inventory.of(INTERFACE)}


def reached(exposure: Exposure, protocol: str, port: int, family: int) -> Intervals:
    """All sources of a port."""
    return joined(span for one in exposure.at(port, protocol=protocol) if one.family == family for span in one.sources)


@LAWS
@given(estates(), PROTOCOL, FAMILIES, st.data())
def test_a_source_is_in_an_opening_if_and_only_if_its_packet_gets_through(
    estate: Estate, protocol: str, family: int, data: st.DataObject
) -> None:
    fabric, told = exposures(estate)
    for id_, exposure in told.items():
        interface = found(fabric, INTERFACE, id_)
        for opening in exposure.openings:
            prove(fabric, interface, opening, port=opening.first)
            prove(fabric, interface, opening, port=opening.last)
        for port in (22, data.draw(st.sampled_from(PORTS)), data.draw(st.integers(0, 65535))):
            sources = reached(exposure, protocol, port, family)
            edges = [edge for first, last in sources for edge in (first - 1, first, last, last + 1)]
            words = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
            near = [str(words(edge)) for edge in edges[:12] if 0 <= edge < 2 ** (32 if family == 4 else 128)]
            for source in (*PACKETS[family], *near):
                path = refute(fabric, interface, source=source, protocol=protocol, port=port)
                is_member = bool(intersection(sources, ((number(source), number(source)),)))
                if path.verdict is Verdict.UNKNOWN or not is_member:
                    assert not path.is_open or exposure.doubts, path
                    assert not (path.verdict is Verdict.UNKNOWN and is_member), path
                else:
                    assert path.is_open, path


def outcome(look: Lookups, question: str, **asked: Any) -> object:
    """What a lookup says of a packet, in a form in which two can be compared."""
    try:
        if question == "route":
            winner = look.route("subnet-1", asked["address"])
            return winner and (winner.get("State"), target_of(winner))
        if question == "acl":
            return look.acl("subnet-1", **asked).allows
        return look.groups(frozenset({"sg-1", "sg-2"}), wears=frozenset(), **asked).allows
    except Undecided:
        return "undecided"


@LAWS
@given(estates(), st.booleans(), PROTOCOL, st.sampled_from(PORTS))
def test_kept_and_plain_lookups_answer_alike(estate: Estate, egress: bool, protocol: str, port: int) -> None:  # noqa: FBT001 - drawn, never called
    fabric = estate.fabric()
    for one in (*PACKETS[4], *PACKETS[6], "10.1.1.5", "10.1.2.5", "2600:1::1"):
        asked = {"egress": egress, "protocol": protocol, "port": port, "address": one}
        for question in ("route", "acl", "groups"):
            quick, plain = outcome(Quick(fabric), question, **asked), outcome(Plain(fabric), question, **asked)
            assert quick == plain or (question == "route" and "undecided" in (quick, plain)), (question, one)


@LAWS
@given(estates(), RULE, PROTOCOL, st.sampled_from(PORTS), FAMILIES)
def test_one_more_rule_of_a_group_never_shrinks_an_exposure(
    estate: Estate, added: Facts, protocol: str, port: int, family: int
) -> None:
    _, before = exposures(estate)
    for group in estate.given[GROUP]:
        group["IpPermissions"] = [*group["IpPermissions"], added]
    _, after = exposures(estate)
    for id_, exposure in before.items():
        more = reached(after[id_], protocol, port, family)
        assert not subtract(reached(exposure, protocol, port, family), more)


@LAWS
@given(estates(), ENTRY, PROTOCOL, st.sampled_from(PORTS), FAMILIES)
def test_one_more_deny_never_widens_an_exposure(
    estate: Estate, added: Facts, protocol: str, port: int, family: int
) -> None:
    _, before = exposures(estate)
    for acl in estate.given[ACL]:
        acl["Entries"] = [*acl["Entries"], {**added, "RuleAction": "deny", "RuleNumber": 0}]
    _, after = exposures(estate)
    for id_, exposure in after.items():
        more = reached(before[id_], protocol, port, family)
        assert not subtract(reached(exposure, protocol, port, family), more)


# What an exposure needs. Lists that AWS leaves out where they are empty are not here: absent, they are empty.
NEEDED = (
    (TABLE, "Routes", "GatewayId"), (TABLE, "Routes", "DestinationCidrBlock"), (ACL, "Entries", "RuleNumber"),
    (ACL, "Entries", "RuleAction"), (ACL, "Entries", "Protocol"), (GROUP, "IpPermissions", "IpProtocol"),
    (GROUP, "IpPermissions", "FromPort"), (INTERFACE, "Groups", "GroupId"), (INTERFACE, "", "Groups"),
    (INTERFACE, "", "SubnetId"), (INTERFACE, "", "VpcId"), (GATEWAY, "Attachments", "State"),
)  # fmt: skip
DANGLING = ((SUBNET, "subnet-1"), (ACL, "acl-1"), (TABLE, "rtb-1"), (GROUP, "sg-1"), (LIST, "pl-1"))
ABSURD: st.SearchStrategy[Any] = st.sampled_from(
    (None, "", "x", -1, 70000, [], {}, ["x"], [{}], [None], "0.0.0.0/99", True)
)


def _is_openly_told(exposure: Exposure, before: Exposure) -> bool:
    """Whether whatever is gone from an exposure is answered for by a doubt."""
    return bool(exposure.doubts) or all(
        not subtract(
            reached(before, one.protocol, one.first, one.family), reached(exposure, one.protocol, one.first, one.family)
        )
        for one in before.openings
    )


def _told_or_undecided(estate: Estate) -> Exposure | None:
    fabric = estate.fabric()
    interface = found(fabric, INTERFACE, "eni-1")
    try:
        exposure = exposure_of(fabric, interface)
        for opening in exposure.openings:
            prove(fabric, interface, opening, port=opening.first)
    except Undecided:
        return None
    return exposure


@LAWS
@given(estates(), st.sampled_from(NEEDED), st.integers(0, 5))
def test_a_missing_field_ends_in_doubt_and_closes_nothing(
    estate: Estate, needed: tuple[str, str, str], place: int
) -> None:
    before = exposures(estate)[1]["eni-1"]
    kind, list_, field = needed
    owner = estate.given[kind][0]
    members = [one for one in owner[list_] if field in one] if list_ else [owner]
    if members:
        members[place % len(members)].pop(field)
    after = _told_or_undecided(estate)
    assert after is None or _is_openly_told(after, before)


@LAWS
@given(estates(), st.sampled_from(DANGLING))
def test_an_id_that_leads_nowhere_ends_in_doubt_and_closes_nothing(estate: Estate, gone: tuple[str, str]) -> None:
    before = exposures(estate)[1]["eni-1"]
    after = _told_or_undecided(estate.drop(*gone))
    assert after is None or _is_openly_told(after, before)


@LAWS
@given(estates(), st.data())
def test_absurd_facts_never_crash(estate: Estate, data: st.DataObject) -> None:
    absurd = copy.deepcopy(estate)
    for _ in range(data.draw(st.integers(1, 3))):
        kind = data.draw(st.sampled_from(sorted(absurd.given)))
        owner: Any = data.draw(st.sampled_from(absurd.given[kind]))
        while True:
            key = data.draw(st.sampled_from(sorted(owner)))
            inner = owner[key]
            mappings = [inner] if isinstance(inner, dict) else inner if isinstance(inner, list) else []
            mappings = [one for one in mappings if isinstance(one, dict) and one]
            if not mappings or data.draw(st.booleans()):
                break
            owner = data.draw(st.sampled_from(mappings))
        if not key.endswith(("TableId", "AclId", "InterfaceId", "ExclusionId", "ListId", "EndpointId")):
            owner[key] = data.draw(ABSURD)
    fabric = absurd.fabric()
    for interface in fabric.inventory.known(INTERFACE):
        try:
            exposure = exposure_of(fabric, interface)
            for opening in exposure.openings:
                assert 0 <= opening.first <= opening.last <= 65535
                prove(fabric, interface, opening, port=opening.first)
            refute(fabric, interface, source="8.8.8.8", protocol="tcp", port=22)
        except Undecided:
            continue


def test_groups_that_refer_to_one_another_in_a_circle_end() -> None:
    estate = Estate().vpc(1).subnet("subnet-1").table("rtb-1", route("0.0.0.0/0", "igw-1"))
    estate.add(GATEWAY, InternetGatewayId="igw-1", Attachments=[{"VpcId": "vpc-1", "State": "available"}])
    estate.group("sg-1", rule("sg-2"), rule("sg-1")).group("sg-2", rule("sg-1"))
    estate.interface("eni-1", "subnet-1", address("10.1.1.5", "52.1.1.1"), groups=["sg-1", "sg-2"])
    assert exposures(estate)[1]["eni-1"] == Exposure((), ())


def test_a_thousand_rules_are_one_exposure() -> None:
    estate = Estate().vpc(1).subnet("subnet-1").table("rtb-1", route("0.0.0.0/0", "igw-1"))
    estate.add(GATEWAY, InternetGatewayId="igw-1", Attachments=[{"VpcId": "vpc-1", "State": "available"}])
    rules = [rule(f"52.{place // 256}.{place % 256}.0/24", ports=(place, place + 3)) for place in range(1000)]
    estate.group("sg-1", *rules).interface("eni-1", "subnet-1", address("10.1.1.5", "52.1.1.1"))
    told = exposures(estate)[1]["eni-1"]
    assert [(one.first, one.last) for one in told.openings] == [(place, place) for place in range(1003)]
    assert [one.words for one in told.at(500)] == ["52.1.241.0/24, 52.1.242.0/23, 52.1.244.0/24"]
