"""Which dialect a text is written in, and the plans that all texts of a run make together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.errors import TemplateError, UsageError, did_you_mean
from scanner.gate.document import Document, parse
from scanner.gate.planned import Plan
from scanner.gate.sources import Pile, Source
from scanner.gate.stacks import Stacks


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked besides the files."""

    account: str
    region: str
    partition: str = "aws"
    stack_name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    existing: Stacks = field(default_factory=Stacks)
    """What exists of the stacks, where the plans are laid over an account."""


class Written(NamedTuple):
    """A text and its data."""

    source: Source
    document: Document


class Dialect(NamedTuple):
    """`hints` are words without which a text cannot be of this dialect, `is_one` looks at its data, `plan` reads all texts.

    `plan` takes every text of the dialect at once, since some refer to others, and gives the plans and one sentence about
    each text that cannot be read.
    """

    hints: tuple[str, ...]
    is_one: Callable[[Any], bool]
    plan: Callable[[Sequence[Written], Asked], tuple[list[Plan], list[TemplateError]]]


def _dialects() -> dict[str, Dialect]:
    """The dialects by the names that `--type` knows, most particular first."""
    from scanner.gate.cloudformation import plans  # noqa: PLC0415 - a dialect is loaded with the first text
    from scanner.gate.terraform import shapes  # noqa: PLC0415 - as above

    return {
        "terraform": Dialect(shapes.HINTS, shapes.is_one, _terraform),
        "cloudformation": Dialect(plans.HINTS, plans.is_one, plans.plan),
    }


def _terraform(texts: Sequence[Written], asked: Asked) -> tuple[list[Plan], list[TemplateError]]:
    from scanner.gate.terraform.plans import plan  # noqa: PLC0415 - most runs have no plan of Terraform's

    return plan(texts, asked)


def plan_all(pile: Pile, asked: Asked, *, forced: str = "") -> tuple[list[Plan], list[TemplateError]]:
    """The plans of all texts, and one sentence about each file that gives none; `forced` names the dialect of all."""
    dialects = _dialects()
    if forced and forced not in dialects:
        raise UsageError(f"there is no dialect {forced!r}", place="--type", cure=did_you_mean(forced, dialects))
    written: dict[str, list[Written]] = {name: [] for name in dialects}
    failures = list(pile.failures)
    for source in pile.sources:
        try:
            found = _recognised(source, dialects, forced)
        except TemplateError as mistake:
            failures.append(mistake)
            continue
        except RecursionError:
            failures.append(TemplateError("the file is nested too deeply", place=source.file))
            continue
        if found is not None:
            written[found[0]].append(found[1])
        elif source.is_named:
            cure = "name templates, plans or folders that hold some, or say which it is with --type"
            failures.append(TemplateError("this is neither a template nor a plan", place=f"{source.file}:1", cure=cure))
    plans: list[Plan] = []
    for name, texts in written.items():
        if texts:
            made, unread = dialects[name].plan(texts, asked)
            plans += made
            failures += unread
    return plans, failures


def _recognised(source: Source, dialects: Mapping[str, Dialect], forced: str) -> tuple[str, Written] | None:
    hinted = [name for name, dialect in dialects.items() if any(word in source.text for word in dialect.hints)]
    names = [forced] if forced else hinted
    if not names:
        return None
    document = parse(source.text, file=source.file)
    for name in names:
        if forced or dialects[name].is_one(document.data):
            return name, Written(source, document)
    return None
