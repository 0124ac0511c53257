"""What a scan keeps between runs: the result of the last complete one, and how the last one went."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from scanner.cli.lock import only_run
from scanner.cli.talk import Talk
from scanner.errors import EXIT_INCOMPLETE, EXIT_INTERRUPTED, BastionlessError, OutputError, StateError
from scanner.model import EarlierReport, ScanReport
from scanner.version import __version__

LAST, STATUS, LOCK = "last.json", "status.json", "lock"
_FORMAT, _VERSION = "bastionless-status", 1
_NAME = "the last complete run"
_ELSEWHERE = "name a folder of its own with --state"

state_option = click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Tell what is new and gone since the last complete run, which this folder keeps; run alone (see docs/cron.md).",
)


class Memory:
    """What a run knows of the last complete one, and what it leaves for the next; without a folder, nothing of either."""

    def __init__(
        self, folder: Path | None, *, last: EarlierReport | None = None, status: Mapping[str, Any] | None = None
    ) -> None:
        self.folder = folder
        self.last = last
        self._before = status or {}
        self._started = _now()
        self._facts: dict[str, Any] = {}

    def keep(self, report: ScanReport, *, exit_code: int, quiet: bool) -> None:
        """The report becomes the last complete one, unless it is incomplete; raises `OutputError` where it cannot be kept."""
        if self.folder is None:
            return
        from scanner.reports import RenderOptions, render, write_report

        complete = exit_code != EXIT_INCOMPLETE
        if complete:
            text = render(report, format="json", options=RenderOptions(verbose=True))
            write_report(text, self.folder / LAST)
        compared = report.comparison
        self._facts = {
            "exit_code": exit_code,
            "complete": complete,
            "findings": len(report.failures()),
            "new": len(report.regressions()),
            "gone": len(compared.absent) if compared else 0,
            "not_compared": len(compared.unjudged) if compared else 0,
        }
        self._tell(complete=complete, quiet=quiet)

    def close(self, *, exit_code: int | None = None, error: str = "") -> None:
        """Writes how the run went; raises `OutputError`."""
        if self.folder is None:
            return
        from scanner.reports import write_report

        run = {"started": self._started, "ended": _now(), "exit_code": exit_code, "complete": False, "error": error}
        run |= {} if error else self._facts
        record = {
            "format": _FORMAT,
            "version": _VERSION,
            "tool_version": __version__,
            "last_complete": run["ended"] if run["complete"] else self._before.get("last_complete"),
            "incomplete_since": 0 if run["complete"] else int(self._before.get("incomplete_since", 0)) + 1,
            "run": run,
        }
        write_report(f"{json.dumps(record, indent=2)}\n", self.folder / STATUS)

    def _tell(self, *, complete: bool, quiet: bool) -> None:
        if complete:
            if not quiet:
                Talk.heard().remark("state", f"{self.folder} keeps this run as the last complete one", **self._facts)
            return
        before = self._before.get("last_complete")
        kept = f"{self.folder} keeps the run of {before}" if before else f"{self.folder} keeps nothing"
        Talk.heard().note(f"{kept}: this one is incomplete", last_complete=before, **self._facts)


@contextmanager
def remembered(folder: Path | None) -> Iterator[Memory]:
    """The memory in a folder, which is made where it is missing, while nobody else has it; None for no memory.

    Raises `StateError` where the folder cannot be had or holds what is not ours, `ReportError` where the last result is
    damaged, `BusyError` where another run is at work.
    """
    if folder is None:
        yield Memory(None)
        return
    _prepare(folder)
    with only_run(folder / LOCK):
        memory = Memory(folder, status=_read_status(folder / STATUS))
        try:
            memory.last = _read_last(folder / LAST)
            yield memory
        except BastionlessError as stop:
            with suppress(OutputError):  # the first trouble is the one to tell
                memory.close(exit_code=stop.exit_code, error=str(stop))
            raise
        except (KeyboardInterrupt, click.exceptions.Abort):
            with suppress(OutputError):
                memory.close(exit_code=EXIT_INTERRUPTED, error="interrupted")
            raise
        memory.close()


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as trouble:
        reason = (getattr(trouble, "strerror", None) or str(trouble)).lower()
        raise StateError(f"no state can be kept here: {reason}", place=str(folder), cure=_ELSEWHERE) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StateError("no state can be kept here: permission denied", place=str(folder), cure=_ELSEWHERE)


def _read_last(path: Path) -> EarlierReport | None:
    from scanner.reports.earlier import read_baseline

    if not path.exists():
        return None
    return dataclasses.replace(read_baseline(path, with_unjudged=True), name=_NAME)


def _read_status(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as trouble:
        raise StateError(f"the status cannot be read ({trouble.strerror})", place=str(path)) from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != _FORMAT or not _is_sound(found):
        cure = f"remove it if it is damaged, or {_ELSEWHERE}"
        raise StateError("the file is no status of Bastionless", place=str(path), cure=cure)
    return found


def _is_sound(status: Mapping[str, Any]) -> bool:
    return isinstance(status.get("last_complete"), str | None) and isinstance(status.get("incomplete_since"), int)


def _now() -> str:
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
