"""An answer about one path: for people at 80 columns, and as JSON for programs."""

from __future__ import annotations

from typing import Any

from scanner.network.door import Door
from scanner.network.paths import Verdict
from scanner.network.reach import Reach
from scanner.reports.hops import add_hops, hop_as_json
from scanner.reports.layout import dump
from scanner.reports.options import RenderOptions
from scanner.reports.sheet import Sheet, Style
from scanner.reports.text import clean

FORMAT = "bastionless-reach"
VERSION = 1

_WORDS = {
    Verdict.REACHABLE: ("REACHABLE", Style.HIGH),
    Verdict.VIA_MIDDLEBOX: ("REACHABLE, through an inspection that may stop it", Style.MEDIUM),
    Verdict.NOT_REACHABLE: ("NOT REACHABLE", Style.GOOD),
    Verdict.UNKNOWN: ("UNKNOWN", Style.DOUBT),
}


def reach_for_people(found: Reach, *, options: RenderOptions) -> str:
    """Verdict, sources, hops there and back, cuts and reason, in lines of at most `options.width` columns."""
    sheet = Sheet(width=options.width, color=options.color)
    words, style = _WORDS[found.verdict]
    question = f"{clean(found.source)} -> {clean(found.target)}, {found.protocol} {found.port}"
    sheet.add(f"{question}: {words}", rest="  ", style=style)
    if found.door is not None:
        sheet.add(clean(found.door.words), first="Through: ", rest="         ")
    if found.sources:
        sheet.add(clean(", ".join(found.sources)), first="From: ", rest="      ")
    if found.hops:
        sheet.gap()
        add_hops(sheet, found.hops, indent=0)
    if found.is_open:
        sheet.gap()
        _add_cuts(sheet, found)
    if found.reason and not (found.hops and found.reason == found.hops[-1].words):
        sheet.gap()
        sheet.add(clean(found.reason), first="Because: " if not found.is_open else "Note: ", rest="  ")
    return sheet.text


def _door_as_json(door: Door | None) -> dict[str, Any] | None:
    if door is None:
        return None
    return {"kind": door.kind, "id": door.id, "protocol": door.protocol, "port": door.port}


def _add_cuts(sheet: Sheet, found: Reach) -> None:
    if not found.cuts:
        sheet.add("No single rule closes this way; it takes several.")
        return
    sheet.add("Each of these, taken away alone, closes the way:")
    for cut in found.cuts:
        sheet.add(clean(cut.rule), first="  - ", rest="    ")
        if cut.cure:
            sheet.add_command(clean(cut.cure), first="    ", rest="      ")


def reach_as_json(found: Reach) -> str:
    """The answer as JSON: the same answer, the same bytes; docs/explain.md has its members."""
    return dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "verdict": found.verdict.value,
            "source": found.source,
            "target": found.target,
            "protocol": found.protocol,
            "port": found.port,
            "sources": list(found.sources),
            "door": _door_as_json(found.door),
            "hops": [{**hop_as_json(hop), "rule_id": hop.rule_id} for hop in found.hops],
            "cuts": [
                {"kind": cut.kind, "id": cut.id, "rule": cut.rule, "rule_id": cut.rule_id, "cure": cut.cure}
                for cut in found.cuts
            ],
            "reason": found.reason,
        },
        spread=frozenset({"hops", "cuts"}),
    )
