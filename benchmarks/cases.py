"""The accounts that are scanned for measuring, and the goal of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.aws import MANAGEMENT, REGIONS
from benchmarks.processes import Cost

LATENCY = 0.06
FLAT = 1.15
"""How much more the largest of a row may cost than the smallest, for a cost to be called flat."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Upper limits; None where there is none. `ratio` is of bare boto3's CPU, `calls` for each Region of an account."""

    ratio: float | None = None
    cpu: float | None = None
    wall: float | None = None
    peak: float | None = None
    calls: int | None = None
    prowler: float = 20.0

    def missed(self, cost: Cost, *, ratio: float | None, calls: float) -> list[str]:
        """Each limit that is exceeded, as words."""
        told = (
            ("of bare boto3's CPU", self.ratio, ratio),
            ("CPU s", self.cpu, cost.cpu),
            ("s", self.wall, cost.wall),
            ("MB", self.peak, cost.peak),
            ("calls a Region", self.calls, calls),
        )
        return [f"at most {limit:g} {word}" for word, limit, value in told if limit and value and value > limit]


@dataclass(frozen=True, slots=True)
class Case:
    """One account, or several, to be scanned whole by every tool."""

    name: str
    title: str
    instances: Mapping[str, int]
    regions: tuple[str, ...] = REGIONS[:1]
    accounts: tuple[str, ...] = (MANAGEMENT,)
    tls: bool = False
    rounds: int = 1
    goal: Goal = field(default_factory=Goal)
    is_long: bool = False

    @property
    def places(self) -> int:
        """Regions of accounts."""
        return len(self.regions) * len(self.accounts)


def _one(size: int, *, rounds: int, goal: Goal, is_long: bool = False) -> Case:
    title = f"{size:,} instances, 1 Region"
    return Case(str(size), title, {REGIONS[0]: size}, rounds=rounds, goal=goal, is_long=is_long)


def _many(count: int) -> Case:
    accounts = tuple(f"{100_000_000_001 + number}" for number in range(count))
    title = f"{count} accounts x {len(REGIONS)} sparse Regions"
    sparse = {REGIONS[0]: 20, REGIONS[8]: 10}
    return Case(f"{count}-accounts", title, sparse, REGIONS, accounts, is_long=True)


CASES = (
    _one(100, rounds=3, goal=Goal(ratio=1.1)),
    _one(1_000, rounds=2, goal=Goal(ratio=0.65)),
    _one(10_000, rounds=1, goal=Goal(ratio=0.35, peak=300, calls=60)),
    _one(50_000, rounds=1, goal=Goal(ratio=0.35, peak=450), is_long=True),
    Case(
        "17-regions",
        "17 Regions x 100 instances, TLS",
        {"*": 100},
        REGIONS,
        tls=True,
        goal=Goal(cpu=6, wall=7, calls=30, prowler=15),
    ),
    _many(10),
    _many(100),
)
