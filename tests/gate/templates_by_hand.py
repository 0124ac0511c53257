"""Templates written in tests, and what the gate makes of them: facts by kind and id, or answers by rule."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import scanner
from scanner.gate.build import Surface, surface_of
from scanner.gate.dialects import Asked, plan_all
from scanner.gate.planned import Plan
from scanner.gate.sources import Pile, Source, gather
from scanner.model import Finding, Resource

TEMPLATES = Path(__file__).parent / "templates"
ACCOUNT, REGION = "111122223333", "eu-west-1"
NOON = "2026-01-15T12:00:00Z"
EVERYTHING = TEMPLATES / "everything.yaml"


def plans(*texts: str, parameters: dict[str, Any] | None = None) -> list[Plan]:
    """The plans of templates, with the names a.yaml, b.yaml and so on."""
    sources = [Source(f"{name}.yaml", textwrap.dedent(text)) for name, text in zip("abcdefgh", texts, strict=False)]
    made, failures = plan_all(Pile(sources), Asked(ACCOUNT, REGION, parameters=parameters or {}))
    assert not failures, failures
    return made


def surface(text: str, *, parameters: dict[str, Any] | None = None) -> Surface:
    """The one world of a template's defaults."""
    (plan,) = plans(text, parameters=parameters)
    return surface_of(plan, account=ACCOUNT, region=REGION, now=NOON)


def surface_of_file(path: Path) -> Surface:
    """The same of a file."""
    made, failures = plan_all(gather([path]), Asked(ACCOUNT, REGION))
    assert not failures, failures
    return surface_of(made[0], account=ACCOUNT, region=REGION, now=NOON)


def resource(text: str, kind: str, id_: str, **options: Any) -> Resource:
    """One resource of a template's world."""
    found = surface(text, **options).inventory.find(kind, id_)
    assert found is not None, f"no {kind} {id_}"
    return found


def properties(text: str, address: str = "It", **options: Any) -> Any:
    """The resolved properties of one planned resource."""
    (plan,) = plans(text, **options)
    return next(one.properties for one in plan.resources if one.address == address)


def answers(path: Path | list[Path], *, select: str, **options: Any) -> dict[str, str]:
    """Resource id -> outcome of one rule, through the front door."""
    report = scanner.gate(path, select=[select], include_pass=True, **options)
    return {finding.resource.id: finding.outcome.value for finding in report.findings}


def findings(path: Path | list[Path], *, select: str, **options: Any) -> list[Finding]:
    """What one rule says, through the front door."""
    return list(scanner.gate(path, select=[select], include_pass=True, **options).findings)


def written(folder: Path, text: str, name: str = "template.yaml") -> Path:
    """A template in a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path
