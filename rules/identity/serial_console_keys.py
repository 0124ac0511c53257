"""Finds policies by which somebody pushes a key to the serial console, which no network guards."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    SEND_SERIAL_KEY_ACTION,
    Answer,
    Flag,
    Inventory,
    Licence,
    Reach,
    Undecided,
    Wide,
    answers_about,
    licences_of,
    rewrite,
    tag_among,
)

_SWITCH = "AWS::EC2::SerialConsoleAccess"


def check(inventory: Inventory, *, break_glass_tags: list[str]) -> Iterator[Answer]:
    """Whoever is let through at all, but for those who are there for emergencies."""
    licences = licences_of(inventory, SEND_SERIAL_KEY_ACTION)
    opened, unread = _switches(inventory)

    def judge(licence: Licence) -> Reach | None:
        if licences.is_administrators(licence):
            return None
        asked = [one for one in licence.principals if not tag_among(one.resource, break_glass_tags)]
        return licences.reach(licence, principals=asked)

    def say(wide: Wide) -> Flag:
        message = f"{wide.words} lets {wide.whom} push a key to the serial console"
        if opened:
            message = f"{message}, which is switched on in {', '.join(opened)}"
        switches = (*(f"SerialConsoleAccessEnabled is true in {region}" for region in opened), *unread)
        because = (*wide.because, *(switches or ("the serial console is switched off in every Region that was read",)))
        fix = rewrite(wide, _NARROW, why="Deny it to all but a role for emergencies that bears one of the rule's tags")
        return Flag(wide.holder, message, because, severity="high" if opened else "", fix=fix)

    yield from answers_about(inventory, licences, judge, say)


def _switches(inventory: Inventory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Regions in which the switch is on, and a sentence for each of which that is not known."""
    opened: list[str] = []
    unread = [gap.sentence for gap in inventory.gaps_of(_SWITCH)]
    for switch in inventory.known(_SWITCH):
        try:
            enabled = switch.get("SerialConsoleAccessEnabled")
            if enabled is None:
                unread.append(f"whether the serial console is on in {switch.region} is not told")
            elif enabled:
                opened.append(switch.region)
        except Undecided as doubt:
            unread.append(doubt.reason)
    return tuple(dict.fromkeys(opened)), tuple(dict.fromkeys(unread))


_NARROW = {
    "Effect": "Deny",
    "Action": "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "Resource": "*",
}
