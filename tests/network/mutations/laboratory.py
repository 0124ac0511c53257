"""Where mutants are tried: a copy of the checkout that nobody else changes, and one more for each worker."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Any, Self

from tests.network.mutations.choice import Choice
from tests.network.mutations.mutation import Mutation

ENGINE = Path("scanner") / "network"
_COPIED = ("scanner", "tests", "rules", "frameworks", "pyproject.toml")
# Rules ask the rest of the engine. What their tests damage at random takes long and tells nothing of a semantic rule.
_OF_NO_USE = ("test_damaged_facts.py", "test_trails.py", "test_evidence.py")
_PATIENCE = 5  # times what all tests take without a mutation
_LEAST_PATIENCE = 60  # seconds, since other programs want the processors too


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant ("killed", "timed out", "survived" or "broken"), the test that noticed, and the seconds.

    `crash` is the exception of which a killed mutant fell over, where no test saw it answer wrongly.
    """

    word: str
    by: str
    seconds: float
    crash: str = ""


class Laboratory:
    """A frozen copy of a checkout, the tests that matter in it, and a place for each worker."""

    def __init__(self, root: Path, folder: Path, *, workers: int) -> None:
        self.frozen = folder / "frozen"
        self.tests_taken = 0
        self.seconds = 0.0
        self._choice: Choice | None = None
        self._stands: list[_Stand] = []
        self._free: Queue[_Stand] = Queue()
        self._workers = workers
        self.frozen.mkdir()
        for name in _COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self.frozen / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(root / name, self.frozen)
        self.tests = tests_in(self.frozen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stand in self._stands:
            stand.close()

    def refusal(self) -> str:
        """Runs the tests without any mutation; a sentence where nothing can be learnt from them, else ""."""
        # Compiled once for all mutants. The compiled code is checked against the text itself, never against its date:
        # a mutation within the same second would go unnoticed.
        compile_all = ("-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "scanner")
        subprocess.run([sys.executable, *compile_all], cwd=self.frozen, check=True, capture_output=True)
        started = time.monotonic()
        first = self._stand(self.frozen)
        told = first.asked(files=self.tests, order=(), patience=None, recorded=str(ENGINE))
        self.seconds = time.monotonic() - started
        if told["nonsense"] or told["failed"]:
            return f"the tests are red without any mutation: {told['nonsense'] or told['failed']}"
        self.tests_taken = int(told["passed"])
        self._choice = Choice(self.tests, lines=told["lines"], taken=told["taken"])
        for number in range(self._workers):
            place = self.frozen.with_name(f"worker-{number}")
            shutil.copytree(self.frozen, place)
            self._free.put(self._stand(place))
        return ""

    def outcome_of(self, mutation: Mutation, *, known: str = "") -> Outcome:
        """Tries one mutant at a place of its own; the test that is known to have killed it once is asked first."""
        stand = self._free.get()
        target = stand.place / ENGINE / mutation.file
        whole = target.read_text(encoding="utf-8")
        target.write_text(whole.replace(mutation.old, mutation.new), encoding="utf-8")
        started = time.monotonic()
        try:
            word, by, crash = self._tried(stand, mutation, whole, known)
        finally:
            target.write_text(whole, encoding="utf-8")
            self._free.put(stand)
        return Outcome(word, by, time.monotonic() - started, crash)

    def _tried(self, stand: _Stand, mutation: Mutation, whole: str, known: str) -> tuple[str, str, str]:
        if self._choice is None:
            raise RuntimeError("ask for the refusal first")
        patience = max(_LEAST_PATIENCE, _PATIENCE * self.seconds)
        crashed = ("", "")
        for files, order in self._choice.stages(mutation, whole, known=known):
            told = stand.asked(files=files, order=order, patience=patience)
            if told.get("is_late"):
                return "timed out", " ".join(files)[:200], ""
            if told["nonsense"]:
                return "broken", told["nonsense"], ""
            for test, crash in told["failed"]:
                if not crash:
                    return "killed", test, ""
                crashed = crashed if crashed[0] else (test, crash)
            if crashed[0]:
                return "killed", *crashed
        return "survived", "", ""

    def _stand(self, place: Path) -> _Stand:
        self._stands.append(_Stand(place))
        return self._stands[-1]


class _Stand:
    """The program that tries mutants, at one place."""

    def __init__(self, place: Path) -> None:
        self.place = place
        environment = {**os.environ, "PYTHONPATH": str(place), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.network.mutations.stand"], cwd=place, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def asked(self, **task: object) -> dict[str, Any]:
        """What is noticed while these tests run."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the stand cannot be talked to")
        self._process.stdin.write(f"{json.dumps(task)}\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        """Ends the program."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def tests_in(root: Path) -> tuple[str, ...]:
    """The tests that may notice: the engine's hand cases, then rules' tests, then laws."""
    engine = sorted((root / "tests" / "network").glob("test_*.py"))
    laws = [path for path in engine if path.stem.endswith("_laws")]
    rules = sorted(path for path in (root / "tests" / "rules").glob("test_*.py") if path.name not in _OF_NO_USE)
    found = [*(path for path in engine if path not in laws), *rules, *laws]
    return tuple(str(path.relative_to(root)) for path in found)
