"""The service control policies that stand above an account, level by level.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html: an action has to be
allowed at the root, at every organizational unit on the way, and at the account. The management account has none above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.model import Resource, Undecided, Unknown, View
from scanner.policy.documents import Document, read_document
from scanner.policy.places import DocumentKind, Place

ORGANIZATION = "AWS::Organizations::Organization"
ACCOUNT = "AWS::Organizations::Account"
POLICY = "AWS::Organizations::Policy"

_SCP = "SERVICE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class Level:
    """The root, an organizational unit or the account, with the SCPs attached to it."""

    id: str
    kind: str
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """What is known of the organization above an account.

    `levels` go from the root to the account, and are empty where no SCP applies; None where they could not be read, and
    `note` then says why. `id` and `path` are the values of aws:PrincipalOrgID and aws:PrincipalOrgPaths: None outside of
    any organization, unknown where they were not read.
    """

    id: str | Unknown | None
    path: str | Unknown | None
    levels: tuple[Level, ...] | None
    note: str = ""


def organization_of(view: View) -> Organization:
    """The organization of the scanned account, read once; never raises."""
    return view.shared(_read)


def _read(view: View) -> Organization:
    try:
        found = view.of(ORGANIZATION)
    except Undecided as doubt:
        unknown = Unknown(doubt.reason)
        return Organization(unknown, unknown, None, _unseen(doubt.reason))
    if not found:
        return Organization(None, None, ())
    organization = found[0]
    id_ = organization.get("Id")
    if not isinstance(id_, str):
        id_ = Unknown("the organization's id was not read")
    manager = organization.get("MasterAccountId")
    try:
        own = _own_account(view)
        path = _path(id_, own)
    except Undecided as doubt:
        path, levels, note = Unknown(doubt.reason), None, _unseen(doubt.reason)
    else:
        levels, note = _levels(view, own)
    if manager == view.account:
        return Organization(id_, path, (), "service control policies do not affect the management account")
    if organization.get("FeatureSet") == "CONSOLIDATED_BILLING":
        return Organization(
            id_, path, (), "the organization has no service control policies, only consolidated billing"
        )
    return Organization(id_, path, levels, note)


def _levels(view: View, own: Resource) -> tuple[tuple[Level, ...] | None, str]:
    """The levels above the account, or why they are not known."""
    try:
        policies = _policies(view)
        nodes = (*((str(one["Id"]), str(one.get("Type", ""))) for one in _ancestors(own)), (view.account, "ACCOUNT"))
        levels = tuple(Level(id_, kind, _attached(policies, id_)) for id_, kind in nodes)
    except Undecided as doubt:
        return None, _unseen(doubt.reason)
    if not any(level.documents for level in levels):
        # Where they are in use, Organizations does not let go of the last one at any level.
        return (), "no service control policy is attached on the way to the account: they are not in use"
    return levels, ""


def _policies(view: View) -> list[Resource]:
    found = [policy for policy in view.of(POLICY) if policy.get("Type", _SCP) == _SCP]
    if not found:
        raise Undecided("no service control policy was read, and every organization has at least FullAWSAccess")
    return found


def _own_account(view: View) -> Resource:
    own = next((one for one in view.of(ACCOUNT) if one.get("Id", one.id) == view.account), None)
    if own is None:
        raise Undecided("the account's place in its organization was not read")
    return own


def _ancestors(own: Resource) -> tuple[Mapping[str, str], ...]:
    found = own.items("Ancestors")
    if not found or not all(isinstance(one, Mapping) and isinstance(one.get("Id"), str) for one in found):
        raise Undecided("the account's place in its organization was not read")
    return found


def _path(id_: str | Unknown, own: Resource) -> str | Unknown:
    if isinstance(id_, Unknown):
        return id_
    return "/".join((id_, *(one["Id"] for one in _ancestors(own)), ""))


def _attached(policies: list[Resource], target: str) -> tuple[Document, ...]:
    return tuple(_document(policy) for policy in policies if target in _targets(policy))


def _targets(policy: Resource) -> set[str]:
    found = policy.items("Targets")
    if not all(isinstance(one, Mapping) and isinstance(one.get("TargetId"), str) for one in found):
        raise Undecided(f"the targets of the service control policy {policy.id} were not read")
    return {one["TargetId"] for one in found}


def _document(policy: Resource) -> Document:
    name, id_ = str(policy.get("Name", "")), str(policy.get("Id", policy.id))
    place = Place(DocumentKind.SCP, f"{name} ({id_})" if name else id_)
    return read_document(policy.get("Content"), place)


def _unseen(why: str) -> str:
    return f"SCP not evaluated: {why}"
