"""What GitHub's code scanning makes of a line: the identity of an alert that stands in a real file."""

from __future__ import annotations

from collections.abc import Collection

_WINDOW = 100
_BASE = 37
_SIZE = 1 << 64
_END = "\uffff"


def line_hashes(text: str, lines: Collection[int]) -> dict[int, str]:
    """The hashes of the wanted lines (from 1): `<hex>:<n>`, where n counts the lines of the same hash from above.

    The hash is that of the first hundred UTF-16 units from the beginning of the line on, spaces and tabs left out.
    """
    units = _units(text) + _END + "\0" * _WINDOW
    counts: dict[str, int] = {}
    found: dict[int, str] = {}
    start, last = 0, max(lines, default=0)
    for line in range(1, last + 1):
        window = units[start : start + _WINDOW]
        counts[window] = counts.get(window, 0) + 1
        if line in lines:
            found[line] = f"{_hash(window):x}:{counts[window]}"
        start = units.find("\n", start) + 1
        if not start:
            break
    return found


def _units(text: str) -> str:
    """One character a UTF-16 unit, without what does not count."""
    if not text.isascii():
        pairs = text.encode("utf-16-le", "surrogatepass")
        text = "".join(chr(int.from_bytes(pairs[at : at + 2], "little")) for at in range(0, len(pairs), 2))
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace(" ", "").replace("\t", "")


def _hash(window: str) -> int:
    total = 0
    for unit in window:
        total = (total * _BASE + ord(unit)) % _SIZE
    return total
