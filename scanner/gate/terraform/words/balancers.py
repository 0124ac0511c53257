"""Load balancers, their listeners and their targets.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import TAGS, Entry, Word, blocks, chosen, link, links, properties_of
from scanner.gate.terraform.words.filters import GROUP
from scanner.gate.terraform.words.machines import TARGETS
from scanner.gate.terraform.words.networks import INSTANCE, SUBNET, VPC
from scanner.model import Unknown

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"

_SCHEME = chosen("internal", {True: "internal", False: "internet-facing"}, "internet-facing")


def _subnets(attributes: Attributes) -> Any:
    """`subnets`, which AWS fills in where `subnet_mapping` is written."""
    mapped = attributes.blocks("subnet_mapping")
    if isinstance(mapped, Unknown) or mapped:
        return None
    return attributes.links("subnets", SUBNET)


def _forward(attributes: Attributes) -> Any:
    found = attributes.block("forward")
    if found is None or isinstance(found, Unknown):
        return found
    return properties_of(
        {"TargetGroups": blocks("target_group", {"TargetGroupArn": link("arn", TARGETS, "arn")})}, found
    )


_ACTION: Mapping[str, Word] = {
    "Type": "type",
    "TargetGroupArn": link("target_group_arn", TARGETS, "arn"),
    "ForwardConfig": _forward,
}
_BALANCER = Entry(
    BALANCER,
    {
        "Name": "name",
        "Scheme": _SCHEME,
        "Type": "load_balancer_type",
        "Subnets": _subnets,
        "SubnetMappings": blocks("subnet_mapping", {"SubnetId": link("subnet_id", SUBNET)}),
        "SecurityGroups": links("security_groups", GROUP),
        "IpAddressType": "ip_address_type",
        **TAGS,
    },
    name="name",
    is_arn=True,
)
_LISTENER = Entry(
    LISTENER,
    {
        "LoadBalancerArn": link("load_balancer_arn", BALANCER, "arn"),
        "Port": "port",
        "Protocol": "protocol",
        "DefaultActions": blocks("default_action", _ACTION),
    },
    is_arn=True,
)
_RULE = Entry(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    {"ListenerArn": link("listener_arn", LISTENER, "arn"), "Actions": blocks("action", _ACTION)},
    is_arn=True,
)
_TARGETS = Entry(
    TARGETS,
    {
        "Name": "name",
        "Port": "port",
        "Protocol": "protocol",
        "VpcId": link("vpc_id", VPC),
        "TargetType": "target_type",
    },
    name="name",
    is_arn=True,
)

ENTRIES: Mapping[str, Entry] = {
    **dict.fromkeys(("aws_lb", "aws_alb"), _BALANCER),
    **dict.fromkeys(("aws_lb_listener", "aws_alb_listener"), _LISTENER),
    **dict.fromkeys(("aws_lb_listener_rule", "aws_alb_listener_rule"), _RULE),
    **dict.fromkeys(("aws_lb_target_group", "aws_alb_target_group"), _TARGETS),
    "aws_elb": Entry(
        CLASSIC,
        {
            "Scheme": _SCHEME,
            "Subnets": links("subnets", SUBNET),
            "SecurityGroups": links("security_groups", GROUP),
            "Instances": links("instances", INSTANCE),
            "Listeners": blocks(
                "listener",
                {
                    "Protocol": "lb_protocol",
                    "LoadBalancerPort": "lb_port",
                    "InstanceProtocol": "instance_protocol",
                    "InstancePort": "instance_port",
                },
            ),
        },
        name="name",
    ),
}
