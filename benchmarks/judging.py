"""The rules over inventories of growing size: CPU seconds, and how near the growth is to linear."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.estate import make_estate
from scanner.evaluate.run import evaluate
from scanner.model import Rule
from scanner.rulebook.shelf import load_rules

SIZES = (1_000, 10_000)
GOAL = 2.0
FIRST = frozenset({
    "NET001", "NET006", "NET007", "NET011", "NET012", "NET015", "BAS003", "EIC001", "EIC002", "EIC003",
    "EIC006", "VPE001", "VPE002", "VPE004", "VPE005", "VPE008", "TRL001", "TRL002", "TRL003", "TRL004",
    "TRL005", "EVD001",
})  # fmt: skip
"""The rules that read resources one by one and ask for no path; the goal was set for these."""


def main() -> None:
    """Prints the rules that the goal is about, and all of them."""
    rules = load_rules(brief=True)
    first = [rule for rule in rules if rule.id in FIRST]
    costs = _measure("the first", first)
    print(
        f"  goal for the {len(first)} first: {SIZES[-1]:,} instances under {GOAL} CPU s:"
        f" {'met' if costs[-1] < GOAL else 'MISSED'}"
    )
    _measure("all", rules)


def _measure(name: str, rules: Sequence[Rule]) -> list[float]:
    """The CPU seconds of each size, with one line printed for it; every inventory is a new one."""
    costs: list[float] = []
    for size in SIZES:
        estate = make_estate(size)
        started = time.process_time()
        report = evaluate([estate], rules)
        costs.append(time.process_time() - started)
        print(
            f"  {size:>7,} instances  {name} {len(rules)} rules  {costs[-1]:6.2f} CPU s"
            f"  {len(report.findings):>6,} findings"
        )
    small, large = SIZES
    print(f"  growth {small:,} -> {large:,}: {costs[1] / costs[0]:.1f} times for {large / small:.0f} times the size")
    return costs


if __name__ == "__main__":
    main()
