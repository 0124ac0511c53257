"""VPC Block Public Access: what it does to a subnet, with its exclusions.

https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
"""

from __future__ import annotations

from scanner.model import Resource, Undecided, View
from scanner.network.structures import text_of

OPTIONS = "AWS::EC2::VPCBlockPublicAccessOptions"
EXCLUSION = "AWS::EC2::VPCBlockPublicAccessExclusion"

OFF = "off"
_ACTIVE = frozenset({"create-complete", "update-complete", "update-in-progress"})


def block_mode(inventory: View, subnet: Resource) -> str:
    """What happens between a subnet and an internet gateway: "off", "block-ingress" or "block-bidirectional".

    AWS tells the effective state of each subnet; where it does not, it follows from the options and the exclusions.
    An exclusion that allows egress alone still blocks what comes in. Raises `Undecided` where neither can be seen.
    """
    states = subnet.get("BlockPublicAccessStates") or {}
    told = states.get("InternetGatewayBlockMode") if isinstance(states, dict) else None
    if told:
        return str(told)
    owner = subnet.get("OwnerId", inventory.account)
    if owner != inventory.account:
        raise Undecided(f"what VPC Block Public Access does to {subnet.id} is set by account {owner}")
    options = inventory.of(OPTIONS)
    mode = (text_of(options[0], "InternetGatewayBlockMode") or OFF) if options else OFF
    if mode == OFF:
        return OFF
    if options[0].get("State") == "update-in-progress":
        raise Undecided("VPC Block Public Access is being changed")
    allowed = {
        exclusion.get("InternetGatewayExclusionMode")
        for exclusion in inventory.of(EXCLUSION)
        if exclusion.get("State") in _ACTIVE
        and str(exclusion.get("ResourceArn", "")).rpartition("/")[2] in (subnet.id, subnet.get("VpcId"))
    }
    if "allow-bidirectional" in allowed:
        return OFF
    return "block-ingress" if allowed else mode


def inspection_mode(inventory: View, subnet: Resource) -> str:
    """The same for the subnet of a Gateway Load Balancer endpoint.

    AWS's pages do not agree on whether an exclusion of that subnet helps; raises `Undecided` where it would.
    """
    mode = block_mode(inventory, subnet)
    options = inventory.of(OPTIONS)
    if mode == OFF and options and (text_of(options[0], "InternetGatewayBlockMode") or OFF) != OFF:
        raise Undecided(f"whether VPC Block Public Access spares the inspection in {subnet.id} is not documented")
    return mode
