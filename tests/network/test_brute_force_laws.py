"""The engine against brute force: AWS's raw lists read by `ipaddress` alone, for the lookups that both of its halves share.

Which table and which network ACL a subnet follows, the longest prefix, and which groups an interface wears are looked up
once for sets and for single packets. Nothing of the engine is used here to find them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.network.addresses import intersection
from scanner.network.interfaces import number
from tests.network.estates import ACL, EXCLUSION, GROUP, INTERFACE, LIST, OPTIONS, TABLE, VPC, Estate, entry, route
from tests.network.test_engine_laws import ENTRY, LAWS, PACKETS, PORTS, PROTOCOL, estates, exposures, reached

NUMBERS = {"tcp": "6", "udp": "17"}
Facts = dict[str, Any]


@st.composite
def ambiguous_estates(draw: st.DrawFn) -> Estate:
    """Estates in which subnets follow what they are not associated with, beside another VPC that has the same."""
    estate = draw(estates())
    estate.given[TABLE] = [one for one in estate.given[TABLE] if one["RouteTableId"] != "rtb-edge"]
    for table in estate.given[TABLE]:
        other = {"SubnetId": "subnet-7"}, {"SubnetId": f"subnet-{table['RouteTableId'][-1]}", "GatewayId": "igw-1"}
        if draw(st.booleans()):
            table["Associations"] = [draw(st.sampled_from(other))]
        elif draw(st.booleans()):
            table["Associations"][0]["AssociationState"] = {"State": draw(st.sampled_from(("associated", "failed")))}
    estate.table("rtb-main", route("0.0.0.0/0", draw(st.sampled_from(("igw-1", "nat-1")))), Main=True)
    estate.vpc(2).table("rtb-0", route("0.0.0.0/0", "igw-1"), route("::/0", "igw-1"), vpc=2, Main=True)
    for acl in estate.given[ACL]:
        if draw(st.booleans()):
            acl["Associations"] = []
    own = [entry(9, "allow", block, egress=egress) for block in ("0.0.0.0/0", "::/0") for egress in (True, False)]
    told: Facts = {"IsDefault": True, "Associations": []}
    drawn = {(one["RuleNumber"], one["Egress"]): one for one in [*own, *draw(st.lists(ENTRY, max_size=4))]}
    estate.add(ACL, NetworkAclId="acl-0", VpcId="vpc-2", Entries=own, **told)
    estate.add(ACL, NetworkAclId="acl-main", VpcId="vpc-1", Entries=list(drawn.values()), **told)
    for kind in (TABLE, ACL):
        estate.given[kind] = draw(st.permutations(estate.given[kind]))
    return estate


def lies_in(source: str, cidrs: Iterable[str | None]) -> bool:
    one = ipaddress.ip_address(source)
    blocks = (ipaddress.ip_network(cidr) for cidr in cidrs if cidr)
    return any(one.version == block.version and one in block for block in blocks)


def listed(estate: Estate, owner: Facts) -> list[str]:
    lists = [one["PrefixListId"] for one in owner.get("PrefixListIds", ())] + [owner.get("DestinationPrefixListId")]
    return [one["Cidr"] for each in estate.given[LIST] if each["PrefixListId"] in lists for one in each["Entries"]]


def followed(estate: Estate, kind: str, subnet_id: str) -> Facts:
    """The table or the network ACL of a subnet of vpc-1."""
    there = [one for one in estate.given[kind] if one["VpcId"] == "vpc-1"]
    for one in there:
        for told in one["Associations"]:
            in_force = told.get("AssociationState", {}).get("State", "associated") == "associated"
            if told.get("SubnetId") == subnet_id and in_force and "GatewayId" not in told:
                return one
    return next(
        one for one in there if one.get("IsDefault") or any(told.get("Main") is True for told in one["Associations"])
    )


def routed(estate: Estate, table: Facts, address: str) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Every installed route that holds an address: its rank, its target, and its state."""
    local = [one.get("DestinationCidrBlock") or one["DestinationIpv6CidrBlock"] for one in table["Routes"][:2]]
    for one in table["Routes"]:
        learned = one["Origin"] != "CreateRoute" and "DestinationPrefixListId" not in one
        blocks = listed(estate, one) or [one.get("DestinationCidrBlock"), one.get("DestinationIpv6CidrBlock")]
        for block in filter(None, blocks):
            network = ipaddress.ip_network(block)
            inside = any(
                network.version == whole.version and network.subnet_of(whole)  # type: ignore[arg-type] # of one version
                for whole in map(ipaddress.ip_network, local)
            )
            if one["State"] == "filtered" or not lies_in(address, [block]) or (learned and inside):
                continue
            kind = 2 if "DestinationPrefixListId" in one else 1 if learned else 3
            target = next(str(one[key]) for key in one if key.endswith("Id") and not key.startswith("Destination"))
            yield (network.prefixlen, kind), target, one["State"]


