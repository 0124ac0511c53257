"""Finds exclusions from VPC Block Public Access that let connections in."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Aside, Clear, Flag, Inventory, Resource, Undecided, Unsure, moment, text_of, word

_OPTIONS = "AWS::EC2::VPCBlockPublicAccessOptions"
_GONE = frozenset({"create-failed", "delete-in-progress", "delete-complete", "disable-in-progress", "disable-complete"})
_CHANGING = frozenset({"create-in-progress", "update-in-progress"})
_INBOUND = "allow-bidirectional"


def check(inventory: Inventory, *, approved: list[str]) -> Iterator[Answer]:
    """One answer an exclusion; whether anything is blocked around it only weighs the flaw."""
    for exclusion in inventory.subjects:
        with inventory.judging(exclusion):
            yield _judge(inventory, exclusion, approved)


def _judge(inventory: Inventory, exclusion: Resource, approved: list[str]) -> Answer:
    state, mode = text_of(exclusion, "State"), text_of(exclusion, "InternetGatewayExclusionMode")
    if state in _GONE:
        return Aside(exclusion, f"its state is {state}")
    if state in _CHANGING:
        return Unsure(exclusion, "the exclusion is being changed; scan again in a few minutes")
    if mode and mode != _INBOUND:
        return Clear(exclusion, f"InternetGatewayExclusionMode is {mode}")
    if not mode:
        return Unsure(exclusion, "what the exclusion allows is not told")
    arn = text_of(exclusion, "ResourceArn")
    excluded = arn.rpartition("/")[2] or "(a resource that is not told)"
    date = _approval(inventory, approved, {arn, excluded, exclusion.id})
    if date is not None and not date[1]:
        return Aside(exclusion, f"it is approved{date[0]}")
    lapsed = (f"its approval was valid{date[0]}",) if date else ()
    severity, weight = _weigh(inventory)
    return Flag(
        exclusion,
        f"the exclusion {exclusion.id} lets connections from the internet in to {excluded}",
        (f"InternetGatewayExclusionMode is {mode}", f"State is {state or '(none)'}", weight, *lapsed),
        severity=severity,
        fix=_cure(exclusion, excluded),
    )


def _approval(inventory: Inventory, approved: list[str], names: set[str]) -> tuple[str, bool] | None:
    """The date in the approval of one of these names, and whether it has passed; None where nobody approved it."""
    for line in approved:
        name, _, date = (part.strip() for part in line.partition(" until "))
        if name not in names or not name:
            continue
        if not date:
            return "", False
        until = moment(date if "T" in date else f"{date}T23:59:59Z")
        now = moment(inventory.now)
        if until is None or now is None:
            raise Undecided(f"whether the approval of {name} until {date} still holds cannot be told")
        return f" until {date}", now > until
    return None


def _weigh(inventory: Inventory) -> tuple[str, str]:
    """An exclusion from a block that is off lets nothing in yet."""
    try:
        options = inventory.of(_OPTIONS)
        mode = text_of(options[0], "InternetGatewayBlockMode") if options else ""
    except Undecided as doubt:
        return "", f"whether Block Public Access is on cannot be seen: {doubt.reason}"
    if mode == "off":
        return "low", "VPC Block Public Access is off, so that the exclusion changes nothing yet"
    return "", f"VPC Block Public Access is {mode or 'not told'}"


def _cure(exclusion: Resource, excluded: str) -> str:
    return (
        f"aws ec2 modify-vpc-block-public-access-exclusion --exclusion-id {word(exclusion.id)}"
        " --internet-gateway-exclusion-mode allow-egress\n"
        f"where {word(excluded)} only has to get out, else\n"
        f"aws ec2 delete-vpc-block-public-access-exclusion --exclusion-id {word(exclusion.id)}\n"
        "The subnets of internet-facing load balancers need theirs; name those in `approved`, with a date."
    )
