"""Whether CloudTrail writes down what the policies of VPC endpoints refuse.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html: such events are
off by default, cost extra, and only advanced selectors, one for each service, let them in.
"""

from __future__ import annotations

from typing import Any

from scanner.model import Resource, Undecided, Unknown
from scanner.policy.selectors import EndpointRefusal, Recording, advanced
from scanner.policy.trails import TRAIL

NETWORK_ACTIVITY_SOURCES = frozenset(
    """
    athena bedrock cloudtrail config dynamodb ec2 ecs elasticfilesystem elasticloadbalancing events firehose glue kms
    lambda monitoring rds s3 secretsmanager sns sqs ssm
    """.split()  # noqa: SIM905 - twenty quoted words would say no more
)
"""Services whose network activity CloudTrail can record, those of them that matter here, as their event sources begin.

Not among them, because CloudTrail has no such events: ec2-instance-connect, sts, ecr, logs, ssmmessages, ec2messages, eks.
"""


def records_refusals(recorder: Resource, service: str, endpoint: str) -> Recording:
    """What a trail or an event data store keeps of the calls that an endpoint's policy refuses.

    Raises `Undecided` where its selectors, or whether it runs, were not read.
    """
    is_trail = recorder.kind == TRAIL
    running = recorder.get("IsLogging") if is_trail else recorder.get("Status")
    if running is None or isinstance(running, Unknown):
        raise Undecided(f"the status of {recorder.id} was not read")
    if running not in (True, "ENABLED"):
        return Recording.NONE
    selectors: Any = recorder.items("AdvancedEventSelectors")
    if selectors:
        return advanced(selectors, EndpointRefusal(f"{service}.amazonaws.com", endpoint))
    if is_trail and recorder.get("HasCustomEventSelectors") is True and not recorder.items("EventSelectors"):
        raise Undecided(f"the event selectors of {recorder.id} were not read")
    return Recording.NONE
