"""Facts in boto3's shapes into the bodies that AWS sends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from benchmarks.aws.models import model, operation_model

REQUEST_ID = "59dbff89-35bd-4eac-99ed-be587EXAMPLE"
XML = "text/xml;charset=UTF-8"
JSON = "application/x-amz-json-1.1"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

Facts = Mapping[str, Any]


def body(service: str, operation: str, protocol: str, answer: Facts) -> tuple[str, str]:
    """The body of an answer and its content type."""
    shape = operation_model(service, operation).output_shape
    if protocol in ("json", "rest-json"):
        return json.dumps(answer), JSON
    if protocol == "rest-xml":
        return _rest_body(shape, operation, answer) if shape is not None else "", XML
    is_ec2 = protocol == "ec2"
    lines: list[str] = []
    if shape is not None:
        _add_members(lines, shape, answer, depth=1 if is_ec2 else 2, ec2=is_ec2)
    space = model(service).metadata.get("xmlNamespace", "")
    if is_ec2:
        return ec2_body(operation, lines), XML
    wrapper = (shape.serialization.get("resultWrapper") if shape is not None else "") or f"{operation}Result"
    inner = "\n".join((f"  <{wrapper}>", *lines, f"  </{wrapper}>"))
    metadata = f"  <ResponseMetadata>\n    <RequestId>{REQUEST_ID}</RequestId>\n  </ResponseMetadata>"
    return f'<{operation}Response xmlns="{space}">\n{inner}\n{metadata}\n</{operation}Response>\n', XML


def ec2_body(operation: str, lines: Iterable[str]) -> str:
    """The frame of an answer of EC2's, which comes with four spaces a level."""
    version = model("ec2").metadata["apiVersion"]
    head = f'{_HEAD}\n<{operation}Response xmlns="http://ec2.amazonaws.com/doc/{version}/">'
    return "\n".join((head, f"    <requestId>{REQUEST_ID}</requestId>", *lines, f"</{operation}Response>"))


def ec2_item(operation: str, member: str, facts: Facts) -> str:
    """One item of one of EC2's lists."""
    shape = operation_model("ec2", operation).output_shape.members[member]
    lines: list[str] = []
    _add(lines, shape.member, facts, shape.member.serialization.get("name", "item"), depth=2, ec2=True)
    return "\n".join(lines)


def ec2_tag(operation: str, member: str) -> str:
    """The element that one of EC2's lists stands in ("reservationSet")."""
    return str(operation_model("ec2", operation).output_shape.members[member].serialization.get("name", member))


def error(service: str, protocol: str, code: str, message: str) -> tuple[str, str]:
    """The body of a refusal and its content type."""
    if protocol in ("json", "rest-json"):
        return json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": message}), JSON
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if protocol == "ec2":
        errors = f"<Errors><Error>{told}</Error></Errors>"
        return f"{_HEAD}\n<Response>{errors}<RequestID>{REQUEST_ID}</RequestID></Response>", XML
    if service == "s3":
        return f"{_HEAD}\n<Error>{told}<RequestId>{REQUEST_ID}</RequestId></Error>", XML
    inner = f"<Error><Type>Sender</Type>{told}</Error><RequestId>{REQUEST_ID}</RequestId>"
    return f"<ErrorResponse>{inner}</ErrorResponse>", XML


def empty(service: str, operation: str) -> dict[str, Any]:
    """An answer in which every list is empty and nothing else is said."""
    shape = operation_model(service, operation).output_shape
    members = shape.members.items() if shape is not None else ()
    return {name: [] for name, member in members if member.type_name == "list"}


def _rest_body(shape: Any, operation: str, answer: Facts) -> str:
    payload = shape.serialization.get("payload")
    inner = shape.members[payload] if payload else shape
    value = answer.get(payload, {}) if payload else answer
    if inner.type_name in ("string", "blob"):
        return str(value)
    name = inner.serialization.get("name") or (inner.name if payload else f"{operation}Result")
    lines: list[str] = []
    _add(lines, inner, value, name, depth=0, ec2=False)
    return "\n".join((_HEAD, *lines))


def _add_members(lines: list[str], shape: Any, facts: Facts, *, depth: int, ec2: bool) -> None:
    for name, member in shape.members.items():
        value = facts.get(name)
        if value is None or member.serialization.get("xmlAttribute"):
            continue
        _add(lines, member, value, member.serialization.get("name", name), depth=depth, ec2=ec2)


def _add(lines: list[str], shape: Any, value: Any, name: str, *, depth: int, ec2: bool) -> None:
    margin = ("    " if ec2 else "  ") * depth
    if shape.type_name == "structure":
        lines.append(f"{margin}<{name}{_attributes(shape, value)}>")
        _add_members(lines, shape, value, depth=depth + 1, ec2=ec2)
        lines.append(f"{margin}</{name}>")
    elif shape.type_name == "list" and shape.serialization.get("flattened"):
        for item in value:
            _add(lines, shape.member, item, shape.member.serialization.get("name", name), depth=depth, ec2=ec2)
    elif shape.type_name == "list" and not value:
        lines.append(f"{margin}<{name}/>")
    elif shape.type_name == "list":
        lines.append(f"{margin}<{name}>")
        inner = shape.member.serialization.get("name", "item" if ec2 else "member")
        for item in value:
            _add(lines, shape.member, item, inner, depth=depth + 1, ec2=ec2)
        lines.append(f"{margin}</{name}>")
    else:
        lines.append(f"{margin}<{name}>{_text(value)}</{name}>")


def _attributes(shape: Any, facts: Facts) -> str:
    """What S3 writes into the tag of an access list's grantee."""
    given = {
        member.serialization.get("name", name): facts[name]
        for name, member in shape.members.items()
        if member.serialization.get("xmlAttribute") and name in facts
    }
    pairs = "".join(f" {name}={quoteattr(str(value))}" for name, value in given.items())
    return f" {_SCHEMA}{pairs}" if pairs else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))
