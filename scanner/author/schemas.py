"""JSON Schemas for editors: of a card, of bastionless.yaml, and of the JSON report."""

from __future__ import annotations

from typing import Any

from scanner.aws.table import KINDS
from scanner.model import GapReason, Severity
from scanner.model.member import ROLE_ARN
from scanner.rulebook.card import FOLLOWED, ID, SETTING_NAME
from scanner.rulebook.limits import FORMATS
from scanner.rulebook.waivers import FINGERPRINT

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LEVELS = [level.value for level in Severity]
_WORDS = {"type": "array", "items": {"type": "string"}}
_IDS = {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}
_ID = {"type": "string", "pattern": f"^{ID.pattern}$"}
_FILLED = {"type": "string", "pattern": r"\S"}


def schema_named(name: str) -> dict[str, Any]:
    """The schema of "card", "config" or "report"."""
    from scanner.reports.report_schema import report_schema  # noqa: PLC0415 - only the report's schema needs the reports

    return {"card": card_schema, "config": config_schema, "report": report_schema}[name]()


def card_schema() -> dict[str, Any]:
    """What a rule card may say; the expressions and facts in it are checked when it is read."""
    text = {"type": "string"}
    facts = {"type": "array", "items": {"type": "object"}}
    gap = {
        "type": "object",
        "properties": {
            "call": {"type": "string", "pattern": "^[a-z0-9]+:[A-Za-z]+$"},
            "reason": {"enum": [reason.value for reason in GapReason]},
            "resource": text,
        },
        "required": ["call"],
        "additionalProperties": False,
    }
    world = {
        "name": _FILLED,
        "given": {"type": "object", "properties": dict.fromkeys(KINDS, facts), "additionalProperties": False},
        "gaps": {"type": "array", "items": gap},
        "settings": {"type": "object"},
        "region": text,
        "at": {"type": "string", "description": "What the clock shows, ISO 8601 in UTC."},
    }
    return {
        "$schema": _DIALECT,
        "title": "A Bastionless rule card",
        "type": "object",
        "properties": {
            "id": _ID,
            "title": {**_FILLED, "description": "The flaw, never the cure."},
            "severity": {"enum": _LEVELS},
            "about": {"enum": sorted(KINDS), "description": "The kind of resource, a CloudFormation type name."},
            "why": text,
            "fix": {"type": "string", "description": "May name facts in braces: {VpcEndpointId}."},
            "learn": _WORDS,
            "settings": {
                "type": "object",
                "propertyNames": {"pattern": f"^{SETTING_NAME.pattern}$"},
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "default": {},
                        "help": text,
                        "min": {"type": "number", "description": "The least value, of a list of every item."},
                        "max": {"type": "number", "description": "The greatest value, of a list of every item."},
                        "format": {"enum": list(FORMATS)},
                        "pattern": {"type": "string", "description": "A regular expression for the whole text."},
                        "choices": {"type": "array", "minItems": 1},
                        "not_empty": {"type": "boolean"},
                        "follows": {
                            "type": "string",
                            "pattern": f"^{FOLLOWED.pattern}$",
                            "description": "A setting of another rule, whose value holds here too until it is set here.",
                        },
                    },
                    "required": ["default"],
                    "additionalProperties": False,
                },
            },
            "when": {"type": "string", "description": "JMESPath; where it is false the rule does not apply."},
            "require": {"type": "string", "description": "JMESPath; where it is false the rule fails."},
            "say": {"type": "string", "description": "One sentence, with facts in braces."},
            "good": _worlds(world, {}),
            "bad": _worlds(world, {"flags": _IDS}),
            "unknown": _worlds(world, {"unsure": _IDS}),
            "since": text,
            "aliases": {"type": "array", "items": _ID},
            "retired": {"type": "string", "description": "Why it is gone; the id is never used again."},
        },
        "required": ["id", "title", "severity", "about"],
        "additionalProperties": False,
    }


def _worlds(world: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    item = {
        "type": "object",
        "properties": {**world, **more},
        "required": ["name", *more],
        "additionalProperties": False,
    }
    return {"type": "array", "items": item}


_ACCOUNT = {
    "type": "object",
    "properties": {
        "account": {"type": "string", "pattern": "^[0-9]{12}$"},
        "role": {"type": "string", "description": "A name or an ARN."},
        "external_id": {"type": "string"},
        "regions": _WORDS,
    },
    "required": ["role"],
    "additionalProperties": False,
}


def config_schema() -> dict[str, Any]:
    """What bastionless.yaml may say."""
    return {
        "$schema": _DIALECT,
        "title": "bastionless.yaml",
        "type": "object",
        "properties": {
            "select": {**_WORDS, "description": "Rule ids or families; only these."},
            "ignore": {**_WORDS, "description": "Rule ids or families; all but these."},
            "settings": {
                "type": "object",
                "additionalProperties": {"type": "object"},
                "description": "Rule id or family -> setting -> value.",
            },
            "severity": {"type": "object", "additionalProperties": {"enum": _LEVELS}},
            "fail_on": {"enum": [*_LEVELS, "never"], "default": "low"},
            "fail_on_unknown": {"type": "boolean", "default": False},
            "regions": _WORDS,
            "accounts": {
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [{"type": "string", "pattern": f"^{ROLE_ARN.pattern}$"}, _ACCOUNT]},
                "description": "Several accounts in one scan, each with the role to look at it with.",
            },
            "role_arn": {"type": "string", "pattern": f"^{ROLE_ARN.pattern}$"},
            "external_id": {"type": "string"},
            "role_session_name": {"type": "string"},
            "max_rate": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "At most so many requests a second to AWS.",
            },
            "timeout": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "Seconds after which AWS is asked no more.",
            },
            "concurrency": {
                "type": "integer",
                "minimum": 1,
                "maximum": 64,
                "description": "At most so many calls at once.",
            },
            "rules": {**_WORDS, "description": "Folders of your own cards, relative to this file."},
            "waivers": {"type": ["array", "null"], "items": _waiver(), "description": "Flaws that somebody accepts."},
            "strict_waivers": {
                "type": "boolean",
                "default": False,
                "description": "Whether a waiver that expired, matches nothing or names no rule makes a scan fail.",
            },
        },
        "additionalProperties": False,
    }


def _waiver() -> dict[str, Any]:
    resource = {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "id": _FILLED,
            "arn": {"type": "string", "pattern": "^arn:", "description": "`*` stands for any characters."},
            "tag": {"type": "string", "pattern": "^[^=]+=", "description": "Key=Value"},
            "account": {"type": "string", "pattern": "^[0-9]{12}$"},
            "region": _FILLED,
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "rule": {**_FILLED, "description": "An id, a family, or a glob of ids such as NET0*."},
            "resource": {
                "anyOf": [
                    {**_FILLED, "description": "An id, or an ARN in which `*` stands for any characters."},
                    resource,
                ]
            },
            "fingerprint": {
                "type": "string",
                "pattern": f"^{FINGERPRINT.pattern}$",
                "description": "A finding's, in place of rule and resource.",
            },
            "owner": _FILLED,
            "reason": _FILLED,
            "until": {
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "The last day it holds.",
            },
        },
        "required": ["owner", "reason", "until"],
        "oneOf": [{"required": ["rule", "resource"]}, {"required": ["fingerprint"]}],
        "additionalProperties": False,
    }
