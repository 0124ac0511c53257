"""Ways over a transit gateway: one case for each rule of its attachments, tables and network ACLs."""

from __future__ import annotations

import pytest

from tests.by_hand import refused
from tests.network.estates import (
    ACL,
    ATTACHMENT,
    SUBNET,
    TRANSIT,
    TRANSIT_TABLE,
    VPC,
    Estate,
    Facts,
    entry,
    route,
    verdict,
)
from tests.network.transit_estates import (
    BACK,
    BLOCKED,
    REACHABLE,
    THERE,
    UNKNOWN,
    Change,
    also,
    attached,
    led,
    over_transit,
    switched,
)

OTHERS = "444455556666"
DROP = led("10.2.0.0/16", state="blackhole")


def zone(subnet: str, name: str) -> Change:
    return lambda estate: estate.put(SUBNET, subnet, AvailabilityZone=name)


def at_home(number: int) -> Change:
    """The door of a VPC is in its host's own subnet."""
    return lambda estate: estate.put(ATTACHMENT, f"tgw-attach-{number}", SubnetIds=[f"subnet-{number}"])


def gate(acl: str, *entries: Facts) -> Change:
    return lambda estate: estate.put(ACL, acl, Entries=list(entries))


def listed(block: str, attachment: str) -> Facts:
    return led(block, attachment, PrefixListId="pl-1")


def learned(block: str, attachment: str, kind: str = "vpc") -> Facts:
    return led(block, attachment, type_="propagated", kind=kind)


def associate(estate: Estate, state: str) -> Estate:
    ids = {"tgw-attach-1": state, "tgw-attach-2": "associated"}
    told = [{"TransitGatewayAttachmentId": one, "State": word} for one, word in ids.items()]
    return estate.put(TRANSIT_TABLE, "tgw-rtb-1", Associations=told)


def reply_table(estate: Estate, *routes: Facts) -> Estate:
    """tgw-attach-2 follows tgw-rtb-2."""
    estate.put(
        TRANSIT_TABLE, "tgw-rtb-1", Associations=[{"TransitGatewayAttachmentId": "tgw-attach-1"}], Routes=[THERE]
    )
    return estate.add(TRANSIT_TABLE, TransitGatewayRouteTableId="tgw-rtb-2", TransitGatewayId="tgw-1", Routes=list(routes),
                      Associations=[{"TransitGatewayAttachmentId": "tgw-attach-2"}])  # fmt: skip


def third(estate: Estate, *routes: Facts) -> Estate:
    """vpc-3, attached by tgw-attach-3 in subnet-13."""
    estate.vpc(3).subnet("subnet-13", 3).table("rtb-3", *routes, vpc=3)
    return estate.add(ATTACHMENT, TransitGatewayAttachmentId="tgw-attach-3", TransitGatewayId="tgw-1", VpcId="vpc-3",
                      State="available", SubnetIds=["subnet-13"])  # fmt: skip


def two_doors(estate: Estate) -> Estate:
    """vpc-2 has doors in the zones a and b, with one ACL, and the source is in zone c."""
    estate.subnet("subnet-13", 2).put(SUBNET, "subnet-13", AvailabilityZone="eu-west-1b").drop(ACL, "acl-13")
    estate.put(ACL, "acl-12", Associations=[{"SubnetId": "subnet-12"}, {"SubnetId": "subnet-13"}])
    for one in ("subnet-1", "subnet-11"):
        estate.put(SUBNET, one, AvailabilityZone="eu-west-1c")
    return estate.put(ATTACHMENT, "tgw-attach-2", SubnetIds=["subnet-12", "subnet-13"])


