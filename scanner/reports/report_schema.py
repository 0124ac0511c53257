"""The JSON Schema of the native report, for whoever reads it with a program."""

from __future__ import annotations

from typing import Any

from scanner.model import GapReason, Outcome, Severity
from scanner.reports.standing_json import change_schema, comparison_schema, suppression_schema, waivers_schema

FORMAT = "bastionless-report"
VERSION = 1

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_NUMBER = {"type": "integer", "minimum": 1}
_ACCOUNT = {"type": "string", "description": 'The account\'s twelve digits, or "" where none is known.'}
_REGION = {"type": "string", "description": 'A Region\'s name, or "global" for what has no Region.'}
_PARTITION = {"type": "string", "description": "aws, aws-cn, aws-us-gov, ..."}


def report_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of version 1.

    Members may be added within a version, so it leaves room for more; none goes or changes its meaning.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Bastionless report",
        "description": "The result of a scan: every answer, every gap, and what was scanned.",
        **_object(
            format={"const": FORMAT},
            version={"const": VERSION},
            tool_version={**_TEXT, "description": "The version of Bastionless that made the report."},
            taken_at={**_TEXT, "description": 'When the facts were collected (ISO 8601, UTC), or "".'},
            complete={
                "type": "boolean",
                "description": "True when no target failed, no rule crashed and no answer stayed unknown.",
            },
            totals={
                **_object(**{outcome.value: _COUNT for outcome in Outcome}),
                "description": "How many answers there are of each outcome, whether they are listed or not.",
            },
            severities={
                **_object(**{severity.value: _COUNT for severity in Severity}),
                "description": "How many findings with the outcome fail that nobody waived there are of each severity.",
            },
            coverage={
                "anyOf": [{"type": "null"}, _coverage()],
                "description": "How much of templates and plans was read; null for accounts.",
            },
            targets=_list_of(_target()),
            rules=_list_of(_rule()),
            frameworks={
                **_list_of(_framework()),
                "description": "Which controls of which frameworks the rules answer.",
            },
            gaps=_list_of(_gap()),
            evidence={
                "anyOf": [{"type": "null"}, _evidence()],
                "description": "What CloudTrail's event history tells of logins; null where nobody asked for it.",
            },
            waived={
                **_COUNT,
                "description": "How many findings are waived; `totals` counts them as fail all the same.",
            },
            waivers=waivers_schema(),
            comparison=comparison_schema(_finding()),
            findings={
                **_list_of(_finding()),
                "description": "fail, unknown and error; pass and not-applicable where they were asked for.",
            },
        ),
    }


def _coverage() -> dict[str, Any]:
    return _object(
        files=_COUNT,
        resources={**_COUNT, "description": "How many resources were read."},
        ignored={
            "type": "object",
            "additionalProperties": _COUNT,
            "description": "Resources by type that no rule asks about.",
        },
        unread={**_COUNT, "description": "How many resources nobody could read; each is a gap."},
    )


def _evidence() -> dict[str, Any]:
    attempt = _object(
        account=_ACCOUNT,
        region=_REGION,
        call={**_TEXT, "description": "OpenTunnel, SendSSHPublicKey or SendSerialConsoleSSHPublicKey."},
        principal={**_TEXT, "description": "The ARN of who called."},
        instance={**_TEXT, "description": 'The instance, named by the call or found by the address, or "".'},
        endpoint={**_TEXT, "description": 'The EC2 Instance Connect Endpoint, or "".'},
        address=_TEXT,
        port=_TEXT,
        os_user=_TEXT,
        error={**_TEXT, "description": 'AWS\'s error code where the call was refused, or "".'},
        message=_TEXT,
        remark={**_TEXT, "description": 'What is doubtful about the instance, or "".'},
        sources={**_TEXTS, "description": "The addresses the calls came from."},
        count={"type": "integer", "minimum": 1},
        first={**_TEXT, "description": "The first of these calls (ISO 8601, UTC)."},
        last=_TEXT,
    )
    return _object(
        since={**_TEXT, "description": 'From when on the history was read (ISO 8601, UTC), or "".'},
        until=_TEXT,
        notice={**_TEXT, "description": "What the event history is not."},
        unreadable=_COUNT,
        attempts=_list_of(attempt),
    )


