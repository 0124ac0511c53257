"""What a resource itself tells of where it is written: the tags of CloudFormation, of the CDK, and of Yor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model import Resource, Undecided

STACK = "aws:cloudformation:stack-name"
LOGICAL_ID = "aws:cloudformation:logical-id"
CDK_PATH = "aws:cdk:path"
YOR_TRACE = "yor_trace"
YOR_NAME = "yor_name"
GIT_FILE = "git_file"
GIT_ORG = "git_org"
GIT_REPO = "git_repo"


def tags_of(resource: Resource) -> Mapping[str, str]:
    """The tags as a plain mapping, whichever of AWS's shapes they have; none where they could not be read."""
    try:
        found = dict(resource.tags)
        for key in ("TagSet", "TagsList", "TagList"):
            for tag in resource.items(key):
                if isinstance(tag, Mapping):
                    found[_text(tag.get("Key"))] = _text(tag.get("Value"))
    except Undecided:
        return {}
    return {key: value for key, value in found.items() if isinstance(key, str) and isinstance(value, str)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
