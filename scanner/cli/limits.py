"""How much a command may ask of AWS, for how long, and what Ctrl-C does while it asks."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from scanner.model import Config

if TYPE_CHECKING:
    from scanner.collect.budget import Budget

LIMIT_OPTIONS = (
    click.option("--max-rate", type=click.FloatRange(min=0.01), default=None, metavar="N",
                 help="At most N requests a second to AWS, all together [default: what AWS allows for each operation]."),
    click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=None, metavar="SECONDS",
                 help="Stop asking AWS after so many seconds, report what came, exit with 3 [default: none]."),
    click.option("--concurrency", type=click.IntRange(1, 64), default=None, metavar="N",
                 help="At most N calls at once [default: 8]."),
)  # fmt: skip


def take_budget(options: dict[str, Any], config: Config) -> Budget:
    """Takes the limits out of a command's keywords, laid over the configuration's; the time runs from here."""
    from scanner.collect.budget import Budget, Limits

    rate, timeout, threads = (options.pop(name, None) for name in ("max_rate", "timeout", "concurrency"))
    return Budget(
        Limits(
            max_rate=rate or config.max_rate,
            timeout=timeout or config.timeout,
            concurrency=threads or config.concurrency or Limits().concurrency,
        )
    )


@contextmanager
def ending_well(budget: Budget) -> Iterator[None]:
    """Lets the first Ctrl-C inside the block end the asking, so that what came is reported; the second ends the program.

    Before anything has been asked the first one ends the program as well.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return

    def heard(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        if not budget.is_watched:
            raise KeyboardInterrupt
        from scanner.collect.budget import INTERRUPTED

        budget.stop(INTERRUPTED)

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        # After a first Ctrl-C the next one ends the program as ever.
        signal.signal(signal.SIGINT, before)
