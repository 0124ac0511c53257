"""A report reaches its file whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from scanner.errors import OutputError

_ANOTHER = "choose another path"
_NEW = 0o666
"""Less the process's umask."""


def ensure_writable(path: str | os.PathLike[str]) -> None:
    """Raise `OutputError` where a report could not be written: better told before the scan than after."""
    target, is_device = _target(path)
    if not is_device and not os.access(target.parent, os.W_OK):
        raise OutputError("the report cannot be written here: permission denied", place=str(path), cure=_ANOTHER)


def write_report(text: str, path: str | os.PathLike[str]) -> None:
    """Write `text` as UTF-8 to a temporary name beside `path`, then rename it; raises `OutputError`.

    A symbolic link is followed, and a device or a pipe (`/dev/null`) is written to directly.
    """
    target, is_device = _target(path)
    content = text.encode("utf-8", "backslashreplace")
    try:
        if is_device:
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as trouble:
        raise _unwritable(trouble, shown=str(path)) from trouble


def write_aside(text: str, path: str | os.PathLike[str]) -> Path:
    """Write what could not reach `path` into the folder for temporary files, for its owner's eyes only; raises `OSError`."""
    meant = Path(path)
    descriptor, name = tempfile.mkstemp(prefix=f"{meant.stem}-", suffix=meant.suffix)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - mkstemp has opened it
        file.write(text.encode("utf-8", "backslashreplace"))
    return Path(name)


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}.tmp")
    before = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    # From its first byte on, the draft may be read by nobody who may not read what it is going to be.
    mode = _NEW if before is None else before & _NEW
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123 - for the mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if before is not None:
            draft.chmod(before)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where system and permissions let us; the file is in its place either way."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _target(path: str | os.PathLike[str]) -> tuple[Path, bool]:
    """The file meant, symbolic links followed, and whether it is a device; refused where no file can be."""
    shown = str(path)
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
    except (OSError, ValueError) as trouble:
        raise _unwritable(trouble, shown=shown) from trouble
    if stat.S_ISDIR(mode):
        raise OutputError("this is a folder, and a report is a file", place=shown, cure="add a file name to it")
    if not target.parent.is_dir():
        raise OutputError(
            f"the folder {str(target.parent)!r} does not exist", place=shown, cure=f"create it, or {_ANOTHER}"
        )
    return target, not stat.S_ISREG(mode)


def _mode(target: Path) -> int:
    """The mode of what is there; that of a plain file where nothing is there yet."""
    try:
        return target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return stat.S_IFREG


def _unwritable(trouble: OSError | ValueError, *, shown: str) -> OutputError:
    reason = getattr(trouble, "strerror", None) or str(trouble)
    return OutputError(f"the report cannot be written here: {reason.lower()}", place=shown, cure=_ANOTHER)
