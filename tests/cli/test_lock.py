"""`--lock`: one run at a time, told by whom and since when; a lock that nobody holds any more is no lock."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Bastionless = Callable[..., Any]
SCAN = ("scan", "--demo", "--select", "NET015", "--quiet", "--format", "json", "--fail-on", "never")
HOLDER = """
import sys
from pathlib import Path
from scanner.cli.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def holder(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is told to end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_run_with_a_lock_is_a_run_like_any_other_and_gives_it_back(bastionless: Bastionless, lock: Path) -> None:
    said = bastionless(*SCAN, "--lock", lock)
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["totals"]["fail"] == 1
    assert lock.read_bytes() == b""
    assert bastionless(*SCAN, "--lock", lock).code == 0


def test_a_second_run_ends_with_4_and_says_who_is_at_work(
    bastionless: Bastionless, lock: Path, holder: subprocess.Popen[str]
) -> None:
    said = bastionless(*SCAN, "--lock", lock)
    told = json.loads(lock.read_text())
    assert (said.code, said.out) == (4, "")
    assert said.err == (
        f"error: {lock}: another run is at work: process {holder.pid} on {told['host']} since {told['since']}. "
        "Wait for its end\n"
    )
    assert bastionless("snapshot", "--demo", "-o", "a.json", "--lock", lock).code == 4


def test_a_lock_that_a_killed_process_left_is_nobody_s(
    bastionless: Bastionless, lock: Path, holder: subprocess.Popen[str]
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert json.loads(lock.read_text())["pid"] == holder.pid
    assert bastionless(*SCAN, "--lock", lock).code == 0


@pytest.mark.parametrize("left", [b"\0" * 90, b'{"format": "bastionless-lock", "pid": 1', b"\n"])
def test_what_a_power_cut_left_of_a_lock_is_a_lock_still(bastionless: Bastionless, lock: Path, left: bytes) -> None:
    lock.write_bytes(left)
    assert bastionless(*SCAN, "--lock", lock).code == 0


def test_a_holder_that_has_not_written_yet_is_a_holder(bastionless: Bastionless, lock: Path) -> None:
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said = bastionless(*SCAN, "--lock", lock)
    assert (said.code, said.err) == (4, f"error: {lock}: another run is at work. Wait for its end\n")


def test_a_holder_s_words_are_no_terminal_commands(bastionless: Bastionless, lock: Path) -> None:
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps({"pid": "\x1b[2J", "host": "h", "since": "s"}).encode())
        file.flush()
        assert "\x1b" not in bastionless(*SCAN, "--lock", lock).err


def test_a_file_that_is_no_lock_is_not_written_over(bastionless: Bastionless, lock: Path) -> None:
    lock.write_text("precious\n")
    said = bastionless(*SCAN, "--lock", lock)
    assert (said.code, said.out, lock.read_text()) == (2, "", "precious\n")
    assert said.err == f"error: {lock}: the file is no lock of Bastionless. Name another file with --lock\n"


def test_a_place_where_no_lock_can_be_is_one_sentence(bastionless: Bastionless, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (
        ("folder", "is a directory"),
        ("no/lock", "no such file or directory"),
        ("pipe", "it is no file"),
    ):
        said = bastionless(*SCAN, "--lock", name)
        assert (said.code, said.out) == (2, "")
        assert said.err == f"error: {name}: there can be no lock here: {reason}. Name another file with --lock\n"


def test_an_error_gives_the_lock_back(bastionless: Bastionless, lock: Path) -> None:
    assert bastionless("scan", "--snapshot", "none.json", "--lock", lock).code == 2
    assert bastionless(*SCAN, "--lock", lock).code == 0