IN, OUT = entry(1, "allow", "10.0.0.0/8"), entry(1, "allow", "10.0.0.0/8", egress=True)
CASES: dict[str, tuple[Change, str]] = {
    "tables and attachments at hand": (lambda e: e, REACHABLE),
    # attachments
    "the source's VPC is not attached": (lambda e: e.drop(ATTACHMENT, "tgw-attach-1"), BLOCKED),
    "a shared VPC whose attachment its owner sees": (
        lambda e: e.drop(ATTACHMENT, "tgw-attach-1").put(VPC, "vpc-1", OwnerId=OTHERS), UNKNOWN),
    "an attachment to another gateway": (lambda e: e.put(ATTACHMENT, "tgw-attach-1", TransitGatewayId="tgw-9"), BLOCKED),
    "the source's attachment waits": (lambda e: e.put(ATTACHMENT, "tgw-attach-1", State="pendingAcceptance"), BLOCKED),
    "the target's attachment is gone": (attached(State="deleted"), BLOCKED),
    "an attachment that is being changed": (attached(State="modifying"), UNKNOWN),
    "an attachment whose state is not told": (attached(State=None), UNKNOWN),
    "an attachment of a foreign VPC": (attached(VpcOwnerId=OTHERS), UNKNOWN),
    "an attachment nobody listed": (lambda e: e.drop(ATTACHMENT, "tgw-attach-2"), UNKNOWN),
    "attachments were refused": (
        lambda e: e.gap(refused("ec2:DescribeTransitGatewayVpcAttachments", ATTACHMENT)), UNKNOWN),
    "no door in the source's zone": (zone("subnet-11", "eu-west-1b"), BLOCKED),
    "no door in the target's zone, for the answer": (zone("subnet-2", "eu-west-1b"), BLOCKED),
    "a zone that is not told": (zone("subnet-11", ""), UNKNOWN),
    "a source in a Local Zone": (zone("subnet-1", "eu-west-1-lon-1a"), UNKNOWN),
    "a door nobody sees": (lambda e: e.put(ATTACHMENT, "tgw-attach-1", SubnetIds=["subnet-99"]), UNKNOWN),
    "doors that are not told": (attached(SubnetIds=[]), UNKNOWN),
    # tables of the gateway
    "the gateway of another account": (lambda e: e.put(TRANSIT, "tgw-1", OwnerId=OTHERS), UNKNOWN),
    "a gateway nobody sees": (lambda e: e.drop(TRANSIT, "tgw-1"), UNKNOWN),
    "tables were refused": (lambda e: e.gap(refused("ec2:DescribeTransitGatewayRouteTables", TRANSIT_TABLE)), UNKNOWN),
    "an attachment without a table": (lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", Associations=[]), BLOCKED),
    "the source alone has a table": (
        lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", Associations=[{"TransitGatewayAttachmentId": "tgw-attach-1"}]), BLOCKED),
    "an association that ended": (lambda e: associate(e, "disassociated"), BLOCKED),
    "an association that is being made": (lambda e: associate(e, "associating"), UNKNOWN),
    "associations nobody read": (lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", Associations=None), UNKNOWN),
    "a table that is deleted": (lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", State="deleted"), BLOCKED),
    "the reply has a table of its own, without a route": (
        reply_table, BLOCKED),
    "the reply has a table of its own, with a route": (lambda e: reply_table(e, BACK), REACHABLE),
    "routes nobody read": (lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", Routes=None), UNKNOWN),
    "more routes than AWS tells": (lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", AdditionalRoutesAvailable=True), UNKNOWN),
    "no route there": (switched(BACK), BLOCKED),
    "no route back": (switched(THERE), BLOCKED),
    "a blackhole": (switched(DROP, BACK), BLOCKED),
    "a longer blackhole": (switched(led("10.2.2.0/24", state="blackhole"), THERE, BACK), BLOCKED),
    "a wider blackhole": (switched(led("10.0.0.0/8", state="blackhole"), THERE, BACK), REACHABLE),
    "a route that is deleted": (switched(led("10.2.2.0/24", state="deleted"), THERE, BACK), REACHABLE),
    "a route that is pending": (switched(led("10.2.0.0/16", "tgw-attach-2", state="pending"), BACK), UNKNOWN),
    "static beats propagated": (switched(learned("10.2.0.0/16", "tgw-attach-2"), DROP, BACK), BLOCKED),
    "static beats a prefix list": (switched(listed("10.2.0.0/16", "tgw-attach-2"), DROP, BACK), BLOCKED),
    "a prefix list beats propagated": (
        switched(listed("10.2.0.0/16", "tgw-attach-2"), learned("10.2.0.0/16", "tgw-attach-1"), BACK), REACHABLE),
    "a VPC's propagation beats a VPN's": (
        switched(learned("10.2.0.0/16", "tgw-attach-9", "vpn"), learned("10.2.0.0/16", "tgw-attach-2"), BACK), REACHABLE),
    "a longer propagated route beats a static one": (
        switched(learned("10.2.2.0/24", "tgw-attach-2"), DROP, BACK), REACHABLE),
    "two static routes for one block": (switched(THERE, DROP, BACK), UNKNOWN),
    "a route of an unheard-of type": (switched(led("10.2.0.0/16", "tgw-attach-2", type_="system"), BACK), UNKNOWN),
    "a propagation of an unheard-of kind": (switched(learned("10.2.0.0/16", "tgw-attach-2", "moon"), BACK), UNKNOWN),
    "a route over two attachments": (switched(led("10.2.0.0/16", "tgw-attach-2", "tgw-attach-3"), BACK), UNKNOWN),
    "a VPN": (switched(led("10.2.0.0/16", "tgw-attach-2", kind="vpn"), BACK), UNKNOWN),
    "a peering": (switched(led("10.2.0.0/16", "tgw-attach-2", kind="peering"), BACK), UNKNOWN),
    "a Direct Connect gateway": (switched(learned("10.2.0.0/16", "tgw-attach-2", "direct-connect-gateway"), BACK), UNKNOWN),
    "a route into the wrong VPC": (switched(led("10.2.0.0/16", "tgw-attach-1"), BACK), UNKNOWN),
    "a route into a wrong VPC that ends there": (
        also(switched(led("10.2.0.0/16", "tgw-attach-3"), BACK), third), BLOCKED),
    "an inspection in between": (
        also(switched(led("10.2.0.0/16", "tgw-attach-3"), BACK), lambda e: third(e, route("10.2.0.0/16", "vpce-1"))), UNKNOWN),
    "a damaged route": (switched({"State": "active"}, BACK), UNKNOWN),
    "a route with an absurd block": (switched(led("10.2.0.0/99", "tgw-attach-2"), BACK), UNKNOWN),
    "routes of another shape": (lambda e: e.put(TRANSIT_TABLE, "tgw-rtb-1", Routes="none"), UNKNOWN),
    # where it comes out
    "an appliance behind the door": (
        lambda e: e.table("rtb-12", route("10.2.2.0/24", "eni-9"), vpc=2, SubnetId="subnet-12"), UNKNOWN),
    "the door's subnet leads elsewhere": (
        lambda e: e.table("rtb-12", route("10.2.2.0/24", "pcx-1"), vpc=2, SubnetId="subnet-12"), BLOCKED),
    "the way out is in another zone, and there is one door": (
        also(zone("subnet-1", "eu-west-1b"), zone("subnet-11", "eu-west-1b"), attached(SubnetIds=["subnet-12"])), REACHABLE),
    "two doors of one kind in other zones": (two_doors, REACHABLE),
    "two doors of different kinds in other zones": (
        lambda e: two_doors(e).table("rtb-13", route("10.2.2.0/24", "eni-9"), vpc=2, SubnetId="subnet-13"), UNKNOWN),
    "appliance mode takes any door": (
        lambda e: two_doors(e).put(SUBNET, "subnet-12", AvailabilityZone="eu-west-1c").put(SUBNET, "subnet-1", AvailabilityZone="eu-west-1c")
        .put(SUBNET, "subnet-11", AvailabilityZone="eu-west-1c").put(ATTACHMENT, "tgw-attach-2", Options={"ApplianceModeSupport": "enable"})
        .table("rtb-13", route("10.2.2.0/24", "eni-9"), vpc=2, SubnetId="subnet-13"), UNKNOWN),
    # network ACLs
    "the door's ACL lets nothing in": (gate("acl-11", OUT), BLOCKED),
    "the door's ACL need not let out towards the gateway": (
        gate("acl-11", IN, entry(1, "allow", "10.1.0.0/16", egress=True)), REACHABLE),
    "the door's ACL lets no answer out": (gate("acl-11", IN), BLOCKED),
    "the far door's ACL lets nothing out": (gate("acl-12", IN), BLOCKED),
    "the far door's ACL need not let in from the gateway": (
        gate("acl-12", entry(1, "allow", "10.2.0.0/16"), OUT), REACHABLE),
    "the far door's ACL lets no answer in": (gate("acl-12", OUT), BLOCKED),
    "the source's ACL lets nothing out": (gate("acl-1", IN), BLOCKED),
    "the target's ACL lets nothing in": (gate("acl-2", OUT), BLOCKED),
    "the target's ACL lets no answer out": (gate("acl-2", IN), BLOCKED),
    "the source's ACL lets no answer in": (gate("acl-1", OUT), BLOCKED),
    "a door at home: what comes from the gateway is not filtered": (
        also(at_home(2), gate("acl-2", entry(1, "allow", "10.2.0.0/16"), entry(1, "allow", "10.1.0.0/16", egress=True))), REACHABLE),
    "a door at home: the answer is let in by its own address": (
        also(at_home(2), gate("acl-2", entry(1, "allow", "10.1.0.0/16"), OUT)), BLOCKED),
    "a door at home: what leaves is filtered going in as well": (
        also(at_home(1), gate("acl-1", OUT)), BLOCKED),
    "a door at home: the answer is not filtered": (
        also(at_home(1), gate("acl-1", entry(1, "allow", "10.1.0.0/16"), entry(1, "allow", "10.2.0.0/16", egress=True))), REACHABLE),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_connection_over_a_transit_gateway(name: str) -> None:
    change, expected = CASES[name]
    estate = over_transit()
    change(estate)
    assert verdict(estate) == expected
