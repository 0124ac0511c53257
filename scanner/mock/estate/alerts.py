"""What the estate might notice and does not, and what happened there: tunnels opened and refused, keys pushed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.mock.estate.builder import Builder

_LOG_GROUP = "estate-trail"
_CALLS = ["OpenTunnel", "SendSSHPublicKey"]


def build_alerts(builder: Builder) -> None:
    """A rule without a target, a metric that no alarm acts on, a store that leaves the service out; and the events."""
    _build_rules(builder)
    _build_metric(builder)
    _build_recorders(builder)
    _build_events(builder)


def _build_rules(builder: Builder) -> None:
    events: Any = builder.session.client("events", region_name=builder.region)
    tunnels = {"source": ["aws.ec2-instance-connect"], "detail": {"eventName": _CALLS}}
    rule = events.put_rule(Name="tunnels-without-target", EventPattern=json.dumps(tunnels))
    builder.keep("tunnels-without-target", identity=rule["RuleArn"])
    gateways = {"source": ["aws.ec2"], "detail": {"eventName": ["AttachInternetGateway", "CreateRoute"]}}
    rule = events.put_rule(Name="gateways", EventPattern=json.dumps(gateways))
    builder.keep("gateways", identity=rule["RuleArn"])
    topic: Any = builder.session.client("sns", region_name=builder.region)
    alerts = topic.create_topic(Name="alerts")["TopicArn"]
    events.put_targets(Rule="gateways", Targets=[{"Id": "alerts", "Arn": alerts}])


def _build_metric(builder: Builder) -> None:
    logs: Any = builder.session.client("logs", region_name=builder.region)
    logs.create_log_group(logGroupName=_LOG_GROUP)
    logs.put_metric_filter(
        logGroupName=_LOG_GROUP,
        filterName="tunnels",
        filterPattern='{ ($.eventName = "OpenTunnel") || ($.eventName = "SendSSHPublicKey") }',
        metricTransformations=[{"metricName": "tunnels", "metricNamespace": "estate", "metricValue": "1"}],
    )
    alarms: Any = builder.session.client("cloudwatch", region_name=builder.region)
    alarms.put_metric_alarm(
        AlarmName="tunnels-without-action",
        Namespace="estate",
        MetricName="tunnels",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        ActionsEnabled=True,
    )


def _build_recorders(builder: Builder) -> None:
    trails: Any = builder.session.client("cloudtrail", region_name=builder.region)
    objects = trails.create_trail(Name="objects-only", S3BucketName="estate-audit", IsMultiRegionTrail=False)
    builder.keep("objects-only", identity=objects["TrailARN"])
    data = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]
    selector = {"Name": "Management events selector", "FieldSelectors": data}
    trails.put_event_selectors(TrailName="objects-only", AdvancedEventSelectors=[selector])
    trails.start_logging(Name="objects-only")
    management = {"Field": "eventCategory", "Equals": ["Management"]}
    others = {"Field": "eventSource", "NotEquals": ["ec2-instance-connect.amazonaws.com"]}
    store = trails.create_event_data_store(
        Name="without-tunnels", AdvancedEventSelectors=[{"FieldSelectors": [management, others]}]
    )
    builder.keep("without-tunnels", identity=store["EventDataStoreArn"])


def _build_events(builder: Builder) -> None:
    from scanner.mock.event_history import record_event  # noqa: PLC0415 - it loads moto

    account = builder.session.client("sts", region_name=builder.region).get_caller_identity()["Account"]
    endpoints = builder.ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]
    spoke = next(one for one in endpoints if one["VpcId"] == builder.ids["spoke"])
    (found,) = builder.ec2.describe_instances(InstanceIds=[builder.ids["orders"]])["Reservations"]
    address = found["Instances"][0]["PrivateIpAddress"]
    tunnel = {
        "instanceConnectEndpointId": spoke["InstanceConnectEndpointId"],
        "maxTunnelDuration": "3600",
        "remotePort": "22",
        "privateIpAddress": address,
    }
    key = {"instanceId": builder.ids["orders"], "instanceOSUser": "ec2-user", "sSHPublicKey": "ssh-ed25519 AAAA ann"}
    refused = {"errorCode": "AccessDenied", "errorMessage": "User is not authorized to perform OpenTunnel"}
    now = datetime.now(tz=UTC)
    for hours, person, name, asked, more in (
        (50, "ann", "SendSSHPublicKey", key, {}),
        (50, "ann", "OpenTunnel", tunnel, {}),
        (5, "ann", "OpenTunnel", tunnel, {}),
        (2, "mallory", "OpenTunnel", {**tunnel, "remotePort": "3389"}, refused),
    ):
        record_event(
            {
                "eventName": name,
                "eventSource": "ec2-instance-connect.amazonaws.com",
                "eventType": "AwsApiCall",
                "eventTime": (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "sourceIPAddress": "198.51.100.7",
                "userIdentity": {
                    "type": "AssumedRole",
                    "arn": f"arn:aws:sts::{account}:assumed-role/engineer/{person}",
                    "accountId": account,
                },
                "requestParameters": asked,
                **more,
            },
            account=account,
            region=builder.region,
        )
