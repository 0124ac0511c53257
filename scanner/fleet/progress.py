"""Several accounts that get on at the same time, told to one who listens to a single thread."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from scanner.model.progress import Progress


class Crowd:
    """Hands what accounts tell to one `Progress`, one at a time, the account before the Region."""

    def __init__(self, progress: Progress) -> None:
        self.told = progress
        self.lock = Lock()

    def member(self, account: str, *, is_alone: bool) -> Progress:
        """Who listens to one account."""
        return self.told if is_alone else _Member(self, account)

    def close(self) -> None:
        """Nothing more will be told."""
        self.told.end()


class _Member:
    """One account of several."""

    def __init__(self, crowd: Crowd, account: str) -> None:
        self._crowd = crowd
        self._account = account

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        """The whole has no beginning that one account knows."""

    def expect(self, calls: int) -> None:
        with self._crowd.lock:
            self._crowd.told.expect(calls)

    def called(self, region: str, call: str) -> None:
        with self._crowd.lock:
            self._crowd.told.called(f"{self._account} {region}", call)

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        with self._crowd.lock:
            self._crowd.told.region_done(f"{self._account} {region}", resources=resources, gaps=gaps)

    def end(self) -> None:
        """Others go on."""
