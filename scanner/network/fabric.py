"""The network of one inventory, looked up once and kept: tables, ACLs, gateways and groups behind every question about paths."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from scanner.model import Resource, Undecided, View
from scanner.network.acls import NETWORK_ACL, Entry, acl_of, entries
from scanner.network.admission import Grants, grants_of
from scanner.network.announcements import is_announced
from scanner.network.block_public_access import EXCLUSION, OFF, OPTIONS, block_mode, inspection_mode
from scanner.network.endpoints import VPC_ENDPOINT, endpoint_state
from scanner.network.instances import INSTANCE
from scanner.network.interfaces import Address
from scanner.network.memory import Memory
from scanner.network.painting import Painted, paint
from scanner.network.prefix_lists import PREFIX_LIST
from scanner.network.routes import INTERNET_GATEWAY, ROUTE_TABLE, is_associated, route_table_of
from scanner.network.security_groups import NETWORK_INTERFACE, SECURITY_GROUP
from scanner.network.structures import structures

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
PEERING = "AWS::EC2::VPCPeeringConnection"

KINDS = (
    VPC, SUBNET, ROUTE_TABLE, NETWORK_ACL, INTERNET_GATEWAY, SECURITY_GROUP, NETWORK_INTERFACE, INSTANCE, PREFIX_LIST,
    OPTIONS, EXCLUSION, VPC_ENDPOINT,
)  # fmt: skip
"""What every question about a path reads, whatever it turns out to need."""

_Kept = TypeVar("_Kept")


class Fabric:
    """Answers about the parts of paths, each made once; a part that cannot be seen raises `Undecided` every time."""

    def __init__(self, inventory: View) -> None:
        self.inventory = inventory
        self._memory = Memory()
        self._others = Memory()
        for kind in KINDS:
            inventory.known(kind)

    def subnet(self, subnet_id: str) -> Resource:
        """A subnet by its id."""
        found = self.inventory.find(SUBNET, subnet_id)
        if found is None:
            raise Undecided(f"the subnet {subnet_id} cannot be seen from account {self.inventory.account}")
        return found

    def is_known(self, subnet_id: str, address: Address) -> bool:
        """Whether the internet knows an address in a subnet: a public one that AWS announces."""
        is_v4 = address.family == 4  # noqa: PLR2004 - the families are called 4 and 6
        return bool(address.public) and (is_v4 or is_announced(self.subnet(subnet_id), address))

    def vpc_blocks(self, vpc_id: str) -> tuple[str, ...]:
        """The CIDR blocks of a VPC, both families."""
        vpc = self.inventory.find(VPC, vpc_id)
        if vpc is None:
            raise Undecided(f"the VPC {vpc_id} cannot be seen from account {self.inventory.account}")
        v4 = [str(one["CidrBlock"]) for one in structures(vpc, "CidrBlockAssociationSet") if one.get("CidrBlock")]
        v6 = [
            str(one["Ipv6CidrBlock"])
            for one in structures(vpc, "Ipv6CidrBlockAssociationSet")
            if one.get("Ipv6CidrBlock")
        ]
        own = [str(vpc.get("CidrBlock"))] if vpc.get("CidrBlock") else []
        return tuple(dict.fromkeys((*own, *v4, *v6)))

    def table_of(self, subnet_id: str) -> Resource:
        """The route table in force for a subnet."""
        return self._memory.once(("table", subnet_id), lambda: route_table_of(self.inventory, self.subnet(subnet_id)))

    def painted(self, table: Resource, family: int) -> Painted:
        """A route table on the address space."""
        return self._memory.once(("painted", table.id, family), lambda: paint(self.inventory, table, family=family))

    def routes(self, subnet_id: str, family: int) -> Painted:
        """The painted table of a subnet."""
        return self.painted(self.table_of(subnet_id), family)

    def edge_table(self, gateway_id: str) -> Resource | None:
        """The table that steers what comes in through an internet gateway, or None."""
        for table in self.inventory.linked(ROUTE_TABLE, "Associations[].GatewayId", gateway_id):
            for association in structures(table, "Associations"):
                if association.get("GatewayId") == gateway_id and is_associated(association):
                    return table
        return None

    def acl_of(self, subnet_id: str) -> Resource:
        """The network ACL of a subnet."""
        return self._memory.once(("acl", subnet_id), lambda: acl_of(self.inventory, self.subnet(subnet_id)))

    def entries(self, subnet_id: str, *, egress: bool, protocol: str, family: int) -> tuple[Entry, ...]:
        """The entries of a subnet's network ACL that are about a protocol, in order."""
        acl = self.acl_of(subnet_id)
        key = ("entries", acl.id, egress, protocol, family)
        return self._memory.once(key, lambda: entries(acl, egress=egress, protocol=protocol, family=family))

    def gateways(self, vpc_id: str) -> frozenset[str]:
        """The internet gateways that are attached to a VPC; `Undecided` where another account may have attached one."""
        return self._memory.once(("gateways", vpc_id), lambda: self._gateways(vpc_id))

    def _gateways(self, vpc_id: str) -> frozenset[str]:
        vpc = self.inventory.find(VPC, vpc_id)
        owner = vpc.get("OwnerId", self.inventory.account) if vpc else self.inventory.account
        if owner != self.inventory.account:
            raise Undecided(f"the internet gateway of {vpc_id} belongs to account {owner}")
        found = self.inventory.linked(INTERNET_GATEWAY, "Attachments[].VpcId", vpc_id)
        if vpc is None and not found:
            raise Undecided(f"the VPC {vpc_id} cannot be seen from account {self.inventory.account}")
        return frozenset(
            gateway.id
            for gateway in found
            for attachment in structures(gateway, "Attachments")
            if attachment.get("VpcId") == vpc_id and _is_attached(gateway, attachment)
        )

    def peerings(self, one: str, other: str) -> frozenset[str]:
        """The active peering connections between two VPCs."""
        found = self.inventory.linked(PEERING, "RequesterVpcInfo.VpcId", one)
        found += self.inventory.linked(PEERING, "AccepterVpcInfo.VpcId", one)
        ends = ("RequesterVpcInfo.VpcId", "AccepterVpcInfo.VpcId")
        return frozenset(
            peering.id
            for peering in found
            if peering.get("Status.Code") == "active" and {str(peering.get(end)) for end in ends} == {one, other}
        )

    def block_mode(self, subnet_id: str) -> str:
        """What VPC Block Public Access does to a subnet: "off", "block-ingress" or "block-bidirectional"."""
        return self._memory.once(("block", subnet_id), lambda: block_mode(self.inventory, self.subnet(subnet_id)))

    def inspection(self, endpoint_id: str) -> tuple[str, bool]:
        """The subnet of a Gateway Load Balancer endpoint, and whether it takes traffic from an internet gateway."""
        endpoint = self.inventory.find(VPC_ENDPOINT, endpoint_id) if endpoint_id.startswith("vpce-") else None
        subnets = endpoint.items("SubnetIds") if endpoint is not None else ()
        if endpoint is None or len(subnets) != 1:
            raise Undecided(f"what passes {endpoint_id} on its way from the internet is not known")
        is_blocked = inspection_mode(self.inventory, self.subnet(str(subnets[0]))) != OFF
        return str(subnets[0]), endpoint_state(endpoint) == "available" and not is_blocked

    def grants(self, groups: frozenset[str], *, egress: bool, protocol: str) -> Grants:
        """What a set of security groups lets through together."""
        key = ("grants", groups, egress, protocol)
        return self._memory.once(key, lambda: self._grants(sorted(groups), egress, protocol))

    def _grants(self, groups: list[str], egress: bool, protocol: str) -> Grants:  # noqa: FBT001 - passed on as they come
        """Groups are few and sets of them many, so that each group is read once."""
        if len(groups) == 1:
            return grants_of(self.inventory, groups, egress=egress, protocol=protocol)
        parts = [self.grants(frozenset((group,)), egress=egress, protocol=protocol) for group in groups]
        return Grants(
            tuple(grant for part in parts for grant in part.all),
            tuple(doubt for part in parts for doubt in part.doubts),
        )

    def once(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """Anything else that is worth making once."""
        return self._others.once(key, make)


def _is_attached(gateway: Resource, attachment: Mapping[str, Any]) -> bool:
    state = attachment.get("State")
    if not state:
        raise Undecided(f"the facts do not say whether {gateway.id} is attached")
    return state in ("available", "attached")


def fabric_of(inventory: View) -> Fabric:
    """The network of an inventory, made once for all rules that ask."""
    return inventory.shared(Fabric)
