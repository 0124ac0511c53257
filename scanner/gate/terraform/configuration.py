"""The configuration inside a plan: which module calls which, and by which expression each value was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.terraform.address import Modules

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One module as it was written; `resources` by block ("aws_vpc.main", "data.aws_vpc.main")."""

    data: Mapping[str, Any] = field(repr=False)
    resources: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def call(self, name: str) -> Mapping[str, Any]:
        """The call of another module: {source, expressions, module, count_expression, for_each_expression}."""
        return part(part(self.data, "module_calls"), name)

    def output(self, name: str) -> Any:
        """The expression of an output, None for one that is not there."""
        return part(part(self.data, "outputs"), name).get("expression")

    def variable(self, name: str) -> Mapping[str, Any]:
        """The declaration of a variable."""
        return part(part(self.data, "variables"), name)


class Configuration:
    """All modules of a plan; one that has no configuration knows no module."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.data = part(plan, "configuration")
        self.is_there = isinstance(self.data.get("root_module"), Mapping)
        self._modules: dict[tuple[str, ...], Module] = {}

    def module(self, modules: Modules) -> Module:
        """The module of an instance; an empty one where the configuration does not tell."""
        names = tuple(name for name, _ in modules)
        if names not in self._modules:
            if not names:
                data = part(self.data, "root_module")
            else:
                data = part(self.module(modules[:-1]).call(names[-1]), "module")
            self._modules[names] = Module(data, _resources(data))
        return self._modules[names]

    def expressions(self, modules: Modules, block: str) -> Mapping[str, Any] | None:
        """The expressions of a block, None where the configuration does not tell of it."""
        found = self.module(modules).resources.get(block)
        expressions = found.get("expressions", {}) if found is not None else None
        return expressions if isinstance(expressions, Mapping) else None

    def provider(self, modules: Modules, block: str) -> str:
        """The key of the provider of a block: "aws", "aws.paris", "module.net:aws"."""
        key = self.module(modules).resources.get(block, _NOTHING).get("provider_config_key")
        return key if isinstance(key, str) else ""


def part(data: Any, name: str) -> Mapping[str, Any]:
    """A mapping inside a mapping; an empty one where there is none."""
    found = data.get(name) if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else _NOTHING


def _resources(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = data.get("resources")
    found: dict[str, Mapping[str, Any]] = {}
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping):
            prefix = "data." if one.get("mode") == "data" else ""
            found[f"{prefix}{one.get('type')}.{one.get('name')}"] = one
    return found
