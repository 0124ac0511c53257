"""Load balancers, their listeners and their targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.arns import arn_of
from scanner.gate.estate import Estate
from scanner.gate.ids import reference, references
from scanner.gate.mapping.filters import GROUP
from scanner.gate.mapping.interfaces import managed, worn
from scanner.gate.mapping.machines import INSTANCE
from scanner.gate.mapping.networks import SUBNET, VPC
from scanner.gate.mapping.reading import otherwise, structure, structures, text, whole, without_none
from scanner.gate.planned import Planned
from scanner.model import Unknown

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"

_INTERFACES = {"network": "network_load_balancer", "gateway": "gateway_load_balancer"}


def _arn(planned: Planned, estate: Estate) -> str:
    if planned.id.startswith("arn:"):
        return planned.id
    sort = planned.properties.get("Type")
    details = {"Type": sort} if isinstance(sort, str) else {}
    return arn_of(
        planned.type, planned.id, details, partition=estate.partition, account=estate.account, region=estate.region
    )


def balancer(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html."""
    properties = planned.properties
    sort = otherwise(text(properties.get("Type")), "application")
    mapped = structures(properties.get("SubnetMappings"))
    subnets = references(properties.get("Subnets"), SUBNET)
    if not isinstance(mapped, Unknown) and mapped:
        subnets = [reference(one.get("SubnetId"), SUBNET) for one in mapped]
    elif isinstance(mapped, Unknown):
        subnets = mapped
    first = subnets[0] if not isinstance(subnets, Unknown) and subnets else None
    named = references(properties.get("SecurityGroups"), GROUP)
    vpc_id = estate.vpc_of_subnet(first, named)
    groups = named if sort != "application" else worn(properties.get("SecurityGroups"), vpc_id)
    arn = _arn(planned, estate)
    facts = {
        "LoadBalancerArn": arn,
        "LoadBalancerName": otherwise(text(properties.get("Name")), planned.id),
        "Scheme": otherwise(text(properties.get("Scheme")), "internet-facing"),
        "Type": sort,
        "VpcId": vpc_id,
        "State": {"Code": "active"},
        "IpAddressType": otherwise(text(properties.get("IpAddressType")), "ipv4"),
        "SecurityGroups": groups,
        "AvailabilityZones": subnets
        if isinstance(subnets, Unknown)
        else [{"SubnetId": one, "ZoneName": estate.zone_of_subnet(one)} for one in subnets],
    }
    estate.add(BALANCER, arn, without_none(facts), planned)
    made = managed(
        planned,
        estate,
        subnets=subnets,
        groups=groups,
        sort=_INTERFACES.get(sort, "interface") if isinstance(sort, str) else "interface",
        description=f"ELB {arn.partition('loadbalancer/')[2]}",
    )
    for row in made:
        row.facts["RequesterId"] = "amazon-elb"
        scheme = facts["Scheme"]
        row.notes["public"] = scheme if isinstance(scheme, Unknown) else scheme == "internet-facing"


def listener(planned: Planned, estate: Estate) -> None:
    """A port of a load balancer, and where it sends what comes in."""
    properties = planned.properties
    actions = structures(properties.get("DefaultActions"))
    arn = text(properties.get("LoadBalancerArn"))
    facts = {
        "ListenerArn": _arn(planned, estate),
        "LoadBalancerArn": arn,
        "Port": whole(properties.get("Port")),
        "Protocol": text(properties.get("Protocol")),
        "DefaultActions": actions,
    }
    estate.add(LISTENER, facts["ListenerArn"], without_none(facts), planned)
    _bind(actions, arn, estate)


def listener_rule(planned: Planned, estate: Estate) -> None:
    """A rule of a listener; AWS tells of it what target groups it binds to the load balancer."""
    listener_arn = text(planned.properties.get("ListenerArn"))
    row = estate.find(LISTENER, listener_arn)
    arn = row.facts.get("LoadBalancerArn") if row is not None else Unknown("a listener is not planned here")
    _bind(structures(planned.properties.get("Actions")), arn, estate)


