"""Addresses that AWS will choose: an example stands for all where no rule of the plan could tell them apart.

What a report says of an example is put into words by `Examples.in_words`: nobody shall look for it in the account.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.estate import Estate, Row
from scanner.gate.mapping.elastic import ADDRESS
from scanner.gate.mapping.filters import ACL, GROUP
from scanner.gate.mapping.interfaces import INTERFACE
from scanner.gate.mapping.machines import finish_instances
from scanner.gate.mapping.networks import SUBNET, TABLE, VPC
from scanner.model import Unknown

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_RESERVED = 4
"""AWS keeps the first four addresses of every subnet."""

_PUBLIC = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")
_IPV6 = "2001:db8::/32"
_NAT = "AWS::EC2::NatGateway"


@dataclass(slots=True)
class Examples:
    """Every example with the words that stand for it."""

    words: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def in_words(self, text: str) -> str:
        """A sentence with each example replaced by what it stands for."""
        if not self.words:
            return text
        if self._pattern is None:
            known = "|".join(re.escape(one) for one in sorted(self.words, key=len, reverse=True))
            self._pattern = re.compile(rf"(?<![0-9a-fA-F.:])(?:{known})(?![0-9a-fA-F:/]|\.[0-9])")
        return self._pattern.sub(lambda match: self.words[match[0]], text)


def assign(estate: Estate) -> Examples:
    """Gives every interface its addresses, examples where AWS will choose and nothing depends on the choice."""
    examples = Examples()
    _give_ipv6_blocks(estate, examples)
    told = tuple(_blocks_told(estate))
    private = _Private(estate, told, examples)
    public = _public_examples(told)
    for row in estate.of(ADDRESS):
        if isinstance(row.facts.get("PublicIp"), Unknown):
            row.facts["PublicIp"] = _next(public, examples, f"[the address of {row.id}]") or row.facts["PublicIp"]
    for row in estate.of(INTERFACE):
        if not row.parts:
            continue  # it exists, and nothing becomes of it
        private.give(row)
        _give_ipv6(row, estate, examples)
        _associate(row, estate, public, examples)
    _finish_gateways(estate)
    finish_instances(estate)
    return examples


def _next(examples: Iterator[str], known: Examples, words: str) -> str | None:
    address = next(examples, None)
    if address is not None:
        known.words[address] = words
    return address


def _public_examples(told: Iterable[Network]) -> Iterator[str]:
    """Public addresses that no rule of the plan tells from others."""
    narrow = [block for block in told if block.version == 4 and block.prefixlen > 1]  # noqa: PLR2004 - all, or a half
    for text in _PUBLIC:
        pool = ipaddress.ip_network(text)
        if not any(block.overlaps(pool) for block in narrow):
            for host in pool.hosts():
                yield str(host)


def _blocks_told(estate: Estate) -> Iterator[Network]:
    """Every block that a rule, an entry or a route of the plan names."""
    for kind in (GROUP, ACL, TABLE, "AWS::EC2::PrefixList"):
        for row in estate.of(kind):
            yield from _blocks_in(row.facts)


_KEYS = frozenset(
    {"CidrIp", "CidrIpv6", "CidrBlock", "Ipv6CidrBlock", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "Cidr"}
)


def _blocks_in(value: Any) -> Iterator[Network]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in _KEYS and isinstance(item, str):
                try:
                    yield ipaddress.ip_network(item, strict=False)
                except ValueError:
                    continue
            elif isinstance(item, (dict, list)):
                yield from _blocks_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _blocks_in(item)


class _Private:
    """Private addresses, subnet by subnet."""

    def __init__(self, estate: Estate, told: tuple[Network, ...], examples: Examples) -> None:
        self._estate = estate
        self._told = told
        self._examples = examples
        self._free: dict[str, Iterator[str] | Unknown] = {}

    def give(self, row: Row) -> None:
        """Fills in what AWS would choose."""
        entries = row.facts["PrivateIpAddresses"]
        if isinstance(entries, Unknown):
            return
        for entry in entries:
            if isinstance(entry.get("PrivateIpAddress"), Unknown):
                entry["PrivateIpAddress"] = self._choose(row.facts["SubnetId"], entry["PrivateIpAddress"])
        if entries:
            row.facts["PrivateIpAddress"] = entries[0].get("PrivateIpAddress")

    def _choose(self, subnet_id: Any, unknown: Unknown) -> Any:
        subnet = self._estate.find(SUBNET, subnet_id)
        if subnet is None:
            return unknown
        if subnet.id not in self._free:
            self._free[subnet.id] = self._addresses(subnet)
        free = self._free[subnet.id]
        if isinstance(free, Unknown):
            return free
        return _next(free, self._examples, f"[an address of {subnet.id}]") or unknown

    def _addresses(self, subnet: Row) -> Iterator[str] | Unknown:
        block = subnet.facts.get("CidrBlock")
        if not isinstance(block, str):
            return Unknown(block.why if isinstance(block, Unknown) else f"{subnet.id} has no IPv4 block")
        try:
            network = ipaddress.ip_network(block, strict=False)
        except ValueError:
            return Unknown(f"{block!r} is no CIDR block")
        for told in self._told:
            if told.version == network.version and told.prefixlen > network.prefixlen and told.overlaps(network):
                return Unknown(
                    f"AWS chooses an address in {block} at deployment, and rules tell {told} from the rest of it"
                )
        return self._hosts(network)

    def _hosts(self, network: Network) -> Iterator[str]:
        taken = {
            one["PrivateIpAddress"]
            for row in self._estate.of(INTERFACE)
            if not isinstance(row.facts["PrivateIpAddresses"], Unknown)
            for one in row.facts["PrivateIpAddresses"]
            if isinstance(one.get("PrivateIpAddress"), str)
        }
        for index in range(_RESERVED, network.num_addresses - 1):
            address = str(network[index])
            if address not in taken:
                yield address


def _give_ipv6_blocks(estate: Estate, examples: Examples) -> None:
    """Blocks of IPv6 that AWS will choose: no rule of a plan can name them, so any does for an example."""
    pool = ipaddress.IPv6Network(_IPV6).subnets(new_prefix=56)
    parts: dict[str, Iterator[ipaddress.IPv6Network]] = {}
    for vpc in estate.of(VPC):
        for entry in _entries(vpc):
            if isinstance(entry["Ipv6CidrBlock"], Unknown):
                block = next(pool)
                entry["Ipv6CidrBlock"] = str(block)
                examples.words[str(block)] = f"[the IPv6 block of {vpc.id}]"
                parts[vpc.id] = block.subnets(new_prefix=64)
    for subnet in estate.of(SUBNET):
        for entry in _entries(subnet):
            vpc_id = subnet.facts["VpcId"]
            free = parts.get(vpc_id) if isinstance(vpc_id, str) else None
            if isinstance(entry["Ipv6CidrBlock"], Unknown) and free is not None:
                part = next(free, None)
                if part is not None:
                    entry["Ipv6CidrBlock"] = str(part)
                    examples.words[str(part)] = f"[the IPv6 block of {subnet.id}]"
    _fill_local_routes(estate)


def _fill_local_routes(estate: Estate) -> None:
    """The local routes of blocks that were not known when they were written."""
    for table in estate.of(TABLE):
        if isinstance(table.facts["Routes"], Unknown):
            continue
        home = estate.find(VPC, table.facts["VpcId"])
        known = [entry["Ipv6CidrBlock"] for entry in _entries(home)] if home is not None else []
        unknown = [
            route
            for route in table.facts["Routes"]
            if route.get("Origin") == "CreateRouteTable" and isinstance(route.get("DestinationIpv6CidrBlock"), Unknown)
        ]
        for route, block in zip(unknown, known, strict=False):
            route["DestinationIpv6CidrBlock"] = block


def _entries(row: Row) -> list[dict[str, Any]]:
    found = row.facts.get("Ipv6CidrBlockAssociationSet")
    return found if isinstance(found, list) else []


def _give_ipv6(row: Row, estate: Estate, examples: Examples) -> None:
    wanted = row.notes.get("ipv6", False)
    if row.live is not None and not isinstance(wanted, list):
        return  # it has what AWS gave it
    if isinstance(wanted, Unknown):
        row.facts["Ipv6Addresses"] = wanted
    elif isinstance(wanted, list):
        row.facts["Ipv6Addresses"] = [{"Ipv6Address": one} for one in wanted]
    elif wanted is True:
        subnet = estate.find(SUBNET, row.facts["SubnetId"])
        entries = _entries(subnet) if subnet is not None else []
        block = entries[0]["Ipv6CidrBlock"] if entries else None
        if subnet is None or not isinstance(block, str):
            why = "AWS chooses the IPv6 address at deployment"
            row.facts["Ipv6Addresses"] = [{"Ipv6Address": Unknown(why)}] if entries or subnet is None else []
            return
        number = subnet.notes["ipv6_used"] = subnet.notes.get("ipv6_used", 9) + 1
        try:
            address = str(ipaddress.ip_network(block, strict=False)[number])
        except (ValueError, IndexError):
            row.facts["Ipv6Addresses"] = [{"Ipv6Address": Unknown(f"{block!r} is no IPv6 block with room")}]
            return
        examples.words[address] = f"[an IPv6 address of {subnet.id}]"
        row.facts["Ipv6Addresses"] = [{"Ipv6Address": address, "IsPrimaryIpv6": False}]


def _associate(row: Row, estate: Estate, public: Iterator[str], examples: Examples) -> None:
    """The public address of an interface: its Elastic IP, one that AWS assigns, none, or nobody knows."""
    elastic = estate.find(ADDRESS, row.notes.get("elastic"))
    association: Any = None
    is_public = row.notes.get("public", False)
    if elastic is not None:
        association = {"PublicIp": elastic.facts["PublicIp"], "IpOwnerId": estate.account, "AllocationId": elastic.id}
        elastic.facts["NetworkInterfaceId"] = row.id
        attachment = row.facts.get("Attachment")
        if isinstance(attachment, Mapping):
            elastic.facts.setdefault("InstanceId", attachment["InstanceId"])
    elif isinstance(is_public, Unknown):
        association = is_public
    elif is_public:
        address = _next(public, examples, "[a public address]")
        association = {"PublicIp": address, "IpOwnerId": "amazon"} if address else Unknown("a public address of AWS's")
    if row.live is not None and elastic is None:
        association = _as_told(row, association)
    if association is None:
        return
    row.facts["Association"] = association
    entries = row.facts["PrivateIpAddresses"]
    if isinstance(entries, list) and entries:
        entries[0]["Association"] = association


def _as_told(row: Row, association: Any) -> Any:
    """The public address of an interface that exists: AWS gives and takes one at launch only, as it is told then."""
    known = row.facts.get("Association")
    if not row.notes.get("is_told"):
        return known
    if row.notes.get("public") is False and isinstance(known, Mapping) and known.get("IpOwnerId") == "amazon":
        del row.facts["Association"]
        for entry in row.facts["PrivateIpAddresses"]:
            entry.pop("Association", None)
        return None
    return association if known is None else known


def _finish_gateways(estate: Estate) -> None:
    """NAT gateways list their addresses themselves."""
    for row in estate.of(_NAT):
        if not row.parts:
            continue
        for entry in row.facts["NatGatewayAddresses"]:
            interface = estate.find(INTERFACE, entry.get("NetworkInterfaceId"))
            if interface is None:
                continue
            entry["PrivateIp"] = interface.facts["PrivateIpAddress"]
            association = interface.facts.get("Association")
            if isinstance(association, Mapping):
                entry["PublicIp"] = association["PublicIp"]
