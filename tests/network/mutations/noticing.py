"""What a run of the tests notices: which of them fail, by what, and, when asked, which lines of the engine each one runs."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

# Python's words for a mutant that makes no sense: it did not run, and so it broke no rule.
_NONSENSE = re.compile(
    r"\b(?:NameError|UnboundLocalError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError)\b"
)
# A mutant that dies of one of these has fallen over; nobody has seen that it answers wrongly.
_CRASH = re.compile(r"\b(?:Attribute|Index|Key|Recursion|Runtime|Type|Value|ZeroDivision)Error\b")
_CRASHES = 40  # after so many nobody waits any longer for a test that sees a wrong answer


class Noticing:
    """A plugin of pytest that takes tests in a given order and stops at the first that sees a wrong answer."""

    def __init__(self, order: Sequence[str]) -> None:
        self.failed: list[tuple[str, str]] = []
        self.nonsense = ""
        self.passed = 0
        self._rank = {test: number for number, test in enumerate(order)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves the tests that are wanted, in the order that is wanted; all of them where nobody wants any."""
        if self._rank:
            items[:] = sorted(
                (one for one in items if one.nodeid in self._rank), key=lambda one: self._rank[one.nodeid]
            )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported tells nothing."""
        if report.failed:
            self.nonsense = f"{report.nodeid}: {report.longreprtext[-300:]}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Notes what a test raised."""
        raised = call.excinfo.value if call.excinfo is not None else None
        if raised is None:
            self.passed += call.when == "call"
            return
        if isinstance(raised, pytest.skip.Exception):
            return
        told = " ".join(f"{type(one).__name__}: {one}" for one in _parts(raised))
        nonsense = _NONSENSE.search(told)
        crash = _CRASH.search(told)
        if nonsense is not None:
            self.nonsense = f"{item.nodeid}: {told[:200]}"
        self.failed.append((item.nodeid, crash[0] if crash is not None else ""))
        if nonsense is not None or crash is None or len(self.failed) >= _CRASHES:
            item.session.shouldstop = "noticed"


def _parts(raised: BaseException) -> list[BaseException]:
    """An exception, or those that Hypothesis gathered in one."""
    gathered = getattr(raised, "exceptions", None)
    return [raised] if gathered is None else [part for one in gathered for part in _parts(one)]


class Recording(Noticing):
    """Also which lines of the files of a folder every test runs, and how many seconds it takes."""

    def __init__(self, order: Sequence[str], folder: Path) -> None:
        super().__init__(order)
        self.taken: dict[str, float] = {}
        self.lines: dict[str, dict[str, list[int]]] = {}
        self._names = {str(path): path.name for path in folder.glob("*.py")}
        self._seen: set[tuple[CodeType, int]] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watches the lines while a test and what it asks for are run."""
        if item.path.stem.endswith("_laws"):  # a law runs most lines, and watching it takes minutes
            self.lines[item.nodeid] = {}
            return (yield)
        self._seen = set()
        started = time.perf_counter()
        sys.settrace(self._call)
        threading.settrace(self._call)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self.taken[item.nodeid] = time.perf_counter() - started
            told: dict[str, set[int]] = {}
            for code, line in self._seen:
                told.setdefault(self._names[code.co_filename], set()).add(line)
            self.lines[item.nodeid] = {name: sorted(lines) for name, lines in told.items()}

    def _call(self, frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        if frame.f_code.co_filename not in self._names:
            return None
        self._seen.add((frame.f_code, frame.f_lineno))
        return self._line

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        del argument
        if event == "line":
            self._seen.add((frame.f_code, frame.f_lineno))
        return self._line
