"""Whether a condition holds for a request, in three answers.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html: operators and keys
are joined by *and*, the values of one key by *or* (of a negated operator by *nor*). A key that the request lacks makes a
positive test false and a negated one true. https://docs.aws.amazon.com/IAM/latest/UserGuide/
reference_policies_condition-single-vs-multi-valued-context-keys.html has the set operators.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Undecided, Unknown
from scanner.policy.operators import OPERATORS, Check, Family, Operator, truth_value
from scanner.policy.patterns import Lookup, Values, template
from scanner.policy.truths import Truth, either, every, opposite

FOR_ALL, FOR_ANY = "ForAllValues", "ForAnyValue"
_IF_EXISTS = "ifexists"


@dataclass(frozen=True, slots=True)
class Clause:
    """One key under one operator.

    `operator` is as the policy writes it, `key` in small letters and `written` as the policy writes it. `trouble` says
    why it cannot be read, and is then the answer whenever the key's presence does not decide alone.
    """

    operator: str
    key: str
    written: str
    values: Values
    quantifier: str = ""
    if_exists: bool = False
    trouble: str = ""
    kind: Operator | None = None
    checks: tuple[Check, ...] = field(default=(), compare=False, repr=False)
    variables: tuple[str, ...] = ()

    def holds(self, lookup: Lookup) -> Truth:
        """Whether it holds for a request."""
        if self.kind is None:
            return Unknown(self.trouble)
        found = lookup(self.key)
        return found if isinstance(found, Unknown) else self.holds_for(found, lookup)

    def holds_for(self, found: Values | None, lookup: Lookup) -> Truth:
        """Whether it holds if the request carries these values under its key; `lookup` is asked for variables only."""
        if self.kind is None:
            return Unknown(self.trouble)
        if self.kind.family is Family.PRESENCE:
            return Unknown(self.trouble) if self.trouble else self._is_null(found)
        if not found:
            return self._holds_without()
        if self.trouble:
            return Unknown(self.trouble)
        if self.quantifier:
            told = [value for value in found if value or self.quantifier == FOR_ANY]
            join = every if self.quantifier == FOR_ALL else either
            return join(self._agrees(value, lookup) for value in told)
        answers = [self._agrees(value, lookup) for value in found]
        if all(answer is True for answer in answers) or all(answer is False for answer in answers):
            return answers[0]
        several = Unknown(f"{self.written} has several values, and {self.operator} is for a single one")
        return next((answer for answer in answers if isinstance(answer, Unknown)), several)

    def _holds_without(self) -> bool:
        """A request that lacks the key; measured on AWS, the suffix IfExists changes nothing after ForAnyValue."""
        if self.quantifier:
            return self.quantifier == FOR_ALL
        return self.if_exists or (self.kind is not None and self.kind.is_negated)

    def _is_null(self, found: Values | None) -> bool:
        is_absent = not any(found or ())
        return any(truth_value(value) is is_absent for value in self.values)

    def _agrees(self, value: str, lookup: Lookup) -> Truth:
        assert self.kind is not None  # noqa: S101 - the callers have asked
        answer = either(_checked(check, value, lookup) for check in self.checks)
        return opposite(answer) if self.kind.is_negated else answer


def clauses(condition: Any, *, has_variables: bool) -> tuple[Clause, ...]:
    """The tests of a Condition element, all of which have to hold; what cannot be read is a test that says so."""
    if condition is None:
        return ()
    if not isinstance(condition, Mapping):
        return (_unreadable("", "", (), "the condition cannot be read"),)
    return tuple(_clauses(condition, has_variables=has_variables))


def _clauses(condition: Mapping[str, Any], *, has_variables: bool) -> Iterator[Clause]:
    for operator, block in condition.items():
        if not isinstance(block, Mapping):
            yield _unreadable(str(operator), "", (), f"the condition {operator} cannot be read")
            continue
        for key, values in block.items():
            yield _clause(str(operator), str(key), values, has_variables=has_variables)


def _clause(operator: str, key: str, raw: Any, *, has_variables: bool) -> Clause:
    quantifier, name, if_exists = _split(operator)
    kind = OPERATORS.get(name)
    try:
        values = texts_of(raw)
    except Undecided as doubt:
        return _unreadable(operator, key, (), f"{operator} of {key}: {doubt.reason}")
    if kind is None or quantifier is None or (kind.family is Family.PRESENCE and (quantifier or if_exists)):
        return _unreadable(operator, key, values, f"the operator {operator!r} is not known")
    if "${" in key:
        return _unreadable(operator, key, values, f"the key {key!r} is not known")
    found = Clause(operator, key.lower(), key, values, quantifier, if_exists=if_exists, kind=kind)
    try:
        checks = tuple(kind.make(value, has_variables) for value in values)
    except Undecided as doubt:
        return _with(found, trouble=f"{operator} of {key}: {doubt.reason}")
    return _with(found, checks=checks, variables=_variables(kind, values) if has_variables else ())


def _with(
    clause: Clause, *, checks: tuple[Check, ...] = (), trouble: str = "", variables: tuple[str, ...] = ()
) -> Clause:
    return Clause(
        clause.operator, clause.key, clause.written, clause.values, clause.quantifier, clause.if_exists, trouble, clause.kind, checks,
        variables,
    )  # fmt: skip


def _variables(kind: Operator, values: Values) -> tuple[str, ...]:
    if kind.family not in (Family.STRING, Family.ARN):
        return ()
    keys = (key for value in values for key in template(value, has_variables=True).variables)
    return tuple(dict.fromkeys(keys))


def _unreadable(operator: str, key: str, values: Values, trouble: str) -> Clause:
    return Clause(operator, key.lower(), key, values, trouble=trouble)


def _split(operator: str) -> tuple[str | None, str, bool]:
    """The set operator ("" for none, None for a strange one), the name in small letters, and whether IfExists follows."""
    prefix, colon, rest = operator.rpartition(":")
    known = {"": "", FOR_ALL.lower(): FOR_ALL, FOR_ANY.lower(): FOR_ANY}
    name = rest.lower()
    bare = name.removesuffix(_IF_EXISTS)
    return known.get(prefix.lower()) if colon else "", bare, name != bare


def texts_of(raw: Any) -> Values:
    """The values of a key as texts: AWS takes one or a list, and numbers and truth values without quotes too."""
    listed = raw if isinstance(raw, (list, tuple)) else (raw,)
    return tuple(text_of_value(value) for value in listed)


def text_of_value(value: Any) -> str:
    """One value as AWS compares it; raises `Undecided` for what is no value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.15g}" if value % 1 else str(int(value))
    raise Undecided("it has a value that cannot be read")


def _checked(check: Check, value: str, lookup: Lookup) -> Truth:
    try:
        return check(value, lookup)
    except Undecided as doubt:
        return Unknown(doubt.reason)
