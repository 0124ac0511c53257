"""The statements of a resource policy, and how much one of them lets through.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model import Undecided
from scanner.policy.documents import raw_statements, texts

Statement = Mapping[str, Any]

_ANYTHING = re.compile(r"\*+")
_ACCOUNT, _NAME = 4, 5
# These say how a call travels; they do not say who calls, or what is called.
_OF_THE_TRANSPORT = frozenset({"aws:securetransport", "s3:tlsversion"})
_WITH_WILDCARDS = ("stringlike", "arnlike", "arnequals")


def statements(document: Any) -> tuple[Statement, ...]:
    """The statements of a policy (JSON text, or its mapping); raises `Undecided` where it is no policy."""
    listed = raw_statements(document)
    if not all(_is_statement(item) for item in listed):
        raise Undecided("the policy has statements that cannot be read")
    return listed


def names_everyone(statement: Statement) -> bool:
    """Whether a statement is about every caller, or about all but some; raises `Undecided` where it names nobody."""
    if "NotPrincipal" in statement:
        return not _is_everyone(statement["NotPrincipal"])
    return _is_everyone(_element(statement, "Principal"))


def names_every_action(statement: Statement, service: str) -> bool:
    """Whether a statement is about every action of a service ("s3"), or about all but some."""
    return _names_all(statement, "Action", lambda word: _is_every_action(word, service))


def names_every_resource(statement: Statement) -> bool:
    """Whether a statement is about every resource of every account, or about all but some."""
    return _names_all(statement, "Resource", _is_every_resource)


def narrowing_keys(statement: Statement) -> tuple[str, ...]:
    """The condition keys that limit who calls or what is called; those that let everything through do not count."""
    return tuple(dict.fromkeys(_narrowing(statement.get("Condition"))))


def _is_statement(item: Any) -> bool:
    return isinstance(item, Mapping) and item.get("Effect") in ("Allow", "Deny")


def _element(statement: Statement, key: str) -> Any:
    if statement.get(key) is None:
        raise Undecided(f"a statement of the policy has no {key}")
    return statement[key]


def _is_everyone(principal: Any) -> bool:
    named = principal.get("AWS", ()) if isinstance(principal, Mapping) else principal
    return any(_ANYTHING.fullmatch(text) for text in texts(named))


def _names_all(statement: Statement, key: str, is_all: Any) -> bool:
    if f"Not{key}" in statement:
        return not any(is_all(text) for text in texts(statement[f"Not{key}"]))
    return any(is_all(text) for text in texts(_element(statement, key)))


def _is_every_action(word: str, service: str) -> bool:
    prefix, colon, name = word.lower().partition(":")
    if not colon:
        return bool(_ANYTHING.fullmatch(word))
    return bool(_ANYTHING.fullmatch(name)) and (bool(_ANYTHING.fullmatch(prefix)) or prefix == service.lower())


def _is_every_resource(word: str) -> bool:
    """An asterisk, or an ARN that leaves the account and the resource open ("arn:aws:s3:::*")."""
    if _ANYTHING.fullmatch(word):
        return True
    parts = word.split(":", _NAME)
    if parts[0] != "arn":
        return False
    if len(parts) <= _NAME:  # the last asterisk stands for all that is left out: "arn:*"
        return bool(_ANYTHING.fullmatch(parts[-1]))
    # What follows the bucket is the object: "*/*" still is all of them.
    return parts[_ACCOUNT] in ("", "*") and parts[_NAME].replace("/", "").strip("*") == ""


def _narrowing(condition: Any) -> Iterator[str]:
    if condition is None:
        return
    if not isinstance(condition, Mapping):
        raise Undecided("the policy has a condition that cannot be read")
    for operator, tests in condition.items():
        if not isinstance(tests, Mapping):
            raise Undecided("the policy has a condition that cannot be read")
        for key, values in tests.items():
            if str(key).lower() not in _OF_THE_TRANSPORT and not _fits_all(str(operator), values):
                yield str(key)


def _fits_all(operator: str, values: Any) -> bool:
    """A pattern that every value fits is no condition ("StringLike": "*")."""
    word = operator.lower().rpartition(":")[2].removesuffix("ifexists")
    texts = (values,) if isinstance(values, str) else values
    return word in _WITH_WILDCARDS and any(
        isinstance(text, str) and _ANYTHING.fullmatch(text)
        for text in (texts if isinstance(texts, (list, tuple)) else ())
    )
