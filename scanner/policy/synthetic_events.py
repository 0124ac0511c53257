"""CloudTrail records made up for asking whether a pattern would notice them, as CloudTrail and EventBridge deliver them.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/log-ec2-instance-connect-endpoint-using-cloudtrail.html has the
record of a tunnel, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html the envelope.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

_CONNECT = "ec2-instance-connect.amazonaws.com"
_EC2 = "ec2.amazonaws.com"
_TRAIL = "cloudtrail.amazonaws.com"
_TIME = "2026-01-15T12:00:00Z"
_ENDPOINT = "eice-0123456789abcdef0"
_INSTANCE = "i-0123456789abcdef0"
_VPC = "vpc-0123456789abcdef0"
_GATEWAY = "igw-0123456789abcdef0"
_EVERYWHERE = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}


@dataclass(frozen=True, slots=True)
class Example:
    """One made-up call: its service and operation, what it asks for, and the code with which AWS refused it, or ""."""

    source: str
    operation: str
    request: Mapping[str, Any]
    error: str = ""


_TUNNEL = {
    "instanceConnectEndpointId": _ENDPOINT,
    "maxTunnelDuration": "3600",
    "remotePort": "22",
    "privateIpAddress": "10.0.0.10",
}
_KEY = {"instanceId": _INSTANCE, "instanceOSUser": "ec2-user", "sSHPublicKey": "ssh-ed25519 AAAA"}

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "OpenTunnel": Example(_CONNECT, "OpenTunnel", _TUNNEL),
        "OpenTunnelDenied": Example(_CONNECT, "OpenTunnel", _TUNNEL, error="AccessDenied"),
        "SendSSHPublicKey": Example(_CONNECT, "SendSSHPublicKey", _KEY),
        "SendSSHPublicKeyDenied": Example(_CONNECT, "SendSSHPublicKey", _KEY, error="AccessDenied"),
        "AttachInternetGateway": Example(_EC2, "AttachInternetGateway", {"internetGatewayId": _GATEWAY, "vpcId": _VPC}),
        "CreateRoute": Example(
            _EC2,
            "CreateRoute",
            {"routeTableId": "rtb-0123456789abcdef0", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": _GATEWAY},
        ),
        "AuthorizeSecurityGroupIngress": Example(
            _EC2,
            "AuthorizeSecurityGroupIngress",
            {"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [_EVERYWHERE]}},
        ),
        "ModifyVpcBlockPublicAccessOptions": Example(
            _EC2,
            "ModifyVpcBlockPublicAccessOptions",
            {"ModifyVpcBlockPublicAccessOptionsRequest": {"InternetGatewayBlockMode": "off"}},
        ),
        "CreateVpcBlockPublicAccessExclusion": Example(
            _EC2,
            "CreateVpcBlockPublicAccessExclusion",
            {
                "CreateVpcBlockPublicAccessExclusionRequest": {
                    "VpcId": _VPC,
                    "InternetGatewayExclusionMode": "allow-bidirectional",
                }
            },
        ),
        "CreateInstanceConnectEndpoint": Example(
            _EC2,
            "CreateInstanceConnectEndpoint",
            {"CreateInstanceConnectEndpointRequest": {"SubnetId": "subnet-0123456789abcdef0"}},
        ),
        "DeleteInstanceConnectEndpoint": Example(
            _EC2,
            "DeleteInstanceConnectEndpoint",
            {"DeleteInstanceConnectEndpointRequest": {"InstanceConnectEndpointId": _ENDPOINT}},
        ),
        "StopLogging": Example(_TRAIL, "StopLogging", {"name": "management-events"}),
    }
)
"""The calls that somebody should be told of, by name; a refused one bears the name of its operation and "Denied"."""

VARYING = frozenset({"requestParameters", "resources", "errorCode", "errorMessage"})
"""Members of a record of which the example shows one value of many: what is asked for, and with which code AWS refuses.

Who calls, and from where, is not among them: whoever is told of root's calls alone is not told of these.
"""

VARYING_ENVELOPE = frozenset({"resources"} | {f"detail.{member}" for member in VARYING})
"""The same for what EventBridge delivers."""


@lru_cache(maxsize=256)
def record_of(name: str, *, account: str, region: str) -> Mapping[str, Any]:
    """The record of an example as CloudTrail writes it, in this account and Region."""
    example = EXAMPLES[name]
    role = f"arn:aws:iam::{account}:role/engineer"
    record: dict[str, Any] = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLEROLEID0000:ann",
            "arn": f"arn:aws:sts::{account}:assumed-role/engineer/ann",
            "accountId": account,
            "accessKeyId": "ASIAEXAMPLEKEYID0000",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLEROLEID0000",
                    "arn": role,
                    "accountId": account,
                    "userName": "engineer",
                },
                "attributes": {"creationDate": _TIME, "mfaAuthenticated": "true"},
            },
        },
        "eventTime": _TIME,
        "eventSource": example.source,
        "eventName": example.operation,
        "awsRegion": region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2",
        "requestParameters": dict(example.request),
        "responseElements": None,
        "requestID": "11111111-2222-4333-8444-555555555555",
        "eventID": "66666666-7777-4888-8999-000000000000",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    if example.error:
        record |= {"errorCode": example.error, "errorMessage": "User is not authorized to perform this action"}
    return MappingProxyType(record)


@lru_cache(maxsize=256)
def message_of(name: str, *, account: str, region: str) -> str:
    """The record as a line in the log group that a trail delivers to."""
    return json.dumps(dict(record_of(name, account=account, region=region)), separators=(",", ":"))


@lru_cache(maxsize=256)
def envelope_of(name: str, *, account: str, region: str) -> Mapping[str, Any]:
    """The record as EventBridge delivers it, with the members that TestEventPattern insists on."""
    record = record_of(name, account=account, region=region)
    return MappingProxyType(
        {
            "version": "0",
            "id": "12345678-1234-4234-8234-123456789012",
            "detail-type": "AWS API Call via CloudTrail",
            "source": f"aws.{str(record['eventSource']).removesuffix('.amazonaws.com')}",
            "account": account,
            "time": _TIME,
            "region": region,
            "resources": [],
            "detail": dict(record),
        }
    )
