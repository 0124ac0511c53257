"""The attachments of VPCs to transit gateways: whose they are, whether they carry traffic, and in which zones they have doors.

https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
"""

from __future__ import annotations

from scanner.model import Hop, Resource, Undecided, View
from scanner.network.clients import is_local_zone, zone_of
from scanner.network.lookups import family_of
from scanner.network.structures import text_of
from scanner.network.transit_tables import ATTACHMENT

VPC = "AWS::EC2::VPC"

_GONE = frozenset({"deleted", "deleting", "failed", "failing", "rejected", "rejecting"})


def attachment_of(inventory: View, gateway: str, vpc_id: str) -> Resource | None:
    """The attachment of a VPC to a gateway; `Undecided` where another account may have one that is not seen here."""
    attached = [one for one in inventory.linked(ATTACHMENT, "VpcId", vpc_id) if one.get("TransitGatewayId") == gateway]
    living = [one for one in attached if text_of(one, "State") not in _GONE]
    if living or attached:
        return (living or attached)[0]
    vpc = inventory.find(VPC, vpc_id)
    owner = vpc.get("OwnerId", inventory.account) if vpc is not None else "another"
    if owner != inventory.account:
        raise Undecided(f"the attachment of {vpc_id} to {gateway} cannot be seen from account {inventory.account}")
    return None


def usable(attachment: Resource, address: str) -> Hop:
    """An attachment that carries traffic, or a hop that tells why it does not."""
    state = text_of(attachment, "State")
    if state in ("", "modifying"):
        raise Undecided(f"{attachment.id} is {state or 'in no state that the facts tell'}")
    rule = f"{attachment.id} attaches {attachment.get('VpcId')} to {attachment.get('TransitGatewayId')}"
    if state != "available":
        rule = f"{attachment.id} is {state}"
        return Hop(ATTACHMENT, attachment.id, allows=False, rule=rule, code="BAD_STATE_ATTACHMENT")
    if family_of(address) == 6:  # noqa: PLR2004 - the families are called 4 and 6
        told = attachment.get("Options.Ipv6Support")
        if told is None:
            raise Undecided(f"the facts do not say whether {attachment.id} carries IPv6")
        if told != "enable":
            rule = f"{attachment.id} carries no IPv6"
            return Hop(ATTACHMENT, attachment.id, allows=False, rule=rule, code="UNSUPPORTED_ADDRESS_FAMILY")
    return Hop(ATTACHMENT, attachment.id, allows=True, rule=rule)


def door_of(inventory: View, attachment: Resource, subnet_id: str) -> str:
    """The attachment's subnet in the zone of another subnet, or ""; `Undecided` where a zone is not told."""
    owner = attachment.get("VpcOwnerId", inventory.account)
    if owner != inventory.account:
        raise Undecided(f"{attachment.id} is in a VPC of account {owner}")
    zone = zone_of(inventory, subnet_id)
    doubt = ""
    for other in doors_of(attachment):
        try:
            if zone_of(inventory, other) == zone:
                return other
        except Undecided as undecided:
            doubt = doubt or undecided.reason
    if not doubt and is_local_zone(zone):
        # A Local Zone gets in through its parent: https://docs.aws.amazon.com/local-zones/latest/ug/
        doubt = f"by which zone {subnet_id} in {zone} gets into {attachment.id} is not known"
    if doubt:
        raise Undecided(doubt)
    return ""


def doors_of(attachment: Resource) -> list[str]:
    """The attachment's subnets, by which traffic gets in and out."""
    subnets = [str(one) for one in attachment.items("SubnetIds")]
    if not subnets:
        raise Undecided(f"the subnets of {attachment.id} are not told")
    return subnets
