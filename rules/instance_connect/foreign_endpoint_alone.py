"""Finds VPCs whose only Instance Connect Endpoint belongs to another account, which alone can use it."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import INSTANCE_CONNECT_ENDPOINT, Answer, Aside, Clear, Flag, Inventory, is_installed, is_own, listed


def check(inventory: Inventory) -> Iterator[Answer]:
    """Endpoints that are not there any more count for nobody."""
    for vpc in inventory.subjects:
        with inventory.judging(vpc):
            found = [one for one in inventory.known(INSTANCE_CONNECT_ENDPOINT) if one.get("VpcId") == vpc.id]
            present = [one for one in found if is_installed(one)]
            own = [one for one in present if is_own(inventory, one)]
            if own:
                yield Clear(vpc, f"{listed(one.id for one in own)} belongs to the account")
                continue
            inventory.of(INSTANCE_CONNECT_ENDPOINT)  # an own endpoint may have stayed unseen
            if not present:
                yield Aside(vpc, "there is no Instance Connect Endpoint in it")
                continue
            owners = listed(str(one.get("OwnerId")) for one in present)
            yield Flag(
                vpc,
                f"{listed(one.id for one in present)} in {vpc.label} belongs to account {owners},"
                f" and leads nobody of account {inventory.account} to an instance",
                tuple(f"OwnerId of {one.id} is {one.get('OwnerId')}" for one in present),
            )
