"""A template with its parameters: every value of it resolved as far as it can be before deployment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.cloudformation.attributes import attribute, reference_of
from scanner.gate.cloudformation.conditions import Conditions
from scanner.gate.cloudformation.foreach import unrolled
from scanner.gate.cloudformation.functions import NO_VALUE, PLAIN, Misuse, token_of
from scanner.gate.cloudformation.intrinsics import SPECIAL
from scanner.gate.cloudformation.parameters import value_of
from scanner.gate.cloudformation.template import LANGUAGE_EXTENSIONS, Template
from scanner.gate.planned import Open, Spot
from scanner.model import Unknown

_DYNAMIC = re.compile(r"\{\{resolve:([^}]*)\}\}")


_MACRO = "Fn::Transform"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a template is deployed, as far as it is told."""

    region: str
    account: str
    partition: str = "aws"

    @property
    def suffix(self) -> str:
        """The domain of AWS's services."""
        return {"aws-cn": "amazonaws.com.cn"}.get(self.partition, "amazonaws.com")


@dataclass(slots=True)
class Stack:
    """One stack. `given` are the values of parameters that somebody told, `chosen` those of one world.

    `prefix` stands before every logical id where several stacks are planned together. `exports` finds what other stacks
    export. `outputs_of` finds the outputs of a nested stack.
    """

    template: Template
    name: str
    around: Surroundings
    given: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = ""
    exports: Callable[[str], Any] = field(default=lambda _: None)
    outputs_of: Callable[[Stack, str, str], Any] = field(default=lambda *_: None)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)
    complaints: dict[tuple[Spot, str], None] = field(default_factory=dict)
    conditions: Conditions = field(init=False)
    resources: Mapping[str, Mapping[str, Any]] = field(init=False)
    strange: tuple[str, ...] = field(init=False)
    outputs: Mapping[str, Any] = field(init=False)
    origins: dict[str, str] = field(init=False, default_factory=dict)
    _parameters: dict[str, Any] = field(init=False, default_factory=dict)
    _properties: dict[str, Any] = field(init=False, default_factory=dict)
    _here: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.conditions = Conditions(self._section("Conditions"), self)
        entries = self._section("Resources")
        self.resources = {name: one for name, one in entries.items() if isinstance(one, Mapping) and name[:4] != "Fn::"}
        self.strange = tuple(name for name in entries if name not in self.resources)
        self.outputs = self._section("Outputs")

    def _section(self, name: str) -> Mapping[str, Any]:
        """A section of the template, its loops written out where the template asks for that."""
        section = self.template.sections[name]
        has_loops = LANGUAGE_EXTENSIONS in self.template.transforms
        return unrolled(section, self.resolve, self.origins) if has_loops else section

    def resolve(self, value: Any) -> Any:
        """A value with every function in it carried out; what cannot be known becomes `Open`."""
        if isinstance(value, str):
            return self._dynamic(value) if "{{resolve:" in value else value
        if isinstance(value, list):
            return [item for one in value if (item := self.resolve(one)) is not NO_VALUE]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            name, arguments = next(iter(value.items()))
            if name == "Ref" or name[:4] == "Fn::":
                return self._called(name, arguments)
            if name == "Condition" and isinstance(arguments, str) and arguments in self.conditions:
                return self.conditions.holds(arguments)
        if _MACRO in value:  # whatever it brings stands beside the rest, or in its place
            return self._called(_MACRO, value[_MACRO])
        return {key: item for key, one in value.items() if (item := self.resolve(one)) is not NO_VALUE}

    def parameter(self, name: str) -> Any:
        """The value of a parameter."""
        if name not in self._parameters:
            if name in self.chosen:
                self._parameters[name] = self.chosen[name]
            else:
                declared = self.template.sections["Parameters"].get(name)
                token = f"{self.prefix}{name}"
                self._parameters[name] = value_of(name, declared, self.given.get(name), token=token)
        return self._parameters[name]

    def properties(self, logical_id: str) -> Any:
        """The resolved properties of a resource: a mapping, or `Open` where a macro makes all of them."""
        if logical_id not in self._properties:
            self._properties[logical_id] = Open(f"the properties of {logical_id} refer to themselves")
            self._here.append(logical_id)
            written = self.resources[logical_id].get("Properties", {})
            found = self.resolve({} if written is None else written)
            self._here.pop()
            if not isinstance(found, (Mapping, Unknown)):
                self.complain("Properties is no mapping", "Resources", logical_id, "Properties")
                found = Open(f"the properties of {logical_id} cannot be read")
            self._properties[logical_id] = found
        return self._properties[logical_id]

    def property(self, logical_id: str, name: str) -> Any:
        """One resolved property, None where it is not written; the others are left alone, for they may refer back here."""
        if logical_id in self._properties:
            found = self._properties[logical_id]
            if isinstance(found, Mapping):
                return found.get(name)
        written = self.resources[logical_id].get("Properties") or {}
        if not isinstance(written, Mapping) or (name not in written and _MACRO not in written):
            return None
        if _MACRO in written:
            return self.resolve(written)
        key = f"{logical_id}.{name}"
        if key in self._here:
            return Open(f"{key} refers to itself")
        self._here.append(key)
        try:
            found = self.resolve(written[name])
        finally:
            self._here.pop()
        return None if found is NO_VALUE else found

    def is_planned(self, logical_id: str) -> Any:
        """Whether a resource is made: True, False, or `Open`."""
        name = self.resources[logical_id].get("Condition")
        if name is None:
            return True
        if not isinstance(name, str) or name not in self.conditions:
            self.complain(f"there is no condition {name!r}", "Resources", logical_id, "Condition")
            return Open(f"the condition {name!r} of {logical_id} does not exist")
        return self.conditions.holds(name)

    def complain(self, message: str, *path: str | int) -> None:
        """Notes a mistake of the template; its file stays in the run."""
        self.complaints.setdefault((self.template.spot(*path), message))

    def referred(self, name: str) -> Any:
        """What `Ref` gives."""
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.template.sections["Parameters"]:
            return self.parameter(name)
        if name in self.resources:
            return reference_of(self, name)
        message = f"Ref to {name!r}, which the template does not have"
        if not self._complain_here(message, {"Ref": name}):
            self._complain_here(message, f"${{{name}}}", is_last=True)
        return Open(f"{name!r} is nothing that the template has")

    def attribute(self, name: str, path: str) -> Any:
        """What `Fn::GetAtt` gives."""
        if name not in self.resources:
            self._complain_here(f"Fn::GetAtt of {name!r}, which the template does not have", name, is_last=True)
            return Open(f"{name!r} is nothing that the template has")
        return attribute(self, name, path)

    def _called(self, name: str, arguments: Any) -> Any:
        try:
            if name in PLAIN:
                return PLAIN[name](self.resolve(arguments))
            special = SPECIAL.get(name)
            if special is not None:
                return special(self, arguments)
        except Misuse as mistake:
            self._complain_here(str(mistake), {name: arguments}, is_last=True)
            return Open(f"the template misuses a function: {mistake}")
        if name == _MACRO:
            return Open("a macro makes this value when the template is deployed")
        return Open(f"{name} is no function this program knows")

    def _complain_here(self, message: str, wanted: Any, *, is_last: bool = False) -> bool:
        """Tells a mistake at the place of an expression, found by looking for it from the resource at hand."""
        within: tuple[str | int, ...] = ()
        if self._here:
            logical_id = self._here[-1].partition(".")[0]
            within = ("Resources", self.origins.get(logical_id, logical_id))
        root: Any = self.template.document.data
        for step in within:
            root = root.get(step, {}) if isinstance(root, Mapping) else {}
        path = next(_paths_to(root, wanted), None)
        if path is not None or is_last:
            self.complain(message, *within, *(path or ()))
        return path is not None

    def _dynamic(self, text: str) -> Any:
        found = _DYNAMIC.search(text)
        where = found[1].split(":")[0] if found else "?"
        source = {
            "ssm": "the parameter store",
            "ssm-secure": "the parameter store",
            "secretsmanager": "Secrets Manager",
        }
        return Open(
            f"the value is read from {source.get(where, 'elsewhere')} at deployment",
            token=token_of(text),
            is_outside=True,
        )

    def _pseudo(self, name: str) -> Any:
        around = self.around
        known = {
            "AWS::Region": around.region,
            "AWS::AccountId": around.account,
            "AWS::Partition": around.partition,
            "AWS::URLSuffix": around.suffix,
            "AWS::StackName": self.name,
            "AWS::NoValue": NO_VALUE,
        }
        return known[name] if name in known else Open(f"{name} is known after deployment", token=f"{self.prefix}{name}")


def _paths_to(value: Any, wanted: Any) -> Iterator[tuple[str | int, ...]]:
    """The paths of an expression inside a value, nearest first; a word is looked for in what names a resource."""
    if value == wanted or (isinstance(wanted, str) and isinstance(value, str) and wanted in value):
        yield ()
    elif isinstance(value, Mapping):
        for key, item in value.items():
            for path in _paths_to(item, wanted):
                yield (key, *path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for path in _paths_to(item, wanted):
                yield (index, *path)
