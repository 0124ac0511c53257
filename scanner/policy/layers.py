"""What stands above a principal: every layer has to allow, and any statement in any of them may deny."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanner.model import Unknown
from scanner.policy.documents import Core, Document, Statement
from scanner.policy.facts import Facts, Target, is_foreign
from scanner.policy.keys import LOGINS
from scanner.policy.organizations import Organization
from scanner.policy.patterns import Lookup
from scanner.policy.principals import Directory, Principal
from scanner.policy.truths import Truth, every

NOT_SEEN = "session policies and resource control policies were not seen"
NOT_SEEN_ON_RESOURCES = "resource-based policies were not seen"


Judged = tuple[Statement, Truth]
"""A statement that is about the action and the resource of a request, and whether it applies."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Documents of which at least one statement has to allow: the principal's own, a boundary, a level of SCPs."""

    name: str
    documents: tuple[Document, ...]


def layers_of(directory: Directory, organization: Organization, principal: Principal) -> tuple[Layer, ...]:
    """What has to allow, from the organization down; SCPs leave service-linked roles alone."""
    levels = () if principal.is_service_linked else organization.levels or ()
    boundary = directory.boundary(principal)
    return (
        *(Layer(f"service control policy at {level.id}", level.documents) for level in levels),
        Layer("identity-based policy", directory.identity(principal)),
        *([] if boundary is None else [Layer("permissions boundary", (boundary,))]),
    )


def notes_about(organization: Organization, principal: Principal, action: str) -> tuple[str, ...]:
    """What was not weighed for a principal."""
    spared = "service control policies do not affect service-linked roles"
    scp = spared if principal.is_service_linked and organization.id is not None else organization.note
    unseen = "" if action.lower() in LOGINS else NOT_SEEN_ON_RESOURCES
    return tuple(note for note in (scp, NOT_SEEN, unseen) if note)


def facts_about(
    directory: Directory, organization: Organization, principal: Principal, target: Target, *, account: str, action: str
) -> Facts:
    """What is known of the principal's requests for an action on a target."""
    return Facts(
        principal,
        target,
        action=action,
        account=account,
        organization=organization,
        trust=lambda: directory.trust(principal),
    )


def about(documents: Sequence[Document], action: str, resource: str, lookup: Lookup) -> Iterator[Judged]:
    """The statements about an action on a resource; of what cannot be read the truth is an unknown with its place."""
    for document in documents:
        for statement in document.statements:
            core = statement.core
            where = (core.about_action(action), core.about_resource(resource, lookup))
            if any(truth is False for truth in where):
                continue
            truth = every((*where, core.holds(lookup)))
            yield statement, Unknown(f"{statement.place}: {truth.why}") if isinstance(truth, Unknown) else truth


def foreign_keys(statement: Statement, action: str) -> Iterator[str]:
    """A note for each key that the statement asks for and that no request for the action carries."""
    for written in _foreign(statement.core, action.lower()):
        yield f"{statement.place} asks for {written}, which {LOGINS[action.lower()].action} never carries"


@lru_cache(maxsize=65536)
def _foreign(core: Core, action: str) -> tuple[str, ...]:
    return tuple(clause.written for clause in core.clauses if clause.key and is_foreign(action, clause.key))
