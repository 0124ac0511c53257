"""A value nobody could read: it joins every computation and never decides one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Self


class Undecided(Exception):  # noqa: N818 - no error: a rule may raise it, and the answer is *unknown*
    """A verdict was asked of something unknown; `reason` is the sentence for the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands where a fact would stand that was refused, unreadable, or not yet known.

    Asking it for anything (truth, order, length, a member, a method, a sum) raises `Undecided` with its reason, so
    that code which forgets about it ends in *unknown* and never in *pass* or *fail*.
    """

    why: str

    def _refuse(self, *_: object) -> NoReturn:
        raise Undecided(self.why)

    def __getattr__(self, name: str) -> NoReturn:
        # Python itself looks for dunder methods, and must be told that they are not there.
        if name.startswith("__") or name == "why":
            raise AttributeError(name)
        self._refuse()

    def __bool__(self) -> bool:  # noqa: PLE0304 - it raises
        self._refuse()

    def __len__(self) -> int:  # noqa: PLE0303 - it raises
        self._refuse()

    def __iter__(self) -> Iterator[object]:
        self._refuse()

    def __contains__(self, _: object) -> bool:
        self._refuse()

    def __getitem__(self, _: object) -> NoReturn:
        self._refuse()

    def __eq__(self, _: object) -> bool:
        self._refuse()

    def __lt__(self, _: object) -> bool:
        self._refuse()

    __le__ = __gt__ = __ge__ = __lt__
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __mod__ = __and__ = __rand__ = __or__ = __ror__ = __int__ = __float__ = __index__ = __neg__ = _refuse

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __hash__(self) -> int:
        return hash(("Unknown", self.why))

    def __str__(self) -> str:  # noqa: PLE0307 - it never returns
        # A word made of it would pass for AWS's own, and be equal to none.
        self._refuse()

    def __format__(self, _: str) -> str:
        self._refuse()


class Guarded(dict[str, Any]):
    """Facts of what is only planned: asking for an unknown one is refused at once.

    `is True` and `isinstance` never ask an `Unknown` anything; where unknown facts are the rule and not the exception,
    that must not pass for an answer. `told` looks without asking, and so do subscripts, loops and copies.
    """

    __slots__ = ()

    def get(self, key: str, default: Any = None) -> Any:
        """The fact, or `default`; raises `Undecided` where it is unknown."""
        value = dict.get(self, key, default)
        if isinstance(value, Unknown):
            raise Undecided(value.why)
        return value


# JMESPath knows objects by the name of their type.
Guarded.__name__ = "dict"


def told(facts: Mapping[str, Any], key: str) -> Any:
    """The fact under a key, None where there is none, `Unknown` where it is: for who only looks."""
    try:
        return facts.get(key)
    except Undecided as doubt:
        return Unknown(doubt.reason)


def guarded(value: Any) -> Any:
    """A copy of a fact in which every structure is guarded."""
    if isinstance(value, dict):
        return Guarded((key, guarded(item)) for key, item in value.items())
    return [guarded(item) for item in value] if isinstance(value, list) else value
