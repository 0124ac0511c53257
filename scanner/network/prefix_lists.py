"""The blocks a prefix list stands for.

https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
"""

from __future__ import annotations

from scanner.model import Undecided, View
from scanner.network.structures import structures

PREFIX_LIST = "AWS::EC2::PrefixList"


def entries_of(inventory: View, list_id: str) -> tuple[str, ...]:
    """The CIDR blocks of a list, AWS's own lists included; raises `Undecided` where they cannot be seen."""
    found = inventory.find(PREFIX_LIST, list_id)
    if found is None:
        raise Undecided(f"the prefix list {list_id} cannot be seen from account {inventory.account}")
    if found.get("Entries") is None:
        raise Undecided(f"the entries of the prefix list {list_id} were not read")
    return tuple(str(entry.get("Cidr", "")) for entry in structures(found, "Entries"))
