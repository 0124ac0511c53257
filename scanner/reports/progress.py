"""How far a scan has got, on the error stream: a bar on a terminal, one line a Region elsewhere, or records for a log."""

# ruff: noqa: PLC0415 - rich is loaded for the bar only
# ruff: noqa: ARG002 - a log and a bar tell different parts of the same story

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from scanner.model.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


def show_progress(stream: IO[str], *, quiet: bool) -> Progress:
    """What tells of the scan on this stream; nothing at all when `quiet`."""
    if quiet:
        return Silent()
    return _Bar(stream) if stream.isatty() else _Lines(stream)


def log_progress(tell: Callable[[str, str, Mapping[str, object]], None]) -> Progress:
    """Tells event ("begin", "region", "end"), sentence and facts of each step."""
    return _Records(tell)


class _Records:
    """For programs that read logs."""

    def __init__(self, tell: Callable[[str, str, Mapping[str, object]], None]) -> None:
        self._tell = tell

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        self._tell("begin", f"reading {_some(len(regions), 'region')}", {"regions": list(regions), "calls": calls})

    def expect(self, calls: int) -> None:
        """A log has no end to move."""

    def called(self, region: str, call: str) -> None:
        """One line a call would drown the log."""

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        sentence = f"{region}: {_some(resources, 'resource')}"
        self._tell("region", sentence, {"region": region, "resources": resources, "gaps": gaps})

    def end(self) -> None:
        self._tell("end", "nothing more is read", {})


class _Lines:
    """For logs: no line is ever rewritten."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        self._tell(f"reading {_some(len(regions), 'region')}: {', '.join(regions)}")

    def expect(self, calls: int) -> None:
        """A log has no end to move."""

    def called(self, region: str, call: str) -> None:
        """One line a call would drown the log."""

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        unread = f", {_some(gaps, 'call')} without a full answer" if gaps else ""
        self._tell(f"{region}: {_some(resources, 'resource')}{unread}")

    def end(self) -> None:
        """The last Region was the last line."""

    def _tell(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


class _Bar:
    """For people: one line that goes away when the scan is done, so that only the report stays on the screen."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._total = 0
        self._left = 0

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._total, self._left = calls, len(regions)
        self._bar = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[call]}", markup=False),
            console=Console(file=self._stream),
            transient=True,
        )
        self._task = self._bar.add_task(_some(self._left, "region"), total=calls, call="")
        self._bar.start()

    def expect(self, calls: int) -> None:
        self._total += calls
        self._update(total=self._total)

    def called(self, region: str, call: str) -> None:
        self._update(advance=1, call=f"{region} {call}")

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        self._left -= 1
        self._update(description=_some(self._left, "region"))

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _update(self, **changes: object) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, **changes)  # type: ignore[arg-type]  # rich types each field, this passes some


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
