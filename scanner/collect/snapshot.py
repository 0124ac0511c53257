"""Inventories into a file that other tools can read, and back again without losing or adding anything."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from scanner.aws.build import ALWAYS
from scanner.aws.table import KINDS
from scanner.collect.keys import listed
from scanner.collect.restore import restore_inventories
from scanner.collect.rows import put_rows
from scanner.errors import InternalError, OutputError, SnapshotError
from scanner.model import Gap, Inventory, Resource, Unknown
from scanner.version import __version__

FORMAT = "bastionless-snapshot"
VERSION = 1
MAX_BYTES = 768 * 1024**2
"""No more than this is unpacked: a few kilobytes of gzip can hold gigabytes."""

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_TAKE = "take the snapshot again, or check that this is the file you mean"


def write_snapshot(inventories: Iterable[Inventory], path: Path) -> None:
    """Writes a snapshot, packed where the name ends in ".gz"; the same inventories always give the same bytes.

    The file appears whole or not at all. docs/snapshot.md describes it. Raises OutputError where it cannot be written.
    """
    with _whole_file(path) as file:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                _write(packed, inventories)
        else:
            _write(file, inventories)


def load_snapshot(path: Path) -> tuple[Inventory, ...]:
    """The inventories of a snapshot, equal to those written but for their mode, which is "snapshot".

    Raises SnapshotError for a file that is cut off, foreign, or of a version that this program does not know.
    """
    place = str(path)
    try:
        document = json.loads(_content(path))
    except OSError as error:
        raise SnapshotError(f"the snapshot cannot be read: {error.strerror or error}", place=place) from None
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}"
        raise SnapshotError(f"the snapshot is cut off, or no JSON ({error.msg})", place=place, cure=_TAKE) from None
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"the file is no snapshot ({type(error).__name__})", place=place, cure=_TAKE) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        cure = "give a file that `bastionless snapshot` wrote; raw aws outputs are read with --describe"
        raise SnapshotError("the file is no snapshot", place=place, cure=cure)
    if document.get("version") != VERSION:
        found = document.get("version")
        cure = "upgrade bastionless" if isinstance(found, int) and found > VERSION else _TAKE
        raise SnapshotError(f"the snapshot is of version {found!r}, not {VERSION}", place=place, cure=cure)
    try:
        return restore_inventories(document.get("inventories"), place=place)
    except RecursionError:
        raise SnapshotError("the snapshot is nested too deeply", place=place, cure=_TAKE) from None


def _write(file: IO[bytes] | gzip.GzipFile, inventories: Iterable[Inventory]) -> None:
    """One inventory a line, so that no more than one is held as text."""
    file.write(f'{{"format": "{FORMAT}",\n "inventories": ['.encode())
    for index, inventory in enumerate(inventories):
        line = json.dumps(_record(inventory), sort_keys=True, default=_refuse)
        file.write(f"{',' if index else ''}\n  {line}".encode())
    tool = json.dumps({"name": "bastionless", "version": __version__})
    file.write(f'],\n "tool": {tool},\n "version": {VERSION}}}\n'.encode())


def _record(inventory: Inventory) -> dict[str, Any]:
    collected = inventory.collected
    return {
        "partition": inventory.partition,
        "account": inventory.account,
        "region": inventory.region,
        "mode": inventory.mode,
        "taken_at": inventory.taken_at,
        "collected": None if collected is None else sorted(collected),
        **({"history_since": inventory.history_since} if inventory.history_since else {}),
        "gaps": [_gap(gap) for gap in inventory.gaps],
        "answers": _answers(inventory),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    record = {
        "account": gap.account,
        "region": gap.region,
        "call": gap.call,
        "reason": gap.reason.value,
        "detail": gap.detail,
        "kinds": list(gap.kinds),
        "resource": gap.resource,
    }
    return {key: value for key, value in record.items() if value}


def _answers(inventory: Inventory) -> dict[str, dict[str, Any]]:
    """Service -> operation -> the answer AWS would give, details joined to their resources."""
    answers: dict[str, dict[str, Any]] = {}
    asked = inventory.collected or frozenset()
    for kind in map(listed, KINDS.values()):
        rows = [_known_facts(resource) for resource in inventory.of(kind.name)]
        if rows or (kind.is_list and kind.name in asked and kind.name not in ALWAYS):
            put_rows(kind, rows, answers.setdefault(kind.service, {}).setdefault(kind.operation, {}))
    return answers


def _known_facts(resource: Resource) -> dict[str, Any]:
    """The facts without those nobody could read; the gaps tell of them."""
    return {name: value for name, value in resource.facts.items() if not isinstance(value, Unknown)}


def _refuse(value: object) -> object:
    raise InternalError(f"a fact is a {type(value).__name__}, which JSON has no word for")


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that takes its place in the end; devices and pipes are written as they are."""
    try:
        target = path.resolve()
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("wb") as device:
                yield device
            return
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with draft.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        cure = "name a file in a folder that exists and may be written to"
        raise OutputError(f"the snapshot cannot be written: {error.strerror}", place=str(path), cure=cure) from None


def _content(path: Path) -> bytes:
    """The file, unpacked where it is packed."""
    with path.open("rb") as file:
        start = file.read(len(_GZIP))
        file.seek(0)
        if start != _GZIP:
            if path.suffix == ".gz":
                raise SnapshotError("the file is called .gz and is not gzip", place=str(path), cure=_TAKE)
            return _read(file, path)
        try:
            with gzip.GzipFile(fileobj=file) as packed:
                return _read(packed, path)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise SnapshotError("the snapshot is cut off or damaged", place=str(path), cure=_TAKE) from None


def _read(file: IO[bytes] | gzip.GzipFile, path: Path) -> bytes:
    content = bytearray()
    while chunk := file.read(_CHUNK):
        content += chunk
        if len(content) > MAX_BYTES:
            cure = "no snapshot is that large; check where the file comes from"
            raise SnapshotError(f"the file holds more than {MAX_BYTES >> 20} MiB", place=str(path), cure=cure)
    return bytes(content)
