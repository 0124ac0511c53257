"""What a whole scan may spend, over all its accounts: requests a second, seconds, threads; and the word that ends it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from scanner.collect.pacing import Pace, Pacer, Place
from scanner.model import Config

INTERRUPTED = "interrupted"
TIMED_OUT = "timeout"

_STEP = 0.25
"""Seconds: nobody sleeps longer without asking whether the scan still goes on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_rate` requests a second (0: as AWS allows), `timeout` seconds for the whole scan (0: none), `concurrency` calls at once."""

    max_rate: float = 0.0
    timeout: float = 0.0
    concurrency: int = 8


class OverError(Exception):
    """The scan has ended before this request; the text is INTERRUPTED or TIMED_OUT."""


class Budget:
    """Shared by everything that asks AWS. For use by many threads, and by a signal's handler."""

    def __init__(self, limits: Limits | None = None, *, pace: Pace | None = None) -> None:
        self.limits = limits or Limits()
        self.pace = pace or Pace()
        self.over = ""
        self._pacer = Pacer(most=self.limits.max_rate, pace=self.pace)
        self._end = self.pace.clock() + self.limits.timeout if self.limits.timeout else None
        self._lock = Lock()
        self._listeners: dict[object, Callable[[], None]] = {}
        # Two scans that were thrown back at once must not come back at once.
        self._chance = random.Random()  # noqa: S311 - no secret

    @classmethod
    def of(cls, config: Config) -> Budget:
        """What a configuration allows."""
        return cls(Limits(config.max_rate, config.timeout, config.concurrency or Limits().concurrency))

    @property
    def left(self) -> float | None:
        """Seconds until the scan's end; None where it has none."""
        return None if self._end is None else self._end - self.pace.clock()

    @property
    def is_watched(self) -> bool:
        """Whether somebody would end in good order what has begun."""
        return bool(self._listeners)

    def stop(self, why: str) -> None:
        """Ends the scan: nothing more is sent, and those who wait for answers are told."""
        self.over = self.over or why
        for wake in list(self._listeners.values()):
            wake()

    def check(self) -> None:
        """Raises `OverError` when the scan has ended or its time is up."""
        left = self.left
        if not self.over and left is not None and left <= 0:
            self.stop(TIMED_OUT)
        if self.over:
            raise OverError(self.over)

    def sleep(self, seconds: float) -> None:
        """Lets time pass, and raises `OverError` as soon as the scan has ended."""
        self.check()
        while seconds > 0:
            step = min(seconds, _STEP)
            self.pace.sleep(step)
            seconds -= step
            self.check()

    def rest(self, tries: int) -> None:
        """The pause before a request is tried again: longer each time, and never of the same length."""
        self.sleep(self._chance.random() * min(2.0**tries, 20.0))

    def wait(self, place: Place, *, is_paged: bool) -> None:
        """Returns when a request may be sent; raises `OverError` when it may not any more."""
        self.check()
        self.sleep(self._pacer.delay(place, is_paged=is_paged))

    def heard(self, place: Place, *, is_throttled: bool) -> None:
        """What AWS said to a request."""
        if is_throttled:
            self._pacer.throttled(place)
        else:
            self._pacer.answered(place)

    @contextmanager
    def listening(self, wake: Callable[[], None]) -> Iterator[None]:
        """Calls `wake`, in any thread, when the scan is stopped inside the block."""
        key: Any = object()
        with self._lock:
            self._listeners[key] = wake
        try:
            yield
        finally:
            with self._lock:
                del self._listeners[key]
