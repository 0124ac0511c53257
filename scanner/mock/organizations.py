"""Organizations as a member account sees them: moto lets every account ask about its own, which is none, and answers with nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.organizations.exceptions import AWSOrganizationsNotInUseException, OrganizationsClientError
from moto.organizations.models import FakeAccount, organizations_backends
from moto.organizations.responses import OrganizationsResponse

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html and its like: "only from the management
# account or by a member account that is a delegated administrator".
_MANAGEMENT_ONLY = ("describe_policy", "list_parents", "list_policies", "list_roots", "list_targets_for_policy")

Operation = Callable[[OrganizationsResponse], str]


class NotTheManagementError(OrganizationsClientError):
    """What a member account hears when it asks about the organization's policies."""

    def __init__(self) -> None:
        super().__init__("AccessDeniedException", "You don't have permissions to access this resource.")


def guard_organizations() -> None:
    """Let moto refuse what AWS refuses; a second call changes nothing."""
    for name in ("describe_organization", *_MANAGEMENT_ONLY):
        operation: Operation = getattr(OrganizationsResponse, name)
        if not hasattr(operation, "__wrapped__"):
            setattr(OrganizationsResponse, name, _guarded(operation, is_for_all=name not in _MANAGEMENT_ONLY))


def join_organization(account: str, *, management: str, name: str, partition: str = "aws") -> None:
    """Make a mocked account of this process a member of the organization that another one manages, as if it was invited."""
    backend: Any = organizations_backends[management][partition]
    member = FakeAccount(backend.org, AccountName=name, Email=f"{name}@example.com")
    member.id = account
    member.joined_method = "INVITED"
    backend.accounts.append(member)
    backend.attach_policy(PolicyId="p-FullAWSAccess", TargetId=account)
    organizations_backends.master_accounts[account] = (management, partition)


def _guarded(operation: Operation, *, is_for_all: bool) -> Operation:
    @wraps(operation)
    def answer(response: OrganizationsResponse) -> str:
        own = response.organizations_backend
        if own.org:
            return operation(response)
        management = _management_of(response.current_account)
        if management is None:
            raise AWSOrganizationsNotInUseException
        if not is_for_all and response.current_account not in [admin.account.id for admin in management.admins]:
            raise NotTheManagementError
        # A delegated administrator asks about the organization as its management account does.
        asker = OrganizationsResponse()
        asker.__dict__.update(response.__dict__)
        asker.current_account = management.account_id
        return operation(asker)

    return answer


def _management_of(account: str) -> Any:
    """The backend of the management account, or None; moto remembers members longer than their organizations."""
    found = organizations_backends.master_accounts.get(account)
    if found is None:
        return None
    backend = organizations_backends[found[0]][found[1]]
    if backend.org is None:
        del organizations_backends.master_accounts[account]
        return None
    return backend
