"""Answers on their way to rows: the same answer about many instances is one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.logins.capability import Capability, Door, Holder, KeyPush
from scanner.logins.permits import Permit
from scanner.policy.formulas import Access


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row says beside its instances: a permit (by identity), the ports, the key, and a doubt of the network's."""

    permit: Permit
    ports: tuple[int, ...] = ()
    keys: KeyPush | None = None
    doubt: str = ""

    @property
    def verdict(self) -> Access:
        """What stays of a permit where the network is not known."""
        return Access.UNKNOWN if self.doubt else self.permit.access


class Rows:
    """The answers about one principal at one door, in the order they came."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._instances: dict[Answer, dict[str, None]] = {}
        self._endpoints: dict[Answer, dict[str, None]] = {}

    def add(self, answer: Answer, instances: Iterable[str], *, endpoint: str = "") -> None:
        """One more place where an answer is given."""
        self._instances.setdefault(answer, {}).update(dict.fromkeys(instances))
        if endpoint:
            self._endpoints.setdefault(answer, {})[endpoint] = None

    def of(self, holder: Holder) -> Iterator[Capability]:
        """The rows, those that are certain before those that are not."""
        for answer in sorted(self._instances, key=lambda one: _ORDER[one.verdict]):
            permit = answer.permit
            yield Capability(
                holder,
                self._door,
                answer.verdict,
                tuple(sorted(self._instances[answer])),
                tuple(sorted(self._endpoints.get(answer, ()))),
                answer.ports,
                answer.keys,
                permit.conditions,
                answer.doubt or permit.reason,
                permit.statements,
                permit.notes,
            )


_ORDER = {Access.ALLOWED: 0, Access.CONDITIONAL: 1, Access.UNKNOWN: 2, Access.DENIED: 3}


def better(first: Permit, second: Permit) -> Permit:
    """The one of two answers that lets more through; the first of two alike."""
    return min(first, second, key=lambda one: _ORDER[one.access])
