"""An answer about who can log in: for people at 80 columns, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.logins.capability import Capability, Closed, Holder, KeyPush, Who
from scanner.policy.formulas import Access
from scanner.reports.layout import dump
from scanner.reports.options import RenderOptions
from scanner.reports.sheet import Sheet, Style
from scanner.reports.text import clean, counted

FORMAT = "bastionless-who"
VERSION = 1

_FEW, _SOME = 6, 12
_STYLES = {Access.ALLOWED: Style.PLAIN, Access.CONDITIONAL: Style.PLAIN, Access.UNKNOWN: Style.DOUBT}


def who_for_people(found: Who, *, options: RenderOptions) -> str:
    """Principals of whom the same is true together, each with its doors, in lines of at most `options.width` columns."""
    sheet = Sheet(width=options.width, color=options.color)
    holders = {row.principal: None for row in found.rows}
    at = f" at {found.target}" if found.target else ""
    number = counted(len(holders), "principal") if holders else "nobody"
    sheet.add(clean(f"Who can {found.action}{at}: {number}"), rest="  ", style=Style.STRONG)
    for members, rows in _alike(found.rows).items():
        sheet.gap()
        _add_holders(sheet, members, verbose=options.verbose)
        for row in rows:
            _add_row(sheet, row, verbose=options.verbose)
    _add_closed(sheet, found.closed, verbose=options.verbose)
    if found.notes or found.doubts:
        sheet.gap()
    for doubt in found.doubts:
        sheet.add(clean(doubt), first="Unknown: ", rest="  ", style=Style.DOUBT)
    for note in found.notes:
        sheet.add(clean(note), first="Note: ", rest="  ")
    return sheet.text


def _alike(rows: Sequence[Capability]) -> dict[tuple[Holder, ...], list[Capability]]:
    """The rows of each group of principals that differ in nothing but their names and the places of their statements."""
    own: dict[Holder, list[Capability]] = {}
    for row in rows:
        own.setdefault(row.principal, []).append(row)
    groups: dict[object, list[Holder]] = {}
    for holder, some in own.items():
        groups.setdefault((holder.kind, holder.entered_by, tuple(map(_mark, some))), []).append(holder)
    return {tuple(members): own[members[0]] for members in groups.values()}


def _mark(row: Capability) -> object:
    return (row.words, row.instances, row.endpoints, row.conditions, row.reason, row.notes)


def _add_holders(sheet: Sheet, members: Sequence[Holder], *, verbose: bool) -> None:
    sheet.add(clean(_some([one.word for one in members], verbose=verbose, most=_SOME)), rest="  ", style=Style.NAME)
    first = members[0]
    if first.kind == "service-linked role":
        sheet.add("a role of a service, which alone may become it", first="  ", rest="    ")
    elif first.entered_by:
        sheet.add(clean(_some(first.entered_by, verbose=verbose)), first="  open to ", rest="    ", style=Style.QUIET)


def _add_row(sheet: Sheet, row: Capability, *, verbose: bool) -> None:
    sheet.add(clean(row.words), first="  - ", rest="    ", style=_STYLES[row.verdict])
    if row.conditions:
        sheet.add(clean(row.conditions), first="    if: ", rest="      ")
    if row.reason:
        sheet.add(clean(row.reason), first="    because: ", rest="      ")
    if len(row.instances) > 1 and (verbose or len(row.instances) <= _FEW):
        sheet.add(clean(", ".join(row.instances)), first="    on: ", rest="      ")
    for note in row.notes:
        sheet.add(clean(note), first="    note: ", rest="      ")
    for place in _places(row) if verbose else ():
        sheet.add(clean(place), first="    says: ", rest="      ", style=Style.QUIET)


def _places(row: Capability) -> tuple[str, ...]:
    pushed = row.keys.statements if row.keys is not None else ()
    return tuple(dict.fromkeys(str(place) for place in (*row.statements, *pushed)))


def _add_closed(sheet: Sheet, closed: Sequence[Closed], *, verbose: bool) -> None:
    if not closed:
        return
    sheet.gap()
    sheet.add("What leads nowhere:")
    for one in closed:
        door = f"{one.door} {one.endpoint}".strip()
        to = f" to {_some(one.instances, verbose=verbose, most=3)}" if one.instances else ""
        whom = f" (would be open to {_some(one.principals, verbose=verbose, most=3)})" if one.principals else ""
        sheet.add(clean(f"{door}{to}: {one.reason}{whom}"), first="  - ", rest="    ")


def _some(words: Sequence[str], *, verbose: bool, most: int = _FEW) -> str:
    """Words with commas between them; the number of those that are left out."""
    told = list(words) if verbose or len(words) <= most else [*words[:most], f"and {len(words) - most:,} more"]
    return ", ".join(told)


def who_as_json(found: Who) -> str:
    """The answer as JSON: the same answer, the same bytes; docs/who.md has its members."""
    return dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "action": found.action,
            "target": found.target,
            "whole": found.is_whole,
            "rows": [_row(row) for row in found.rows],
            "closed": [
                {
                    "door": str(one.door),
                    "endpoint": one.endpoint,
                    "instances": list(one.instances),
                    "principals": list(one.principals),
                    "reason": one.reason,
                }
                for one in found.closed
            ],
            "notes": list(found.notes),
            "doubts": list(found.doubts),
        },
        spread=frozenset({"rows", "closed", "notes", "doubts"}),
    )


def _row(row: Capability) -> dict[str, Any]:
    holder = row.principal
    return {
        "principal": {
            "arn": holder.arn, "name": holder.word, "kind": holder.kind, "entered_by": list(holder.entered_by),
        },
        "door": str(row.door),
        "verdict": row.verdict.value,
        "instances": list(row.instances),
        "endpoints": list(row.endpoints),
        "ports": list(row.ports),
        "key": _key(row.keys),
        "conditions": row.conditions,
        "reason": row.reason,
        "resources": list(row.resources),
        "statements": [str(place) for place in row.statements],
        "notes": list(row.notes),
    }  # fmt: skip


def _key(keys: KeyPush | None) -> dict[str, Any] | None:
    if keys is None:
        return None
    return {
        "verdict": keys.access.value,
        "users": list(keys.users),
        "but": list(keys.but),
        "conditions": keys.conditions,
        "reason": keys.reason,
        "statements": [str(place) for place in keys.statements],
    }
