"""Breaks each semantic rule of the network engine once and asks the engine's tests whether they notice.

    python -m tests.network.mutate                       # all of them
    python -m tests.network.mutate acls.py "first match" # those of a file, or with these words in their rule
    python -m tests.network.mutate --workers 4
    python -m tests.network.mutate --resume mutants.jsonl   # not again what this file tells and nothing has changed

The exit code is 0 where every mutant died but those listed as equivalent, 1 where one did otherwise, and 2 where nothing
can be said: the tests are red without any mutation, or a mutation does not fit the engine any more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.network.mutations import crossings, doors, published, tables, topology, walks
from tests.network.mutations.laboratory import ENGINE, Laboratory, Outcome
from tests.network.mutations.ledger import Ledger
from tests.network.mutations.mutation import Mutation

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = (
    *tables.MUTATIONS,
    *doors.MUTATIONS,
    *walks.MUTATIONS,
    *published.MUTATIONS,
    *crossings.MUTATIONS,
    *topology.MUTATIONS,
)
# Whatever is asked, this one dies; if it does not, the tests do not see the mutated copy at all.
SENTINEL = Mutation(
    "exposure.py",
    "    openings: list[Opening] = []\n    doubts: list[str] = []\n    try:\n",
    "    raise RuntimeError\n    openings: list[Opening] = []\n    doubts: list[str] = []\n    try:\n",
    "the tests see the mutated copy",
)
_RED, _UNFIT = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Prints a line for each mutant and a summary; returns how the process should exit."""
    parser = argparse.ArgumentParser(prog="python -m tests.network.mutate", description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="files of the engine, or words of the rules that are broken")
    parser.add_argument("--workers", type=int, default=2, help="how many mutants are tried at once (2)")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep what becomes of each in FILE, and believe it")
    options = parser.parse_args(arguments)
    chosen = [one for one in MUTATIONS if _is_wanted(one, options.words)]
    if not chosen:
        return _give_up("no mutation is of these files or has these words")
    with tempfile.TemporaryDirectory() as folder, Laboratory(ROOT, Path(folder), workers=options.workers) as laboratory:
        return _tried(laboratory, chosen, Ledger(options.resume, laboratory.frozen, laboratory.tests), options.workers)


def _tried(laboratory: Laboratory, chosen: Sequence[Mutation], ledger: Ledger, workers: int) -> int:
    started = time.monotonic()
    strange = list(unfit(laboratory.frozen, chosen))
    if strange:
        return _give_up("\n".join(strange))
    refusal = laboratory.refusal()
    if refusal:
        return _give_up(refusal)
    _say(f"unmutated: {laboratory.tests_taken} tests pass in {laboratory.seconds:.1f} s, watched")
    sentinel = laboratory.outcome_of(SENTINEL)
    if sentinel.word != "killed":
        return _give_up(f"the sentinel {sentinel.word}: the tests do not run against the mutated copy")

    def outcome_of(mutation: Mutation) -> Outcome:
        kept = ledger.outcome_of(mutation)
        if kept is not None:
            return kept
        outcome = laboratory.outcome_of(mutation, known=ledger.known(mutation))
        ledger.keep(mutation, outcome)
        return outcome

    with ThreadPoolExecutor(workers) as pool:
        outcomes = list(zip(chosen, _telling(chosen, pool.map(outcome_of, chosen)), strict=True))
    return _summary(outcomes, time.monotonic() - started)


def _telling(chosen: Iterable[Mutation], outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The same outcomes, each told as soon as it is there."""
    for mutation, outcome in zip(chosen, outcomes, strict=True):
        _tell(mutation, outcome)
        yield outcome


def _is_wanted(mutation: Mutation, words: Iterable[str]) -> bool:
    return not words or any(word == mutation.file or word in mutation.why for word in words)


def unfit(frozen: Path, chosen: Iterable[Mutation]) -> Iterator[str]:
    """A sentence for every mutation that does not fit the engine."""
    seen: set[tuple[str, str, str]] = set()
    rules: set[str] = set()
    for one in (SENTINEL, *chosen):
        path = frozen / ENGINE / one.file
        times = path.read_text(encoding="utf-8").count(one.old) if path.exists() else 0
        if times != 1:
            yield f"{one.words}: {one.old!r} is there {times} times"
        if (one.file, one.old, one.new) in seen or one.words in rules:
            yield f"{one.words}: it is there twice"
        seen.add((one.file, one.old, one.new))
        rules.add(one.words)


def _word(mutation: Mutation, outcome: Outcome) -> str:
    """The word that counts: what is listed as equivalent has to live."""
    if not mutation.equivalent or outcome.word == "broken":
        return outcome.word
    return "equivalent" if outcome.word == "survived" else "not equivalent"


def _tell(mutation: Mutation, outcome: Outcome) -> None:
    word = _word(mutation, outcome)
    more = f"  [{outcome.by.rpartition('/')[2]}]" if outcome.by else ""
    more += f" {outcome.crash}" if outcome.crash else ""
    if word in ("survived", "broken"):
        more += f"\n    {mutation.old!r} -> {mutation.new!r}"
    _say(f"{word:<10} {outcome.seconds:5.1f} s  {mutation.words}{more}")


def _summary(outcomes: Sequence[tuple[Mutation, Outcome]], seconds: float) -> int:
    counted = Counter(_word(*one) for one in outcomes)
    died = counted["killed"] + counted["timed out"]
    fell = sum(1 for _, outcome in outcomes if outcome.crash)
    ways = [f"{fell} of them by a crash alone"] * bool(fell)
    ways += [f"{counted['timed out']} by running too long"] * bool(counted["timed out"])
    how = f" ({', '.join(ways)})" if ways else ""
    rest = "".join(f", {counted[word]} {word}" for word in ("survived", "not equivalent", "broken") if counted[word])
    _say(f"{counted.total()} mutants: {died} killed{how}, {counted['equivalent']} equivalent{rest}; {seconds:.0f} s")
    if counted["broken"]:
        return _UNFIT
    return _RED if counted["survived"] or counted["not equivalent"] else 0


def _give_up(sentence: str) -> int:
    _say(sentence)
    return _UNFIT


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
