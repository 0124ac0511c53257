"""The sealed network: no way to the internet, every service through an endpoint, people in through EC2 Instance Connect."""

from __future__ import annotations

from typing import Any

from scanner.mock.estate.builder import Builder, from_addresses, from_group

_CIDR = "10.20.0.0/16"
_PRIVATE = ("spoke-private-a", "spoke-private-b")


def build_spoke(builder: Builder) -> None:
    """VPC 10.20.0.0/16, private throughout: what the other two should look like."""
    builder.vpc("spoke", cidr=_CIDR)
    builder.subnet("spoke-private-a", cidr="10.20.10.0/24", vpc="spoke", zone=0)
    builder.subnet("spoke-private-b", cidr="10.20.11.0/24", vpc="spoke", zone=1)
    builder.route_table("spoke-private-routes", vpc="spoke", subnets=_PRIVATE)
    _build_way_in(builder)
    _build_endpoints(builder)
    builder.instance("orders", subnet="spoke-private-a", group="spoke-hosts", private_ip="10.20.10.10")
    builder.instance("stock", subnet="spoke-private-b", group="spoke-hosts", private_ip="10.20.11.10")


def _build_way_in(builder: Builder) -> None:
    """The endpoint's group may reach the hosts' group on port 22, which admits that group and nothing else."""
    connect = builder.group("spoke-connect-group", vpc="spoke", purpose="The Instance Connect Endpoint")
    hosts = builder.group(
        "spoke-hosts", vpc="spoke", purpose="SSH through the endpoint", allow=[from_group(22, group_id=connect)]
    )
    builder.limit_egress("spoke-connect-group", from_group(22, group_id=hosts))
    builder.instance_connect_endpoint("spoke-connect", subnet="spoke-private-a", group="spoke-connect-group")


def _build_endpoints(builder: Builder) -> None:
    builder.group("spoke-endpoints", vpc="spoke", purpose="HTTPS from the VPC", allow=[from_addresses(443, _CIDR)])
    policy = _own_account_only(builder)
    for service in ("s3", "dynamodb"):
        builder.gateway_endpoint(
            f"spoke-{service}", service=service, vpc="spoke", tables=["spoke-private-routes"], policy=policy
        )
    for service in ("ssm", "ssmmessages"):
        builder.interface_endpoint(
            f"spoke-{service}",
            service=service,
            vpc="spoke",
            subnets=_PRIVATE,
            group="spoke-endpoints",
            private_dns=True,
            policy=policy,
        )


def _own_account_only(builder: Builder) -> dict[str, Any]:
    """Callers of this account, resources of this account, and the AWS-owned buckets that the SSM agent reads."""
    account = builder.session.client("sts", region_name=builder.region).get_caller_identity()["Account"]
    own = {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
    buckets = [f"arn:aws:s3:::aws-ssm-{builder.region}/*", f"arn:aws:s3:::amazon-ssm-{builder.region}/*"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": own},
            },
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": buckets},
        ],
    }
