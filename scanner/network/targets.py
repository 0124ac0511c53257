"""Who of a target group's targets an interface is, and at which of its addresses.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html: an instance is
reached at the primary address of its primary interface, an address wherever it is.
"""

from __future__ import annotations

from scanner.model import Resource, Undecided
from scanner.network.addresses import interval
from scanner.network.balancers import Registered, registered_in
from scanner.network.fabric import Fabric
from scanner.network.front_doors import TARGET_GROUP
from scanner.network.interfaces import Address, addresses_of, number
from scanner.network.structures import structures, text_of

Target = tuple[Registered, Address]


def is_primary(interface: Resource, instance_id: str) -> bool:
    """Whether an interface is the first one of an instance."""
    index = interface.get("Attachment.DeviceIndex", 0)
    return bool(instance_id) and interface.get("Attachment.InstanceId") == instance_id and index == 0


def primary_address(interface: Resource, *, family: int = 4) -> Address | None:
    """The address that stands for an interface; None where it has none of the family, or only others were asked for."""
    own = [address for address in addresses_of(interface) if address.family == family]
    if family != 4:  # noqa: PLR2004 - the families are called 4 and 6
        return own[0] if own else None
    primary = text_of(interface, "PrivateIpAddress")
    told = {
        str(one.get("PrivateIpAddress"))
        for one in structures(interface, "PrivateIpAddresses")
        if one.get("Primary") is True
    }
    if primary or told:
        return next((one for one in own if one.words == primary or one.words in told), None)
    firsts = [one for one in structures(interface, "PrivateIpAddresses") if one.get("Primary") is not False]
    return own[0] if own and firsts else None


def target_in(fabric: Fabric, group: Resource, interface: Resource, *, port: int) -> Target | None:
    """The target of a group that is an interface's, at a port; raises `Undecided` where the targets were not read."""
    kind = text_of(group, "TargetType") or "instance"
    instance_id = str(interface.get("Attachment.InstanceId") or "")
    if kind == "lambda" or (kind == "instance" and not is_primary(interface, instance_id)):
        return None
    for target in registered_in(group):
        if kind == "alb":
            _insist_on_another(fabric, target.id, interface, port=port)
        elif target.port != port:
            continue
        elif kind == "instance" and target.id == instance_id:
            family = 6 if group.get("IpAddressType") == "ipv6" else 4
            address = primary_address(interface, family=family)
            if address is not None:
                return target, address
        elif kind == "ip":
            meant = [one for one in addresses_of(interface) if _is(one, target.id)]
            if meant and _is_there(fabric, group, interface, target.id):
                return target, meant[0]
    return None


def _is(address: Address, text: str) -> bool:
    try:
        return address.private == number(text) and address.family == (6 if ":" in text else 4)
    except Undecided:
        return False


def _is_there(fabric: Fabric, group: Resource, interface: Resource, address: str) -> bool:
    """Whether an address means this interface: private addresses of one VPC may be used again in another."""
    own = str(group.get("VpcId") or "")
    if own in ("", interface.get("VpcId")):
        return True
    family, (one, _) = interval(address)
    spans = (interval(block) for block in fabric.vpc_blocks(own))
    return not any(version == family and span[0] <= one <= span[1] for version, span in spans)


def _insist_on_another(fabric: Fabric, balancer_arn: str, interface: Resource, *, port: int) -> None:
    """Raises `Undecided` where the load balancer that is a target has the interface behind it in its turn."""
    for group in fabric.inventory.linked(TARGET_GROUP, "LoadBalancerArns[]", balancer_arn):
        if text_of(group, "TargetType") != "alb" and target_in(fabric, group, interface, port=port):
            raise Undecided(f"from one load balancer to the next, {balancer_arn}, ways are not followed")
