"""Who may become a role: the statements of its trust policy, in words.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html: an account stands for
everybody in it whom that account's own policies let assume the role.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.model import Unknown, View
from scanner.policy.documents import Core, Statement
from scanner.policy.patterns import Lookup, Values
from scanner.policy.principals import Principal, directory_of
from scanner.policy.truths import Truth
from scanner.policy.words import conditions_in_words

_ASSUMING = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


@dataclass(frozen=True, slots=True)
class Trustee:
    """Somebody named by a trust policy.

    `kind` is the policy's own word ("AWS", "Service", "Federated", "CanonicalUser", "*" for anybody) and `name` what stands
    there; `words` say it, `conditions` what is asked of them ("" for nothing). `denies` is true where they may not, and
    `doubt` says what could not be read (`words` is then "somebody").
    """

    kind: str
    name: str
    words: str
    conditions: str
    statement: Statement
    denies: bool = False
    doubt: str = ""


def asks_for_mfa(view: View, principal: Principal, *, providers_ask: bool) -> Truth:
    """Whether nobody becomes a role without multi-factor authentication; a user's keys never ask for it.

    What an identity provider asks of people is not in AWS: unknown, unless `providers_ask` says that they do.
    Raises `Undecided` where IAM was not read whole.
    """
    trust = directory_of(view).trust(principal)
    if trust is None:
        return False
    about = [
        one.core for one in trust.statements if any(one.core.about_action(name) is not False for name in _ASSUMING)
    ]
    denied = {place for place, lookup in enumerate(_WITHOUT_MFA) for core in about
              if core.allows is False and ("AWS", "*") in _named(core) and core.holds(lookup) is True}  # fmt: skip
    found: Truth = True
    for core in (core for core in about if core.allows is not False):
        if all(place in denied or core.holds(lookup) is False for place, lookup in enumerate(_WITHOUT_MFA)):
            continue
        if core.trouble or core.principals is None:
            found = Unknown(f"the trust policy of {principal.word} cannot be read: {core.trouble}")
        elif all(kind == "Federated" for kind, _ in core.principals) and not core.names_others:
            found = found if providers_ask else Unknown(_UNSEEN.format(principal.word))
        else:
            return False
    return found


_UNSEEN = "whether the identity provider by which people become {} asks for MFA is not told by AWS"
_MFA = "aws:multifactorauth"


def _named(core: Core) -> tuple[tuple[str, str], ...]:
    """The principals; the bare asterisk is everybody, as AWS: "*" is."""
    return tuple(("AWS" if kind == "*" else kind, name) for kind, name in core.principals or ())


def _lookup(present: Values | None) -> Lookup:
    """A request that says this of MFA, and of which nothing else is known."""

    def look(key: str) -> Values | Unknown | None:
        if key.startswith(_MFA):
            return present if key.endswith("present") else None
        return Unknown("it is not known before there is a request")

    return look


_WITHOUT_MFA = (_lookup(None), _lookup(("false",)))


def trustees_of(view: View, principal: Principal) -> tuple[Trustee, ...]:
    """Everybody whom the trust policy of a role lets assume it, or denies; nobody for a user.

    Whether those people's own policies let them call sts:AssumeRole is another question (`who_may`). Raises `Undecided`
    where IAM was not read whole.
    """
    trust = directory_of(view).trust(principal)
    return tuple(trustee for one in (trust.statements if trust else ()) for trustee in _trustees(one, view.account))


def _trustees(statement: Statement, account: str) -> Iterator[Trustee]:
    core = statement.core
    if not any(core.about_action(action) is not False for action in _ASSUMING):
        return
    if core.trouble or core.principals is None or core.allows is None:
        yield Trustee("", "", "somebody", "", statement, doubt=core.trouble)
        return
    conditions = conditions_in_words(core.clauses)
    for kind, name in core.principals:
        words = f"everybody but {_words(kind, name, account)}" if core.names_others else _words(kind, name, account)
        yield Trustee(kind, name, words, conditions, statement, denies=not core.allows)


def _words(kind: str, name: str, account: str) -> str:
    if name == "*":
        return "anybody" if kind in ("*", "AWS") else f"any {kind.lower()}"
    if kind == "Service":
        return f"the service {name}"
    if kind == "Federated":
        return f"the identity provider {name.rpartition('provider/')[2]}"
    if kind != "AWS":
        return f"{kind} {name}"
    owner = name if name.isdigit() else (name.split(":", 5)[4] if name.count(":") > 4 else "")  # noqa: PLR2004 - an ARN has six parts
    if not owner:
        return f"a principal that was deleted ({name})"
    noun = "" if name.isdigit() else name.split(":", 5)[5]
    whose = "this account" if owner == account else f"account {owner}"
    return f"whom {whose} lets" if noun in ("", "root") else f"{noun} of {whose}"
