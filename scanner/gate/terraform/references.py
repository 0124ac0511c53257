"""References followed: an id that is unknown before the apply is found to be that of a planned resource.

A plan's JSON tells of an expression only which references stand in it. Since what is known needs no following, the value of an
unknown expression comes from those references that are unknown themselves; where that leaves one resource of the wanted type, it is
the one. Locals are not in a plan's JSON at all: behind one of them, the only planned resource of the type in the module is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.gate.planned import Open
from scanner.gate.terraform.address import Key, Modules, Step, bracketed, steps_of
from scanner.gate.terraform.changes import Change
from scanner.gate.terraform.configuration import Configuration, part
from scanner.gate.terraform.identities import Identities
from scanner.gate.terraform.values import at
from scanner.model import Unknown

_MOST_STEPS = 24
"""No chain of outputs and variables is longer, unless it goes round in circles."""

_MOST_LOOKS = 2_000
"""References that are looked at for one value."""

_IGNORED = frozenset({"count", "path", "terraform", "self", "provider", "ephemeral", "run"})


class Wanted(NamedTuple):
    """What a value is: an id ("id", "arn", "name") of a CloudFormation type, "" for any; `attribute` is what the using block calls it."""

    type: str
    form: str = "id"
    attribute: str = ""


@dataclass(slots=True)
class Trace:
    """Where a value comes from: planned ids in order, values known already, tokens of what is unknown and lies elsewhere."""

    planned: dict[str, None] = field(default_factory=dict)
    known: dict[str, None] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    is_blind: bool = False
    """Whether something in between is not in the plan: a local, a resource without configuration."""
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the module instance, and the block instance with its key."""

    modules: Modules
    key: Key = None
    loop: Any = None
    """The expression over which the block runs (for_each)."""


