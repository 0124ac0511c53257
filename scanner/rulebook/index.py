"""What is written down of the built-in cards, so that a run neither parses them anew nor plays their worlds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "index.json"
"""Beside the built-in cards; `docs/generate.py` writes it and checks that it is current."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A card as it was when it was last checked: its text's digest, and its keys without the worlds.

    `reads` and `answers` are the kinds that the rule was seen to ask for and to answer about while it played its worlds.
    """

    digest: str
    data: Mapping[str, Any]
    reads: frozenset[str]
    answers: frozenset[str]


def load_index(folder: Path) -> Mapping[str, Entry]:
    """The entries of a folder by the path of the card in it; none where nobody wrote them."""
    path = folder / NAME
    if not path.is_file():
        return {}
    written = json.loads(path.read_text(encoding="utf-8"))
    return {
        card: Entry(entry["digest"], entry["card"], frozenset(entry["reads"]), frozenset(entry["answers"]))
        for card, entry in written.items()
    }


def write_index(entries: Mapping[str, Entry]) -> str:
    """The text of the index; raises `ValueError` for a card that JSON cannot hold as it is."""
    table = {
        card: {
            "digest": entry.digest,
            "answers": sorted(entry.answers),
            "reads": sorted(entry.reads),
            "card": dict(entry.data),
        }
        for card, entry in sorted(entries.items())
    }
    text = json.dumps(table, indent=1, ensure_ascii=False) + "\n"
    if json.loads(text) != table:
        raise ValueError("a card has keys that JSON does not have: write them as words")
    return text


def digest_of(card: Path) -> str:
    """What changes with the card or with the Python beside it."""
    companion = card.with_suffix(".py")
    digest = hashlib.sha256(card.read_bytes())
    digest.update(b"\0" + companion.read_bytes() if companion.is_file() else b"")
    return digest.hexdigest()
