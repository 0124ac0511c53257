"""Every mutation still fits the engine: what it breaks stands there, once, in the words it names."""

from __future__ import annotations

from tests.network.mutate import MUTATIONS, ROOT, unfit


def test_every_mutation_fits_the_engine_of_today() -> None:
    assert list(unfit(ROOT, MUTATIONS)) == []
