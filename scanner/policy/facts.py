"""What a request carries because of who asks, for what, and where: the part of its context that the inventory knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from scanner.model import GLOBAL, Resource, Undecided, Unknown, View
from scanner.policy.documents import Document
from scanner.policy.keys import LOGINS, Key, carried, is_unknown
from scanner.policy.organizations import Organization
from scanner.policy.patterns import Values
from scanner.policy.principals import Principal
from scanner.policy.truths import either

Fact = Values | Unknown | Key | None
"""What is known under a key: its values, that there are none (None), an `Unknown`, or the `Key` if it is free."""

_PRINCIPAL_TAG = "aws:principaltag/"
_REQUEST_TAG = "aws:requesttag/"
_KINDS = {
    "instance": "AWS::EC2::Instance",
    "instance-connect-endpoint": "AWS::EC2::InstanceConnectEndpoint",
    "vpc": "AWS::EC2::VPC",
    "subnet": "AWS::EC2::Subnet",
    "security-group": "AWS::EC2::SecurityGroup",
    "vpc-endpoint": "AWS::EC2::VPCEndpoint",
    "route-table": "AWS::EC2::RouteTable",
    "network-interface": "AWS::EC2::NetworkInterface",
}
_PREFIXES = {"i": "instance", "eice": "instance-connect-endpoint"}


@dataclass(frozen=True, slots=True)
class Target:
    """A resource as a request names it: its ARN ("*" for actions without one), and what the inventory has of it.

    `resource` is None where the inventory does not have it; `doubt` then says why it may exist unseen, "" where it does
    not (a question about a resource that could be made). `given` are condition keys (in small letters) that requests for
    this target carry with these values; None is a key that they lack.
    """

    arn: str
    resource: Resource | None = None
    doubt: str = ""
    given: tuple[tuple[str, Values | None], ...] = ()

    @property
    def region(self) -> str:
        """The Region of the ARN, "" where it has none."""
        return _part(self.arn, 3)

    @property
    def account(self) -> str:
        """The account of the ARN, "" where it has none."""
        return _part(self.arn, 4)


def target_of(view: View, word: str) -> Target:
    """The target with an ARN, or with the id of an instance or an EC2 Instance Connect Endpoint (i-…, eice-…)."""
    noun, id_ = _noun_and_id(word)
    kind = _KINDS.get(noun)
    if kind is None:
        return Target(word)
    try:
        found = view.find(kind, id_)
    except Undecided as doubt:
        return Target(_arn(view, word, noun), doubt=doubt.reason)
    if found is None:
        return Target(_arn(view, word, noun))
    return Target(word if word.startswith("arn:") else found.arn, found)


def _noun_and_id(word: str) -> tuple[str, str]:
    if word.startswith("arn:"):
        noun, _, id_ = _part(word, 5).partition("/")
        return (noun, id_) if _part(word, 2) == "ec2" else ("", "")
    return _PREFIXES.get(word.partition("-")[0], ""), word


def _arn(view: View, word: str, noun: str) -> str:
    if word.startswith("arn:"):
        return word
    place = view.place
    return f"arn:{place.partition}:ec2:{place.region if place.region != GLOBAL else ''}:{view.account}:{noun}/{word}"


class Facts:
    """The known context of one principal's requests for one action on one target."""

    def __init__(
        self,
        principal: Principal,
        target: Target,
        *,
        action: str,
        account: str,
        organization: Organization,
        trust: Callable[[], Document | None],
    ) -> None:
        self.action = action.lower()
        self.principal = principal
        self.target = target
        self.account = account
        self.organization = organization
        self.trust = trust

    def __call__(self, key: str) -> Fact:
        """What is known under a key in small letters."""
        for name, values in self.target.given:
            if name == key:
                return values
        try:
            return _source(self.action, key)(self)
        except Undecided as doubt:
            return Unknown(doubt.reason)


Source = Callable[[Facts], Fact]
"""Where the value of a key comes from."""


@lru_cache(maxsize=4096)
def is_foreign(action: str, key: str) -> bool:
    """Whether no request for an action ever carries a key, so that a test of it is one of nothing. Both in small letters."""
    is_tag = key.startswith((_PRINCIPAL_TAG, *_tag_prefixes(action)))
    return not (is_tag or key in _FIXED or is_unknown(key) or action not in LOGINS) and carried(action, key) is None


