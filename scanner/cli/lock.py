"""One run at a time: a lock that the system takes back when its holder ends, however it ends."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.errors import BusyError, StateError

_FORMAT = "bastionless-lock"
_OURS = f'{{"format": "{_FORMAT}"'.encode()
_LONGEST = 4096
_ANOTHER = "name another file with --lock"


def _hold(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Holds the lock until the command is over."""
    if path is not None and not context.resilient_parsing:
        context.with_resource(only_run(path))


lock_option = click.option(
    "--lock",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    expose_value=False,
    callback=_hold,
    help="Run alone: exit with 4 while another run holds this lock. A dead one does not.",
)


@contextmanager
def only_run(path: Path) -> Iterator[None]:
    """Holds the lock in a file while the body runs; the file stays and is empty then.

    A lock that a dead process left is nobody's. Raises `BusyError` where a living one holds it, `StateError` for a file that
    is no lock of ours and for a place where none can be.
    """
    descriptor = _opened(path)
    try:
        _take(descriptor, path)
        _insist_on_ours(descriptor, path)
        _write(descriptor, path)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    if sys.platform == "win32":
        raise StateError("locks need flock, which Windows lacks", place=str(path), cure="let the scheduler see to it")
    try:
        # O_NONBLOCK: a pipe of that name must not make us wait for its other end.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o644)
    except (OSError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or str(trouble)
        raise StateError(f"there can be no lock here: {reason.lower()}", place=str(path), cure=_ANOTHER) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StateError("there can be no lock here: it is no file", place=str(path), cure=_ANOTHER)
    return descriptor


def _take(descriptor: int, path: Path) -> None:
    if sys.platform == "win32":  # pragma: no cover - refused when the file is opened
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError(
            f"another run is at work{_holder(descriptor)}", place=str(path), cure="wait for its end"
        ) from None
    except OSError as trouble:
        reason = (trouble.strerror or str(trouble)).lower()
        raise StateError(f"there can be no lock here: {reason}", place=str(path), cure=_ANOTHER) from None


def _holder(descriptor: int) -> str:
    """Who holds the lock, since when, in words; "" where the holder has not written it yet."""
    from scanner.reports.text import clean

    try:
        told = json.loads(os.pread(descriptor, _LONGEST, 0))
        return clean(f": process {told['pid']} on {told['host']} since {told['since']}")
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _insist_on_ours(descriptor: int, path: Path) -> None:
    """Nothing is written over a file that was named by mistake; what a crash left of a lock is ours, be it zeros."""
    content = os.pread(descriptor, _LONGEST, 0).strip(b"\0\n ")
    if content and not content.startswith(_OURS):
        raise StateError("the file is no lock of Bastionless", place=str(path), cure=_ANOTHER)


def _write(descriptor: int, path: Path) -> None:
    """Whoever comes next can say who is at work; that much may fail on a full disk, the lock holds without it."""
    since = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = json.dumps({"format": _FORMAT, "pid": os.getpid(), "host": socket.gethostname(), "since": since})
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, told.encode() + b"\n", 0)
    except OSError as trouble:
        reason = (trouble.strerror or str(trouble)).lower()
        raise StateError(f"the lock cannot be written: {reason}", place=str(path), cure=_ANOTHER) from None
