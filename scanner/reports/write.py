"""A report reaches its file whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from pathlib import Path

from scanner.errors import OutputError

_ANOTHER = "choose another path"


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


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(content)
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


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
