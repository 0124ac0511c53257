"""Where mutants are tried: a copy of the checkout that nobody else changes, and one more for each worker."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from tests.network.mutations.mutation import Mutation

ENGINE = Path("scanner") / "network"
_COPIED = ("scanner", "tests", "rules", "frameworks", "pyproject.toml")
# Rules ask the rest of the engine. What their tests damage at random takes long and tells nothing of a semantic rule.
_OF_NO_USE = ("test_damaged_facts.py", "test_trails.py", "test_evidence.py")
_PATIENCE = 5  # times what the tests take without a mutation
_LEAST_PATIENCE = 60  # seconds, since other programs want the processors too
# Python's words for a mutant that makes no sense, in pytest's report: it did not run, and so it broke no rule.
_NONSENSE = re.compile(
    r"^E +((?:NameError|UnboundLocalError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError)\b.*)"
    r"|^_+ (ERROR collecting .*?) _+$",
    re.MULTILINE,
)
_FAILED = re.compile(r"^(?:FAILED|ERROR) \S*?([\w.]+\.py(?:::.*?)?)(?: - (.*))?$", re.MULTILINE)
_PASSED = re.compile(r"^(\d+) passed", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant ("killed", "timed out", "survived" or "broken"), the test that noticed, and the seconds."""

    word: str
    by: str
    seconds: float


class Laboratory:
    """A frozen copy of a checkout, the tests that matter in it, and a place for each worker."""

    def __init__(self, root: Path, folder: Path, *, workers: int) -> None:
        self.frozen = folder / "frozen"
        self.tests_taken = 0
        self.seconds = 0.0
        self._places: Queue[Path] = Queue()
        self._workers = workers
        self.frozen.mkdir()
        for name in _COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self.frozen / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(root / name, self.frozen)
        self._stages = stages_in(self.frozen)

    def refusal(self) -> str:
        """Runs the tests without any mutation; a sentence where nothing can be learnt from them, else ""."""
        # Compiled once for all mutants. The compiled code is checked against the text itself, never against its date:
        # a mutation within the same second would go unnoticed.
        compile_all = ("-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "scanner")
        subprocess.run([sys.executable, *compile_all], cwd=self.frozen, check=True, capture_output=True)
        started = time.monotonic()
        for stage in self._stages:
            code, output = _run(self.frozen, _pytest(stage), timeout=None, writes=True)
            taken = _PASSED.search(output)
            if code != 0:
                return f"the tests are red without any mutation:\n{output}"
            if taken is None:
                return f"these are no tests: {' '.join(stage)}\n{output}"
            self.tests_taken += int(taken[1])
        self.seconds = time.monotonic() - started
        for number in range(self._workers):
            place = self.frozen.with_name(f"worker-{number}")
            shutil.copytree(self.frozen, place)
            self._places.put(place)
        return ""

    def outcome_of(self, mutation: Mutation) -> Outcome:
        """Tries one mutant at a place of its own."""
        place = self._places.get()
        target = place / ENGINE / mutation.file
        whole = target.read_text(encoding="utf-8")
        target.write_text(whole.replace(mutation.old, mutation.new), encoding="utf-8")
        started = time.monotonic()
        try:
            word, by = self._tried(place)
        finally:
            target.write_text(whole, encoding="utf-8")
            self._places.put(place)
        return Outcome(word, by, time.monotonic() - started)

    def _tried(self, place: Path) -> tuple[str, str]:
        for stage in self._stages:
            code, output = _run(place, _pytest(stage, "-x"), timeout=max(_LEAST_PATIENCE, _PATIENCE * self.seconds))
            if code is None:
                return "timed out", " ".join(stage)
            nonsense = _NONSENSE.search(output)
            if nonsense is not None or code not in (0, 1):
                return "broken", (nonsense[1] or nonsense[2]) if nonsense else output[-500:]
            if code == 1:
                return "killed", _noticed(_FAILED.search(output))
        return "survived", ""


def stages_in(root: Path) -> tuple[tuple[str, ...], ...]:
    """The tests that may notice, in stages: hand cases, then rules' tests, then laws; what fails early spares the rest."""
    engine = sorted((root / "tests" / "network").glob("test_*.py"))
    laws = [path for path in engine if path.stem.endswith("_laws")]
    rules = sorted(path for path in (root / "tests" / "rules").glob("test_*.py") if path.name not in _OF_NO_USE)
    stages = ([path for path in engine if path not in laws], rules, laws)
    return tuple(tuple(str(path.relative_to(root)) for path in stage) for stage in stages)


def _pytest(stage: tuple[str, ...], *options: str) -> tuple[str, ...]:
    # Without other programs' plugins, which take longer to load than most mutants to die.
    plugins = ("-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", "--hypothesis-profile=repeatable")
    return ("-m", "pytest", "-q", *plugins, *options, *stage)


def _noticed(failed: re.Match[str] | None) -> str:
    """The test that failed, and by which exception where it was no assertion."""
    if failed is None:
        return ""
    raised = re.match(r"(\w+(?:Error|Exception))\b", failed[2] or "")
    return failed[1] if raised is None or raised[1] == "AssertionError" else f"{failed[1]}: {raised[1]}"


def _run(
    place: Path, arguments: tuple[str, ...], *, timeout: float | None, writes: bool = False
) -> tuple[int | None, str]:
    """The exit code (None where it took too long) and everything that was printed."""
    environment = {**os.environ, "PYTHONPATH": str(place), "COLUMNS": "300", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    if not writes:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=place, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, ""
    return process.returncode, output
