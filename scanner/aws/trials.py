"""The names of the made-up calls that AWS is asked about, and the facts that keep its answers."""

from __future__ import annotations

TRIALS = (
    "OpenTunnel",
    "OpenTunnelDenied",
    "SendSSHPublicKey",
    "SendSSHPublicKeyDenied",
    "AttachInternetGateway",
    "CreateRoute",
    "AuthorizeSecurityGroupIngress",
    "ModifyVpcBlockPublicAccessOptions",
    "CreateVpcBlockPublicAccessExclusion",
    "CreateInstanceConnectEndpoint",
    "DeleteInstanceConnectEndpoint",
    "StopLogging",
)
"""What somebody should be told of; scanner/policy/synthetic_events.py has the records."""


def fact_of(name: str) -> str:
    """The fact that keeps AWS's answer about a trial: true where the pattern matches it."""
    return f"matches{name}"
