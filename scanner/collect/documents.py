"""IAM's policy documents as the facts hold them: what they mean, in whichever of AWS's spellings they came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html: URL-encoded JSON on the wire,
# which botocore, and with it the aws command line, decodes; other tools save what was on the wire.
_DOCUMENTS = frozenset({"AssumeRolePolicyDocument", "Document", "PolicyDocument"})


def decode_documents(value: Any) -> Any:
    """A copy of an IAM answer's part with every document as botocore would give it; one that is no JSON stays as it is."""
    if isinstance(value, Mapping):
        return {
            key: _decoded(item) if key in _DOCUMENTS and isinstance(item, str) else decode_documents(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [decode_documents(item) for item in value]
    return value


def _decoded(text: str) -> Any:
    # The plain text comes first: a resource in it may hold an encoded character of its own.
    for spelling in (text, unquote(text)):
        try:
            return json.loads(spelling)
        except (ValueError, RecursionError):
            continue
    return text
