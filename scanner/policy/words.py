"""Conditions in words: "port 22, at most 3600 s, to 10.0.1.0/24, with MFA"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from scanner.policy.conditions import FOR_ALL, FOR_ANY, Clause
from scanner.policy.operators import Family

_MANY = 6
# Their phrases say themselves what becomes of a request without the key.
_TOLD_ALREADY = ("aws:multifactorauthpresent", "ssm:sessiondocumentaccesscheck")
_COMPARED = {
    "LessThan": "below",
    "LessThanEquals": "at most",
    "GreaterThan": "above",
    "GreaterThanEquals": "at least",
}


def conditions_in_words(clauses: Iterable[Clause]) -> str:
    """Clauses that all have to hold, as one phrase; "" for none."""
    return ", ".join(clause_in_words(clause) for clause in sorted(clauses, key=_rank))


def _rank(clause: Clause) -> int:
    """What is asked for comes before who asks, and what has words of its own before what has none."""
    places = list(_SPOKEN)
    return places.index(clause.key) if clause.key in places else len(places)


def clause_in_words(clause: Clause) -> str:
    """One clause as a phrase that goes on after "may open a tunnel …"."""
    if clause.kind is None or clause.trouble:
        return f"{clause.operator} of {clause.written or 'a condition'}, which cannot be read"
    if clause.kind.family is Family.PRESENCE:
        return _presence(clause)
    make = _SPOKEN.get(clause.key, _plain)
    for prefix, maker in _SPOKEN_TAGS.items():
        if clause.key.startswith(prefix):
            make = maker
    return f"{make(clause)}{_when_missing(clause)}"


def block_of(clauses: Iterable[Clause]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The Condition block that a policy would write for these clauses."""
    block: dict[str, dict[str, tuple[str, ...]]] = {}
    for clause in clauses:
        block.setdefault(clause.operator, {})[clause.written] = clause.values
    return block


def either_of(values: Sequence[str]) -> str:
    """Values as alternatives: "22", "22 or 3389", and the number of those that are left out."""
    told = list(values) if len(values) <= _MANY else [*values[:_MANY], f"{len(values) - _MANY} more"]
    return f"{', '.join(told[:-1])} or {told[-1]}" if len(told) > 1 else "".join(told) or "nothing"


def _when_missing(clause: Clause) -> str:
    """What a suffix lets through: a request that does not carry the key at all."""
    negated = clause.kind is not None and clause.kind.is_negated
    if clause.key in _TOLD_ALREADY:
        return ""
    if clause.quantifier == FOR_ALL:
        return " (or not told)"
    return " (or not told)" if clause.if_exists and not negated and not clause.quantifier else ""


def _presence(clause: Clause) -> str:
    wanted = {value.lower() for value in clause.values}
    if clause.key == "aws:multifactorauthpresent" and len(wanted) == 1:
        return "with long-term credentials" if wanted == {"true"} else "with temporary credentials"
    if len(wanted) != 1:
        return f"with or without {clause.written}"
    return f"without {clause.written}" if wanted == {"true"} else f"with some {clause.written}"


def _plain(clause: Clause) -> str:
    assert clause.kind is not None  # noqa: S101 - the caller has asked
    name = clause.kind.name
    quantifier = {FOR_ALL: "every ", FOR_ANY: "some "}.get(clause.quantifier, "")
    compared = _comparison(name)
    if compared:
        return f"{quantifier}{clause.written} {compared} {either_of(clause.values)}"
    verb = "like" if "Like" in name or clause.kind.family is Family.ARN else "in" if "Ip" in name else "being"
    return f"{quantifier}{clause.written} {'not ' if clause.kind.is_negated else ''}{verb} {either_of(clause.values)}"


def _comparison(name: str) -> str:
    return next((word for end, word in reversed(_COMPARED.items()) if name.endswith(end)), "")


def _port(clause: Clause) -> str:
    assert clause.kind is not None  # noqa: S101 - the caller has asked
    compared = _comparison(clause.kind.name)
    if compared:
        return f"ports {compared} {either_of(clause.values)}"
    return f"any port but {either_of(clause.values)}" if clause.kind.is_negated else f"port {either_of(clause.values)}"


