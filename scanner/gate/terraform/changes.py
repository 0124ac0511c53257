"""The resources of a plan, one by one: from `resource_changes`, else from the values of a plan or a state.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.gate.planned import Path
from scanner.gate.terraform.address import Key, Modules, bracketed, modules_of, words_of
from scanner.gate.terraform.configuration import part
from scanner.gate.terraform.values import merged

MAX_RESOURCES = 50_000
_MAX_DEPTH = 40
_ACTIONS = {
    ("no-op",): "keep",
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
    ("read",): "read",
    # What Terraform forgets stays in the account, as it is.
    ("forget",): "keep",
}


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One resource instance, and what happens to it. `id` is the one it has already; `path` leads to it in the file.

    `values` are those after the change, `Open` where unknown. `is_whole` tells whether the plan says what it does not know:
    `planned_values` merely leaves that out.
    """

    address: str
    modules: Modules
    type: str
    name: str
    key: Key
    mode: str
    action: str
    values: Mapping[str, Any] = field(repr=False)
    id: str = ""
    provider: str = ""
    path: Path = ()
    is_whole: bool = True
    before: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def block(self) -> str:
        """The name of the block in its module: "aws_vpc.main", "data.aws_vpc.main"."""
        prefix = "data." if self.mode == "data" else ""
        return f"{prefix}{self.type}.{self.name}"

    @property
    def is_existing(self) -> bool:
        """Whether it is there before the change, and stays."""
        return self.action in ("keep", "update") and bool(self.id)


def changes_in(plan: Mapping[str, Any], path: Path = ()) -> Iterator[Change]:
    """Every resource instance of a plan or a state; what has no type and no name is left out."""
    seen: set[tuple[str, str]] = set()
    listed = plan.get("resource_changes")
    found = _told(listed, (*path, "resource_changes")) if isinstance(listed, list) else ()
    for change in found:
        seen.add((change.mode, change.address))
        yield change
    for name, action in (("planned_values", "create"), ("values", "keep")):
        root = _root(plan.get(name))
        for change in _valued(root, (*path, name, "root_module"), action if not seen else "keep"):
            if (change.mode, change.address) not in seen:
                yield change
    prior = plan.get("prior_state")
    root = _root(prior.get("values")) if isinstance(prior, Mapping) else {}
    for change in _valued(root, (*path, "prior_state", "values", "root_module"), "keep"):
        # The managed ones of these are told above; what is not is being destroyed or left alone.
        if change.mode == "data" and (change.mode, change.address) not in seen:
            seen.add((change.mode, change.address))
            yield change


def _root(values: Any) -> Mapping[str, Any]:
    root = values.get("root_module") if isinstance(values, Mapping) else None
    return root if isinstance(root, Mapping) else {}


def _told(listed: list[Any], path: Path) -> Iterator[Change]:
    for index, told in enumerate(listed[:MAX_RESOURCES]):
        change = told.get("change") if isinstance(told, Mapping) else None
        if not isinstance(change, Mapping) or told.get("deposed"):
            continue  # a deposed object is going to be destroyed, and has a successor
        actions = change.get("actions")
        listed_actions = tuple(map(str, actions)) if isinstance(actions, list) else ()
        action = _ACTIONS.get(listed_actions, "update" if change.get("before") else "create")
        before = part(change, "before")
        after = before if action == "delete" or listed_actions == ("forget",) else change.get("after")
        own_id = before.get("id")
        known_id = own_id if isinstance(own_id, str) else ""
        unknown = change.get("after_unknown") if after is not before else None
        for made in _made(told, action, after, unknown, known_id, (*path, index)):
            yield replace(made, before=before)


def _made(
    told: Mapping[str, Any], action: str, after: Any, unknown: Any, known_id: str, path: Path, *, is_whole: bool = True
) -> Iterator[Change]:
    type_name, name = told.get("type"), told.get("name")
    if not isinstance(type_name, str) or not isinstance(name, str) or not type_name:
        return
    index = told.get("index")
    key = index if isinstance(index, (str, int)) and not isinstance(index, bool) else None
    address = told.get("address")
    module_words = told.get("module_address")
    modules = modules_of(module_words if isinstance(module_words, str) else address)
    mode = "data" if told.get("mode") == "data" else "managed"
    block = f"{'data.' if mode == 'data' else ''}{type_name}.{name}{bracketed(key)}"
    whole = address if isinstance(address, str) and address else ".".join(filter(None, (words_of(modules), block)))
    if whole.endswith(f".{name}") and key is not None:
        whole += bracketed(key)  # 0.12 leaves the key out in places
    values = merged(after, unknown, whole)
    provider = told.get("provider_name")
    yield Change(
        whole,
        modules,
        type_name,
        name,
        key,
        mode,
        action,
        values if isinstance(values, Mapping) else {},
        known_id,
        provider if isinstance(provider, str) else "",
        path,
        is_whole,
    )


def _valued(module: Mapping[str, Any], path: Path, action: str, depth: int = 0) -> Iterator[Change]:
    """The resources of `planned_values` or a state, module by module."""
    resources = module.get("resources")
    for index, told in enumerate(resources if isinstance(resources, list) else ()):
        if not isinstance(told, Mapping) or told.get("deposed_key"):
            continue
        values = told.get("values")
        own = values.get("id") if isinstance(values, Mapping) else None
        known_id = own if isinstance(own, str) and told.get("mode") != "data" else ""
        what = "keep" if known_id else action
        is_whole = action == "keep"
        if isinstance(told.get("mode"), str) and told["mode"] == "data":
            what = "read"
        yield from _made(told, what, values, None, known_id, (*path, "resources", index), is_whole=is_whole)
    children = module.get("child_modules")
    for index, child in enumerate(children if isinstance(children, list) and depth < _MAX_DEPTH else ()):
        if isinstance(child, Mapping):
            yield from _valued(child, (*path, "child_modules", index), action, depth + 1)
