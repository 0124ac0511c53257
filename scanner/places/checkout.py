"""The files of a checkout, read as text: small enough, inside of it, and never what a link leads to outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scanner.errors import UsageError

MOST_BYTES = 20_000_000
"""No longer file is read; a template of AWS has a megabyte at most, a state file may have more."""

MOST_FILES = 50_000
_LEFT_OUT = frozenset({".git", ".terraform", ".venv", "node_modules", "__pycache__"})


@dataclass(frozen=True)
class Checkout:
    """A folder of somebody's files. `root` is the root of its repository, which paths in reports are relative to."""

    folder: Path
    root: Path

    def files(self, *endings: str) -> Iterator[str]:
        """The files below the folder whose names end like this, relative to the root, sorted."""
        found = 0
        for where, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
            for name in sorted(names):
                if name.endswith(endings):
                    found += 1
                    if found > MOST_FILES:
                        cure = "name the folder of the templates themselves"
                        raise UsageError(f"there are more than {MOST_FILES:,} files", place=str(self.folder), cure=cure)
                    yield Path(where, name).relative_to(self.root).as_posix()

    def text(self, file: str) -> str:
        """The text of a file relative to the root; "" for one that is none, is too long, or lies elsewhere."""
        real = self._inside(file)
        try:
            if real is None or real.stat().st_size > MOST_BYTES:
                return ""
            # As GitHub reads it: a mark of the order of bytes is a character, and newlines stay as they are.
            return real.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def holds(self, file: str) -> bool:
        """Whether this is a file of the checkout, called by its plain path."""
        return self._inside(file) is not None

    def _inside(self, file: str) -> Path | None:
        path = PurePosixPath(file)
        if not file or "\0" in file or path.is_absolute() or ".." in path.parts or path.as_posix() != file:
            return None
        try:
            real = (self.root / path).resolve()
            return real if real.is_relative_to(self.root) and real.is_file() else None
        except (OSError, RuntimeError):
            return None


def open_checkout(folder: Path) -> Checkout:
    """The checkout a folder lies in; raises `UsageError` where there is no such folder."""
    if not folder.is_dir():
        raise UsageError("this is no folder", place=str(folder), cure="name the folder of your templates and .tf files")
    real = folder.resolve()
    return Checkout(real, root_of(real))


def root_of(folder: Path) -> Path:
    """The root of the repository a folder lies in; without one the current folder, if it lies below that, or itself."""
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            return place
    here = Path.cwd().resolve()
    return here if folder.is_relative_to(here) else folder