@lru_cache(maxsize=4096)
def _source(action: str, key: str) -> Source:
    """What gives a key its value in requests for an action."""
    if key in _FIXED:
        return _FIXED[key]
    if key.startswith(_PRINCIPAL_TAG):
        return lambda facts: _principal_tag(facts, key.removeprefix(_PRINCIPAL_TAG))
    for prefix in _tag_prefixes(action):
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            return lambda facts: _resource_tag(facts.target, key, name)
    if key == f"{action.partition(':')[0]}:region":
        return lambda facts: _region(facts.target)
    fact = _of_every_request(action, key)
    return lambda _: fact


def _of_every_request(action: str, key: str) -> Fact:
    """What does not depend on who asks for what."""
    if is_unknown(key):
        return Unknown(f"what the key {key!r} holds is not known")
    if key.startswith(_REQUEST_TAG):
        return None if action in LOGINS else Key(key)
    return carried(action, key)


def _tag_prefixes(action: str) -> tuple[str, ...]:
    login = LOGINS.get(action)
    return login.tag_prefixes if login else ("aws:resourcetag/", f"{action.partition(':')[0]}:resourcetag/")


def _principal_tag(facts: Facts, name: str) -> Fact:
    own = _tag(facts.principal.resource.tags, name)
    trust = facts.trust()
    if trust is None or isinstance(own, Unknown) or not _lets_tag_sessions(trust):
        return own
    # A session may bring tags of its own, and they replace the role's.
    return Key(f"aws:PrincipalTag/{name}", is_certain=own is not None, usual=own)


def _resource_tag(target: Target, key: str, name: str) -> Fact:
    if target.arn == "*":
        return None
    if target.resource is not None:
        return _tag(target.resource.tags, name)
    return Unknown(target.doubt) if target.doubt else Key(key)


_FIXED: Mapping[str, Callable[[Facts], Fact]] = {
    "aws:principalarn": lambda facts: (facts.principal.arn,),
    "aws:principalaccount": lambda facts: (facts.account,),
    "aws:principaltype": lambda facts: ("AssumedRole" if facts.principal.is_role else "User",),
    "aws:principalisawsservice": lambda _: ("false",),
    "aws:principalservicename": lambda _: None,
    "aws:principalservicenameslist": lambda _: None,
    "aws:principalorgid": lambda facts: _one(facts.organization.id),
    "aws:principalorgpaths": lambda facts: _one(facts.organization.path),
    "aws:username": lambda facts: None if facts.principal.is_role else (facts.principal.resource.id,),
    "aws:userid": lambda facts: _user_id(facts.principal),
    "aws:resourceaccount": lambda facts: (facts.target.account or facts.account,),
    "aws:resourceorgid": lambda facts: _of_the_owner(facts, "aws:ResourceOrgID", facts.organization.id),
    "aws:resourceorgpaths": lambda facts: _of_the_owner(facts, "aws:ResourceOrgPaths", facts.organization.path),
    "aws:requestedregion": lambda facts: _region(facts.target),
}
"""The keys that facts about the principal, the account and the target fix."""


def _one(value: str | Unknown | None) -> Fact:
    return (value,) if isinstance(value, str) else value


def _user_id(principal: Principal) -> Fact:
    """A role's is followed by the name of its session, which is free."""
    id_ = principal.resource.get("RoleId" if principal.is_role else "UserId")
    if not isinstance(id_, str):
        return Unknown(f"the id of {principal.word} was not read")
    return Key("aws:userid", is_certain=True, pattern=f"{id_}:*") if principal.is_role else (id_,)


def _of_the_owner(facts: Facts, name: str, value: str | Unknown | None) -> Fact:
    return _one(value) if facts.target.account in ("", facts.account) else Key(name)


def _region(target: Target) -> Fact:
    return (target.region,) if target.region not in ("", "*") else Key("aws:RequestedRegion", is_certain=True)


def _lets_tag_sessions(trust: Document) -> bool:
    """Whether somebody who assumes the role may tag the session; where that cannot be read, they may."""
    answers = (one.core.about_action("sts:TagSession") for one in trust.statements if one.core.allows is not False)
    return either(answers) is not False


def _tag(tags: Mapping[str, str], name: str) -> Values | Unknown | None:
    """The value of a tag; names of condition keys do not tell capital letters from small ones."""
    values = tuple(dict.fromkeys(value for key, value in tags.items() if key.lower() == name))
    if len(values) > 1:
        return Unknown(f"two tags are called {name!r} but for capital letters")
    return values or None


def _part(arn: str, place: int) -> str:
    parts = arn.split(":", 5)
    return parts[place] if len(parts) > place else ""
