"""Threads that nobody has to wait for: what hangs in them when a scan ends must not hold up its report."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any


class Hands:
    """A pool whose threads end with the process, or when it is closed and they have done what they are doing."""

    def __init__(self, workers: int) -> None:
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._workers = workers
        self._started = 0

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """The future of what `work` returns or raises; for use by one thread."""
        if self._started < self._workers:
            self._started += 1
            Thread(target=self._run, name=f"aws-{self._started}", daemon=True).start()
        future: Future[Any] = Future()
        self._tasks.put((future, work))
        return future

    def close(self) -> None:
        """No thread takes up anything more; those that work are not waited for."""
        while not self._tasks.empty():
            self._tasks.get()
        for _ in range(self._started):
            self._tasks.put(None)

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, work = task
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - as concurrent.futures does: whoever waits gets it
                future.set_exception(error)
            else:
                future.set_result(result)
