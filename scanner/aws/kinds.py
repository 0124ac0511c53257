"""What a kind is: the call that lists it, where the answer holds it, and what its id and ARN are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NEXT_TOKEN = ("NextToken", "NextToken")
"""The usual pair: the request member that takes a page's token, and the answer's member that gives it."""

ONE_PAGE = ("", "")
"""For operations that answer everything at once."""

_IAM_PREFIX = {"elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing"}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IAM_ACTION = {"s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock"}


@dataclass(frozen=True, slots=True)
class Climb:
    """Repeats a detail upwards: the answer names the one thing above, which is asked about next, until `top` holds.

    `fact` gathers what was named, the topmost first; `asks` is the request's member for the next one, which is known by
    its `id`; `top` is JMESPath over what was named.
    """

    fact: str
    asks: str
    id: str
    top: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A further call about one resource, for what its list does not tell; its answer's members join the facts.

    `request` values that begin with "$" are JMESPath over the resource's facts, all others are sent as they are.
    `proof` is the member without which the answer is no answer. `keep` names the members that join (empty: all but
    those the list already gave). `where` (JMESPath) and `referenced_by` (kind and path pairs, any of which must hold
    the resource's id) limit the resources asked about; of those that mention it, only the ones for which
    `referenced_where` (JMESPath) holds count. `home` names the fact that holds the Region to ask in.
    `absent` lists error codes that mean "there is none". `more` names the member that is true where AWS kept a part
    of the answer to itself. `inside` names the structure of the answer that holds the proof
    and the members, where these do not stand at its top. With a `climb` the question goes on upwards.
    `trials` names made-up calls (scanner/aws/trials.py) that a pattern of the resource is tried on: the request gets
    them, and the answer becomes one fact for each.
    """

    operation: str
    request: Mapping[str, Any]
    proof: str
    keep: tuple[str, ...] = ()
    where: str = ""
    referenced_by: tuple[tuple[str, str], ...] = ()
    referenced_where: str = ""
    home: str = ""
    absent: tuple[str, ...] = ()
    pages: tuple[str, str] = ONE_PAGE
    more: str = ""
    inside: str = ""
    climb: Climb | None = None
    trials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """Makes a kind that can only be listed for each resource of another: Listeners of a LoadBalancer.

    `where` (JMESPath) limits the parents; the kind's `request` may then use "$path" over the parent's facts.
    """

    kind: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    `name` is CloudFormation's type name, `service` boto3's client, `path` where the answer holds the list
    ("Reservations[].Instances[]") or the one structure ("VpcBlockPublicAccessOptions", "@" for the whole answer).
    `id` is the id's member, or a template over members in braces; a kind without one is a singleton named by its
    Region. `arn` is the member that holds the ARN, or "service:type" from which it is made.
    A path's step with a question mark ("Items?[]") is one that AWS leaves out when there are none.
    `links` tells which members point to which kinds. `request` names everything that makes a page as large as the
    API allows. `operation` is "" for a kind made from its parent's facts and the scanned account's (then `seed` maps its members).
    `is_global` marks kinds that AWS lists once for the account and not per Region; `home` is the Region to ask in.
    `proof` is the member without which a whole answer ("@") is no answer; `absent` lists error codes for "there is none".
    `occasions` are (kind, path) pairs: where none of these kinds holds a string at its path, what this kind could add
    changes no answer, and a scan spares the call (a snapshot does not). An ARN counts in its own Region alone.
    """

    name: str
    service: str
    operation: str
    path: str
    id: str = ""
    arn: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    pages: tuple[str, str] = NEXT_TOKEN
    links: Mapping[str, str] = field(default_factory=dict)
    details: tuple[Detail, ...] = ()
    parent: Parent | None = None
    seed: Mapping[str, str] = field(default_factory=dict)
    is_global: bool = False
    home: str = ""
    proof: str = ""
    absent: tuple[str, ...] = ()
    occasions: tuple[tuple[str, str], ...] = ()

    @property
    def call(self) -> str:
        """`service:Operation`, the name of the call in gaps."""
        return f"{self.service}:{self.operation}"

    @property
    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every (service, operation) pair this kind needs, details included."""
        listed = ((self.service, self.operation),) if self.operation else ()
        return (*listed, *((self.service, detail.operation) for detail in self.details))

    @property
    def response_keys(self) -> tuple[str, ...]:
        """The path's segments without brackets: ("Reservations", "Instances")."""
        return tuple(step.removesuffix("[]").removesuffix("?") for step in self.path.split("."))

    @property
    def is_list(self) -> bool:
        """True where the answer holds many of them."""
        return self.path.endswith("[]")


def iam_action(service: str, operation: str) -> str:
    """The IAM action a call needs: mostly the call's own name; AWS's Service Authorization Reference has the rest."""
    action = f"{_IAM_PREFIX.get(service, service)}:{operation}"
    return _IAM_ACTION.get(f"{service}:{operation}", action)


def identify(kind: Kind, facts: Mapping[str, Any], *, partition: str, account: str, region: str) -> tuple[str, str]:
    """The id and the ARN of a resource; the ARN names the owner where AWS tells one (shared subnets, for example)."""
    if not kind.id:
        id_ = account if kind.name == "AWS::Account" else region
    elif "{" in kind.id:
        id_ = kind.id.format_map(_Blank(facts))
    else:
        id_ = str(facts.get(kind.id) or facts.get(_SECOND_ID.get(kind.name, ""), ""))
    given = facts.get(kind.arn)
    if isinstance(given, str) and given:
        return id_, given
    if kind.name == "AWS::Account":
        return id_, f"arn:{partition}:iam::{account}:root"
    service, _, noun = kind.arn.partition(":")
    if ":" not in kind.arn:  # AWS left its ARN out (an answer that somebody cut down): one of the usual form
        service, noun = (
            _IAM_PREFIX.get(kind.service, kind.service),
            _CAPITAL.sub("-", kind.name.rpartition("::")[2]).lower(),
        )
    owner = facts.get("OwnerId")
    holder = owner if isinstance(owner, str) and owner.isdigit() else account
    if service == "s3":  # bucket names are unique in the partition; their ARNs name neither account nor Region
        return id_, f"arn:{partition}:s3:::{id_}"
    place = "" if kind.is_global else region
    return id_, f"arn:{partition}:{service}:{place}:{holder}:{noun + '/' if noun else ''}{id_}"


# An address of EC2-Classic, or one a service manages, may have no AllocationId.
_SECOND_ID = {"AWS::EC2::EIP": "PublicIp"}


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
