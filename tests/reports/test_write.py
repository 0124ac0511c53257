"""Reports reach their files whole, or somebody is told why not."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import OutputError
from scanner.reports import ensure_writable, write_report

Act = Callable[[str | Path], None]


def test_a_report_is_written_as_utf_8_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    write_report("Zürich 😀\n", tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_bytes() == "Zürich 😀\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["report.txt"]


def test_an_earlier_report_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    target.chmod(0o600)
    write_report("new", target)
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o600)


def test_a_draft_is_never_open_to_more_people_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, seen = tmp_path / "report.json", []
    target.write_text("old")
    target.chmod(0o600)

    def look(descriptor: int) -> None:
        seen.append(oct(os.fstat(descriptor).st_mode & 0o777))

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(0)
    try:
        write_report("new", target)
    finally:
        os.umask(before)
    assert seen[0] == "0o600"


def test_a_report_is_on_the_disk_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        steps.append("renamed")
        return rename(self, target)

    def sync(descriptor: int) -> None:
        steps.append(
            "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else f"{os.fstat(descriptor).st_size} bytes"
        )

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "fsync", sync)
    write_report("text", tmp_path / "report.txt")
    assert steps == ["4 bytes", "renamed", "folder"]


def test_an_earlier_report_stays_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    target = tmp_path / "report.json"
    target.write_text("old")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError) as refusal:
        write_report("new", target)
    assert str(refusal.value) == (
        f"{target}: the report cannot be written here: permission denied. Choose another path"
    )
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report.json": "old"}


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "report.txt")
    write_report("text", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.txt").read_text() == "text"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    # Like /dev/stdout or /dev/null, but nothing a broken writer could take from the machine.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        ensure_writable(pipe)
        write_report("text", pipe)
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("act", [ensure_writable, lambda path: write_report("text", path)], ids=["asked", "written"])
class TestRefusals:
    def test_a_missing_folder_is_told_with_its_name(self, act: Act, tmp_path: Path) -> None:
        with pytest.raises(OutputError) as refusal:
            act(tmp_path / "no" / "report.json")
        assert str(refusal.value) == (
            f"{tmp_path / 'no' / 'report.json'}: the folder '{tmp_path / 'no'}' does not exist. Create it, or choose another path"
        )

    def test_a_folder_is_no_file(self, act: Act, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match=r"this is a folder, and a report is a file\. Add a file name to it"):
            act(tmp_path)

    def test_a_file_is_no_folder(self, act: Act, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OutputError, match=r"the folder '.*file' does not exist"):
            act(tmp_path / "file" / "report.json")

    @pytest.mark.parametrize("name", ["x" * 300, "nul\0"])
    def test_a_name_no_file_can_have_is_refused(self, act: Act, tmp_path: Path, name: str) -> None:
        with pytest.raises(OutputError, match="the report cannot be written here"):
            act(f"{tmp_path}/{name}")
