"""All rules over inventories of growing size: CPU seconds, and how near the growth is to linear."""

from __future__ import annotations

import time

from benchmarks.estate import make_estate
from scanner.evaluate.run import evaluate
from scanner.rulebook.shelf import load_rules

SIZES = (1_000, 10_000)
GOAL = 2.0


def main() -> None:
    """Prints one line a size."""
    rules = load_rules()
    costs: dict[int, float] = {}
    for size in SIZES:
        estate = make_estate(size)
        started = time.process_time()
        report = evaluate([estate], rules)
        costs[size] = time.process_time() - started
        print(
            f"  {size:>7,} instances  {len(rules)} rules  {costs[size]:6.2f} CPU s  {len(report.findings):>6,} findings"
        )
    small, large = SIZES
    print(
        f"  growth {small:,} -> {large:,}: {costs[large] / costs[small]:.1f} times for {large / small:.0f} times the size"
    )
    print(f"  goal: {large:,} instances under {GOAL} CPU s: {'met' if costs[large] < GOAL else 'MISSED'}")


if __name__ == "__main__":
    main()
