"""ARNs of what does not exist yet, made of its id as AWS makes them."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.aws.kinds import identify
from scanner.aws.table import KINDS

_BALANCER_SORTS = {"application": "app", "network": "net", "gateway": "gwy"}
_PATTERNS = {
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role{path}{id}",
    "AWS::IAM::User": "arn:{partition}:iam::{account}:user{path}{id}",
    "AWS::IAM::Group": "arn:{partition}:iam::{account}:group{path}{id}",
    "AWS::IAM::InstanceProfile": "arn:{partition}:iam::{account}:instance-profile{path}{id}",
    "AWS::IAM::ManagedPolicy": "arn:{partition}:iam::{account}:policy{path}{id}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{id}:*",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{id}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{id}",
    "AWS::CloudTrail::Trail": "arn:{partition}:cloudtrail:{region}:{account}:trail/{id}",
    "AWS::CloudTrail::EventDataStore": "arn:{partition}:cloudtrail:{region}:{account}:eventdatastore/{id}",
    "AWS::ElasticLoadBalancingV2::LoadBalancer":
        "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{sort}/{id}/planned",
    "AWS::ElasticLoadBalancingV2::TargetGroup":
        "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{id}/planned",
    "AWS::ElasticLoadBalancingV2::Listener":
        "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/planned/{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::AutoScaling::AutoScalingGroup":
        "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:planned:autoScalingGroupName/{id}",
    "AWS::AutoScaling::LaunchConfiguration":
        "arn:{partition}:autoscaling:{region}:{account}:launchConfiguration:planned:launchConfigurationName/{id}",
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{id}",
    "AWS::CloudWatch::Alarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}",
}  # fmt: skip


def arn_of(
    type_name: str,
    id: str,  # noqa: A002 - AWS's own word
    details: Mapping[str, str],
    *,
    partition: str,
    account: str,
    region: str,
) -> str:
    """The ARN of a planned resource; `details` are the properties on which its form depends (Type, Path)."""
    pattern = _PATTERNS.get(type_name)
    if pattern is not None:
        sort = _BALANCER_SORTS.get(details.get("Type", "application"), "app")
        path = details.get("Path", "/")
        return pattern.format(partition=partition, account=account, region=region, id=id, sort=sort, path=path)
    kind = KINDS.get(type_name)
    if kind is not None and kind.id.isalpha():
        return identify(kind, {kind.id: id}, partition=partition, account=account, region=region)[1]
    service = type_name.split("::")[1].lower() if type_name.count("::") > 1 else "unknown"
    return f"arn:{partition}:{service}:{region}:{account}:{id}"
