"""A report that cannot reach its place when the scan is done is not lost: it is elsewhere, and that is told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Bastionless = Callable[..., Any]
SCAN = ("scan", "--demo", "--select", "NET015", "--quiet")


@pytest.fixture
def aside(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path_factory.mktemp("aside")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def full_disk(self: Path, target: Path) -> None:
    raise OSError(28, "No space left on device")


def test_each_report_goes_aside_and_stdout_has_its_own(
    bastionless: Bastionless, aside: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Path, "replace", full_disk)
    said = bastionless(*SCAN, "--format", "json", "--report", "json=a.json", "--report", "csv=b.csv")
    first, second = said.err.splitlines()
    found = re.fullmatch(
        r"error: a\.json: the report cannot be written here: no space left on device\. The report is in (\S+) instead",
        first,
    )
    assert found is not None
    assert second.startswith("error: b.csv: the report cannot be written here: no space left on device. The report is")
    saved = Path(found[1])
    assert (said.code, saved.parent, saved.stat().st_mode & 0o777) == (2, aside, 0o600)
    assert json.loads(saved.read_text())["findings"] == json.loads(said.out)["findings"] != []
    assert {path.suffix for path in aside.iterdir()} == {".json", ".csv"}
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_aside_stdout_still_has_it(
    bastionless: Bastionless, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    said = bastionless(*SCAN, "--format", "json", "--report", "json=a.json")
    assert said.code == 2
    assert said.err == (
        "error: a.json: the report cannot be written here: no space left on device. Choose another path\n"
    )
    assert [one["rule_id"] for one in json.loads(said.out)["findings"]] == ["NET015"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_what_stdout_cannot_take_goes_aside(aside: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", *SCAN, "--format", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "TMPDIR": str(aside)},
        )
    [saved] = aside.iterdir()
    told = f"error: stdout cannot be written (No space left on device). The report is in {saved} instead\n"
    assert (done.returncode, done.stderr) == (2, told)
    assert [one["rule_id"] for one in json.loads(saved.read_text())["findings"]] == ["NET015"]
