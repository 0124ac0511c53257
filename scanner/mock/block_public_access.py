"""VPC Block Public Access: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import InvalidParameterCombination, InvalidParameterValue, MissingParameter
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.utils import random_id

from scanner.mock.event_history import recorded
from scanner.mock.listing import list_page, pick_by_id

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
else:
    EC2Backend = object

_NOT_FOUND = "InvalidVpcBlockPublicAccessExclusionId.NotFound"
_TAGGED = "vpc-block-public-access-exclusion"
_FILTERS = frozenset({"internet-gateway-exclusion-mode", "resource-arn", "state"})
_DELETED = "delete-complete"


class BlockPublicAccessOptions:
    """The setting of one account and region; `off`, as in an account that never touched it, until modified."""

    def __init__(self, *, account_id: str, region: str) -> None:
        self.aws_account_id = account_id
        self.aws_region = region
        self.state = "default-state"
        self.internet_gateway_block_mode = "off"
        self.managed_by = "account"
        self.exclusions_allowed = "allowed"
        self.last_update_timestamp: datetime | None = None


class BlockPublicAccessExclusion(TaggedEC2Resource):
    """A VPC or subnet that the setting does not reach; after its deletion it stays listed, as AWS keeps it for a while."""

    def __init__(self, ec2_backend: EC2Backend, *, resource_arn: str, mode: str) -> None:
        self.ec2_backend = ec2_backend
        self.id = self.exclusion_id = random_id("vpcbpa-exclude")
        self.resource_arn = resource_arn
        self.internet_gateway_exclusion_mode = mode
        self.state = "create-complete"
        self.creation_timestamp = self.last_update_timestamp = utcnow()
        self.deletion_timestamp: datetime | None = None


class BlockPublicAccessBackend(EC2Backend):
    """Options and exclusions of one account and region; kept from first use on, as the backend may be older."""

    @property
    def block_public_access_options(self) -> BlockPublicAccessOptions:
        if "_block_public_access_options" not in self.__dict__:
            self.__dict__["_block_public_access_options"] = BlockPublicAccessOptions(
                account_id=self.account_id, region=self.region_name
            )
        options: BlockPublicAccessOptions = self.__dict__["_block_public_access_options"]
        return options

    @property
    def block_public_access_exclusions(self) -> dict[str, BlockPublicAccessExclusion]:
        exclusions: dict[str, BlockPublicAccessExclusion] = self.__dict__.setdefault(
            "_block_public_access_exclusions", {}
        )
        return exclusions

    def modify_vpc_block_public_access_options(self, mode: str) -> BlockPublicAccessOptions:
        options = self.block_public_access_options
        options.internet_gateway_block_mode = mode
        options.state = "update-complete"
        options.last_update_timestamp = utcnow()
        return options

    def create_vpc_block_public_access_exclusion(
        self, *, vpc_id: str | None, subnet_id: str | None, mode: str, tags: dict[str, str]
    ) -> BlockPublicAccessExclusion:
        if vpc_id and subnet_id:
            raise InvalidParameterCombination("An exclusion is for a VPC or for a subnet, not for both")
        if vpc_id:
            resource = f"vpc/{self.get_vpc(vpc_id).id}"
        elif subnet_id:
            resource = f"subnet/{self.get_subnet(subnet_id).id}"
        else:
            raise MissingParameter("The request must contain the parameter VpcId or SubnetId")
        arn = f"arn:{self.partition}:ec2:{self.region_name}:{self.account_id}:{resource}"
        exclusion = BlockPublicAccessExclusion(self, resource_arn=arn, mode=mode)
        exclusion.add_tags(tags)
        self.block_public_access_exclusions[exclusion.id] = exclusion
        return exclusion

    def describe_vpc_block_public_access_exclusions(
        self, ids: Sequence[str] | None = None
    ) -> list[BlockPublicAccessExclusion]:
        return pick_by_id(self.block_public_access_exclusions, ids=ids, error=_NOT_FOUND)

    def modify_vpc_block_public_access_exclusion(self, exclusion_id: str, *, mode: str) -> BlockPublicAccessExclusion:
        exclusion = self._living_exclusion(exclusion_id)
        exclusion.internet_gateway_exclusion_mode = mode
        exclusion.state = "update-complete"
        exclusion.last_update_timestamp = utcnow()
        return exclusion

    def delete_vpc_block_public_access_exclusion(self, exclusion_id: str) -> BlockPublicAccessExclusion:
        exclusion = self._living_exclusion(exclusion_id)
        exclusion.state = _DELETED
        exclusion.deletion_timestamp = exclusion.last_update_timestamp = utcnow()
        return exclusion

    def _living_exclusion(self, exclusion_id: str) -> BlockPublicAccessExclusion:
        (exclusion,) = pick_by_id(self.block_public_access_exclusions, ids=[exclusion_id], error=_NOT_FOUND)
        if exclusion.state == _DELETED:
            raise InvalidParameterValue(f"{exclusion_id} is in {_DELETED} state and can no longer be changed")
        return exclusion


class BlockPublicAccessResponse(EC2BaseResponse):
    """The six operations, as moto's own response classes write theirs."""

    def describe_vpc_block_public_access_options(self) -> ActionResult:
        self.error_on_dryrun()
        return ActionResult({"VpcBlockPublicAccessOptions": self.ec2_backend.block_public_access_options})

    @recorded
    def modify_vpc_block_public_access_options(self) -> ActionResult:
        self.error_on_dryrun()
        options = self.ec2_backend.modify_vpc_block_public_access_options(self._get_param("InternetGatewayBlockMode"))
        return ActionResult({"VpcBlockPublicAccessOptions": options})

    @recorded
    def create_vpc_block_public_access_exclusion(self) -> ActionResult:
        self.error_on_dryrun()
        exclusion = self.ec2_backend.create_vpc_block_public_access_exclusion(
            vpc_id=self._get_param("VpcId"),
            subnet_id=self._get_param("SubnetId"),
            mode=self._get_param("InternetGatewayExclusionMode"),
            tags=self._parse_tag_specification(_TAGGED).get(_TAGGED, {}),
        )
        return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})

    def describe_vpc_block_public_access_exclusions(self) -> ActionResult:
        self.error_on_dryrun()
        known = self.ec2_backend.describe_vpc_block_public_access_exclusions(self._get_param("ExclusionIds"))
        page, token = list_page(self, listed=known, filters=_FILTERS, sizes=range(5, 1001))
        return ActionResult({"VpcBlockPublicAccessExclusions": page, "NextToken": token})

    @recorded
    def modify_vpc_block_public_access_exclusion(self) -> ActionResult:
        self.error_on_dryrun()
        exclusion = self.ec2_backend.modify_vpc_block_public_access_exclusion(
            self._get_param("ExclusionId"), mode=self._get_param("InternetGatewayExclusionMode")
        )
        return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})

    @recorded
    def delete_vpc_block_public_access_exclusion(self) -> ActionResult:
        self.error_on_dryrun()
        exclusion = self.ec2_backend.delete_vpc_block_public_access_exclusion(self._get_param("ExclusionId"))
        return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})
