"""A framework of controls in one version, and which rules answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework in one version; `pattern` is what its controls are called like, `key` the name of its file.

    `controls` maps a control to the ids of rules, `proposed` maps one to the ids and the reason of each.
    """

    name: str
    version: str
    pattern: str
    learn: str
    controls: Mapping[str, tuple[str, ...]]
    proposed: Mapping[str, Mapping[str, str]]
    key: str = ""

    def told_by(self, rule_id: str, *, reasons: bool = False) -> tuple[str, ...]:
        """The controls a rule answers, proposed ones marked, with the reason where `reasons` are wanted."""
        told = [control for control, rules in self.controls.items() if rule_id in rules]
        told += [
            f"{control} (proposed: {rules[rule_id]})" if reasons else f"{control} (proposed)"
            for control, rules in self.proposed.items()
            if rule_id in rules
        ]
        return tuple(told)