def _duration(clause: Clause) -> str:
    assert clause.kind is not None  # noqa: S101 - the caller has asked
    compared = _comparison(clause.kind.name) or ("not" if clause.kind.is_negated else "exactly")
    return f"{compared} {either_of(clause.values)} s"


def _age(clause: Clause) -> str:
    return f"with an MFA {_duration(clause)} ago"


def _time(clause: Clause) -> str:
    assert clause.kind is not None  # noqa: S101 - the caller has asked
    words = {"below": "before", "at most": "until", "above": "after", "at least": "from"}
    word = words.get(_comparison(clause.kind.name), "not at" if clause.kind.is_negated else "at")
    return f"{word} {either_of(clause.values)}"


def _phrase(is_so: str, is_not: str) -> Callable[[Clause], str]:
    """For a key whose values follow a word: "from 203.0.113.0/24", "from outside 203.0.113.0/24"."""

    def make(clause: Clause) -> str:
        assert clause.kind is not None  # noqa: S101 - the caller has asked
        like = "like " if "Like" in clause.kind.name and any("*" in one or "?" in one for one in clause.values) else ""
        return f"{is_not if clause.kind.is_negated else is_so} {like}{either_of(clause.values)}"

    return make


def _switch(is_on: str, is_off: str) -> Callable[[Clause], str]:
    """For a key that is true or false."""

    def make(clause: Clause) -> str:
        wanted = {value.lower() for value in clause.values}
        negated = clause.kind is not None and clause.kind.is_negated
        if wanted not in ({"true"}, {"false"}):
            return f"{is_on} or {is_off}"
        return is_on if (wanted == {"true"}) is not negated else is_off

    return make


def _mfa(clause: Clause) -> str:
    """A long-term access key carries no word of it: what is said of a session says nothing of such a key."""
    wanted = {value.lower() for value in clause.values}
    passes_keys = clause.if_exists or clause.quantifier == FOR_ALL
    if wanted == {"true"}:
        return "with MFA or long-term credentials" if passes_keys else "with MFA"
    if wanted == {"false"}:
        return "without MFA" if passes_keys else "in a session without MFA"
    return "with any credentials" if passes_keys else "with temporary credentials"


def _tagged(start: str) -> Callable[[Clause], str]:
    def make(clause: Clause) -> str:
        assert clause.kind is not None  # noqa: S101 - the caller has asked
        name = clause.written.partition("/")[2]
        like = "like " if "Like" in clause.kind.name else ""
        return f"{start} {'not ' if clause.kind.is_negated else ''}tagged {name}={like}{either_of(clause.values)}"

    return make


_SPOKEN: Mapping[str, Callable[[Clause], str]] = {
    "ec2-instance-connect:remoteport": _port,
    "ec2-instance-connect:maxtunnelduration": _duration,
    "ec2-instance-connect:privateipaddress": _phrase("to", "to addresses outside"),
    "ec2:osuser": _phrase("as", "as anybody but"),
    "ssm:sessiondocumentaccesscheck": _switch("with a document that is allowed too", "without a check of the document"),
    "ssm:accessrequestid": _phrase("with the access request", "without the access request"),
    "aws:currenttime": _time,
    "aws:epochtime": _time,
    "aws:multifactorauthage": _age,
    "aws:multifactorauthpresent": _mfa,
    "aws:principalorgid": _phrase("from the organization", "from outside the organization"),
    "aws:requestedregion": _phrase("in", "outside"),
    "aws:securetransport": _switch("over TLS", "without TLS"),
    "aws:sourceip": _phrase("from", "from outside"),
    "aws:sourcevpc": _phrase("from", "from outside"),
    "aws:sourcevpce": _phrase("through", "not through"),
    "aws:useragent": _phrase("with the user agent", "without the user agent"),
    "aws:viaawsservice": _switch("through an AWS service", "not through an AWS service"),
    "aws:vpcsourceip": _phrase("inside a VPC from", "inside a VPC from outside"),
}
_SPOKEN_TAGS: Mapping[str, Callable[[Clause], str]] = {
    "aws:resourcetag/": _tagged("on what is"),
    "ec2:resourcetag/": _tagged("on what is"),
    "ssm:resourcetag/": _tagged("on what is"),
    "aws:principaltag/": _tagged("in a session"),
    "aws:requesttag/": _tagged("asking for it to be"),
}
