"""The network engine and its rules over growing estates: CPU seconds and peak memory, each size in a process of its own."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

SIZES = (1_000, 10_000, 100_000)
GOALS = {10_000: (3.0, None), 100_000: (25.0, 1536.0)}
TOPICS = ("NET", "BAS", "EIC", "VPE", "GWL")

Made = TypeVar("Made")


def main() -> None:
    """Prints one line a size, the growth between them, and what was to be reached."""
    costs: dict[int, float] = {}
    for size in SIZES:
        told = _measured(size)
        costs[size] = told["rules"]
        print(
            f"  {size:>7,} interfaces  exposure {told['exposure']:6.2f}  proofs {told['proofs']:6.2f}  "
            f"{told['number']:.0f} rules {told['rules']:6.2f} CPU s  {told['exposed']:>6,.0f} exposed  "
            f"peak {told['peak']:6,.0f} MB"
        )
        seconds, megabytes = GOALS.get(size, (None, None))
        if seconds is not None:
            missed = costs[size] >= seconds or (megabytes is not None and told["peak"] >= megabytes)
            memory = f" and {megabytes:,.0f} MB" if megabytes else ""
            print(f"  goal: {size:,} under {seconds:.0f} CPU s{memory}: {'MISSED' if missed else 'met'}")
    for small, large in pairwise(SIZES):
        growth = costs[large] / costs[small]
        print(f"  growth {small:,} -> {large:,}: {growth:.1f} times for {large / small:.0f} times the size")


def _measured(size: int) -> dict[str, float]:
    """What a process of its own says of one size."""
    command = [sys.executable, "-m", "benchmarks.network", str(size)]
    root = Path(__file__).resolve().parent.parent
    finished = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(finished.stdout)
    return told


def measure(size: int) -> dict[str, float]:
    """CPU seconds of exposures, proofs and rules over an estate of this size, and the peak memory in MB with all of it."""
    from benchmarks.estate import make_estate
    from scanner.evaluate.run import evaluate
    from scanner.rulebook.shelf import load_rules

    gc.set_threshold(100_000, 50, 50)
    rules = [rule for rule in load_rules() if rule.id.startswith(TOPICS)]
    told = {"number": float(len(rules))}
    estates = [make_estate(size)]
    _timed(told, "rules", lambda: evaluate(estates, rules))
    estates.clear()
    gc.collect()
    told |= _asked(size)
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return told


def _asked(size: int) -> dict[str, float]:
    """CPU seconds of the engine's two questions, over an estate that nobody has asked before."""
    from benchmarks.estate import make_estate
    from scanner.model import View
    from scanner.network.fabric import fabric_of
    from scanner.network.questions import internet_exposure, proof_of
    from scanner.network.security_groups import NETWORK_INTERFACE

    told: dict[str, float] = {}
    view = View(make_estate(size))
    fabric_of(view)
    exposures = _timed(
        told, "exposure", lambda: [(one, internet_exposure(view, one)) for one in view.of(NETWORK_INTERFACE)]
    )
    _timed(
        told,
        "proofs",
        lambda: [
            proof_of(view, one, opening, port=opening.first)
            for one, exposure in exposures
            for opening in exposure.openings
        ],
    )
    told["exposed"] = sum(bool(exposure.openings) for _, exposure in exposures)
    return told


def _timed(told: dict[str, float], name: str, work: Callable[[], Made]) -> Made:
    started = time.process_time()
    made = work()
    told[name] = time.process_time() - started
    return made


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
