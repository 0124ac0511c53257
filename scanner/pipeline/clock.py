"""The time a scan goes by: UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime


def now() -> str:
    """This second, as reports have it."""
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> date:
    """The day it is, in UTC: what commands that write waivers go by."""
    return day_of(now())


def day_of(moment: str) -> date:
    """The day of a moment, in UTC where the moment tells its offset."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return datetime.fromisoformat(now()).date()
    return (parsed.astimezone(UTC) if parsed.tzinfo else parsed).date()
