"""The statements of a resource policy, and how much one of them lets through.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model import Undecided, Unknown
from scanner.policy.conditions import Clause, clauses
from scanner.policy.documents import raw_statements, texts
from scanner.policy.operators import Family
from scanner.policy.patterns import Values

Statement = Mapping[str, Any]

_ANYTHING = re.compile(r"\*+")
_ACCOUNT, _NAME = 4, 5
# These say how a call travels; they do not say who calls, or what is called.
_OF_THE_TRANSPORT = frozenset({"aws:securetransport", "s3:tlsversion"})


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
    """The condition keys that limit who calls or what is called; those that bind nobody do not count.

    Such are `StringLike` with "o-*" for an organization, which fits all of them, what counts only `IfExists` of a key that
    strangers do not carry, and `Null`. Raises `Undecided` for a condition that cannot be read.
    """
    return tuple(dict.fromkeys(_narrowing(statement.get("Condition"), denies=statement.get("Effect") == "Deny")))


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


def _narrowing(condition: Any, *, denies: bool) -> Iterator[str]:
    found = clauses(condition, has_variables=True)
    unread = next((clause for clause in found if clause.kind is None), None)
    if unread is not None:
        raise Undecided(f"the policy has a condition that cannot be read: {unread.trouble}")
    for clause in found:
        if clause.key not in _OF_THE_TRANSPORT and _stops_strangers(clause, denies=denies):
            yield clause.written


def _stops_strangers(clause: Clause, *, denies: bool) -> bool:
    """Whether nobody from elsewhere gets by: no stranger meets what an Allow asks, every one what a Deny is about."""
    answers = [clause.holds_for(said, _unknown) for said in _said_by_strangers(clause)]
    doubt = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    if any(answer is (not denies) for answer in answers):
        return False
    if doubt is not None and clause.trouble:
        raise Undecided(f"the policy has a condition that cannot be read: {clause.trouble}")
    return True


def _said_by_strangers(clause: Clause) -> tuple[Values | None, ...]:
    """What requests of other accounts, about other accounts' resources, carry under a key."""
    if clause.key in _STRANGERS:
        return _STRANGERS[clause.key]
    family = clause.kind.family if clause.kind else Family.STRING
    return (None, *_VALUES.get(family, ()))


def _unknown(key: str) -> Unknown:
    return Unknown(f"${{{key}}} is known only with the request")


_ORGANIZATION = "o-0stranger0"
_STRANGER = "999999999999"
_PATH = f"{_ORGANIZATION}/r-0str/ou-0str-0stranger/"
_ARN = f"arn:aws:iam::{_STRANGER}:role/stranger"
# Who belongs to no organization carries none; every request tells its accounts.
_STRANGERS: Mapping[str, tuple[Values | None, ...]] = {
    "aws:principalorgid": (None, (_ORGANIZATION,)),
    "aws:resourceorgid": (None, (_ORGANIZATION,)),
    "aws:principalorgpaths": (None, (_PATH,)),
    "aws:resourceorgpaths": (None, (_PATH,)),
    "aws:principalaccount": ((_STRANGER,),),
    "aws:resourceaccount": ((_STRANGER,),),
    "s3:resourceaccount": ((_STRANGER,),),
    "aws:principalarn": ((_ARN,),),
    "aws:principalisawsservice": (("false",),),
}
_VALUES: Mapping[Family, tuple[Values, ...]] = {
    Family.STRING: (("a-value-that-no-policy-names",),),
    Family.ARN: ((_ARN,),),
    Family.BOOL: (("true",), ("false",)),
    Family.ADDRESS: (("192.0.2.99",), ("2001:db8::99",)),
    Family.PRESENCE: (("a-value-that-no-policy-names",),),
}