def _finding() -> dict[str, Any]:
    return _object(
        fingerprint={
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
            "description": "The same from scan to scan for the same rule and resource.",
        },
        identity={**_TEXT, "description": 'What stands for the id of what is only planned, or "".'},
        rule_id=_TEXT,
        outcome={"enum": [outcome.value for outcome in Outcome]},
        severity=_severity(),
        message={**_TEXT, "description": "One sentence; for unknown the reason."},
        because={**_TEXTS, "description": "The evidence, one fact each."},
        fix={**_TEXT, "description": "The cure where it differs from the rule's, or is the rule's, or \"\"."},
        path={
            **_list_of(_hop()),
            "description": "The proof by packet: the hops there, then those of the answer; empty where there is none.",
        },
        resource=_object(
            kind={**_TEXT, "description": "CloudFormation's type name, such as AWS::EC2::Instance."},
            partition=_PARTITION,
            account=_ACCOUNT,
            region=_REGION,
            id=_TEXT,
            arn=_TEXT,
            name={**_TEXT, "description": 'The Name tag, or "".'},
            scaling_group={**_TEXT, "description": 'The Auto Scaling group of an instance, or "".'},
        ),
        location=_location("Where somebody's files describe the resource, or list it; null where none does."),
        suppression=suppression_schema(),
        change=change_schema(),
    )


def _location(meaning: str) -> dict[str, Any]:
    place = _object(
        file={**_TEXT, "description": "Relative to the root of the checkout where it lies below it."},
        line=_NUMBER,
        column=_NUMBER,
        address={**_TEXT, "description": "What the file calls the resource."},
        construct={**_TEXT, "description": 'The path of the CDK construct, or "".'},
        written={**_TEXT, "description": 'The place in the template where `file` is the program, or "".'},
        line_hash={**_TEXT, "description": 'What GitHub\'s code scanning makes of the line, or "".'},
    )
    return {"anyOf": [{"type": "null"}, place], "description": meaning}


def _framework() -> dict[str, Any]:
    return _object(
        key={**_TEXT, "description": "A short name of the framework and its version."},
        name=_TEXT,
        version=_TEXT,
        pattern={**_TEXT, "description": "What its controls are called like, a regular expression."},
        learn={**_TEXT, "description": "A page about it."},
        controls={
            "type": "object",
            "additionalProperties": _TEXTS,
            "description": "Ids of rules by the control they answer.",
        },
        proposed={
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _TEXT},
            "description": "The same for what the framework does not ask for but the rule would answer, with the reason.",
        },
    )


def _hop() -> dict[str, Any]:
    return _object(
        kind={**_TEXT, "description": "CloudFormation's type name of the component."},
        id=_TEXT,
        direction={"enum": ["forward", "return"]},
        allows={"type": "boolean", "description": "False for the hop that blocks, which is the last."},
        inspects={"type": "boolean", "description": "True where what it lets pass is decided inside (an appliance)."},
        rule={**_TEXT, "description": "The rule that decides, in words."},
        code={**_TEXT, "description": 'AWS\'s explanation code of a hop that blocks, or "".'},
        rule_id={**_TEXT, "description": 'The id of the security group rule, or "".'},
        location=_location("Where somebody's files describe the component, or list it; null where none does."),
    )


def _rule() -> dict[str, Any]:
    setting = _object(
        value={"description": "The value in force."},
        default={"description": "The card's own value."},
        help=_TEXT,
    )
    return _object(
        id=_TEXT,
        family={**_TEXT, "description": "The letters of the id."},
        title=_TEXT,
        severity=_severity(),
        about={**_TEXT, "description": "The kind of resource the rule judges."},
        why=_TEXT,
        fix=_TEXT,
        learn=_TEXTS,
        since=_TEXT,
        aliases=_TEXTS,
        card={**_TEXT, "description": 'The name of its card, or "".'},
        settings={"type": "object", "additionalProperties": setting},
    )


def _gap() -> dict[str, Any]:
    return _object(
        account=_ACCOUNT,
        region=_REGION,
        call={**_TEXT, "description": "The call that gave no answer, such as ec2:DescribeVpcs."},
        reason={"enum": [reason.value for reason in GapReason]},
        detail={**_TEXT, "description": 'AWS\'s error code, or "".'},
        kinds={**_TEXTS, "description": "The kinds of resources the call would have given."},
        resource={**_TEXT, "description": 'The ARN the call was about, or "" for a list.'},
        sentence={**_TEXT, "description": "All of it in words."},
    )


def _target() -> dict[str, Any]:
    return _object(
        account=_ACCOUNT,
        region=_REGION,
        partition=_PARTITION,
        mode={**_TEXT, "description": "Where the facts come from: live, mock, snapshot, describe, ..."},
        resources=_COUNT,
        failed={**_TEXT, "description": 'Why nothing could be read there, or "".'},
    )


def _severity() -> dict[str, Any]:
    return {"enum": [severity.value for severity in Severity]}


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(**members: dict[str, Any]) -> dict[str, Any]:
    """An object in which every one of these members is always present."""
    return {"type": "object", "required": list(members), "properties": members}
