"""Conditions with three truths: they hold, they do not, or nobody can tell before deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scanner.gate.cloudformation.functions import Misuse, equal
from scanner.gate.planned import Open
from scanner.model import Unknown

if TYPE_CHECKING:
    from scanner.gate.cloudformation.stack import Stack

_MANY = ("Fn::And", "Fn::Or")


class Conditions:
    """The section of a stack; each condition is decided once. What was asked for is in `asked`, what stayed open in `open`."""

    def __init__(self, written: Mapping[str, Any], stack: Stack) -> None:
        self._written = written
        self._stack = stack
        self._known: dict[str, Any] = {}
        self.asked: dict[str, None] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._written

    @property
    def unknown(self) -> tuple[str, ...]:
        """The conditions that somebody asked for and nobody can decide."""
        return tuple(name for name in self.asked if isinstance(self._known.get(name), Unknown))

    def holds(self, name: str) -> Any:
        """True, False or `Open`."""
        self.asked[name] = None
        return self._held(name)

    def _held(self, name: str) -> Any:
        if name not in self._known:
            chosen = self._stack.chosen.get(f"condition {name}")
            if isinstance(chosen, bool):
                self._known[name] = chosen
            else:
                self._known[name] = Open(f"the condition {name} refers to itself")
                self._known[name] = self._tried(name)
        return self._known[name]

    def _tried(self, name: str) -> Any:
        try:
            found = self.decided(self._written[name])
        except Misuse as mistake:
            self._stack.complain(str(mistake), "Conditions", name)
            return Open(f"the condition {name} cannot be read: {mistake}")
        if isinstance(found, Unknown):
            return Open(f"the condition {name} is decided at deployment: {found.why}", token=f"condition {name}")
        return found

    def decided(self, expression: Any) -> Any:
        """One expression of the section."""
        if isinstance(expression, Mapping) and len(expression) == 1:
            name, arguments = next(iter(expression.items()))
            if name == "Condition":
                return self._named(arguments)
            if name == "Fn::Equals":
                return equal(self._stack.resolve(arguments))
            if name == "Fn::Not":
                if not isinstance(arguments, list) or len(arguments) != 1:
                    raise Misuse("Fn::Not wants one condition")
                found = self.decided(arguments[0])
                return found if isinstance(found, Unknown) else not found
            if name in _MANY:
                return self._many(name, arguments)
        found = self._stack.resolve(expression)
        if isinstance(found, (bool, Unknown)):
            return found
        if str(found).lower() in ("true", "false"):
            return str(found).lower() == "true"
        raise Misuse("a condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition")

    def _many(self, name: str, arguments: Any) -> Any:
        if not isinstance(arguments, list):
            raise Misuse(f"{name} wants a list of conditions")
        enough = name == "Fn::Or"  # one such member decides, whatever the others are
        open_: Unknown | None = None
        for one in arguments:
            found = self.decided(one)
            if isinstance(found, Unknown):
                open_ = found if open_ is None else open_
            elif found is enough:
                return enough
        return open_ if open_ is not None else not enough

    def _named(self, name: Any) -> Any:
        if not isinstance(name, str) or name not in self:
            raise Misuse(f"there is no condition {name!r}")
        return self._held(name)

    def mentions(self, name: str) -> Iterator[tuple[str, Any]]:
        """The parameters that a condition depends on, each with what it is compared with (None: with nothing plain)."""
        yield from self._mentions(self._written.get(name), {name})

    def _mentions(self, expression: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
        if isinstance(expression, list):
            for one in expression:
                yield from self._mentions(one, seen)
        if not isinstance(expression, Mapping):
            return
        for name, arguments in expression.items():
            if name == "Condition" and isinstance(arguments, str):
                if arguments not in seen:
                    seen.add(arguments)
                    yield from self._mentions(self._written.get(arguments), seen)
            elif name == "Ref" and isinstance(arguments, str):
                yield arguments, None
            elif name == "Fn::Equals" and isinstance(arguments, list) and len(arguments) == 2:  # noqa: PLR2004 - a pair
                yield from _compared(arguments)
                yield from self._mentions(arguments, seen)
            else:
                yield from self._mentions(arguments, seen)


def _compared(pair: list[Any]) -> Iterator[tuple[str, Any]]:
    for one, other in (pair, pair[::-1]):
        if isinstance(one, Mapping) and isinstance(one.get("Ref"), str) and not isinstance(other, (Mapping, list)):
            yield one["Ref"], other
