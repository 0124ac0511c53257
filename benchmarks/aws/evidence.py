"""What a Region answers about trails, filters, alarms, event rules, groups that scale and Session Manager."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from benchmarks.aws.layout import ACCOUNT, MOMENT, REGION, Layout, name_of

Facts = dict[str, Any]
Single = Callable[[Facts], Facts]
_SINCE_1970 = 1_768_478_400.0
_METRIC = {"metricName": "RootLogins", "metricNamespace": "Trail", "metricValue": "1"}
_PATTERN = json.dumps({
    "source": ["aws.cloudtrail"], "detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": ["StopLogging"]},
})  # fmt: skip


def evidence_lists(layout: Layout) -> dict[tuple[str, str], tuple[str, list[Facts]]]:
    """(service, operation) -> the member its items stand in, and the items."""
    built = range(1, layout.vpcs)
    home = layout.is_home
    filters = [_metric_filter("root-logins", '{ $.userIdentity.type = "Root" }')] if home else []
    rules = [_rule("trail-stopped", _PATTERN)] if home else []
    return {
        ("autoscaling", "DescribeAutoScalingGroups"): ("AutoScalingGroups", [_scaling_group(vpc) for vpc in built]),
        ("ssm", "DescribeInstanceInformation"): (
            "InstanceInformationList", [_managed(one) for one in range(min(layout.managed, layout.instances))],
        ),
        ("cloudtrail", "DescribeTrails"): ("trailList", _trails(layout)),
        ("logs", "DescribeMetricFilters"): ("metricFilters", filters),
        ("events", "ListRules"): ("Rules", rules),
        ("route53resolver", "ListResolverQueryLogConfigAssociations"): (
            "ResolverQueryLogConfigAssociations", [_query_log(vpc) for vpc in built if vpc % 2],
        ),
    }  # fmt: skip


def evidence_singles() -> dict[tuple[str, str], Single]:
    """(service, operation) -> what a question about one resource is answered with."""
    return {
        ("cloudtrail", "GetTrailStatus"): _trail_status,
        ("cloudtrail", "GetEventSelectors"): _event_selectors,
        ("cloudwatch", "DescribeAlarmsForMetric"): lambda asked: {"MetricAlarms": [_alarm(asked)]},
        ("events", "ListTargetsByRule"): lambda _: {"Targets": [{"Id": "1", "Arn": _topic()}]},
        ("events", "TestEventPattern"): _try_pattern,
        ("logs", "TestMetricFilter"): _try_filter,
    }


def _trails(layout: Layout) -> list[Facts]:
    """The account's trail, which every Region shows, and at home an old one beside it."""
    shared = {
        "S3BucketName": f"trail-{ACCOUNT}", "IncludeGlobalServiceEvents": True, "HomeRegion": layout.home,
        "HasInsightSelectors": False, "IsOrganizationTrail": False, "HasCustomEventSelectors": True,
    }  # fmt: skip
    arn = f"arn:aws:cloudtrail:{layout.home}:{ACCOUNT}:trail/"
    group = f"arn:aws:logs:{layout.home}:{ACCOUNT}:log-group:trail:*"
    every = {**shared, "Name": "management", "TrailARN": f"{arn}management", "IsMultiRegionTrail": True,
             "LogFileValidationEnabled": True, "CloudWatchLogsLogGroupArn": group,
             "CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/trail"}  # fmt: skip
    old = {**shared, "Name": "old", "TrailARN": f"{arn}old", "IsMultiRegionTrail": False,
           "LogFileValidationEnabled": False}  # fmt: skip
    return [every, old] if layout.is_home else [every]


def _trail_status(asked: Facts) -> Facts:
    is_on = not str(asked["Name"]).endswith("old")
    delivered = {"LatestDeliveryTime": _SINCE_1970, "LatestDigestDeliveryTime": _SINCE_1970}
    return {"IsLogging": is_on, "StartLoggingTime": _SINCE_1970 - 1e7, **(delivered if is_on else {})}


def _event_selectors(asked: Facts) -> Facts:
    field = {"Field": "eventCategory", "Equals": ["Management"]}
    selectors = [{"Name": "management", "FieldSelectors": [field]}]
    return {"TrailARN": asked["TrailName"], "AdvancedEventSelectors": selectors}


def _metric_filter(name: str, pattern: str) -> Facts:
    return {"filterName": name, "filterPattern": pattern, "metricTransformations": [_METRIC],
            "creationTime": int(_SINCE_1970 * 1000), "logGroupName": "trail"}  # fmt: skip


def _alarm(asked: Facts) -> Facts:
    return {
        "AlarmName": asked["MetricName"], "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{asked['MetricName']}",
        "MetricName": asked["MetricName"], "Namespace": asked["Namespace"], "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "ActionsEnabled": True, "AlarmActions": [_topic()], "OKActions": [], "InsufficientDataActions": [],
        "StateValue": "OK", "StateReason": "", "StateUpdatedTimestamp": _SINCE_1970, "Dimensions": [],
    }  # fmt: skip


def _topic() -> str:
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"


def _rule(name: str, pattern: str) -> Facts:
    return {"Name": name, "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}", "EventPattern": pattern,
            "State": "ENABLED", "EventBusName": "default"}  # fmt: skip


def _try_pattern(asked: Facts) -> Facts:
    """What a pattern of event names says of an event; other patterns are not used here."""
    pattern, event = json.loads(asked["EventPattern"]), json.loads(asked["Event"])
    names = pattern.get("detail", {}).get("eventName", [])
    is_source = event.get("source") in pattern.get("source", [event.get("source")])
    return {"Result": is_source and event.get("detail", {}).get("eventName") in names}


def _try_filter(asked: Facts) -> Facts:
    matches = [
        {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
        for number, message in enumerate(asked["logEventMessages"], start=1)
        if json.loads(message).get("userIdentity", {}).get("type") == "Root"
    ]
    return {"matches": matches}


def _scaling_group(vpc: int) -> Facts:
    return {
        "AutoScalingGroupName": f"group-{vpc}", "MinSize": 1, "MaxSize": 9, "DesiredCapacity": 3, "DefaultCooldown": 300,
        "AutoScalingGroupARN": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:x:autoScalingGroupName/group-{vpc}",
        "LaunchTemplate": {"LaunchTemplateId": name_of("lt", vpc), "LaunchTemplateName": f"template-{vpc}", "Version": "1"},
        "AvailabilityZones": [f"{REGION}a"], "HealthCheckType": "EC2", "CreatedTime": MOMENT, "LoadBalancerNames": [],
        "VPCZoneIdentifier": name_of("subnet", vpc * 9 + 3),
    }  # fmt: skip


def _managed(number: int) -> Facts:
    return {
        "InstanceId": name_of("i", number), "PingStatus": "Online", "LastPingDateTime": _SINCE_1970,
        "AgentVersion": "3.3.1", "IsLatestVersion": True, "PlatformType": "Linux", "PlatformName": "Amazon Linux",
        "ResourceType": "EC2Instance", "IPAddress": "10.0.0.1", "ComputerName": "host", "AssociationStatus": "Success",
    }  # fmt: skip


def _query_log(vpc: int) -> Facts:
    return {"Id": f"rqlca-{vpc:08x}", "ResourceId": name_of("vpc", vpc), "Status": "ACTIVE", "Error": "NONE",
            "ResolverQueryLogConfigId": "rqlc-1", "CreationTime": MOMENT}  # fmt: skip
