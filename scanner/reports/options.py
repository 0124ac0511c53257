"""How a report is to look where it goes: how wide, in colour or not, how much of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

PIPE_WIDTH = 80
_NARROWEST, _WIDEST = 40, 120


def _nobody(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """What a renderer may know of its reader.

    `width` is in terminal columns, `seconds` how long the scan took (None where nobody measured), `verbose`
    asks for every resource id where a list would otherwise be cut. The formats for machines heed none of these.
    With `changes_only` people see no failure that is as it was in the report this one was compared with. `tell` hears
    what the reader of the report would not see, in sentences: that something was cut, and how much.
    """

    width: int = PIPE_WIDTH
    color: bool = False
    verbose: bool = False
    seconds: float | None = None
    tell: Callable[[str], None] = _nobody
    changes_only: bool = False

    @classmethod
    def for_stream(
        cls,
        stream: TextIO,
        *,
        environ: Mapping[str, str] | None = None,
        verbose: bool = False,
        seconds: float | None = None,
        tell: Callable[[str], None] = _nobody,
    ) -> RenderOptions:
        """What suits a stream: a terminal's own width and colours, 80 plain columns for anything else."""
        variables = os.environ if environ is None else environ
        terminal = stream.isatty()
        return cls(
            width=_terminal_width() if terminal else PIPE_WIDTH,
            color=_wants_color(variables, terminal=terminal),
            verbose=verbose,
            seconds=seconds,
            tell=tell,
        )


def _terminal_width() -> int:
    columns = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    return max(_NARROWEST, min(_WIDEST, columns))


def _wants_color(variables: Mapping[str, str], *, terminal: bool) -> bool:
    """A refusal weighs more than a wish: NO_COLOR (no-color.org) before FORCE_COLOR (force-color.org)."""
    if variables.get("NO_COLOR"):
        return False
    if variables.get("FORCE_COLOR"):
        return True
    return terminal and variables.get("TERM") != "dumb"
