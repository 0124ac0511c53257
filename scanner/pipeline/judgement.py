"""Rules over inventories."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from scanner.model import Inventory, Rule, ScanReport
from scanner.version import __version__


def judge(inventories: Sequence[Inventory], rules: Sequence[Rule], *, include_pass: bool = False) -> ScanReport:
    """Rules over inventories, with the controls that the rules answer."""
    from scanner.evaluate.run import evaluate as evaluate_rules
    from scanner.rulebook.frameworks import load_frameworks

    report = evaluate_rules(inventories, rules, include_pass=include_pass, tool_version=__version__)
    return dataclasses.replace(report, frameworks=load_frameworks())
