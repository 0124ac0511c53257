"""Finds Regions in which the account's switch for the EC2 serial console is on."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Clear, Flag, Inventory, Resource, Unsure, word

_POLICY = "declarative-policy"


def check(inventory: Inventory, *, break_glass: bool) -> Iterator[Answer]:
    """One answer for the Region's switch; an absent answer is no "off"."""
    for switch in inventory.subjects:
        with inventory.judging(switch):
            enabled = switch.get("SerialConsoleAccessEnabled")
            if enabled is None:
                yield Unsure(switch, "the answer does not tell whether the serial console is on")
            elif enabled:
                yield _flag(switch, inventory.region, break_glass=break_glass)
            else:
                yield Clear(switch, "SerialConsoleAccessEnabled is false")


def _flag(switch: Resource, region: str, *, break_glass: bool) -> Flag:
    holder = switch.get("ManagedBy", "account")
    message = f"the EC2 serial console is switched on for every instance in {region}"
    because = ("SerialConsoleAccessEnabled is true", f"ManagedBy is {holder}")
    if holder != _POLICY:
        return Flag(
            switch, message, because, fix=f"aws ec2 disable-serial-console-access --region {word(region)}\n{_RESCUE}"
        )
    fix = "The account cannot change this: set the serial console to disabled in the organization's declarative policy."
    return Flag(switch, message, because, severity="info" if break_glass else "", fix=fix)


_RESCUE = "Switch it on for the hour in which a machine has to be rescued, and deny it by a service control policy."
