"""botocore's models: how AWS names an operation, its members and its pages on the wire."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

SIGNING = {
    "monitoring": ("cloudwatch",),
    "elasticloadbalancing": ("elbv2", "elb"),
}
"""Services whose signatures carry another name than botocore's."""


class Paging(NamedTuple):
    """The members of a list that comes in pages, and the most items in one of them."""

    token: str
    next_token: str
    limit: str
    most: int


@cache
def session() -> Any:
    """One botocore session: its loader keeps what it has read."""
    import botocore.session

    return botocore.session.Session()


@cache
def model(service: str) -> Any:
    """The model of a service; raises UnknownServiceError."""
    return session().get_service_model(service)


@cache
def operation_model(service: str, operation: str) -> Any:
    """The model of an operation, None where botocore knows of none."""
    found = model(service)
    return found.operation_model(operation) if operation in found.operation_names else None


@cache
def service_signed(name: str, version: str) -> str:
    """The name botocore has for the service that a signature was made for; "" where there is none."""
    from botocore.exceptions import UnknownServiceError

    candidates = SIGNING.get(name, (name,))
    try:
        return next((one for one in candidates if model(one).metadata.get("apiVersion") == version), candidates[0])
    except UnknownServiceError:
        return ""


@cache
def paging(service: str, operation: str) -> Paging | None:
    """How a list comes in pages, as botocore's paginators know it; None for an answer that is always whole."""
    from botocore.exceptions import DataNotFoundError

    try:
        found = session().get_component("data_loader").load_service_model(service, "paginators-1")["pagination"]
    except DataNotFoundError:
        found = {}
    rule = found.get(operation)
    members = operation_model(service, operation).input_shape.members if operation_model(service, operation) else {}
    if rule and isinstance(rule["input_token"], str) and isinstance(rule["output_token"], str):
        token, next_token, limit = rule["input_token"], rule["output_token"], rule.get("limit_key", "")
    elif "NextToken" in members:
        token, next_token, limit = "NextToken", "NextToken", "MaxResults"
    else:
        return None
    shape = members.get(limit)
    # What AWS allows where the model does not say it.
    return Paging(token, next_token, limit, int(shape.metadata.get("max", 1000)) if shape is not None else 1000)


@cache
def routes(service: str) -> tuple[tuple[str, re.Pattern[str], frozenset[str], str], ...]:
    """(method, path, keys of the query, operation) of a REST service, the most particular first."""
    found = []
    for name in model(service).operation_names:
        http = operation_model(service, name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(
            r"\\\{[^}]+?\\\+\\\}|\\\{[^}]+\\\}", lambda hit: "(.+)" if "+" in hit[0] else "([^/]+)", re.escape(path)
        )
        keys = frozenset(part.partition("=")[0] for part in query.split("&") if part)
        found.append((http["method"], re.compile(pattern + "/?"), keys, name))
    return tuple(sorted(found, key=lambda one: (-len(one[2]), one[1].groups, one[3])))
