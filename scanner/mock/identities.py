"""What moto's IAM leaves out: boundaries of users, names of listed policies, the real name of a role, AWS's own policies one by one."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations and members, and do what AWS says those do

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import NoSuchEntity
from moto.iam.models import SERVICE_NAME_CONVERSION, AWSManagedPolicy, iam_backends

if TYPE_CHECKING:
    from moto.iam.models import ManagedPolicy, User
else:
    ManagedPolicy = User = object


class ListedPolicyMembers(ManagedPolicy):
    """The members of a policy in GetAccountAuthorizationDetails that moto has under other names, or not at all."""

    @property
    def policy_name(self) -> str:
        return self.name

    @property
    def policy_id(self) -> str:
        return self.id

    @property
    def permissions_boundary_usage_count(self) -> int:
        backend = iam_backends[self.account_id][self.partition]
        bounded: list[Any] = [*backend.roles.values(), *backend.users.values()]
        boundaries = [one.permissions_boundary or {} for one in bounded]
        return sum(boundary.get("PermissionsBoundaryArn") == self.arn for boundary in boundaries)


class BoundedUser(User):
    """A user with the boundary that PutUserPermissionsBoundary gave it."""

    @property
    def permissions_boundary(self) -> dict[str, str] | None:
        arn = self.__dict__.get("_permissions_boundary_arn")
        return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


class UserBoundaryResponse(BaseResponse):
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html and its reverse."""

    def put_user_permissions_boundary(self) -> ActionResult:
        arn = self._get_param("PermissionsBoundary")
        if arn not in self._iam.managed_policies:
            raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")
        return self._bound(arn)

    def delete_user_permissions_boundary(self) -> ActionResult:
        return self._bound(None)

    @property
    def _iam(self) -> Any:
        return iam_backends[self.current_account][self.partition]

    def _bound(self, arn: str | None) -> ActionResult:
        user = self._iam.get_user(self._get_param("UserName"))
        user.__dict__["_permissions_boundary_arn"] = arn
        return EmptyResult()


def load_aws_managed_policies(*names: str, account: str, partition: str = "aws") -> list[str]:
    """Put some of AWS's own policies into a mocked account; answers their ARNs. All 1,500 would take seconds.

    Raises KeyError for a policy that moto's copy does not have.
    """
    known = json.loads(aws_managed_policies_data)
    backend = iam_backends[account][partition]
    policies = [AWSManagedPolicy.from_data(name, account, backend.region_name, known[name]) for name in names]
    for policy in policies:
        if policy.arn not in backend.managed_policies:
            backend.aws_managed_policies.append(policy)
            backend.managed_policies[policy.arn] = policy
    return [policy.arn for policy in policies]


def name_service_linked_roles() -> None:
    """The role of EC2 Instance Connect Endpoints is AWSServiceRoleForEc2InstanceConnect, in this spelling."""
    SERVICE_NAME_CONVERSION.setdefault("ec2-instance-connect", "Ec2InstanceConnect")
