"""Finds endpoints whose handling of client addresses is against the policy, or fails some of their instances."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    INSTANCE,
    SECURITY_GROUP,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    interfaces_of,
    is_live,
    is_own,
    is_usable,
    listed,
    text_of,
    word,
)


def check(inventory: Inventory, *, policy: str, unsupported: list[str]) -> Iterator[Answer]:
    """Endpoints of other accounts are theirs to change."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            if not is_own(inventory, endpoint):
                yield Aside(endpoint, f"account {endpoint.get('OwnerId')} owns it")
            elif not is_usable(endpoint):
                yield Aside(endpoint, f"it is in the state {endpoint.get('State')}")
            else:
                yield _judge(inventory, endpoint, policy, unsupported)


def _judge(inventory: Inventory, endpoint: Resource, policy: str, unsupported: list[str]) -> Answer:
    told = endpoint.get("PreserveClientIp", default=False)
    if not isinstance(told, bool):
        raise Undecided(f"the facts do not say whether {endpoint.id} preserves client addresses")
    state = "on" if told else "off"
    if policy and state != policy:
        return _against_policy(endpoint, told=told)
    if not told:
        return Clear(endpoint, "it does not preserve client addresses, and reaches every instance type")
    old = _old_instances(inventory, endpoint, unsupported)
    abroad = _instances_abroad(inventory, endpoint)
    if not old and not abroad:
        return Clear(endpoint, "every instance it is meant for supports preserved client addresses")
    unreached = listed(one.label for one in (*old, *abroad))
    lines = [f"InstanceType of {one.id} is {one.get('InstanceType')}" for one in old]
    lines += [f"{one.id} admits the endpoint's group, and is in {one.get('VpcId')}" for one in abroad]
    message = f"{endpoint.label} preserves client addresses, with which it cannot reach {unreached}"
    return Flag(
        endpoint, message, ("PreserveClientIp is true", *lines), fix=_change(endpoint, "--no-preserve-client-ip")
    )


def _against_policy(endpoint: Resource, *, told: bool) -> Flag:
    does, flag = ("preserves", "--no-preserve-client-ip") if told else ("hides", "--preserve-client-ip")
    message = f"{endpoint.label} {does} client addresses, against the policy"
    return Flag(endpoint, message, (f"PreserveClientIp is {str(told).lower()}",), fix=_change(endpoint, flag))


def _change(endpoint: Resource, flag: str) -> str:
    return (
        f"aws ec2 modify-instance-connect-endpoint {flag} --instance-connect-endpoint-id {word(endpoint.id)}\n"
        "Let the instances admit the endpoint's group, which works in both modes."
    )


def _old_instances(inventory: Inventory, endpoint: Resource, unsupported: list[str]) -> list[Resource]:
    """The instances of the VPC whose type takes no preserved addresses."""
    families = {family.lower() for family in unsupported}
    beside = inventory.linked(INSTANCE, "VpcId", text_of(endpoint, "VpcId"))
    return [
        one for one in beside if is_live(one) and text_of(one, "InstanceType").partition(".")[0].lower() in families
    ]


def _instances_abroad(inventory: Inventory, endpoint: Resource) -> list[Resource]:
    """Instances of other VPCs that admit the endpoint's group, and so are meant to be reached."""
    found: dict[Resource, None] = {}
    for own in endpoint.items("SecurityGroupIds"):
        for group in inventory.linked(SECURITY_GROUP, "IpPermissions[].UserIdGroupPairs[].GroupId", str(own)):
            if group.get("VpcId") in (None, endpoint.get("VpcId")):
                continue
            for interface in interfaces_of(inventory, group.id):
                instance = inventory.find(INSTANCE, str(interface.get("Attachment.InstanceId", "")))
                if instance is not None and is_live(instance):
                    found[instance] = None
    return list(found)
