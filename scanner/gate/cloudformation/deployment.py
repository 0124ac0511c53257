"""Templates that are deployed together: roots, the stacks nested in them, and what they export to one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.cloudformation.attributes import STACK, resource_id
from scanner.gate.cloudformation.changes import Before
from scanner.gate.cloudformation.functions import opened
from scanner.gate.cloudformation.stack import Stack, Surroundings
from scanner.gate.cloudformation.template import Template
from scanner.gate.mapping.table import JOINING, MAPPERS, UNREAD, is_relevant, kinds_of
from scanner.gate.planned import Place, Planned, Spot, Unread
from scanner.gate.stacks import Stacks
from scanner.model import Unknown

_MOST_NESTED = 8


@dataclass(frozen=True, slots=True)
class Root:
    """One template as somebody deploys it. `nested` finds the template of a nested stack by its logical id.

    `given` are the parameters that were told, `physical` the ids of what exists already, `actions` what a change set does
    to a resource. `sources` knows the program behind a logical id (CDK), `before` what a change set
    says of what exists, and `existing` finds what exists by its tags.
    """

    template: Template
    name: str
    around: Surroundings
    given: Mapping[str, Any] = field(default_factory=dict)
    nested: Mapping[str, Root] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Spot] = field(default_factory=dict)
    before: Mapping[str, Before] = field(default_factory=dict)
    existing: Stacks = field(default_factory=Stacks)


Chosen = Mapping[str, Mapping[str, Any]]
"""Prefix of a stack -> what is chosen for it in one world: parameters by name, conditions as "condition Name"."""


class Deployment:
    """All stacks of one world."""

    def __init__(self, roots: tuple[Root, ...], chosen: Chosen) -> None:
        self._chosen = chosen
        self._asked_exports: set[str] = set()
        self._exported: dict[str, Any] | None = None
        self._children: dict[tuple[int, str], Stack | None] = {}
        self._roots: dict[int, Root] = {}
        self.stacks: list[Stack] = []
        self.parents: dict[int, tuple[Stack, str]] = {}
        self.unread: dict[Unread, None] = {}
        self.types_left: dict[str, int] = {}
        for root in roots:
            self._stack(root, prefix=f"{root.name}/" if len(roots) > 1 else "", given=root.given, name=root.name)

    def _stack(self, root: Root, *, prefix: str, given: Mapping[str, Any], name: str) -> Stack:
        name = root.existing.name_of(name)
        stack = Stack(
            root.template,
            name,
            root.around,
            given,
            prefix=prefix,
            exports=self._export,
            outputs_of=self._output,
            chosen=self._chosen.get(prefix, {}),
            physical={**_physical(root, name), **root.physical},
        )
        self.stacks.append(stack)
        self._roots[id(stack)] = root
        return stack

    def resources(self) -> Iterator[Planned]:
        """Everything that the stacks make, nested ones included."""
        index = 0
        while index < len(self.stacks):  # nested stacks join while their parents are read
            stack = self.stacks[index]
            index += 1
            for name in stack.template.macros:
                self._leave(stack, ("Transform",), f"the macro {name}", "it changes the template when it is deployed")
            yield from self._resources_of(stack)
            for spot, message in stack.complaints:
                self.unread[Unread(spot, message, "a mistake in the template", ("-",))] = None

    def _leave_strange(self, stack: Stack) -> None:
        """Entries among the resources that are none: macros, loops that cannot be written out, mistakes."""
        for name in stack.strange:
            if name.startswith("Fn::"):
                self._leave(stack, ("Resources", name), name, "what it makes is known at deployment")
            else:
                stack.complain("a resource is no mapping", "Resources", name)

    def _resources_of(self, stack: Stack) -> Iterator[Planned]:
        root = self._roots[id(stack)]
        self._leave_strange(stack)
        for logical_id, resource in stack.resources.items():
            path = ("Resources", stack.origins.get(logical_id, logical_id))
            type_name = resource.get("Type")
            if not isinstance(type_name, str):
                stack.complain("a resource has no Type", *path)
                continue
            if not is_relevant(type_name):
                self.types_left[type_name] = self.types_left.get(type_name, 0) + 1
                continue
            usual = "keep" if root.actions else "update" if logical_id in stack.physical else "create"
            action = root.actions.get(logical_id, usual)
            if action == "delete" or stack.is_planned(logical_id) is not True:
                continue
            if type_name in MAPPERS:
                found = stack.resolve(resource) if "Fn::Transform" in resource else stack.properties(logical_id)
                if isinstance(found, Unknown):
                    self._leave(stack, path, f"{logical_id} ({type_name})", found.why, kinds_of(type_name))
                    continue
                yield Planned(
                    type_name,
                    f"{stack.prefix}{logical_id}",
                    _as_meant(type_name, found),
                    self._place(stack, root, logical_id, resource),
                    resource_id(stack, logical_id),
                    stack.name,
                    action,
                    logical_id in stack.physical,
                    root.before[logical_id].id if action == "replace" and logical_id in root.before else "",
                    _waivers(resource),
                )
            elif type_name == STACK:
                if self._child(stack, logical_id) is None:
                    self._leave(stack, path, f"the nested stack {logical_id}", "its template is not among the files")
            else:
                why = "it may bring anything" if not UNREAD.get(type_name) else "this program does not read the type"
                self._leave(stack, path, f"{logical_id} ({type_name})", why, UNREAD.get(type_name, ()))

    def deleted(self) -> Iterator[Planned]:
        """What the stacks no longer have, as far as a change set or tags tell it; to be asked after `resources`."""
        for stack in self.stacks:
            root = self._roots[id(stack)]
            place = Place(stack.template.finder(""))
            for name, was in root.before.items():
                is_part = was.type in JOINING and root.actions.get(name) in ("update", "replace")
                if root.actions.get(name) == "delete" or is_part:
                    yield Planned(was.type, name, was.properties, place, was.id, stack.name, "delete", is_existing=True)
            for (kind, name), own in root.existing.members(stack.name).items() if not root.actions else ():
                if name not in stack.resources or stack.is_planned(name) is False:
                    yield Planned(kind, name, {}, place, own, stack.name, "delete", is_existing=True)

    def _place(self, stack: Stack, root: Root, logical_id: str, resource: Mapping[str, Any]) -> Place:
        metadata = resource.get("Metadata")
        construct = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
        return Place(
            stack.template.finder(stack.origins.get(logical_id, logical_id)),
            construct if isinstance(construct, str) else "",
            lambda: root.sources.get(logical_id),
        )

    def _leave(
        self, stack: Stack, path: tuple[str | int, ...], what: str, why: str, kinds: tuple[str, ...] = ()
    ) -> None:
        self.unread[Unread(stack.template.spot(*path), what, why, kinds)] = None

    def _child(self, stack: Stack, logical_id: str) -> Stack | None:
        key = (id(stack), logical_id)
        if key not in self._children:
            self._children[key] = None
            nested = self._roots[id(stack)].nested.get(logical_id)
            if nested is not None and stack.prefix.count("/") < _MOST_NESTED:
                told = stack.property(logical_id, "Parameters")
                names = nested.template.sections["Parameters"]
                if isinstance(told, Unknown):
                    told = {name: opened("Parameters", [told, name]) for name in names}
                child = self._stack(
                    nested,
                    prefix=f"{stack.prefix}{logical_id}/",
                    given=told if isinstance(told, Mapping) else {},
                    name=f"{stack.name}-{logical_id}",
                )
                self.parents[id(child)] = (stack, logical_id)
                self._children[key] = child
        return self._children[key]

    def _output(self, stack: Stack, logical_id: str, name: str) -> Any:
        child = self._child(stack, logical_id)
        output = child.outputs.get(name) if child is not None else None
        if child is None or not isinstance(output, Mapping) or "Value" not in output:
            return None
        return child.resolve(output["Value"])

    def _export(self, name: str) -> Any:
        if self._exported is None:
            self._exported = {}
            for stack in tuple(self.stacks):
                self._exported.update((exported, (stack, output)) for exported, output in exports_of(stack) if exported)
        found = self._exported.get(name)
        if found is None or name in self._asked_exports:
            return None
        self._asked_exports.add(name)
        try:
            return found[0].resolve(found[1].get("Value"))
        finally:
            self._asked_exports.discard(name)


def _physical(root: Root, stack: str) -> dict[str, str]:
    """The ids of what exists of a stack, by its tags; what a change set replaces has none that lasts."""
    if not root.existing:
        return {}
    found = {}
    for name, resource in root.template.resources.items():
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        own = root.existing.id_of(stack, kind, name) if isinstance(kind, str) else ""
        if own and root.actions.get(name, "update") not in ("replace", "create"):
            found[name] = own
    return found


def _as_meant(type_name: str, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Properties as mappers understand them: to CloudFormation an empty list of egress rules is none, and it writes its own."""
    egress = properties.get("SecurityGroupEgress")
    if type_name == "AWS::EC2::SecurityGroup" and isinstance(egress, list) and not egress:
        return {name: value for name, value in properties.items() if name != "SecurityGroupEgress"}
    return properties


def exports_of(stack: Stack) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The names a stack exports, with the outputs."""
    for output in stack.outputs.values():
        export = output.get("Export") if isinstance(output, Mapping) else None
        name = stack.resolve(export.get("Name")) if isinstance(export, Mapping) else None
        if isinstance(name, str):
            yield name, output


def _waivers(resource: Mapping[str, Any]) -> tuple[Any, ...]:
    """What `Metadata: {Bastionless: ...}` waives: one waiver, or a list of them."""
    metadata = resource.get("Metadata")
    written = metadata.get("Bastionless") if isinstance(metadata, Mapping) else None
    if written is None:
        return ()
    return tuple(written) if isinstance(written, list) else (written,)