class References:
    """All resources of a plan, and how their expressions lead from one to another."""

    def __init__(
        self,
        changes: tuple[Change, ...],
        configuration: Configuration,
        variables: Mapping[str, Any],
        identities: Identities,
    ) -> None:
        self._configuration = configuration
        self._variables = variables
        self._identities = identities
        self._blocks: dict[tuple[Modules, str], dict[Key, Change]] = {}
        self._new: dict[tuple[Modules, str], list[Change]] = {}
        self._keys: dict[tuple[Modules, str], dict[Key, None]] = {}
        for change in changes:
            if change.action != "delete":
                self._blocks.setdefault((change.modules, change.block), {})[change.key] = change
                if not change.is_existing and change.mode == "managed":
                    self._new.setdefault((change.modules, identities.type_of(change)), []).append(change)
            for depth, (name, key) in enumerate(change.modules):
                self._keys.setdefault((change.modules[:depth], name), {})[key] = None

    def scope_of(self, change: Change) -> Scope:
        """The place where the expressions of a resource stand."""
        block = self._configuration.module(change.modules).resources.get(change.block, {})
        return Scope(change.modules, change.key, block.get("for_each_expression"))

    def trace(self, expression: Any, scope: Scope, wanted: Wanted) -> Trace:
        """Everything that an expression may be made of, as far as it is of the wanted type."""
        found = Trace()
        self._follow(expression, scope, wanted, found, 0)
        return found

    def is_settled(self, expression: Any, scope: Scope) -> bool:
        """Whether everything that an expression refers to is known already.

        A value that is unknown all the same was written as null: AWS or the provider will choose it.
        """
        if not isinstance(expression, Mapping) or not expression:
            return False  # a function such as uuid(), of which a plan tells nothing
        if "constant_value" in expression:
            return expression["constant_value"] in (None, "", [], {})
        trace = self.trace(expression, scope, Wanted(""))
        return bool(expression.get("references")) and not (trace.planned or trace.tokens or trace.is_blind)

    def only_of(self, wanted: Wanted, change: Change, expression: Any) -> list[str]:
        """The ids of all resources of a type that are made anew in the module of a resource.

        Where they are the instances of one block, and the expression counts as that does, only the one of the same key.
        """
        found = [one for one in self._new.get((change.modules, wanted.type), ()) if one is not change]
        beside = expression.get("references") if isinstance(expression, Mapping) else None
        if isinstance(beside, list) and len({one.block for one in found}) == 1:
            found = _of_key({one.key: one for one in found}, change.key, beside)
        return [self._identities.form(one, wanted.form) for one in found]

    def _follow(self, expression: Any, scope: Scope, wanted: Wanted, trace: Trace, depth: int) -> None:
        if depth > _MOST_STEPS or trace.looks > _MOST_LOOKS:
            trace.is_blind = True
            return
        if isinstance(expression, list):
            for one in expression:
                self._follow(one, scope, wanted, trace, depth)
        elif isinstance(expression, Mapping):
            if "constant_value" in expression:
                _know(expression["constant_value"], trace)
                return
            references = expression.get("references")
            if not isinstance(references, list):
                for one in expression.values():
                    self._follow(one, scope, wanted, trace, depth + 1)
                return
            for reference in _longest(references):
                trace.looks += 1
                self._refer(steps_of(reference), scope, wanted, trace, depth + 1, references)

    def _refer(
        self, steps: tuple[Step, ...], scope: Scope, wanted: Wanted, trace: Trace, depth: int, beside: list[Any]
    ) -> None:
        if not steps or steps[0].value in _IGNORED:
            return
        head = steps[0].value
        if head == "local":
            trace.is_blind = True
        elif head == "var":
            self._variable(steps, scope, wanted, trace, depth, beside)
        elif head == "module":
            self._output(steps, scope, wanted, trace, depth, beside)
        elif head == "each":
            # each.value and each.key come from what the block runs over; the same key leads to the same instance.
            if len(steps) > 1 and steps[1].value == "value":
                self._each(steps[2:], scope, wanted, trace, depth)
        else:
            self._resource(steps, scope, wanted, trace, depth, beside)

    def _each(self, path: tuple[Step, ...], scope: Scope, wanted: Wanted, trace: Trace, depth: int) -> None:
        loop = scope.loop
        references = (
            _longest(loop["references"])
            if isinstance(loop, Mapping) and isinstance(loop.get("references"), list)
            else []
        )
        if not references:
            trace.is_blind = True
        for reference in references:
            steps = steps_of(reference)
            if len(steps) == 2 and steps[0].value not in ("var", "local", "module", "data"):  # noqa: PLR2004 - type and name
                steps = (*steps, *((Step(scope.key, is_key=True),) if scope.key is not None else ()), *path)
            self._refer(steps, Scope(scope.modules, scope.key), wanted, trace, depth, ["each.key"])

    def _variable(
        self, steps: tuple[Step, ...], scope: Scope, wanted: Wanted, trace: Trace, depth: int, beside: list[Any]
    ) -> None:
        name = str(steps[1].value) if len(steps) > 1 else ""
        path = tuple(step.value for step in steps[2:])
        if not scope.modules:
            told = part(self._variables, name)
            if "value" not in told and "default" not in self._configuration.module(()).variable(name):
                trace.is_blind = True  # an ephemeral one is not written into a plan
            _know(at(told.get("value", self._configuration.module(()).variable(name).get("default")), path), trace)
            return
        outer, (call_name, call_key) = scope.modules[:-1], scope.modules[-1]
        call = self._configuration.module(outer).call(call_name)
        expression = part(call, "expressions").get(name)
        if expression is None:
            if not call:
                trace.is_blind = True
            _know(at(self._configuration.module(scope.modules).variable(name).get("default"), path), trace)
            return
        if isinstance(expression, Mapping) and "constant_value" in expression:
            _know(at(expression["constant_value"], path), trace)
            return
        part_of = Trace(looks=trace.looks)
        self._follow(expression, Scope(outer, call_key, call.get("for_each_expression")), wanted, part_of, depth)
        _join(trace, _picked(part_of, steps[2:], scope, beside))

    def _output(
        self, steps: tuple[Step, ...], scope: Scope, wanted: Wanted, trace: Trace, depth: int, beside: list[Any]
    ) -> None:
        if len(steps) < 2:  # noqa: PLR2004 - "module" and its name
            return
        name, rest = str(steps[1].value), steps[2:]
        keys = list(self._keys.get((scope.modules, name), {None: None}))
        if rest and rest[0].is_key:
            keys, rest = [rest[0].value], rest[1:]
        elif "each.key" in beside and scope.key in keys:
            keys = [scope.key]
        if not rest:
            trace.is_blind = True
            return
        for key in keys:
            inner = (*scope.modules, (name, key))
            expression = self._configuration.module(inner).output(str(rest[0].value))
            if expression is None:
                trace.is_blind = True
                continue
            part_of = Trace(looks=trace.looks)
            self._follow(expression, Scope(inner), wanted, part_of, depth)
            _join(trace, _picked(part_of, rest[1:], scope, beside))

    def _resource(
        self, steps: tuple[Step, ...], scope: Scope, wanted: Wanted, trace: Trace, depth: int, beside: list[Any]
    ) -> None:
        is_data = steps[0].value == "data"
        own = steps[1:] if is_data else steps
        if len(own) < 2:  # noqa: PLR2004 - type and name
            return
        block = f"{'data.' if is_data else ''}{own[0].value}.{own[1].value}"
        rest = own[2:]
        keyed = self._blocks.get((scope.modules, block), {})
        if rest and rest[0].is_key:
            changes = [keyed[rest[0].value]] if rest[0].value in keyed else []
            rest = rest[1:]
        else:
            changes = _of_key(keyed, scope.key, beside)
        if not changes and block not in self._configuration.module(scope.modules).resources:
            trace.is_blind = True
        for change in changes:
            trace.looks += 1
            self._attribute(change, rest, wanted, trace, depth)

    def _attribute(self, change: Change, path: tuple[Step, ...], wanted: Wanted, trace: Trace, depth: int) -> None:
        """What an attribute of a resource is: known, the id of something planned, or unknown in its own way."""
        type_name = self._identities.type_of(change)
        if not path or path[0].is_key:
            if type_name == wanted.type and type_name:
                _give(self._identities.form(change, wanted.form), change, trace)
            elif not wanted.type:
                trace.is_blind = True
            elif wanted.attribute in change.values:
                self._attribute(change, (Step(wanted.attribute, is_key=False),), wanted, trace, depth)
            return
        name = str(path[0].value)
        found = self._identities.attribute(change, name)
        if found is not None:
            if not wanted.type or found.type == wanted.type:
                _give(found.value, change, trace)
            return
        value = at(change.values, tuple(step.value for step in path))
        if value is not None and not _has_open(value):
            _know(value, trace)
            return
        expressions = self._configuration.expressions(change.modules, change.block) or {}
        expression = expressions.get(name)
        if expression is not None:
            self._follow(expression, self.scope_of(change), wanted, trace, depth + 1)
        elif value is not None or change.mode == "data" or name not in change.values:
            token = ".".join((change.address, *(str(step.value) for step in path)))
            trace.tokens[token] = f"{token} is known after the apply"


