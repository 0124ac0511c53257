"""What the estate writes down: one trail that only notices reading, one that was stopped, one VPC with flow logs."""

from __future__ import annotations

import json
from typing import Any

from scanner.mock.estate.builder import Builder

_BUCKET = "estate-audit"


def build_trails(builder: Builder) -> None:
    """Neither trail records that somebody opened a tunnel."""
    account = builder.session.client("sts", region_name=builder.region).get_caller_identity()["Account"]
    _build_bucket(builder)
    trails: Any = builder.session.client("cloudtrail", region_name=builder.region)
    reads = trails.create_trail(
        Name="reads-only",
        S3BucketName=_BUCKET,
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId=f"arn:aws:kms:{builder.region}:{account}:key/11111111-2222-3333-4444-555555555555",
    )
    builder.keep("reads-only", identity=reads["TrailARN"])
    selectors = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True, "DataResources": []}]
    trails.put_event_selectors(TrailName="reads-only", EventSelectors=selectors)
    trails.start_logging(Name="reads-only")
    stopped = trails.create_trail(Name="stopped", S3BucketName=_BUCKET, IsMultiRegionTrail=False)
    builder.keep("stopped", identity=stopped["TrailARN"])
    trails.start_logging(Name="stopped")
    trails.stop_logging(Name="stopped")
    _build_flow_log(builder)


def _build_bucket(builder: Builder) -> None:
    store: Any = builder.session.client("s3", region_name=builder.region)
    # S3 was born in us-east-1, and there it refuses to be told so.
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": builder.region}}
    store.create_bucket(Bucket=_BUCKET, **({} if builder.region == "us-east-1" else elsewhere))
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    bucket = f"arn:aws:s3:::{_BUCKET}"
    may_write = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": cloudtrail, "Action": "s3:GetBucketAcl", "Resource": bucket},
            {"Effect": "Allow", "Principal": cloudtrail, "Action": "s3:PutObject", "Resource": f"{bucket}/AWSLogs/*"},
        ],
    }
    store.put_bucket_policy(Bucket=_BUCKET, Policy=json.dumps(may_write))
    closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    store.put_public_access_block(Bucket=_BUCKET, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
    builder.keep(_BUCKET, identity=_BUCKET)


def _build_flow_log(builder: Builder) -> None:
    created = builder.ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[builder.ids["spoke"]],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{_BUCKET}",
        TagSpecifications=builder.named("spoke-flow-log", resource_type="vpc-flow-log"),
    )
    builder.keep("spoke-flow-log", identity=created["FlowLogIds"][0])
