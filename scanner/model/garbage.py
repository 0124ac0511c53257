"""The cyclic collector, told to look less often where many small objects and no cycles are made."""

from __future__ import annotations

import gc
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