def _of_key(keyed: Mapping[Key, Change], key: Key, beside: list[Any]) -> list[Change]:
    """The instances that a reference without a key is about: those of the same key where the expression counts."""
    is_counted = isinstance(key, int) and "count.index" in beside
    is_looped = isinstance(key, str) and any(isinstance(one, str) and one.startswith("each.") for one in beside)
    if (is_counted or is_looped) and key in keyed:
        return [keyed[key]]
    changes = list(keyed.values())
    if isinstance(key, int) and is_counted and changes and all(isinstance(one.key, int) for one in changes):
        ordered = sorted(changes, key=lambda one: one.key if isinstance(one.key, int) else 0)
        return [ordered[key % len(ordered)]]
    return changes


def _picked(trace: Trace, path: tuple[Step, ...], scope: Scope, beside: list[Any]) -> Trace:
    """One member of a list or a map from another module, where a number or a key says which."""
    key: Key = path[0].value if path and path[0].is_key else None
    if key is None and not path and {"count.index", "each.key", "each.value"}.intersection(map(str, beside)):
        key = scope.key
    ids = list(trace.planned)
    if trace.known or trace.is_blind or trace.tokens or not ids:
        return trace
    if isinstance(key, int):
        trace.planned = {ids[key % len(ids)]: None}
    elif isinstance(key, str):
        named = [one for one in ids if one.endswith(bracketed(key))]
        if len(named) == 1:
            trace.planned = {named[0]: None}
    return trace


def _join(trace: Trace, other: Trace) -> None:
    trace.planned.update(other.planned)
    trace.known.update(other.known)
    trace.tokens.update(other.tokens)
    trace.is_blind = trace.is_blind or other.is_blind
    trace.looks = max(trace.looks, other.looks)


def _give(identity: str, change: Change, trace: Trace) -> None:
    # What a data source will find has no id yet; a made one stands for it wherever it is named.
    is_known = change.is_existing or (change.mode == "data" and isinstance(change.values.get("id"), str))
    (trace.known if is_known else trace.planned)[identity] = None


def _know(value: Any, trace: Trace) -> None:
    if isinstance(value, str) and value:
        trace.known[value] = None
    elif isinstance(value, list):
        for one in value[:1000]:
            _know(one, trace)


def _has_open(value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    inner: Iterator[Any] = iter(
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    return any(map(_has_open, inner))


def _longest(references: list[Any]) -> list[str]:
    """References without the prefixes that Terraform lists after each."""
    texts = list(dict.fromkeys(one for one in references if isinstance(one, str)))
    kept: list[str] = []
    for index, text in enumerate(texts):
        # A prefix follows its reference at once; another expression may bear the same prefix by itself.
        longer = texts[index - 1] if index else ""
        chain = longer.startswith((f"{text}.", f"{text}["))
        if not chain:
            kept.append(text)
    return kept


def decided(trace: Trace, where: str, inferred: Callable[[], list[str]]) -> Any:
    """A single id out of a trace: the planned one, or `Open` with candidates or a token."""
    planned = list(trace.planned)
    if len(planned) == 1 and not trace.tokens and not trace.is_blind:
        return planned[0]
    if not planned and len(trace.tokens) == 1 and not trace.is_blind:
        token, why = next(iter(trace.tokens.items()))
        # A list may have many members of one name; only what names a single thing is the same thing again.
        is_single = token.endswith(("id", "arn", "name"))
        return Open(why, token=token if is_single else "")
    if trace.is_blind and not trace.tokens:
        candidates = list(dict.fromkeys((*planned, *inferred())))
        if len(candidates) == 1:
            return candidates[0]
        planned = candidates
    return Open(f"{where} is known after the apply", candidates=tuple(planned))
