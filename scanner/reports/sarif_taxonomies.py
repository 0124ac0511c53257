"""Frameworks as SARIF taxonomies, and the rules' relationships to their controls."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from scanner.model import Framework
from scanner.reports.sarif_text import plain_text

_NAMESPACE = uuid.UUID("0b9d7a4e-5f0c-5b57-9a43-c3f1f0f6f2d8")


def taxonomies(frameworks: Sequence[Framework]) -> list[Any]:
    """One `sarif_om.ToolComponent` for each framework, with the controls that rules answer; proposed ones are no part."""
    import sarif_om as om

    return [
        om.ToolComponent(
            name=plain_text(one.name),
            version=one.version,
            guid=_guid(one),
            information_uri=one.learn or None,
            is_comprehensive=False,
            taxa=[om.ReportingDescriptor(id=control) for control in one.controls],
        )
        for one in frameworks
    ]


def references(frameworks: Sequence[Framework]) -> list[Any]:
    """One `sarif_om.ToolComponentReference` for each framework."""
    import sarif_om as om

    return [
        om.ToolComponentReference(name=plain_text(one.name), index=index, guid=_guid(one))
        for index, one in enumerate(frameworks)
    ]


def relationships(rule_id: str, frameworks: Sequence[Framework]) -> list[Any]:
    """One `sarif_om.ReportingDescriptorRelationship` for each control that a rule answers."""
    import sarif_om as om

    components = references(frameworks)
    return [
        om.ReportingDescriptorRelationship(
            target=om.ReportingDescriptorReference(id=control, index=index, tool_component=components[number]),
            kinds=["relevant"],
        )
        for number, one in enumerate(frameworks)
        for index, (control, rule_ids) in enumerate(one.controls.items())
        if rule_id in rule_ids
    ]


def _guid(framework: Framework) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{framework.name}\x1f{framework.version}"))
