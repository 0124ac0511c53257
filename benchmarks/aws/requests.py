"""What a request asks for: service, operation, parameters, and who signed it for where."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from benchmarks.aws.models import model, operation_model, routes, service_signed

_SCOPE = re.compile(r"Credential=([^/,]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")
_READS = ("Describe", "Get", "List", "Lookup", "Search", "Test", "AssumeRole", "Head", "BatchGet", "Select", "Simulate")


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `protocol` is that of the request: "ec2", "query", "json", "rest-json" or "rest-xml"."""

    service: str
    operation: str
    protocol: str
    account: str
    region: str
    key: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`service:Operation`."""
        return f"{self.service}:{self.operation}"

    @property
    def writes(self) -> bool:
        """Whether the call might change something: all do whose name does not promise to read."""
        return not self.operation.startswith(_READS)


def read_request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """The call behind an HTTP request; header names are lower-case. An unknown one has an empty service."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    key, region, signed = scope.groups() if scope else ("", "us-east-1", "sts")
    found = _ACCOUNT.search(key)
    account = found[0] if found else ""
    action = headers.get("x-amz-target", "")
    if action:
        service, operation = service_signed(signed, ""), action.rpartition(".")[2]
        return Request(service, operation, "json", account, region, key, json.loads(body or b"{}"))
    if b"Action=" in body:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        service = service_signed(signed, form.get("Version", ""))
        known = operation_model(service, form["Action"]) if service else None
        parameters = _from_form(known.input_shape, form, ec2=service == "ec2") if known and known.input_shape else {}
        protocol = "ec2" if service == "ec2" else "query"
        return Request(service, form["Action"], protocol, account, region, key, parameters)
    service = service_signed(signed, "")
    if not service:
        return Request("", f"{method} {target}", "rest-xml", account, region, key)
    operation, parameters = _route(service, method, target)
    return Request(service, operation, model(service).metadata["protocol"], account, region, key, parameters)


def _route(service: str, method: str, target: str) -> tuple[str, dict[str, str]]:
    url = urlsplit(target)
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    for wanted, path, keys, name in routes(service):
        hit = path.fullmatch(unquote(url.path)) if wanted == method and keys <= query.keys() else None
        if hit:
            given = {**query, **dict(zip(_parts(service, name), hit.groups(), strict=True))}
            shape = operation_model(service, name).input_shape
            members = {inner.serialization.get("name", member): member for member, inner in shape.members.items()}
            return name, {members[key]: value for key, value in given.items() if key in members}
    return f"{method} {url.path}", {}


def _parts(service: str, operation: str) -> list[str]:
    """The names that a path leaves open ("/{Bucket}/{Key+}")."""
    return re.findall(r"\{(\w+)\+?\}", operation_model(service, operation).http["requestUri"].partition("?")[0])


def _from_form(shape: Any, form: Mapping[str, str], *, ec2: bool, prefix: str = "") -> dict[str, Any]:
    """The parameters that botocore flattened into a form, as it was given them."""
    found = {}
    for member, inner in shape.members.items():
        value = _value(inner, form, f"{prefix}{_wire_name(member, inner, ec2=ec2)}", ec2=ec2)
        if value is not None:
            found[member] = value
    return found


def _wire_name(member: str, shape: Any, *, ec2: bool) -> str:
    """EC2 writes a member's queryName, or its locationName with a capital letter."""
    serialization = shape.serialization
    name = str(serialization.get("queryName") or serialization.get("name", member))
    return name[0].upper() + name[1:] if ec2 and "queryName" not in serialization else name


def _value(shape: Any, form: Mapping[str, str], name: str, *, ec2: bool) -> Any:
    if shape.type_name == "structure":
        return _from_form(shape, form, ec2=ec2, prefix=f"{name}.") or None
    if shape.type_name == "list":
        flat = ec2 or shape.serialization.get("flattened")
        stem = f"{name}." if flat else f"{name}.{shape.member.serialization.get('name', 'member')}."
        items: list[Any] = []
        while (item := _value(shape.member, form, f"{stem}{len(items) + 1}", ec2=ec2)) is not None:
            items.append(item)
        return items or None
    text = form.get(name)
    if text is None:
        return None
    if shape.type_name in ("integer", "long"):
        return int(text)
    return text == "true" if shape.type_name == "boolean" else text
