"""Change sets: the answer of `aws cloudformation describe-change-set`, laid over the template they were made of.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.errors import TemplateError

_ACTIONS = {"Add": "create", "Remove": "delete", "Import": "keep", "Dynamic": "update"}


class Before(NamedTuple):
    """What a change set says of something that exists: its type, its physical id, and its properties where it tells them."""

    type: str
    id: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class ChangeSet:
    """What a change set does, by logical id: `actions` ("create", "update", "replace", "delete"), `physical` ids of what exists."""

    file: str
    stack: str
    actions: Mapping[str, str]
    physical: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Before] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        """Every logical id it names."""
        return set(self.actions)

    @property
    def added(self) -> set[str]:
        """What it makes anew, and so must stand in its template."""
        return {name for name, action in self.actions.items() if action == "create"}


def is_change_set(data: Any) -> bool:
    """Whether data is the answer of describe-change-set."""
    return isinstance(data, Mapping) and isinstance(data.get("Changes"), list) and "ChangeSetName" in data


def read_change_set(file: str, data: Mapping[str, Any]) -> ChangeSet:
    """The change set in an answer; raises `TemplateError` where a page of it is missing."""
    if data.get("NextToken"):
        raise TemplateError(
            "a page of the change set is missing", place=file, cure="let the aws command fetch all pages"
        )
    actions: dict[str, str] = {}
    physical: dict[str, str] = {}
    before: dict[str, Before] = {}
    for change in data["Changes"]:
        told = change.get("ResourceChange") if isinstance(change, Mapping) else None
        if not isinstance(told, Mapping) or not isinstance(told.get("LogicalResourceId"), str):
            continue
        name = told["LogicalResourceId"]
        is_replaced = told.get("Replacement") == "True"
        actions[name] = "replace" if is_replaced else _ACTIONS.get(str(told.get("Action")), "update")
        if isinstance(told.get("PhysicalResourceId"), str) and not is_replaced:
            physical[name] = told["PhysicalResourceId"]
        if isinstance(told.get("PhysicalResourceId"), str) and isinstance(told.get("ResourceType"), str):
            before[name] = Before(
                told["ResourceType"], told["PhysicalResourceId"], _properties(told.get("BeforeContext"))
            )
    parameters = {
        one["ParameterKey"]: one.get("ResolvedValue") or one.get("ParameterValue", "")
        for one in data.get("Parameters") or ()
        if isinstance(one, Mapping) and isinstance(one.get("ParameterKey"), str) and one.get("ParameterValue") != "****"
    }
    return ChangeSet(file, str(data.get("StackName") or ""), actions, physical, parameters, before)


def _properties(context: Any) -> Mapping[str, Any]:
    """The properties before the change, which a change set tells with --include-property-values."""
    try:
        told = json.loads(context) if isinstance(context, str) else None
    except (ValueError, RecursionError):
        return {}
    found = told.get("Properties") if isinstance(told, Mapping) else None
    return found if isinstance(found, Mapping) else {}
