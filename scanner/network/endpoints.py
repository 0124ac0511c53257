"""VPC endpoints: to which service they lead, and whether they do.

https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.model import Resource, Undecided, View

VPC_ENDPOINT = "AWS::EC2::VPCEndpoint"

_AFTER_REGION = re.compile(r"\.[a-z]{2,4}(?:-[a-z]+)+-[0-9]+\.(.+)")
_GONE = frozenset({"deleting", "deleted"})
# Where the actions of a service bear another name than its endpoint: the Service Authorization Reference has them.
_PREFIXES = {
    "appmesh-envoy-management": "appmesh", "dynamodb-streams": "dynamodb", "ecs-agent": "ecs", "ecs-telemetry": "ecs",
    "email": "ses", "email-smtp": "ses", "git-codecommit": "codecommit", "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis", "monitoring": "cloudwatch", "s3-global": "s3", "sync-states": "states",
}  # fmt: skip


def endpoint_type(endpoint: Resource) -> str:
    """Interface, Gateway, GatewayLoadBalancer…; AWS makes a gateway endpoint where nobody names a type."""
    return str(endpoint.get("VpcEndpointType", "Gateway"))


def endpoint_state(endpoint: Resource) -> str:
    """The state in lower case, since AWS writes "available" and "Available"; raises `Undecided` where it is not told."""
    state = endpoint.get("State", "")
    if not state:
        raise Undecided(f"the state of {endpoint.id} is not told")
    return str(state).lower()


def is_going(endpoint: Resource) -> bool:
    """Whether an endpoint is deleted, or about to be."""
    return str(endpoint.get("State", "")).lower() in _GONE


def service_of(endpoint: Resource) -> str:
    """The short name of the service an endpoint leads to ("s3", "ecr.api"), or the whole name where none is to be seen."""
    name = str(endpoint.get("ServiceName", ""))
    found = _AFTER_REGION.search(name)
    return found[1] if found else name


def actions_of(endpoint: Resource) -> str:
    """The word before the colon in the actions of an endpoint's service: "ecr" for ecr.api, "kms" for kms-fips.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    name = service_of(endpoint).removeprefix("com.amazonaws.").split(".", 1)[0].removesuffix("-fips")
    return _PREFIXES.get(name, name)


def is_named(endpoint: Resource, services: Iterable[str]) -> bool:
    """Whether a list of services holds this endpoint's, by its short or by its whole name."""
    return bool({service_of(endpoint), str(endpoint.get("ServiceName", ""))} & set(services))


def leads_to_aws(endpoint: Resource) -> bool:
    """Whether the service is one of AWS's and not somebody's own endpoint service; `Undecided` where it has no name."""
    name = str(endpoint.get("ServiceName", ""))
    if not name:
        raise Undecided(f"the service of {endpoint.id} is not told")
    return ".vpce." not in name and "vpce-svc-" not in name


def gateway_endpoints(inventory: View, vpc_id: str) -> tuple[Resource, ...]:
    """The working gateway endpoints of a VPC; raises `Undecided` where there may be others."""
    return tuple(
        endpoint
        for endpoint in inventory.linked(VPC_ENDPOINT, "VpcId", vpc_id)
        if endpoint_type(endpoint) == "Gateway" and endpoint_state(endpoint) == "available"
    )
