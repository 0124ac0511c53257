"""Times as AWS and its command line write them, and how long ago they were."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.model import Undecided, View


def moment(text: str) -> datetime:
    """A time as AWS or its command line writes it (ISO 8601, or seconds since 1970) in UTC; raises `Undecided`."""
    written = str(text)  # seconds may come as a number
    try:
        if written.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(written), tz=UTC)
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise Undecided(f"{text!r} is no time that can be read") from None


def hours_since(text: str, inventory: View) -> float:
    """Hours between a time and the moment the inventory was taken; raises `Undecided` where either is missing."""
    if not inventory.now:
        raise Undecided("the inventory does not say when it was taken")
    if not text:
        raise Undecided("the time is not told")
    return (moment(inventory.now) - moment(text)).total_seconds() / 3600
