"""Inventory files: one line for each resource of an account, to be committed, so that an alert has a line to stand on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.errors import UsageError
from scanner.model import GLOBAL, Inventory, Location, Resource, Undecided

_LINE = re.compile(r'\{"identity":"([0-9a-f]{32})",')
_ACCOUNT = re.compile(r"[0-9A-Za-z_-]+")
_NO_RESOURCES = frozenset({"AWS::CloudTrail::Event"})
"""Kinds of what happens rather than exists."""

_NO_THINGS = frozenset({"AWS::Region", "AWS::Account"})
"""Kinds that stand for a place; they are written like all others, and never go."""


def identity_of(resource: Resource) -> str:
    """32 hex digits of what makes a resource itself. A line begins with them, and so does what GitHub knows it by."""
    parts = (resource.partition, resource.account, resource.region, resource.kind, resource.id)
    return hashlib.sha256("\x1f".join(("v1", *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def file_name(account: str) -> str:
    """`<account>.jsonl`."""
    return f"{account if _ACCOUNT.fullmatch(account) else 'unknown'}.jsonl"


def lines_of(inventories: Sequence[Inventory], *, before: str = "") -> str:
    """The file of an account as text: what is there now, and of what was there `before` all that was not asked for now.

    Nothing in a line changes as long as the resource is the same one and keeps its name.
    """
    lines = dict(_kept(before, inventories))
    for inventory in inventories:
        for resource in inventory.resources:
            if resource.kind not in _NO_RESOURCES:
                lines[identity_of(resource)] = _line(resource)
    return "".join(f"{line}\n" for line in sorted(lines.values(), key=_order))


def places_in(text: str, file: str) -> dict[str, Location]:
    """Identity -> line of an inventory file; what is no line of ours is nobody's place."""
    found = ((number, _LINE.match(line)) for number, line in enumerate(text.split("\n"), start=1))
    return {match.group(1): Location(file, number) for number, match in found if match}


def _line(resource: Resource) -> str:
    try:
        name = resource.name
    except Undecided:
        name = ""
    record = {
        "identity": identity_of(resource),
        "arn": resource.arn,
        "kind": resource.kind,
        "account": resource.account,
        "region": resource.region,
        "id": resource.id,
        "name": name,
    }
    return json.dumps(record, separators=(",", ":"))


def _order(line: str) -> tuple[str, ...]:
    record = json.loads(line)
    return tuple(str(record.get(key, "")) for key in ("region", "kind", "id", "identity"))


def _kept(before: str, inventories: Sequence[Inventory]) -> Iterable[tuple[str, str]]:
    """The lines of what nobody has looked for now: it may well exist."""
    seen = {inventory.region: inventory for inventory in inventories}
    for line in before.split("\n"):
        match, record = _LINE.match(line), _record(line)
        if match and record and not _is_read(record, seen):
            yield match.group(1), line


def _record(line: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _is_read(record: Mapping[str, Any], seen: Mapping[str, Inventory]) -> bool:
    """Whether the list of this kind was read completely in this Region."""
    inventory = seen.get(str(record.get("region", GLOBAL)))
    kind = str(record.get("kind", ""))
    return inventory is not None and kind not in _NO_THINGS and not inventory.gaps_of(kind)


def read_folder(folder: Path, accounts: Iterable[str]) -> dict[str, str]:
    """The texts of the inventory files that are there, by account; raises `UsageError` for one that cannot be read."""
    texts = {}
    for account in accounts:
        path = folder / file_name(account)
        try:
            if path.exists():
                texts[account] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            reason = getattr(failure, "strerror", None) or "it is no UTF-8"
            raise UsageError(f"the inventory file cannot be read ({reason})", place=str(path)) from None
    return texts
