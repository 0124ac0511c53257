"""Terraform's addresses: `module.net["a"].aws_subnet.public[0]` as its parts."""

from __future__ import annotations

import re
from typing import NamedTuple

Key = str | int | None
"""The key of an instance: a number (count), a text (for_each), or None."""

Modules = tuple[tuple[str, Key], ...]
"""The calls that lead to a module instance, outermost first; () is the root."""

_STEP = re.compile(r'\.?([^.\[\]]+)|\[("(?:[^"\\]|\\.)*"|-?\d+|[^\]]*)\]')
MAX_STEPS = 64


class Step(NamedTuple):
    """One step of an address or a reference: a name after a dot, or a key in brackets."""

    value: str | int
    is_key: bool


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of an address or a reference, at most `MAX_STEPS`; what cannot be read is left out."""
    steps = []
    for match in _STEP.finditer(text[:4096]):
        name, key = match[1], match[2]
        if name is not None:
            steps.append(Step(name, is_key=False))
        elif key.lstrip("-").isdigit():
            steps.append(Step(int(key), is_key=True))
        else:
            steps.append(Step(re.sub(r"\\(.)", r"\1", key.strip('"')), is_key=True))
    return tuple(steps[:MAX_STEPS])


def modules_of(address: object) -> Modules:
    """The module calls at the beginning of an address."""
    steps = list(steps_of(address)) if isinstance(address, str) else []
    modules: list[tuple[str, Key]] = []
    while len(steps) > 1 and steps[0] == Step("module", is_key=False):
        name = str(steps[1].value)
        del steps[:2]
        key: Key = None
        if steps and steps[0].is_key:
            key = steps.pop(0).value
        modules.append((name, key))
    return tuple(modules)


def words_of(modules: Modules) -> str:
    """A module instance as Terraform writes it: "" for the root."""
    return ".".join(f"module.{name}{bracketed(key)}" for name, key in modules)


def bracketed(key: Key) -> str:
    """A key as addresses bear it."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f'["{key}"]'