def passes(acl: Facts, source: str, protocol: str, port: int, *, egress: bool) -> bool:
    for one in sorted(acl["Entries"], key=lambda each: int(each["RuleNumber"])):
        ports = one.get("PortRange", {"From": 0, "To": 65535}) if one["Protocol"] != "-1" else {"From": 0, "To": 65535}
        if (
            one["Egress"] is egress
            and one["Protocol"] in ("-1", NUMBERS[protocol])
            and ports["From"] <= port <= ports["To"]
            and lies_in(source, [one.get("CidrBlock"), one.get("Ipv6CidrBlock")])
        ):
            return bool(one["RuleAction"] == "allow")
    return False


def admits(estate: Estate, group_id: str, source: str, protocol: str, port: int) -> bool:
    group = next(one for one in estate.given[GROUP] if one["GroupId"] == group_id)
    return any(
        (one["IpProtocol"] == "-1" or (one["IpProtocol"] == protocol and one["FromPort"] <= port <= one["ToPort"]))
        and lies_in(
            source,
            (
                *(each["CidrIp"] for each in one["IpRanges"]),
                *(each["CidrIpv6"] for each in one["Ipv6Ranges"]),
                *listed(estate, one),
            ),
        )
        for one in group["IpPermissions"]
    )


def is_blocked(estate: Estate, subnet_id: str) -> bool:
    spared = any(
        one["ResourceArn"].endswith(f"/{subnet_id}") and one["InternetGatewayExclusionMode"] == "allow-bidirectional"
        for one in estate.given[EXCLUSION]
    )
    return estate.given[OPTIONS][0]["InternetGatewayBlockMode"] != "off" and not spared


def gets_through(estate: Estate, interface: Facts, source: str, protocol: str, port: int) -> bool | None:
    """Whether a packet gets in and its answer out; None where two prefix lists leave it to AWS."""
    subnet_id = interface["SubnetId"]
    found = sorted(routed(estate, followed(estate, TABLE, subnet_id), source), reverse=True)
    winners = {(target, state) for rank, target, state in found if rank == found[0][0]}
    acl = followed(estate, ACL, subnet_id)
    # The answer's port is any ephemeral one; what an entry says of it may change at its own ends alone.
    spans = [one.get("PortRange", {"From": 0, "To": 65535}) for one in acl["Entries"]]
    edges = {edge for span in spans for edge in (span["From"], span["To"] + 1)}
    ephemeral = [1024, *(edge for edge in edges if 1024 <= edge <= 65535)]
    comes_in = (
        not ipaddress.ip_address(source).is_private
        and not is_blocked(estate, subnet_id)
        and passes(acl, source, protocol, port, egress=False)
        and any(passes(acl, source, protocol, one, egress=True) for one in ephemeral)
        and any(admits(estate, one["GroupId"], source, protocol, port) for one in interface["Groups"])
    )
    if not comes_in or ("igw-1", "active") not in winners:
        return False
    return True if len(winners) == 1 else None


@LAWS
@given(ambiguous_estates(), PROTOCOL, st.sampled_from(PORTS))
def test_what_the_engine_reaches_is_what_the_raw_lists_let_through(estate: Estate, protocol: str, port: int) -> None:
    assert [one["VpcId"] for one in estate.given[VPC]] == ["vpc-1", "vpc-2"]
    _, told = exposures(estate)
    for interface in estate.given[INTERFACE]:
        exposure = told[interface["NetworkInterfaceId"]]
        for family, packets in PACKETS.items():
            sources = reached(exposure, protocol, port, family)
            for source in packets:
                expected = gets_through(estate, interface, source, protocol, port)
                if expected is None:
                    assert exposure.doubts
                elif not exposure.doubts:
                    is_member = bool(intersection(sources, ((number(source), number(source)),)))
                    assert is_member is expected, (source, expected)
