"""What GitHub's code scanning refuses or silently loses in a SARIF file: sentences, each with its place in the file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.errors import ReportError
from scanner.reports.sarif_lint_results import lint_results
from scanner.reports.sarif_lint_rules import lint_tool
from scanner.reports.sarif_reading import Wrong, items, member, texts

MOST_BYTES = 10_000_000
MOST_RUNS = 20
MOST_RESULTS = 25_000
KEPT_RESULTS = 5_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `pointer` is an RFC 6901 JSON Pointer, `refused` whether the whole file is lost by it."""

    pointer: str
    sentence: str
    refused: bool = True


def lint_file(path: Path) -> list[Problem]:
    """The problems of a SARIF file, plain or packed with gzip; raises `ReportError` for one that cannot be read."""
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (OSError, EOFError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure) or type(failure).__name__
        raise ReportError(f"the file cannot be read ({reason})", place=str(path)) from None
    return lint(content, place=str(path))


def lint(content: bytes | str, *, place: str = "") -> list[Problem]:
    """Every rule of GitHub's ingestion that the file breaks, in the order of the file; raises `ReportError` for no JSON."""
    try:
        log = json.loads(content)
    except json.JSONDecodeError as mistake:
        raise ReportError(f"this is no JSON ({mistake.msg})", place=f"{place}:{mistake.lineno}") from None
    except (ValueError, RecursionError) as mistake:
        raise ReportError(f"this is no JSON ({type(mistake).__name__})", place=place) from None
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return [Problem(*wrong) for wrong in (*_size(data), *_log(log))]


def _size(content: bytes) -> Iterator[Wrong]:
    if len(content) > MOST_BYTES and len(gzip.compress(content)) > MOST_BYTES:
        yield "", "the file is larger than 10 MB even when compressed", True


def _log(log: Any) -> Iterator[Wrong]:
    if not isinstance(log, dict):
        yield "", "a SARIF file is an object", True
        return
    if log.get("version") != "2.1.0":
        yield "/version", f"the version is {log.get('version')!r}, and GitHub takes '2.1.0'", True
    if not isinstance(log.get("$schema"), str) or not log["$schema"]:
        yield "/$schema", "the file names no schema", False
    if not isinstance(log.get("runs"), list):
        yield "/runs", "runs is no list", True
        return
    if len(log["runs"]) > MOST_RUNS:
        yield "/runs", f"there are {len(log['runs'])} runs, and GitHub takes {MOST_RUNS} in a file", True
    identities: dict[tuple[str, ...], str] = {}
    for pointer, run in items(log, "runs"):
        if not isinstance(run, dict):
            yield pointer, "a run is an object", True
            continue
        yield from _run(run, pointer)
        identity = _identity(run)
        if identity in identities:
            other = identities[identity]
            yield pointer, f"this run has the tool and the category of {other}: GitHub takes one run of each", True
        identities.setdefault(identity, pointer)


def _identity(run: dict[str, Any]) -> tuple[str, ...]:
    """What GitHub's own upload compares."""
    driver = member(run, "tool", "driver")
    words = texts(driver, "name", "fullName", "version", "semanticVersion", "guid")
    return (*words, *texts(member(run, "automationDetails"), "id"))


def _run(run: dict[str, Any], pointer: str) -> Iterator[Wrong]:
    yield from _category(run, pointer)
    yield from lint_tool(run, pointer)
    results = run.get("results")
    if not isinstance(results, list):
        yield f"{pointer}/results", "results is no list", True
        return
    if len(results) > MOST_RESULTS:
        told = f"there are {len(results):,} results, and GitHub refuses more than {MOST_RESULTS:,} in a run"
        yield f"{pointer}/results", told, True
    elif len(results) > KEPT_RESULTS:
        told = f"there are {len(results):,} results, and GitHub keeps {KEPT_RESULTS:,} of a run"
        yield f"{pointer}/results", told, False
    yield from lint_results(run, pointer)
    for where, invocation in items(run, "invocations", under=pointer):
        if isinstance(invocation, dict) and invocation.get("executionSuccessful") is not True:
            yield f"{where}/executionSuccessful", "a run that calls itself unsuccessful may be dropped", False


def _category(run: dict[str, Any], pointer: str) -> Iterator[Wrong]:
    details = run.get("automationDetails")
    if details is None:
        return
    (name,) = texts(details, "id")
    if not name:
        told = "automationDetails without an id makes upload-sarif ignore the category it is given"
        yield f"{pointer}/automationDetails", told, False
    elif not name.endswith("/"):
        told = f"what follows the last slash of {name!r} is the name of one run: end the category with a slash"
        yield f"{pointer}/automationDetails/id", told, False
