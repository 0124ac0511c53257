"""Finds Regions in which VPC Block Public Access is off, and weighs whether any gateway would be blocked."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Clear, Flag, Inventory, Resource, Undecided, Unsure, listed, structures, text_of, word

_GATEWAY = "AWS::EC2::InternetGateway"
_BLOCKING = frozenset({"block-ingress", "block-bidirectional"})


def check(inventory: Inventory) -> Iterator[Answer]:
    """One answer for the Region's switch; the gateways only weigh it."""
    for options in inventory.subjects:
        with inventory.judging(options):
            yield _judge(inventory, options)


def _judge(inventory: Inventory, options: Resource) -> Answer:
    mode, state = text_of(options, "InternetGatewayBlockMode"), text_of(options, "State")
    if state == "update-in-progress":
        return Unsure(options, "Block Public Access is being changed; scan again in a few minutes")
    if mode in _BLOCKING:
        return Clear(options, f"InternetGatewayBlockMode is {mode}")
    if mode != "off":
        return Unsure(options, f"the mode of Block Public Access is {mode or 'not told'}")
    severity, weight = _weigh(inventory)
    decided_above = options.get("ManagedBy") == "declarative-policy"
    because = ("InternetGatewayBlockMode is off", f"ManagedBy is {options.get('ManagedBy', '(none)')}", weight)
    message = f"VPC Block Public Access is off in {inventory.region}"
    if severity:
        message += ", where no VPC has an internet gateway"
    return Flag(options, message, because, severity=severity, fix=_cure(inventory.region, decided_above=decided_above))


def _weigh(inventory: Inventory) -> tuple[str, str]:
    """A lower severity where nothing can be reached anyway, and the evidence."""
    attached = [gateway.id for gateway in inventory.known(_GATEWAY) if structures(gateway, "Attachments")]
    if attached:
        return "", f"{listed(attached)} would be blocked"
    try:
        inventory.of(_GATEWAY)
    except Undecided as doubt:
        return "", f"whether a VPC has an internet gateway cannot be seen: {doubt.reason}"
    return "low", "no internet gateway is attached"


def _cure(region: str, *, decided_above: bool) -> str:
    if decided_above:
        return (
            "The account cannot change this: set the internet gateway mode to block_ingress in the organization's"
            " declarative policy for EC2, after excluding the subnets of internet-facing load balancers."
        )
    return (
        "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress"
        f" --region {word(region)}\nkeeps NAT and egress-only gateways working; exclude the subnets of internet-facing load"
        " balancers first."
    )
