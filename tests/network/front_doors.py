"""An estate with a private instance behind load balancers and accelerators, for tests of the doors to it."""

from __future__ import annotations

from typing import Any

from tests.network.estates import GATEWAY, INTERFACE, V4, Estate, Facts, address, route, rule

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
ACCELERATOR = "AWS::GlobalAccelerator::Accelerator"
ACCELERATOR_LISTENER = "AWS::GlobalAccelerator::Listener"
ENDPOINTS = "AWS::GlobalAccelerator::EndpointGroup"
INSTANCE = "AWS::EC2::Instance"

ELB = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
NET, APP = f"{ELB}:loadbalancer/net/edge/aa11", f"{ELB}:loadbalancer/app/web/bb22"
INNER, OTHER = f"{ELB}:targetgroup/inner/cc33", f"{ELB}:targetgroup/other/dd44"
GA = "arn:aws:globalaccelerator::111122223333:accelerator/ee55"


def hidden_host(*sources: str, port: int = 22) -> Estate:
    """i-2 at 10.1.2.6 in subnet-2, without a way out; sg-2 admits these sources to its port. Subnet-1 has the internet."""
    estate = Estate().vpc(1).subnet("subnet-1").table("rtb-1", route(V4, "igw-1"), SubnetId="subnet-1")
    estate.add(GATEWAY, InternetGatewayId="igw-1", Attachments=[{"VpcId": "vpc-1", "State": "available"}])
    estate.subnet("subnet-2").table("rtb-2", SubnetId="subnet-2")
    estate.group("sg-2", rule(*(sources or (V4,)), ports=(port, port)), out=[rule(V4, ports=None)])
    estate.add(INSTANCE, InstanceId="i-2", VpcId="vpc-1", SubnetId="subnet-2", State={"Name": "running"})
    attachment = {"InstanceId": "i-2", "DeviceIndex": 0}
    return estate.interface(
        "eni-2", "subnet-2", address("10.1.2.6"), groups=["sg-2"], Attachment=attachment, AvailabilityZone="eu-west-1a"
    )


def target(id_: str = "i-2", *, port: int = 22, state: str = "healthy", reason: str = "") -> Facts:
    """A registered target as DescribeTargetHealth tells it."""
    health = {"State": state} | ({"Reason": reason} if reason else {})
    return {"Target": {"Id": id_, "Port": port}, "TargetHealth": health}


def network_balancer(
    estate: Estate, *, targets: tuple[Facts, ...] = (target(),), groups: tuple[str, ...] = (), **group: Any
) -> Estate:
    """edge, at 54.1.1.1 in subnet-1: its listener takes TCP 2222 and leads to the target group inner."""
    estate.add(
        BALANCER, LoadBalancerName="edge", LoadBalancerArn=NET, Type="network", Scheme="internet-facing",
        VpcId="vpc-1", State={"Code": "active"}, SecurityGroups=list(groups),
    )  # fmt: skip
    listener(estate, NET, "01", 2222, "TCP", INNER)
    target_group(estate, NET, INNER, *targets, **group)
    return estate.interface(
        "eni-lb", "subnet-1", address("10.1.1.7", "54.1.1.1"), groups=groups, Description="ELB net/edge/aa11",
        InterfaceType="network_load_balancer", AvailabilityZone="eu-west-1a",
    )  # fmt: skip


def application_balancer(estate: Estate, *, port: int = 22, **balancer: Any) -> Estate:
    """web, at 54.1.1.2 in subnet-1: HTTPS 443 for the world, leading to the target group inner."""
    estate.group("sg-web", rule(V4, ports=(443, 443)), out=[rule(V4, ports=None)])
    facts = {
        "LoadBalancerName": "web", "LoadBalancerArn": APP, "Type": "application", "Scheme": "internet-facing",
        "VpcId": "vpc-1", "State": {"Code": "active"}, "SecurityGroups": ["sg-web"],
    }  # fmt: skip
    estate.add(BALANCER, **{**facts, **balancer})
    listener(estate, APP, "02", 443, "HTTPS", INNER)
    target_group(estate, APP, INNER, target(port=port), Protocol="HTTP", Port=port)
    return estate.interface(
        "eni-web", "subnet-1", address("10.1.1.8", "54.1.1.2"), groups=["sg-web"], Description="ELB app/web/bb22",
        AvailabilityZone="eu-west-1a",
    )  # fmt: skip


