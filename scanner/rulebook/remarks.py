"""The mistakes of one card while it is read, each with its place: all of them are told, not the first one thrown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.errors import CardError, did_you_mean
from scanner.rulebook.document import Document, Step


class Remarks:
    """Local to the reading of one document; its only state is the list of mistakes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.mistakes: list[CardError] = []

    def tell(self, message: str, *path: Step, cure: str = "") -> None:
        """Notes a mistake at a part of the document."""
        self.mistakes.append(CardError(message, place=self.document.place(*path), cure=cure))

    def refuse_strange_keys(self, data: Mapping[Any, Any], known: Iterable[str], *path: Step, noun: str) -> None:
        """Notes every key that `noun` ("a card") does not have."""
        choices = tuple(known)
        for key in data:
            if key not in choices:
                self.tell(f"{noun} has no key {key!r}", *path, key, cure=did_you_mean(str(key), choices))
