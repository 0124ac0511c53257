"""What is left to whoever deploys: the parameters behind the conditions, each with the values that make a difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.cloudformation.conditions import Conditions
from scanner.gate.cloudformation.deployment import Chosen, Deployment, Root
from scanner.gate.cloudformation.parameters import allowed_values, as_text, is_list
from scanner.gate.cloudformation.stack import Stack
from scanner.gate.planned import Choice, Open, Plan

_MOST_VALUES = 8
_MOST_CHOICES = 60


def plan_of(name: str, roots: tuple[Root, ...]) -> Plan:
    """The plan of templates that are deployed together, made with the defaults, and what else may be chosen.

    A parameter without a default gets one of its values, and a condition that nobody can decide holds: neither is the
    right choice, and their other values are choices that count as much.
    """
    chosen: Chosen = {}
    choices: dict[tuple[str, str, str], Choice] = {}
    deployment = Deployment(roots, chosen)
    resources = tuple(deployment.resources())
    for _ in range(len(deployment.stacks) + 8):
        more = _first_choices(deployment, chosen, choices)
        if not more:
            break
        chosen = _joined(chosen, more)
        deployment = Deployment(roots, chosen)
        resources = tuple(deployment.resources())
    _add_alternatives(deployment, chosen, choices)
    return Plan(
        name,
        tuple(dict.fromkeys(stack.template.file for stack in deployment.stacks)),
        resources,
        tuple(deployment.unread),
        tuple(choices.values())[:_MOST_CHOICES],
        lambda choice: _varied(name, roots, _joined(chosen, choice.value)),
        types_left=deployment.types_left,
        account=roots[0].around.account,
        region=roots[0].around.region,
        deleted=tuple(deployment.deleted()),
    )


def _varied(name: str, roots: tuple[Root, ...], chosen: Chosen) -> Plan:
    deployment = Deployment(roots, chosen)
    # A condition that only this choice makes unknown holds here as well.
    resources = tuple(deployment.resources())
    unknown = {
        stack.prefix: {f"condition {one}": True for one in stack.conditions.unknown} for stack in deployment.stacks
    }
    if any(unknown.values()):
        deployment = Deployment(roots, _joined(chosen, unknown))
        resources = tuple(deployment.resources())
    return Plan(name, (), resources, tuple(deployment.unread), deleted=tuple(deployment.deleted()))


def _joined(chosen: Chosen, more: Chosen) -> Chosen:
    return {prefix: {**chosen.get(prefix, {}), **more.get(prefix, {})} for prefix in {**chosen, **more}}


def _first_choices(
    deployment: Deployment, chosen: Chosen, choices: dict[tuple[str, str, str], Choice]
) -> dict[str, dict[str, Any]]:
    """Values for what has none: parameters behind conditions first, then whatever conditions still cannot be decided."""
    made: dict[str, dict[str, Any]] = {}
    for owner, name, literals in _behind_conditions(deployment):
        value = owner.parameter(name)
        if not isinstance(value, Open) or name in chosen.get(owner.prefix, {}) or not value.token:
            continue
        values = _values(owner, name, literals)
        if len(values) < 2 or is_list(owner.template.sections["Parameters"].get(name)):  # noqa: PLR2004 - nothing to choose
            continue
        made.setdefault(owner.prefix, {})[name] = values[0]
        _add(choices, owner, name, values[1:], has_default=False)
    if made:
        return made
    for stack in deployment.stacks:
        for name in stack.conditions.unknown:
            key = f"condition {name}"
            made.setdefault(stack.prefix, {})[key] = True
            choices[stack.prefix, key, "false"] = Choice(
                f"{stack.prefix}{name}", "false", {stack.prefix: {key: False}}, has_default=False
            )
    return made


def _add_alternatives(deployment: Deployment, chosen: Chosen, choices: dict[tuple[str, str, str], Choice]) -> None:
    """The other values of parameters that have a default and that nobody told."""
    for owner, name, literals in _behind_conditions(deployment):
        if name in owner.given or name in chosen.get(owner.prefix, {}):
            continue
        value = owner.parameter(name)
        if isinstance(value, (Open, list)):
            continue
        others = [one for one in _values(owner, name, literals) if isinstance(one, Open) or one != as_text(value)]
        _add(choices, owner, name, others, has_default=True)


def _add(
    choices: dict[tuple[str, str, str], Choice], owner: Stack, name: str, values: list[Any], *, has_default: bool
) -> None:
    for value in values:
        words = "anything else" if isinstance(value, Open) else as_text(value) or "(empty)"
        key = (owner.prefix, name, words)
        choices.setdefault(
            key, Choice(f"{owner.prefix}{name}", words, {owner.prefix: {name: value}}, has_default=has_default)
        )


def _values(owner: Stack, name: str, literals: list[Any]) -> list[Any]:
    """The values of a parameter that may make a difference: those it may have, or those it is compared with and any other."""
    declared = owner.template.sections["Parameters"].get(name)
    allowed = allowed_values(declared)
    if allowed:
        return list(dict.fromkeys(allowed))[:_MOST_VALUES]
    words = list(dict.fromkeys(as_text(one) for one in literals))[: _MOST_VALUES - 1]
    if not words:
        return []
    other = Open(
        f"the parameter {name} has another value", token=f"{owner.prefix}{name}", never=tuple(words), is_outside=True
    )
    return [other, *words]


def _behind_conditions(deployment: Deployment) -> Iterator[tuple[Stack, str, list[Any]]]:
    """Every parameter of a root on which a condition that somebody asked for depends, with what it is compared with."""
    found: dict[tuple[int, str], tuple[Stack, str, list[Any]]] = {}
    for stack in deployment.stacks:
        for condition in stack.conditions.asked:
            for name, literal in stack.conditions.mentions(condition):
                for owner, own_name, plain in _roots_of(deployment, stack, name, is_plain=True):
                    entry = found.setdefault((id(owner), own_name), (owner, own_name, []))
                    if literal is not None and plain:
                        entry[2].append(literal)
    yield from found.values()


def _roots_of(deployment: Deployment, stack: Stack, name: str, *, is_plain: bool) -> Iterator[tuple[Stack, str, bool]]:
    """The parameters of roots that a parameter is made of; plain where it is one of them as it is."""
    if name not in stack.template.sections["Parameters"]:
        return
    parent = deployment.parents.get(id(stack))
    if parent is None:
        if name not in stack.given:
            yield stack, name, is_plain
        return
    above, logical_id = parent
    written = (above.resources[logical_id].get("Properties") or {}).get("Parameters")
    expression = written.get(name) if isinstance(written, Mapping) else None
    as_it_is = isinstance(expression, Mapping) and set(expression) == {"Ref"}
    finder = Conditions({"": expression}, above)
    for inner, _ in finder.mentions(""):
        yield from _roots_of(deployment, above, inner, is_plain=is_plain and as_it_is)