def _bind(actions: Any, balancer_arn: Any, estate: Estate) -> None:
    """Target groups list the load balancers that send to them."""
    if isinstance(actions, Unknown):
        for row in estate.of(TARGETS):
            row.facts["LoadBalancerArns"] = actions
        return
    for group_arn in (one for action in actions for one in _forwards(action)):
        if isinstance(group_arn, Unknown):
            for each in estate.of(TARGETS):
                each.facts["LoadBalancerArns"] = group_arn
            return
        found = estate.find(TARGETS, group_arn)
        if found is None:
            continue
        known = found.facts["LoadBalancerArns"]
        if isinstance(balancer_arn, Unknown):
            found.facts["LoadBalancerArns"] = balancer_arn
        elif not isinstance(known, Unknown) and balancer_arn not in known:
            known.append(balancer_arn)


def _forwards(action: Mapping[str, Any]) -> Iterator[Any]:
    if action.get("TargetGroupArn") is not None:
        yield text(action["TargetGroupArn"])
    config = structure(action.get("ForwardConfig"))
    groups = config if isinstance(config, Unknown) else structures(config.get("TargetGroups"))
    if isinstance(groups, Unknown):
        yield groups
    else:
        yield from (text(group.get("TargetGroupArn")) for group in groups)


def target_group(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html."""
    properties = planned.properties
    sort = otherwise(text(properties.get("TargetType")), "instance")
    port = whole(properties.get("Port"))
    targets = structures(properties.get("Targets"))
    facts = {
        "TargetGroupArn": _arn(planned, estate),
        "TargetGroupName": otherwise(text(properties.get("Name")), planned.id),
        "Protocol": text(properties.get("Protocol")),
        "Port": port,
        "VpcId": reference(properties.get("VpcId"), VPC),
        "TargetType": sort,
        "LoadBalancerArns": [],
        "TargetHealthDescriptions": targets
        if isinstance(targets, Unknown)
        else [_target(one, port, sort) for one in targets],
    }
    estate.add(TARGETS, facts["TargetGroupArn"], without_none(facts), planned)


def _target(target: Mapping[str, Any], port: Any, sort: Any) -> dict[str, Any]:
    id_ = reference(target.get("Id"), INSTANCE) if sort == "instance" else text(target.get("Id"))
    own = whole(target.get("Port"))
    return {
        "Target": without_none({"Id": id_, "Port": port if own is None else own}),
        "TargetHealth": {"State": "initial"},
    }


def classic(planned: Planned, estate: Estate) -> None:
    """A Classic Load Balancer."""
    properties = planned.properties
    subnets = references(properties.get("Subnets"), SUBNET)
    groups = references(properties.get("SecurityGroups"), GROUP)
    first = subnets[0] if not isinstance(subnets, Unknown) and subnets else None
    listeners = structures(properties.get("Listeners"))
    instances = references(properties.get("Instances"), INSTANCE)
    facts = {
        "LoadBalancerName": planned.id,
        "Scheme": otherwise(text(properties.get("Scheme")), "internet-facing"),
        "Subnets": subnets,
        "SecurityGroups": groups,
        "VPCId": estate.vpc_of_subnet(first, groups),
        "Instances": instances if isinstance(instances, Unknown) else [{"InstanceId": one} for one in instances],
        "ListenerDescriptions": listeners
        if isinstance(listeners, Unknown)
        else [{"Listener": _classic_listener(one)} for one in listeners],
    }
    estate.add(CLASSIC, planned.id, without_none(facts), planned)
    for row in managed(
        planned, estate, subnets=subnets, groups=groups, sort="interface", description=f"ELB {planned.id}"
    ):
        row.facts["RequesterId"] = "amazon-elb"
        scheme = facts["Scheme"]
        row.notes["public"] = scheme if isinstance(scheme, Unknown) else scheme == "internet-facing"


def _classic_listener(told: Mapping[str, Any]) -> dict[str, Any]:
    return without_none(
        {
            "Protocol": text(told.get("Protocol")),
            "LoadBalancerPort": whole(told.get("LoadBalancerPort")),
            "InstanceProtocol": text(told.get("InstanceProtocol")),
            "InstancePort": whole(told.get("InstancePort")),
        }
    )
