"""Golden files: the exact output somebody has read and found good.

They are written anew only on purpose, with BASTIONLESS_REWRITE_GOLDEN=1, and then the test fails all the same: the
difference wants to be read before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent / "golden"


def golden(name: str, *, now: str) -> str:
    """What the file holds; `now` is what it would hold if it were written today."""
    path = _FOLDER / name
    if os.environ.get("BASTIONLESS_REWRITE_GOLDEN"):
        path.write_text(now, encoding="utf-8", newline="\n")
        raise AssertionError(f"{name} was written anew: read the difference, then run again without the variable")
    return path.read_text(encoding="utf-8")
