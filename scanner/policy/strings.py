"""One text for every way in which texts can fit some patterns and not others: exact, by walking all patterns at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanner.model import Undecided
from scanner.policy.patterns import Filled, Wild

_MOST_STATES = 4_000
_FRESH = "xyzqwvkjXYZQWVKJ0123456789-_.~ÄÖÜαβγδεζηθ"


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern to fit: `folds` ignores the case, `by_parts` keeps wildcards inside their part of an ARN."""

    filled: Filled
    folds: bool = False
    by_parts: bool = False


@lru_cache(maxsize=4096)
def representatives(globs: tuple[Glob, ...], domain: Glob) -> tuple[str, ...]:
    """The shortest text of `domain` for each set of patterns that some text fits; raises `Undecided` for too many."""
    machines = [_machine(glob) for glob in (domain, *globs)]
    letters = _letters((domain, *globs))
    start = tuple(machine.start for machine in machines)
    seen, queue = {start}, deque([(start, "")])
    found: dict[tuple[bool, ...], str] = {}
    while queue:
        states, text = queue.popleft()
        if machines[0].accepts(states[0]):
            found.setdefault(
                tuple(machine.accepts(state) for machine, state in zip(machines, states, strict=True)), text
            )
        for letter in letters:
            after = tuple(machine.step(state, letter) for machine, state in zip(machines, states, strict=True))
            if after[0] and after not in seen:
                seen.add(after)
                queue.append((after, text + letter))
        if len(seen) > _MOST_STATES:
            raise Undecided("the patterns of its conditions are too many to compare")
    return tuple(found.values())


class _Machine:
    """A pattern as positions in it, of which several may be reached at once: one bit each."""

    def __init__(self, tokens: Sequence[str | Wild], glob: Glob) -> None:
        self._tokens = tokens
        self._glob = glob
        self._end = 1 << len(tokens)
        self._narrow = _narrow(tokens) if glob.by_parts else frozenset()
        self._known: dict[tuple[int, str], int] = {}
        self.start = self._closed(1)

    def accepts(self, state: int) -> bool:
        """Whether the text may end here."""
        return bool(state & self._end)

    def step(self, state: int, letter: str) -> int:
        """Where one more letter leads; 0 is nowhere."""
        key = (state, letter)
        if key not in self._known:
            self._known[key] = self._closed(self._after(state, letter))
        return self._known[key]

    def _after(self, state: int, letter: str) -> int:
        after = 0
        for place, token in enumerate(self._tokens):
            if not state >> place & 1:
                continue
            if isinstance(token, Wild):
                if letter != ":" or place not in self._narrow:
                    after |= 1 << (place if token is Wild.MANY else place + 1)
            elif token == letter or (self._glob.folds and token.lower() == letter.lower()):
                after |= 1 << place + 1
        return after

    def _closed(self, state: int) -> int:
        """An asterisk may stand for nothing."""
        for place, token in enumerate(self._tokens):
            if token is Wild.MANY and state >> place & 1:
                state |= 1 << place + 1
        return state


def _machine(glob: Glob) -> _Machine:
    tokens: list[str | Wild] = []
    for part in glob.filled:
        tokens += [part] if isinstance(part, Wild) else list(part)
    return _Machine(tokens, glob)


def _narrow(tokens: Sequence[str | Wild]) -> frozenset[int]:
    """The wildcards in the first five parts of an ARN, which stand for no colon."""
    colons, found = 0, set()
    for place, piece in enumerate(tokens):
        colons += piece == ":"
        if isinstance(piece, Wild) and colons < 5:  # noqa: PLR2004 - an ARN has six parts
            found.add(place)
    return frozenset(found)


def _letters(globs: Iterable[Glob]) -> tuple[str, ...]:
    """Every letter that matters, and one that matters to no pattern."""
    letters: dict[str, None] = {}
    for glob in globs:
        for part in glob.filled:
            for letter in part if isinstance(part, str) else "":
                letters |= dict.fromkeys((letter, letter.lower(), letter.upper()) if glob.folds else (letter,))
        if glob.by_parts:
            letters[":"] = None
    taken = {letter.lower() for letter in letters if len(letter) == 1}
    fresh = next((letter for letter in _FRESH if letter.lower() not in taken), "\x00")
    return (*(letter for letter in letters if len(letter) == 1), fresh)
