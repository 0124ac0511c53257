"""The network half-way: it has the right parts, and hardly one of them does its work."""

from __future__ import annotations

from scanner.mock.estate.builder import Builder, from_addresses

_CIDR = "10.30.0.0/16"
_PRIVATE = ("workshop-private-a", "workshop-private-b")
_PARTNER_SERVICE = "vpce-svc-0123456789abcdef0"


def build_workshop(builder: Builder) -> None:
    """VPC 10.30.0.0/16 with an idle gateway endpoint, a by-passed and a rejected interface endpoint, and the default group in use."""
    builder.vpc("workshop", cidr=_CIDR)
    builder.subnet("workshop-public-a", cidr="10.30.0.0/24", vpc="workshop", zone=0)
    builder.subnet("workshop-private-a", cidr="10.30.10.0/24", vpc="workshop", zone=0)
    builder.subnet("workshop-private-b", cidr="10.30.11.0/24", vpc="workshop", zone=1)
    internet = builder.internet_gateway("workshop-internet", vpc="workshop")
    builder.route_table("workshop-public-routes", vpc="workshop", subnets=["workshop-public-a"], GatewayId=internet)
    builder.route_table("workshop-private-routes", vpc="workshop", subnets=_PRIVATE)
    builder.group(
        "rdp-over-ipv6", vpc="workshop", purpose="RDP from any IPv6 address", allow=[from_addresses(3389, "::/0")]
    )
    builder.instance("lathe", subnet="workshop-private-a", group="rdp-over-ipv6", private_ip="10.30.10.10")
    builder.instance_connect_endpoint("workshop-connect", subnet="workshop-private-b")
    _build_endpoints(builder)


def _build_endpoints(builder: Builder) -> None:
    """All three keep the policy AWS gives them, which allows everything."""
    # Only the public subnet's table knows of it: the private hosts it is meant for never use it.
    builder.gateway_endpoint("workshop-s3", service="s3", vpc="workshop", tables=["workshop-public-routes"])
    builder.group(
        "workshop-endpoints", vpc="workshop", purpose="HTTPS from the VPC", allow=[from_addresses(443, _CIDR)]
    )
    builder.interface_endpoint(
        "workshop-sqs", service="sqs", vpc="workshop", subnets=_PRIVATE, group="workshop-endpoints", private_dns=False
    )
    partner = builder.interface_endpoint(
        "workshop-partner",
        service=f"com.amazonaws.vpce.{builder.region}.{_PARTNER_SERVICE}",
        vpc="workshop",
        subnets=_PRIVATE,
        group="workshop-endpoints",
        private_dns=False,
    )
    builder.ec2.reject_vpc_endpoint_connections(ServiceId=_PARTNER_SERVICE, VpcEndpointIds=[partner])
