"""The users and roles of an account with every policy that is about them: own, attached, through groups, and the boundary.

Everything comes from one answer, https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.errors import UsageError, did_you_mean
from scanner.model import Resource, Undecided, Unknown, View
from scanner.policy.documents import Document, read_document, unread
from scanner.policy.places import DocumentKind, Place

USER = "AWS::IAM::User"
GROUP = "AWS::IAM::Group"
ROLE = "AWS::IAM::Role"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"

_WORDS = {USER: "user", GROUP: "group", ROLE: "role"}
_INLINE = {USER: "UserPolicyList", GROUP: "GroupPolicyList", ROLE: "RolePolicyList"}
_SERVICE_LINKED = "/aws-service-role/"
_IDENTITY_CENTER = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Principal:
    """A user or a role of the account, as its resource (facts: UserDetail or RoleDetail)."""

    resource: Resource

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return self.resource.arn

    @property
    def word(self) -> str:
        """The kind and the name without the path: "user/ada", "role/ops"."""
        return f"{_WORDS[self.resource.kind]}/{self.resource.id}"

    @property
    def is_role(self) -> bool:
        """Whether it is assumed and not signed in to."""
        return self.resource.kind == ROLE

    @property
    def is_service_linked(self) -> bool:
        """Whether a service owns it: SCPs do not affect it, and its trust is fixed."""
        return self.is_role and str(self.resource.get("Path", "/")).startswith(_SERVICE_LINKED)

    @property
    def is_identity_center(self) -> bool:
        """Whether it is a permission set of IAM Identity Center, entered by people of the directory."""
        return self.is_role and self.resource.id.startswith(_IDENTITY_CENTER)

    @property
    def instance_profiles(self) -> tuple[str, ...]:
        """The ARNs of its instance profiles: instances with one of them are this role."""
        listed = self.resource.items("InstanceProfileList")
        return tuple(str(one["Arn"]) for one in listed if isinstance(one, Mapping) and one.get("Arn"))


class Directory:
    """Every principal of an account, and each document read once."""

    def __init__(self, view: View) -> None:
        """Raises `Undecided` where one of the four lists may be incomplete: then nothing is known of anybody."""
        self.principals = tuple(Principal(one) for kind in (USER, ROLE) for one in view.of(kind))
        self._groups = {group.id: group for group in view.of(GROUP)}
        self._policies = {policy.arn: policy for policy in view.of(MANAGED_POLICY)}
        self._named: dict[str, Principal] = {}
        for principal in self.principals:
            self._named[principal.word.lower()] = self._named[principal.arn] = principal
        self._trusts: dict[str, Document] = {}
        self._identity: dict[str, tuple[Document, ...]] = {}
        self._read: dict[tuple[DocumentKind, str], Document] = {}

    def named(self, name: str) -> Principal:
        """The principal with an ARN or a name ("user/ada", "role/ops"); raises `UsageError` where there is none."""
        found = self._named.get(name) or self._named.get(_short(name).lower())
        if found is None or (name.startswith("arn:") and found.arn.split(":")[:5] != name.split(":")[:5]):
            words = [principal.word for principal in self.principals]
            raise UsageError(f"there is no user or role {name!r}", cure=did_you_mean(_short(name), words))
        return found

    def identity(self, principal: Principal) -> tuple[Document, ...]:
        """The identity-based documents: inline, attached in their default version, and those of a user's groups."""
        if principal.arn not in self._identity:
            self._identity[principal.arn] = tuple(self._identity_of(principal))
        return self._identity[principal.arn]

    def boundary(self, principal: Principal) -> Document | None:
        """The permissions boundary, or None where there is none."""
        given = principal.resource.get("PermissionsBoundary")
        if given is None:
            return None
        place = Place(DocumentKind.BOUNDARY, "", principal.word)
        if isinstance(given, Unknown):
            return unread(place, given.why)
        arn = given.get("PermissionsBoundaryArn") if isinstance(given, Mapping) else None
        return (
            self._managed(arn, DocumentKind.BOUNDARY) if isinstance(arn, str) else unread(place, "it names no policy")
        )

    def trust(self, principal: Principal) -> Document | None:
        """The trust policy of a role, None for a user."""
        if principal.is_role and principal.arn not in self._trusts:
            place = Place(DocumentKind.TRUST, "", principal.word)
            raw = principal.resource.get("AssumeRolePolicyDocument")
            self._trusts[principal.arn] = read_document(raw, place, is_trust=True)
        return self._trusts.get(principal.arn)

    def _identity_of(self, principal: Principal) -> Iterator[Document]:
        yield from self._documents(principal.resource)
        for name in _listed(principal.resource, "GroupList") if not principal.is_role else ():
            place = Place(DocumentKind.INLINE, "", f"group/{name}")
            group = self._groups.get(name) if isinstance(name, str) else None
            if group is None:
                yield unread(place, name.why if isinstance(name, Unknown) else "the group was not read")
            else:
                yield from self._documents(group)

    def _documents(self, holder: Resource) -> Iterator[Document]:
        """What a user, a group or a role has itself; a list that was not read is a document that was not."""
        word = f"{_WORDS[holder.kind]}/{holder.id}"
        yield from inline_documents(holder)
        for one in _listed(holder, "AttachedManagedPolicies"):
            arn = one.get("PolicyArn") if isinstance(one, Mapping) else None
            if isinstance(arn, str):
                yield self._managed(arn, DocumentKind.MANAGED)
            else:
                why = one.why if isinstance(one, Unknown) else "an attached policy has no ARN"
                yield unread(Place(DocumentKind.MANAGED, "", word), why)

    def _managed(self, arn: str, kind: DocumentKind) -> Document:
        """A managed policy in its default version, once for all who have it."""
        if (kind, arn) not in self._read:
            self._read[kind, arn] = _default_version(self._policies.get(arn), Place(kind, arn))
        return self._read[kind, arn]


