"""Trails, event data stores, and what watches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.arns import arn_of
from scanner.gate.estate import Estate
from scanner.gate.ids import reference
from scanner.gate.mapping.networks import VPC
from scanner.gate.mapping.reading import (
    copied,
    document,
    listed,
    otherwise,
    structures,
    text,
    truth,
    whole,
    without_none,
)
from scanner.gate.planned import Planned
from scanner.model import Unknown

TRAIL = "AWS::CloudTrail::Trail"
STORE = "AWS::CloudTrail::EventDataStore"


def _arn(planned: Planned, estate: Estate) -> str:
    where = {"partition": estate.partition, "account": estate.account, "region": estate.region}
    return planned.id if planned.id.startswith("arn:") else arn_of(planned.type, planned.id, {}, **where)


def trail(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html."""
    properties = planned.properties
    basic = structures(properties.get("EventSelectors"))
    advanced = structures(properties.get("AdvancedEventSelectors"))
    is_logging = truth(properties.get("IsLogging"), default=True)
    facts = {
        "Name": planned.id,
        "TrailARN": _arn(planned, estate),
        "HomeRegion": estate.region,
        "S3BucketName": text(properties.get("S3BucketName")),
        "S3KeyPrefix": text(properties.get("S3KeyPrefix")),
        "IncludeGlobalServiceEvents": truth(properties.get("IncludeGlobalServiceEvents"), default=False),
        "IsMultiRegionTrail": truth(properties.get("IsMultiRegionTrail"), default=False),
        "IsOrganizationTrail": truth(properties.get("IsOrganizationTrail"), default=False),
        "LogFileValidationEnabled": truth(properties.get("EnableLogFileValidation"), default=False),
        "CloudWatchLogsLogGroupArn": text(properties.get("CloudWatchLogsLogGroupArn")),
        "CloudWatchLogsRoleArn": text(properties.get("CloudWatchLogsRoleArn")),
        # CloudFormation's spelling and the API's differ by two letters.
        "KmsKeyId": text(properties.get("KMSKeyId")),
        "SnsTopicName": text(properties.get("SnsTopicName")),
        "EventSelectors": basic if isinstance(basic, Unknown) else [_basic(one) for one in basic],
        "AdvancedEventSelectors": advanced,
        "HasCustomEventSelectors": bool(
            isinstance(basic, Unknown) or isinstance(advanced, Unknown) or basic or advanced
        ),
        "HasInsightSelectors": bool(properties.get("InsightSelectors") is not None),
        "IsLogging": is_logging,
        # It begins with the change; what is new cannot have delivered anything yet.
        "StartLoggingTime": estate.now if is_logging is True and estate.now else None,
    }
    estate.add(TRAIL, planned.id, without_none(facts), planned)


def _basic(selector: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "ReadWriteType": otherwise(text(selector.get("ReadWriteType")), "All"),
        "IncludeManagementEvents": truth(selector.get("IncludeManagementEvents"), default=True),
        "ExcludeManagementEventSources": listed(selector.get("ExcludeManagementEventSources")),
        "DataResources": selector.get("DataResources"),
    }
    return without_none(made)


def store(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-eventdatastore.html."""
    properties = planned.properties
    ingests = truth(properties.get("IngestionEnabled"), default=True)
    selectors = structures(properties.get("AdvancedEventSelectors"))
    if not isinstance(selectors, Unknown) and not selectors:
        management = {"Field": "eventCategory", "Equals": ["Management"]}
        selectors = [{"Name": "Default management events", "FieldSelectors": [management]}]
    facts = {
        "EventDataStoreArn": _arn(planned, estate),
        "Name": otherwise(text(properties.get("Name")), planned.address),
        "Status": ingests if isinstance(ingests, Unknown) else "ENABLED" if ingests else "STOPPED_INGESTION",
        "AdvancedEventSelectors": selectors,
        "MultiRegionEnabled": truth(properties.get("MultiRegionEnabled"), default=True),
        "OrganizationEnabled": truth(properties.get("OrganizationEnabled"), default=False),
        "RetentionPeriod": whole(properties.get("RetentionPeriod")),
        "TerminationProtectionEnabled": truth(properties.get("TerminationProtectionEnabled"), default=True),
        "KmsKeyId": text(properties.get("KmsKeyId")),
    }
    estate.add(STORE, facts["EventDataStoreArn"], without_none(facts), planned)


def metric_filter(planned: Planned, estate: Estate) -> None:
    """A filter that counts log entries."""
    properties = planned.properties
    transformations = structures(properties.get("MetricTransformations"))
    group = text(properties.get("LogGroupName"))
    facts = {
        "filterName": otherwise(text(properties.get("FilterName")), planned.id),
        "filterPattern": text(properties.get("FilterPattern")),
        "logGroupName": group,
        "metricTransformations": transformations
        if isinstance(transformations, Unknown)
        else [_transformation(one) for one in transformations],
    }
    estate.add("AWS::Logs::MetricFilter", planned.id, without_none(facts), planned)


def _transformation(told: Mapping[str, Any]) -> dict[str, Any]:
    names = {"MetricName": "metricName", "MetricNamespace": "metricNamespace", "MetricValue": "metricValue"}
    return without_none({ours: text(told.get(theirs)) for theirs, ours in names.items()})


def alarm(planned: Planned, estate: Estate) -> None:
    """An alarm of CloudWatch."""
    facts = {
        "AlarmName": planned.id,
        "AlarmArn": _arn(planned, estate),
        "ActionsEnabled": truth(planned.properties.get("ActionsEnabled"), default=True),
        "AlarmActions": listed(planned.properties.get("AlarmActions")),
        **copied(
            planned, "MetricName", "Namespace", "Statistic", "ComparisonOperator", "Dimensions", "TreatMissingData"
        ),
        "Period": whole(planned.properties.get("Period")),
        "EvaluationPeriods": whole(planned.properties.get("EvaluationPeriods")),
    }
    estate.add("AWS::CloudWatch::Alarm", planned.id, without_none(facts), planned)


def events_rule(planned: Planned, estate: Estate) -> None:
    """A rule of EventBridge."""
    properties = planned.properties
    facts = {
        "Name": planned.id,
        "Arn": _arn(planned, estate),
        "EventPattern": document(properties.get("EventPattern")),
        "ScheduleExpression": text(properties.get("ScheduleExpression")),
        "State": otherwise(text(properties.get("State")), "ENABLED"),
        "EventBusName": otherwise(text(properties.get("EventBusName")), "default"),
        "Targets": listed(properties.get("Targets")),
    }
    estate.add("AWS::Events::Rule", planned.id, without_none(facts), planned)


def query_logging(planned: Planned, estate: Estate) -> None:
    """Route 53 Resolver logs the queries of a VPC."""
    facts = {
        "Id": planned.id,
        "ResolverQueryLogConfigId": text(planned.properties.get("ResolverQueryLogConfigId")),
        "ResourceId": reference(planned.properties.get("ResourceId"), VPC),
        "Status": "ACTIVE",
    }
    estate.add("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", planned.id, without_none(facts), planned)
