"""Trails, event data stores, and what watches them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import TAGS, Entry, Word, blocks, default, link, properties_of
from scanner.gate.terraform.words.networks import VPC
from scanner.model import Unknown

TRAIL, STORE = "AWS::CloudTrail::Trail", "AWS::CloudTrail::EventDataStore"
RULE = "AWS::Events::Rule"

_TESTS = {
    "Equals": "equals",
    "NotEquals": "not_equals",
    "StartsWith": "starts_with",
    "NotStartsWith": "not_starts_with",
    "EndsWith": "ends_with",
    "NotEndsWith": "not_ends_with",
}


def _field(attributes: Attributes) -> dict[str, Any]:
    made = properties_of({"Field": "field", **_TESTS}, attributes)
    return {name: value for name, value in made.items() if isinstance(value, Unknown) or value != []}


def _advanced(attributes: Attributes) -> Any:
    found = attributes.blocks("advanced_event_selector")
    if isinstance(found, Unknown):
        return found
    made = []
    for one in found:
        fields = one.blocks("field_selector")
        selectors = fields if isinstance(fields, Unknown) else [_field(each) for each in fields]
        made.append({**properties_of({"Name": "name"}, one), "FieldSelectors": selectors})
    return made or None


def _selectors(attributes: Attributes) -> Any:
    words: Mapping[str, Word] = {
        "ReadWriteType": "read_write_type",
        "IncludeManagementEvents": "include_management_events",
        "ExcludeManagementEventSources": "exclude_management_event_sources",
        "DataResources": blocks("data_resource", {"Type": "type", "Values": "values"}),
    }
    found = attributes.blocks("event_selector")
    return found if isinstance(found, Unknown) else [properties_of(words, one) for one in found] or None


def _ingests(attributes: Attributes) -> Any:
    is_suspended = attributes.get("suspend")
    if is_suspended is None or isinstance(is_suspended, Unknown):
        return is_suspended
    return str(is_suspended).lower() != "true"


def _state(attributes: Attributes) -> Any:
    """`state`, or `is_enabled` of older providers."""
    state = attributes.get("state")
    if state is not None:
        return state
    is_enabled = attributes.get("is_enabled")
    return "DISABLED" if is_enabled is False else is_enabled if isinstance(is_enabled, Unknown) else None


def _dimensions(attributes: Attributes) -> Any:
    found = attributes.get("dimensions")
    if isinstance(found, Mapping):
        return [{"Name": name, "Value": value} for name, value in found.items()] or None
    return found


ENTRIES: Mapping[str, Entry] = {
    "aws_cloudtrail": Entry(
        TRAIL,
        {
            "S3BucketName": link("s3_bucket_name", "AWS::S3::Bucket", "name"),
            "S3KeyPrefix": "s3_key_prefix",
            # Both are the provider's own defaults.
            "IncludeGlobalServiceEvents": default("include_global_service_events", True),
            "IsLogging": default("enable_logging", True),
            "IsMultiRegionTrail": "is_multi_region_trail",
            "IsOrganizationTrail": "is_organization_trail",
            "EnableLogFileValidation": "enable_log_file_validation",
            "CloudWatchLogsLogGroupArn": lambda attributes: attributes.link(
                "cloud_watch_logs_group_arn", "AWS::Logs::LogGroup", "arn"
            ),
            "CloudWatchLogsRoleArn": link("cloud_watch_logs_role_arn", "AWS::IAM::Role", "arn"),
            "KMSKeyId": link("kms_key_id", "AWS::KMS::Key", "arn"),
            "SnsTopicName": link("sns_topic_name", "AWS::SNS::Topic", "name"),
            "EventSelectors": _selectors,
            "AdvancedEventSelectors": _advanced,
            "InsightSelectors": blocks("insight_selector", {"InsightType": "insight_type"}),
            **TAGS,
        },
        name="name",
    ),
    "aws_cloudtrail_event_data_store": Entry(
        STORE,
        {
            "Name": "name",
            "IngestionEnabled": _ingests,
            "AdvancedEventSelectors": _advanced,
            "MultiRegionEnabled": "multi_region_enabled",
            "OrganizationEnabled": "organization_enabled",
            "RetentionPeriod": "retention_period",
            "TerminationProtectionEnabled": "termination_protection_enabled",
            "KmsKeyId": link("kms_key_id", "AWS::KMS::Key", "arn"),
            **TAGS,
        },
        is_arn=True,
    ),
    "aws_cloudwatch_log_metric_filter": Entry(
        "AWS::Logs::MetricFilter",
        {
            "FilterName": "name",
            "FilterPattern": "pattern",
            "LogGroupName": link("log_group_name", "AWS::Logs::LogGroup", "name"),
            "MetricTransformations": blocks(
                "metric_transformation", {"MetricName": "name", "MetricNamespace": "namespace", "MetricValue": "value"}
            ),
        },
        name="name",
    ),
    "aws_cloudwatch_metric_alarm": Entry(
        "AWS::CloudWatch::Alarm",
        {
            "ActionsEnabled": "actions_enabled",
            "AlarmActions": lambda attributes: attributes.links("alarm_actions", "", "arn"),
            "MetricName": "metric_name",
            "Namespace": "namespace",
            "Statistic": "statistic",
            "ComparisonOperator": "comparison_operator",
            "Threshold": "threshold",
            "TreatMissingData": "treat_missing_data",
            "Dimensions": _dimensions,
            "Period": "period",
            "EvaluationPeriods": "evaluation_periods",
        },
        name="alarm_name",
    ),
    "aws_cloudwatch_event_rule": Entry(
        RULE,
        {
            "EventPattern": lambda attributes: attributes.document("event_pattern"),
            "ScheduleExpression": "schedule_expression",
            "State": _state,
            "EventBusName": "event_bus_name",
        },
        name="name",
    ),
    "aws_route53_resolver_query_log_config_association": Entry(
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        {
            "ResolverQueryLogConfigId": link(
                "resolver_query_log_config_id", "AWS::Route53Resolver::ResolverQueryLoggingConfig"
            ),
            "ResourceId": link("resource_id", VPC),
        },
    ),
}
