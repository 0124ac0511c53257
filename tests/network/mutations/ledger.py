"""What became of every mutant, a line each, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.network.mutations.laboratory import ENGINE, Outcome
from tests.network.mutations.mutation import Mutation


class Ledger:
    """A file of outcomes, each with a fingerprint of whatever it depends on.

    A mutant that was killed stays so while the engine, the aids of the tests and the test's own file are the same; one
    that nobody noticed only while every test is.
    """

    def __init__(self, path: Path | None, root: Path, tests: Sequence[str]) -> None:
        self._path = path
        self._tests = tuple(tests)
        self._root = root
        folder = root / "tests" / "network"
        aids = (
            *folder.glob("*.py"),
            *(root / "tests" / "rules").glob("*.py"),
            *(root / "scanner" / "model").glob("*.py"),
        )
        self._common = _digest(
            (*(root / ENGINE).glob("*.py"), *(one for one in aids if not one.name.startswith("test_")))
        )
        self._rules = _digest((root / "rules").rglob("*"))
        self._kept: dict[str, dict[str, Any]] = {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                one = json.loads(line)
                self._kept[one["rule"]] = one

    def known(self, mutation: Mutation) -> str:
        """The test that killed a mutant of these words once, "" where there is none."""
        return str(self._kept.get(mutation.words, {}).get("by", ""))

    def outcome_of(self, mutation: Mutation) -> Outcome | None:
        """What became of the same mutant of the same engine before the same tests, None where nobody knows."""
        one = self._kept.get(mutation.words)
        if one is None or one["key"] != self._key(mutation, one["word"], one["by"]):
            return None
        return Outcome(one["word"], one["by"], one["seconds"], one["crash"])

    def keep(self, mutation: Mutation, outcome: Outcome) -> None:
        """Writes a line of an outcome, if anybody wants it kept."""
        if self._path is None:
            return
        one = {
            "rule": mutation.words, "word": outcome.word, "by": outcome.by, "crash": outcome.crash,
            "seconds": round(outcome.seconds, 2), "key": self._key(mutation, outcome.word, outcome.by),
        }  # fmt: skip
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(f"{json.dumps(one)}\n")

    def _key(self, mutation: Mutation, word: str, by: str) -> str:
        killer = by.partition("::")[0]
        files = (killer,) if word == "killed" and killer in self._tests else self._tests
        told = [
            mutation.file,
            mutation.old,
            mutation.new,
            word,
            self._common,
            _digest(self._root / one for one in files),
        ]
        told += [self._rules] if any(one.startswith("tests/rules/") for one in files) else []
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _digest(paths: Iterable[Path]) -> str:
    """One fingerprint of the names and texts of files."""
    whole = hashlib.sha256()
    for path in sorted(one for one in paths if one.is_file() and "__pycache__" not in one.parts):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()
