"""The hops of a proved path, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model import Hop
from scanner.reports.sheet import Sheet, Style
from scanner.reports.text import clean, counted

BACK = "return"


def add_hops(sheet: Sheet, hops: Iterable[Hop], *, indent: int) -> None:
    """One numbered line a hop, those of the answer under a heading of their own."""
    margin, way = " " * indent, ""
    for number, hop in enumerate(hops, start=1):
        if hop.direction != way:
            way = hop.direction
            sheet.add("And back:" if way == BACK else "There:", first=margin, rest=margin, style=Style.QUIET)
        first = f"{margin}{number:>3}. "
        sheet.add(hop_text(hop), first=first, rest=" " * len(first), style=Style.PLAIN if hop.allows else Style.STRONG)


def hop_text(hop: Hop) -> str:
    """What a hop says, and that it blocks where it does; clean."""
    blocks = "" if hop.allows else f"  BLOCKS{f' [{hop.code}]' if hop.code else ''}"
    known = f" ({clean(hop.rule_id)})" if hop.rule_id else ""
    return f"{clean(hop.rule.strip() or hop.id)}{known}{blocks}"


def hops_in_a_line(hops: tuple[Hop, ...]) -> str:
    """How long a path is and what it goes through: "6 hops: igw-1, acl-1, sg-1, rtb-1"."""
    ids = list(dict.fromkeys(clean(hop.id) for hop in hops if hop.id))
    return f"{counted(len(hops), 'hop')}: {', '.join(ids)}"


def hop_as_json(hop: Hop) -> dict[str, Any]:
    """A hop as both JSON formats have it."""
    return {
        "kind": hop.kind,
        "id": hop.id,
        "direction": hop.direction,
        "allows": hop.allows,
        "inspects": hop.is_opaque,
        "rule": hop.rule,
        "code": hop.code,
    }
