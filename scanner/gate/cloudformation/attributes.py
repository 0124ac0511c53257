"""What `Ref` and `Fn::GetAtt` give for a resource of the template, before it exists.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.gate.arns import arn_of
from scanner.gate.ids import PREFIXES, default_id, planned_id
from scanner.gate.planned import Open

if TYPE_CHECKING:
    from scanner.gate.cloudformation.stack import Stack

STACK = "AWS::CloudFormation::Stack"

_ID_ATTRIBUTES = frozenset(
    {
        "GroupId", "VpcId", "SubnetId", "InternetGatewayId", "RouteTableId", "NatGatewayId", "AllocationId", "Id",
        "InstanceId", "LaunchTemplateId", "PrefixListId", "AttachmentId", "NetworkAclId", "ExclusionId",
        "TransitGatewayId", "ServiceId", "VPNGatewayId", "CarrierGatewayId", "DhcpOptionsId",
        "EgressOnlyInternetGatewayId",
    }
)  # fmt: skip
# Where Ref gives the name that somebody may have chosen: the property that holds it.
NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::AutoScaling::LaunchConfiguration": "LaunchConfigurationName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::Events::Rule": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::ElasticLoadBalancing::LoadBalancer": "LoadBalancerName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::DocDB::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::Neptune::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::Redshift::ClusterSubnetGroup": "ClusterSubnetGroupName",
    "AWS::DMS::ReplicationSubnetGroup": "ReplicationSubnetGroupIdentifier",
}
_REF_IS_ARN = frozenset(
    {
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::ElasticLoadBalancingV2::Listener", "AWS::CloudTrail::EventDataStore", "AWS::SNS::Topic",
        "AWS::IAM::ManagedPolicy",
    }
)  # fmt: skip
_ARN_ATTRIBUTES = frozenset(
    {"Arn", "PolicyArn", "LoadBalancerArn", "TargetGroupArn", "ListenerArn", "EventDataStoreArn", "TopicArn",
     "AutoScalingGroupARN", "AlarmArn"}
)  # fmt: skip
_IMPLICIT = {"DefaultSecurityGroup": "sg", "DefaultNetworkAcl": "acl"}


def resource_id(stack: Stack, logical_id: str) -> str:
    """The id of a resource: its physical one where a change set tells it, else a planned one."""
    known = stack.physical.get(logical_id)
    if known:
        return known
    type_name = str(stack.resources[logical_id].get("Type"))
    name_property = NAMES.get(type_name)
    name = stack.property(logical_id, name_property) if name_property else None
    if isinstance(name, str) and name:
        return name
    return planned_id(type_name, f"{stack.prefix}{logical_id}")


def reference_of(stack: Stack, logical_id: str) -> Any:
    """What Ref gives for a resource."""
    made = stack.is_planned(logical_id)
    if made is False:
        return Open(f"{logical_id} is not made")
    type_name = str(stack.resources[logical_id].get("Type"))
    if type_name in _REF_IS_ARN:
        return _arn(stack, logical_id, type_name)
    if type_name == "AWS::EC2::EIP":
        return Open(
            f"the address of {logical_id} is known after deployment", token=f"address of {stack.prefix}{logical_id}"
        )
    if type_name in PREFIXES or type_name in NAMES:
        return resource_id(stack, logical_id)
    return Open(f"the id of {logical_id} is known after deployment", token=f"{stack.prefix}{logical_id}")


def attribute(stack: Stack, logical_id: str, path: str) -> Any:
    """What Fn::GetAtt gives for a resource."""
    type_name = str(stack.resources[logical_id].get("Type"))
    if type_name == STACK:
        return _output(stack, logical_id, path)
    if stack.is_planned(logical_id) is False:
        return Open(f"{logical_id} is not made")
    if path in _IMPLICIT and type_name == "AWS::EC2::VPC":
        return default_id(_IMPLICIT[path], resource_id(stack, logical_id))
    if path in _ARN_ATTRIBUTES:
        return _arn(stack, logical_id, type_name)
    if path.startswith(("LatestVersionNumber", "DefaultVersionNumber")):
        return "1"
    written = stack.property(logical_id, path.split(".", maxsplit=1)[0])
    if written is not None and "." not in path:
        return written
    if path in _ID_ATTRIBUTES and type_name in _WITH_IDS:
        return resource_id(stack, logical_id)
    return Open(f"{logical_id}.{path} is known after deployment", token=f"{stack.prefix}{logical_id}.{path}")


_WITH_IDS = frozenset(
    f"AWS::EC2::{name}"
    for name in (
        "VPC", "Subnet", "SecurityGroup", "InternetGateway", "EgressOnlyInternetGateway", "RouteTable", "NatGateway",
        "EIP", "VPCEndpoint", "InstanceConnectEndpoint", "Instance", "LaunchTemplate", "PrefixList", "NetworkInterface",
        "VPCPeeringConnection", "TransitGateway", "TransitGatewayAttachment", "TransitGatewayVpcAttachment", "FlowLog",
        "NetworkAcl", "VPNGateway", "CarrierGateway", "DHCPOptions", "VPCBlockPublicAccessExclusion",
        "VPCEndpointService", "CustomerGateway", "TransitGatewayRouteTable",
    )
)  # fmt: skip


def _arn(stack: Stack, logical_id: str, type_name: str) -> Any:
    around = stack.around
    details = {name: stack.property(logical_id, name) for name in ("Type", "Path")}
    plain = {name: value for name, value in details.items() if isinstance(value, str)}
    return arn_of(
        type_name,
        resource_id(stack, logical_id),
        plain,
        partition=around.partition,
        account=around.account,
        region=around.region,
    )


def _output(stack: Stack, logical_id: str, path: str) -> Any:
    name = path.removeprefix("Outputs.")
    found = stack.outputs_of(stack, logical_id, name)
    if found is not None:
        return found
    why = f"the outputs of the nested stack {logical_id} are known after deployment"
    return Open(why, token=f"{stack.prefix}{logical_id}.{name}")
