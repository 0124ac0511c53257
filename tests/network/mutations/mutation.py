"""What a mutation is: a text of the engine, what replaces it, and the rule that is broken by it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """A text that is in a file of the engine exactly once, and what replaces it.

    `why` is the rule that is broken. `equivalent` says why no answer can change all the same, "" where one does: such a
    mutant has to live.
    """

    file: str
    old: str
    new: str
    why: str
    equivalent: str = ""

    @property
    def words(self) -> str:
        """The mutation in one line."""
        return f"{self.file}: {self.why}"


def of(file: str, *told: tuple[str, str, str]) -> tuple[Mutation, ...]:
    """The mutations of one file, each as its old text, its new text, and the rule."""
    return tuple(Mutation(file, *one) for one in told)
