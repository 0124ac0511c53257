"""One resource of a plan, as the tables of words read it: attributes, blocks, and references turned into ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.gate.planned import Open
from scanner.gate.terraform.changes import Change
from scanner.gate.terraform.references import References, Wanted, decided
from scanner.gate.terraform.values import LATER
from scanner.model import Unknown


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of a resource or of a block in it.

    `expressions` are those of the configuration, None where it does not tell; `within` is the expression of the block
    around, for attributes whose own is not told.
    """

    change: Change
    values: Mapping[str, Any]
    expressions: Mapping[str, Any] | None
    references: References = field(repr=False)
    own_id: str = ""
    where: str = ""
    within: Any = None
    is_block: bool = False

    def get(self, name: str) -> Any:
        """A value; None for what is not written, and for what AWS or Terraform will choose, since nobody wrote it."""
        value = self.values.get(name)
        if value is None and not self.change.is_whole and self._is_referred(name):
            return Open(f"{self.where}.{name} {LATER}")
        if value == "" if not isinstance(value, Unknown) else self._is_computed(name):
            return None
        return value

    def _is_referred(self, name: str) -> bool:
        """Whether an attribute that is missing was written as an expression that could not be known."""
        expression = (self.expressions or {}).get(name)
        return isinstance(expression, Mapping) and bool(expression.get("references"))

    def _is_computed(self, name: str) -> bool:
        """Whether what is unknown is left to the provider: nobody wrote it, or what was written came to nothing."""
        if self.is_block or self.expressions is None:
            return False
        if name not in self.expressions:
            return True
        return self.references.is_settled(self.expressions[name], self.references.scope_of(self.change))

    def text(self, name: str) -> Any:
        """As `get`, for what has to be text."""
        value = self.get(name)
        return value if value is None or isinstance(value, (str, Unknown)) else str(value)

    def link(self, name: str, type_name: str, form: str = "id") -> Any:
        """The id of what an attribute refers to: text, None, or `Open`."""
        value = self.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, Unknown):
            return value if isinstance(value, str) and value else None
        wanted = Wanted(type_name, form, name)
        trace = self._trace(name, wanted)
        return decided(trace, f"{self.where}.{name}", lambda: self._inferred(wanted))

    def links(self, name: str, type_name: str, form: str = "id") -> Any:
        """The ids that an attribute lists: a list, in which some may be `Open`, or `Open` where nobody knows how many."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return [value]
        wanted = Wanted(type_name, form, name)
        if isinstance(value, list):
            return self._members(value, name, wanted)
        if not isinstance(value, Unknown):
            return Open(f"{self.where}.{name} cannot be read")
        trace = self._trace(name, wanted)
        if trace.planned and not trace.tokens and not trace.is_blind:
            return [*trace.planned, *(one for one in trace.known if _looks_like(one, trace.planned))]
        if trace.is_blind and not trace.tokens:
            inferred = list(dict.fromkeys((*trace.planned, *self._inferred(wanted))))
            if len(inferred) == 1:
                return inferred
        return Open(f"{self.where}.{name} {LATER}", candidates=tuple(trace.planned))

    def _members(self, value: list[Any], name: str, wanted: Wanted) -> list[Any]:
        unknown = [one for one in value if isinstance(one, Unknown)]
        if not unknown:
            return [one for one in value if one is not None]
        trace = self._trace(name, wanted)
        ids = list(trace.planned)
        if trace.is_blind and not ids and not trace.tokens:
            ids = self._inferred(wanted)
        if len(ids) == len(unknown) and not trace.tokens:
            rest = iter(ids)
            return [next(rest) if isinstance(one, Unknown) else one for one in value if one is not None]
        if len(unknown) == 1 and not ids and len(trace.tokens) == 1:
            made = decided(trace, f"{self.where}.{name}", list)
            return [made if isinstance(one, Unknown) else one for one in value if one is not None]
        why = f"a member of {self.where}.{name} {LATER}"
        return [
            Open(why, candidates=tuple(ids)) if isinstance(one, Unknown) else one for one in value if one is not None
        ]

    def _trace(self, name: str, wanted: Wanted) -> Any:
        expression = self._expression(name)
        scope = self.references.scope_of(self.change)
        trace = self.references.trace(expression, scope, wanted)
        if expression is None:
            trace.is_blind = True
        return trace

    def _expression(self, name: str) -> Any:
        found = (self.expressions or {}).get(name)
        return self.within if found is None else found

    def _inferred(self, wanted: Wanted) -> list[str]:
        if not wanted.type:
            return []
        return self.references.only_of(wanted, self.change, self._expression(wanted.attribute))

    def blocks(self, name: str) -> Any:
        """The blocks of a name as `Attributes`, or `Open` where nobody knows how many there are."""
        value = self.get(name)
        if value is None:
            return []
        if isinstance(value, Unknown):
            return value
        listed = value if isinstance(value, list) else [value]
        written = (self.expressions or {}).get(name)
        each = written if isinstance(written, list) and len(written) == len(listed) else None
        found: list[Attributes] = []
        for index, one in enumerate(listed):
            if isinstance(one, Unknown):
                return one
            if not isinstance(one, Mapping):
                return Open(f"{self.where}.{name} cannot be read")
            own = each[index] if each is not None and isinstance(each[index], Mapping) else None
            around = written if own is None else None
            if isinstance(written, Mapping) and "references" not in written and "constant_value" not in written:
                own, around = written, None  # a single block is written without a list
            where = f"{self.where}.{name}[{index}]"
            found.append(
                Attributes(self.change, one, own, self.references, self.own_id, where, around, is_block=own is None)
            )
        return found

    def block(self, name: str) -> Any:
        """A block of which there is one at most: `Attributes`, None, or `Open`."""
        found = self.blocks(name)
        return found if isinstance(found, Unknown) else found[0] if found else None

    def document(self, name: str) -> Any:
        """A policy: the data in its JSON, `Open` where it is unknown or none."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return Open(f"{self.where}.{name} is no JSON")
        return found if isinstance(found, dict) else Open(f"{self.where}.{name} is no policy")

    def open(self, why: str) -> Open:
        """A value that nobody knows, with the name of the resource."""
        return Open(f"{self.where}: {why}")


def _looks_like(value: str, ids: Mapping[str, None]) -> bool:
    """Whether a known text may stand in a list beside these ids, rather than be a name or a zone that was used to make it."""
    prefix = next(iter(ids)).partition("-")[0]
    return value.startswith((f"{prefix}-", "arn:"))
