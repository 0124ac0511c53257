"""The records of a snapshot back into inventories; whatever is not as it was written is told with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.aws.build import ALWAYS, make_inventory
from scanner.aws.table import KINDS
from scanner.collect.details import Facts
from scanner.collect.keys import listed
from scanner.collect.rows import UnreadableError, rows_of
from scanner.errors import SnapshotError
from scanner.model import Gap, GapReason, Inventory

_TAKE = "take the snapshot again, or check that this is the file you mean"


def restore_inventories(records: Any, *, place: str) -> tuple[Inventory, ...]:
    """The inventories behind a snapshot's "inventories"; raises SnapshotError."""
    if not isinstance(records, list) or not records:
        raise SnapshotError("the snapshot holds no inventories", place=place, cure=_TAKE)
    return tuple(_inventory(record, f"{place}: inventories[{index}]") for index, record in enumerate(records))


def _inventory(record: Any, place: str) -> Inventory:
    record = _structure(record, place)
    collected = None if record.get("collected", ...) is None else _texts(record, "collected", place)
    inventory = make_inventory(
        _rows(_structure(record.get("answers"), f"{place}.answers"), collected, f"{place}.answers"),
        account=_text(record, "account", place),
        region=_text(record, "region", place),
        partition=_text(record, "partition", place),
        gaps=[_gap(gap, f"{place}.gaps[{index}]") for index, gap in enumerate(_list(record, "gaps", place))],
        collected=collected,
        taken_at=_text(record, "taken_at", place),
        mode="snapshot",
    )
    return replace(inventory, history_since=_text(record, "history_since", place, default=""))


def _rows(answers: Mapping[str, Any], collected: Sequence[str] | None, place: str) -> dict[str, list[Facts]]:
    """Kind -> rows. What was collected must be there, and nothing may be there that no kind knows."""
    rows: dict[str, list[Facts]] = {}
    known = set()
    for kind in map(listed, KINDS.values()):
        known.add((kind.service, kind.operation))
        here = f"{place}.{kind.service}.{kind.operation}"
        answer = _structure(
            _structure(answers.get(kind.service, {}), f"{place}.{kind.service}").get(kind.operation, {}), here
        )
        must_be = kind.is_list and kind.name in (collected or ()) and kind.name not in ALWAYS
        if kind.response_keys[0] not in answer and kind.proof not in answer and not must_be:
            continue
        try:
            rows[kind.name] = rows_of(kind, answer)
        except UnreadableError as mistake:
            raise SnapshotError(f"the answer is not whole: {mistake}", place=here, cure=_TAKE) from None
    for service, operations in answers.items():
        for operation in operations:
            if (service, operation) not in known:
                here = f"{place}.{service}"
                raise SnapshotError(f"nothing is known of {operation!r}", place=here, cure="upgrade bastionless")
    return rows


def _gap(record: Any, place: str) -> Gap:
    record = _structure(record, place)
    reason = _text(record, "reason", place)
    try:
        return Gap(
            _text(record, "account", place),
            _text(record, "region", place),
            _text(record, "call", place),
            GapReason(reason),
            _text(record, "detail", place, default=""),
            tuple(_texts(record, "kinds", place, default=())),
            _text(record, "resource", place, default=""),
        )
    except ValueError:
        raise SnapshotError(f"{reason!r} is no reason", place=place, cure="upgrade bastionless") from None


def _structure(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SnapshotError("an object should stand here", place=place, cure=_TAKE)
    return value


def _list(record: Mapping[str, Any], name: str, place: str, default: Any = None) -> list[Any]:
    value = record.get(name, default)
    if not isinstance(value, (list, tuple)):
        raise SnapshotError("a list should stand here", place=f"{place}.{name}", cure=_TAKE)
    return list(value)


def _texts(record: Mapping[str, Any], name: str, place: str, default: Any = None) -> list[str]:
    values = _list(record, name, place, default)
    if not all(isinstance(value, str) for value in values):
        raise SnapshotError("a list of strings should stand here", place=f"{place}.{name}", cure=_TAKE)
    return values


def _text(record: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    value = record.get(name, default)
    if not isinstance(value, str):
        raise SnapshotError("a string should stand here", place=f"{place}.{name}", cure=_TAKE)
    return value
