"""Which ports a network ACL lets the world in to, and the entries that do it."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.aws.build import make_inventory
from scanner.network.acl_openings import WorldEntry, world_entries
from tests.network.estates import ACL, V6, entry


def told(*entries: dict[str, Any], port: int = 22) -> list[tuple[int, str]]:
    facts = {"NetworkAclId": "acl-1", "Entries": list(entries)}
    acl = make_inventory({ACL: [facts]}, account="111122223333", region="eu-west-1").of(ACL)[0]
    found: tuple[WorldEntry, ...] = world_entries(acl, port=port, share=0.25)
    return [(one.family, one.words) for one in found]


ALLOWED = (4, "acl-1: entry 100 allows from 0.0.0.0/0")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry(100, "allow")], [ALLOWED]),
        ([entry(100, "allow", V6)], [(6, "acl-1: entry 100 allows from ::/0")]),
        ([entry(100, "allow", egress=True)], []),
        ([entry(100, "allow", ports=(80, 80))], []),
        # Half of IPv4, of which all but an eighth is multicast and reserved, or private.
        ([entry(50, "deny", "192.0.0.0/3"), entry(100, "allow", "192.0.0.0/2")], []),
        ([entry(50, "deny", "0.0.0.0/1"), entry(60, "deny", "128.0.0.0/2"), entry(100, "allow")], []),
        ([entry(50, "deny", "9.0.0.0/8"), entry(100, "allow")], [ALLOWED]),
        ([entry(50, "allow", ports=(80, 443)), entry(100, "allow")], [ALLOWED]),
        ([entry(50, "allow", "10.0.0.0/8"), entry(100, "allow")], [ALLOWED]),
        (
            [entry(50, "allow", "0.0.0.0/1"), entry(60, "allow", "128.0.0.0/1")],
            [(4, "acl-1: entry 50 allows from 0.0.0.0/1"), (4, "acl-1: entry 60 allows from 128.0.0.0/1")],
        ),
    ],
)
def test_the_entries_that_let_the_world_in_are_told(entries: list[Any], expected: list[tuple[int, str]]) -> None:
    assert told(*entries) == expected
