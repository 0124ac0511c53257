"""Bastionless proves that an AWS network is private and that every login is brokered and logged.

    import scanner

    report = scanner.scan(regions=["eu-west-1"], select=["NET", "EIC001"])
    for finding in report.findings:
        print(finding.rule_id, finding.outcome, finding.resource.id, finding.message)

Importing this package opens nothing and loads neither boto3 nor botocore; the functions below load what they need.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from scanner.version import __version__

if TYPE_CHECKING:
    from scanner.model import Config, Finding, Gap, Inventory, Outcome, Resource, Rule, ScanReport, Severity, Target
    from scanner.pipeline import decide, diff, evaluate, gate, inventory_from_describe, load_snapshot, reach, scan, who

_NOUNS = ("Config", "Finding", "Gap", "Inventory", "Outcome", "Resource", "Rule", "ScanReport", "Severity", "Target")
_VERBS = ("decide", "diff", "evaluate", "gate", "inventory_from_describe", "load_snapshot", "reach", "scan", "who")

__all__ = [
    "Config",
    "Finding",
    "Gap",
    "Inventory",
    "Outcome",
    "Resource",
    "Rule",
    "ScanReport",
    "Severity",
    "Target",
    "__version__",
    "decide",
    "diff",
    "evaluate",
    "gate",
    "inventory_from_describe",
    "load_snapshot",
    "reach",
    "scan",
    "who",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - only for who asks

    if name in _VERBS:
        return getattr(import_module("scanner.pipeline"), name)
    if name in _NOUNS:
        return getattr(import_module("scanner.model"), name)
    raise AttributeError(f"module 'scanner' has no attribute {name!r}")


class _Front(ModuleType):
    """Keeps `scanner.evaluate` and `scanner.gate` verbs: importing a package of that name would put it in their place."""

    @property
    def evaluate(self) -> Callable[..., Any]:
        verb: Callable[..., Any] = __getattr__("evaluate")
        return verb

    @evaluate.setter
    def evaluate(self, package: ModuleType) -> None:
        """What the import system does after loading the package; it stays reachable by its imports."""

    @property
    def gate(self) -> Callable[..., Any]:
        verb: Callable[..., Any] = __getattr__("gate")
        return verb

    @gate.setter
    def gate(self, package: ModuleType) -> None:
        """As above."""


sys.modules[__name__].__class__ = _Front
