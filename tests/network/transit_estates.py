"""Two VPCs and the transit gateway between them, and ways to change them in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.network.estates import ATTACHMENT, SUBNET, TRANSIT, TRANSIT_TABLE, Estate, Facts, route, two_hosts

REACHABLE, BLOCKED, UNKNOWN = "reachable", "not-reachable", "unknown"
Change = Callable[[Estate], Any]


def led(
    block: str, *attachments: str, type_: str = "static", kind: str = "vpc", state: str = "active", **facts: Any
) -> Facts:
    """A route of a transit gateway's table; `kind` is that of the attachments."""
    told = [{"TransitGatewayAttachmentId": one, "ResourceType": kind} for one in attachments]
    return {"DestinationCidrBlock": block, "TransitGatewayAttachments": told, "Type": type_, "State": state, **facts}


def switched(*routes: Facts) -> Change:
    """Other routes in the transit gateway's table."""
    return lambda estate: estate.put(TRANSIT_TABLE, "tgw-rtb-1", Routes=list(routes))


THERE, BACK = led("10.2.0.0/16", "tgw-attach-2"), led("10.1.0.0/16", "tgw-attach-1")


def attached(kind: str = ATTACHMENT, **facts: Any) -> Change:
    """Other facts for the attachment of the second VPC."""
    return lambda estate: estate.put(ATTACHMENT, "tgw-attach-2", **facts)


def over_transit() -> Estate:
    """The two hosts in VPCs of their own, each with a door to tgw-1 in a subnet beside the host's, in the same zone."""
    estate = (
        two_hosts(vpc=2).routes("rtb-1", route("10.2.0.0/16", "tgw-1")).routes("rtb-2", route("10.1.0.0/16", "tgw-1"))
    )
    estate.subnet("subnet-11").subnet("subnet-12", 2)
    for one in estate.given[SUBNET]:
        one["AvailabilityZone"] = "eu-west-1a"
    estate.add(TRANSIT, TransitGatewayId="tgw-1", OwnerId="111122223333", State="available", Options={})
    attachments = []
    for number in (1, 2):
        id_ = f"tgw-attach-{number}"
        attachments.append({"TransitGatewayAttachmentId": id_, "ResourceType": "vpc", "State": "associated"})
        estate.add(ATTACHMENT, TransitGatewayAttachmentId=id_, TransitGatewayId="tgw-1", VpcId=f"vpc-{number}",
                   VpcOwnerId="111122223333", State="available", SubnetIds=[f"subnet-1{number}"], Options={})  # fmt: skip
    return estate.add(TRANSIT_TABLE, TransitGatewayRouteTableId="tgw-rtb-1", TransitGatewayId="tgw-1", State="available",
                      Associations=attachments, Routes=[THERE, BACK])  # fmt: skip


def also(*changes: Change) -> Change:
    """Several changes as one."""

    def change(estate: Estate) -> None:
        for one in changes:
            one(estate)

    return change