def inline_documents(holder: Resource) -> Iterator[Document]:
    """The policies that stand in a user, a group or a role itself; a list that was not read is a document that was not."""
    word = f"{_WORDS[holder.kind]}/{holder.id}"
    for one in _listed(holder, _INLINE[holder.kind]):
        name = one.get("PolicyName") if isinstance(one, Mapping) else ""
        place = Place(DocumentKind.INLINE, str(name or ""), word)
        if isinstance(one, Unknown):
            yield unread(place, one.why)
        else:
            yield read_document(one.get("PolicyDocument") if isinstance(one, Mapping) else None, place)


def directory_of(view: View) -> Directory:
    """The directory of an inventory, made once; raises `Undecided` where IAM could not be read whole."""
    return view.shared(Directory)


def _short(name: str) -> str:
    """Of an ARN with a path (…:role/eu/ops) kind and name ("role/ops"); other words are left as they are."""
    if not name.startswith("arn:"):
        return name
    kind, _, rest = name.split(":", 5)[-1].partition("/")
    return f"{kind}/{rest.rpartition('/')[2]}"


def _default_version(policy: Resource | None, place: Place) -> Document:
    if policy is None:
        return unread(place, f"the document of {place.document} was not read")
    default = policy.get("DefaultVersionId")
    for version in _listed(policy, "PolicyVersionList"):
        if isinstance(version, Unknown):
            return unread(place, version.why)
        if not isinstance(version, Mapping):
            continue
        if version.get("IsDefaultVersion") is True or (default is not None and version.get("VersionId") == default):
            named = Place(place.kind, place.document, version=str(version.get("VersionId") or default or ""))
            return read_document(version.get("Document"), named)
    return unread(place, f"the default version of {place.document} was not read")


def _listed(resource: Resource, key: str) -> Iterable[Any]:
    """The items of a list; an unknown in place of it is its only item."""
    try:
        return resource.items(key)
    except Undecided as doubt:
        return (Unknown(doubt.reason),)