def classic_balancer(estate: Estate, **facts: Any) -> Estate:
    """old, at 54.1.1.3 in subnet-1: TCP 8022 leads to port 22 of i-2."""
    estate.group("sg-old", rule(V4, ports=(8022, 8022)), out=[rule(V4, ports=None)])
    leads = {"Protocol": "TCP", "LoadBalancerPort": 8022, "InstanceProtocol": "TCP", "InstancePort": 22}
    told = {
        "LoadBalancerName": "old", "Scheme": "internet-facing", "VPCId": "vpc-1", "SecurityGroups": ["sg-old"],
        "ListenerDescriptions": [{"Listener": leads}], "Instances": [{"InstanceId": "i-2"}],
    }  # fmt: skip
    estate.add(CLASSIC, **{**told, **facts})
    return estate.interface(
        "eni-old", "subnet-1", address("10.1.1.9", "54.1.1.3"), groups=["sg-old"], Description="ELB old"
    )


def accelerator(estate: Estate, endpoint: str, *, port: int = 22, inner: int = 0, **facts: Any) -> Estate:
    """front: TCP `port` leads to port `inner` (its own where none is given) of an endpoint."""
    estate.add(ACCELERATOR, AcceleratorArn=GA, Name="front", Enabled=True, IpAddressType="IPV4")
    ranges = [{"FromPort": port, "ToPort": port}]
    estate.add(ACCELERATOR_LISTENER, ListenerArn=f"{GA}/listener/ff", Protocol="TCP", PortRanges=ranges)
    overrides = [{"ListenerPort": port, "EndpointPort": inner}] if inner else []
    return estate.add(
        ENDPOINTS, EndpointGroupArn=f"{GA}/listener/ff/endpoint-group/gg", EndpointGroupRegion="eu-west-1",
        PortOverrides=overrides, EndpointDescriptions=[{"EndpointId": endpoint, **facts}],
    )  # fmt: skip


def listener(estate: Estate, balancer: str, name: str, port: int, protocol: str, *groups: str) -> Estate:
    """A listener of a load balancer that forwards to these target groups."""
    actions = [{"Type": "forward", "TargetGroupArn": group} for group in groups]
    return estate.add(
        LISTENER, ListenerArn=f"{ELB}:listener/{name}", LoadBalancerArn=balancer, Port=port, Protocol=protocol,
        DefaultActions=actions or [{"Type": "fixed-response"}],
    )  # fmt: skip


def target_group(estate: Estate, balancer: str, arn: str, *targets: Facts, **facts: Any) -> Estate:
    """A target group of a load balancer with these targets."""
    told = {
        "TargetGroupName": arn.split("/")[1], "TargetGroupArn": arn, "LoadBalancerArns": [balancer], "Protocol": "TCP",
        "Port": 22, "TargetType": "instance", "VpcId": "vpc-1", "TargetHealthDescriptions": list(targets),
        "Attributes": [],
    }  # fmt: skip
    return estate.add(TARGETS, **{**told, **facts})


def put(estate: Estate, kind: str, **facts: Any) -> Estate:
    """Other facts for every resource of a kind."""
    for one in estate.given[kind]:
        one.update(facts)
    return estate


def second_zone(estate: Estate) -> Estate:
    """The target's interface in another zone than the load balancer's."""
    return estate.put(INTERFACE, "eni-2", AvailabilityZone="eu-west-1b")
