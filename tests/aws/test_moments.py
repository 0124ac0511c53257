"""Times in every spelling that AWS and its command line know."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.aws.moments import hours_since, moment
from scanner.model import Inventory, Undecided, View

NOW = View(Inventory("aws", "1", "eu-west-1", taken_at="2026-01-15T12:00:00Z"))


@pytest.mark.parametrize(
    "text",
    ["2026-01-15T11:00:00Z", "2026-01-15T11:00:00+00:00", "2026-01-15T12:00:00+01:00", "2026-01-15T11:00:00", "1768474800",
     "1768474800.0", 1768474800, 1768474800.0],
)  # fmt: skip
def test_one_moment_in_every_spelling(text: Any) -> None:
    assert moment(text).isoformat() == "2026-01-15T11:00:00+00:00"
    assert hours_since(text, NOW) == 1


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "9" * 30, "²", "1.2.3", ".", "0001-01-01T00:00:00+01:00", None, {}]
)
def test_what_is_no_time_is_undecided(text: Any) -> None:
    with pytest.raises(Undecided):
        moment(text)


def test_without_a_clock_or_a_time_nothing_is_decided() -> None:
    with pytest.raises(Undecided, match="the time is not told"):
        hours_since("", NOW)
    with pytest.raises(Undecided, match="the inventory does not say when it was taken"):
        hours_since("2026-01-15T11:00:00Z", View(Inventory("aws", "1", "eu-west-1")))
