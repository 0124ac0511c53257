"""Lists that are right to be empty in a mocked account, where moto would have no answer at all."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.responses._base_response import EC2BaseResponse


class EmptyEc2Lists(EC2BaseResponse):
    """No VPC enforces encryption, and no security group serves a VPC that is not its own."""

    def describe_vpc_encryption_controls(self) -> ActionResult:
        return ActionResult({"VpcEncryptionControls": []})

    def describe_security_group_vpc_associations(self) -> ActionResult:
        return ActionResult({"SecurityGroupVpcAssociations": []})


class EmptySsmLists(BaseResponse):
    """No instance runs an agent that could have registered with Systems Manager."""

    def describe_instance_information(self) -> ActionResult:
        return ActionResult({"InstanceInformationList": []})


class EmptyCloudFrontLists(BaseResponse):
    """No distribution reaches into a VPC."""

    def list_vpc_origins(self) -> ActionResult:
        nothing = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0, "Items": []}
        return ActionResult({"VpcOriginList": nothing})
