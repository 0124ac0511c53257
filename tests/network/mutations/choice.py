"""Which tests are asked about a mutant, and in which order: those that run the lines it changes, then all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.network.mutations.mutation import Mutation

Stage = tuple[tuple[str, ...], tuple[str, ...]]


class Choice:
    """What is known of every test: the lines of the engine it runs, and how long it takes."""

    def __init__(
        self, files: Sequence[str], *, lines: Mapping[str, Mapping[str, Sequence[int]]], taken: Mapping[str, float]
    ) -> None:
        self._files = tuple(files)
        self._lines = {test: {name: frozenset(told) for name, told in one.items()} for test, one in lines.items()}
        self._taken = taken

    def stages(self, mutation: Mutation, whole: str, *, known: str = "") -> Iterator[Stage]:
        """Files, and the tests in them in their order (none named: all of them); every test is asked once at most.

        The test that is known, the engine's tests that run a changed line, the rules' tests that do, and all the rest: a
        line may work through what is computed when a module is loaded, or kept for the tests that follow.
        """
        changed = changed_lines(mutation, whole)
        running = [test for test, lines in self._lines.items() if lines.get(mutation.file, frozenset()) & changed]
        asked: set[str] = set()
        of_rules = [test for test in running if test.startswith("tests/rules/")]
        first = [known] if known in self._lines else []
        rest = list(self._rest(mutation))
        engines = [test for test in rest if not test.startswith("tests/rules/")]
        for wanted in (first, self._mixed(set(running) - set(of_rules)), self._mixed(of_rules), engines, rest):
            tests = tuple(test for test in wanted if test not in asked)
            asked.update(tests)
            if tests:
                yield self._files_of(tests), tests

    def _rest(self, mutation: Mutation) -> Iterable[str]:
        touching = [test for test, lines in self._lines.items() if mutation.file in lines]
        laws = [test for test, lines in self._lines.items() if not lines and "_laws.py::" in test]
        return (*self._mixed(touching), *laws, *self._mixed(set(self._lines) - {*touching, *laws}))

    def _mixed(self, tests: Iterable[str]) -> list[str]:
        """One case of every test, then another one of each, and so on; quick ones first among them."""
        cases: Counter[str] = Counter()
        ranked: list[tuple[int, float, str]] = []
        for test in sorted(tests, key=lambda one: (self._taken.get(one, 0.0), one)):
            name = test.partition("[")[0]
            ranked.append((cases[name], self._taken.get(test, 0.0), test))
            cases[name] += 1
        return [test for _, _, test in sorted(ranked)]

    def _files_of(self, tests: Iterable[str]) -> tuple[str, ...]:
        named = {test.partition("::")[0] for test in tests}
        return tuple(file for file in self._files if file in named)


def changed_lines(mutation: Mutation, whole: str) -> frozenset[int]:
    """The numbers of the lines that a mutation changes or takes away."""
    old, new = mutation.old, mutation.new
    most = min(len(old), len(new))
    ahead = next((place for place in range(most) if old[place] != new[place]), most)
    behind = next((place for place in range(most - ahead) if old[-1 - place] != new[-1 - place]), most - ahead)
    start = whole.index(old) + ahead
    text = whole[start : max(start + 1, start - ahead + len(old) - behind)]
    first = whole.count("\n", 0, start) + 1
    return frozenset(range(first, first + text.rstrip("\n").count("\n") + 1))
