"""The cyclic collector, told to look less often where many small objects and no cycles are made, and memory given back."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Answers of AWS and findings are made by the hundred thousand and hold no cycles; the collector would walk them in vain.
_OBJECTS_BETWEEN_COLLECTIONS = 200_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Lets the collector look rarely, and gives it back its own pace at the end."""
    # What is there already stays, so that no collection has to walk it.
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 50, 50)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def give_back() -> None:
    """Hands free memory to the system, where the C library can.

    Answers were read in threads, whose free blocks would serve no other thread:
    https://man7.org/linux/man-pages/man3/malloc_trim.3.html.
    """
    if sys.platform == "linux":
        from ctypes import CDLL  # noqa: PLC0415 - only for who scans

        trim = getattr(CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
