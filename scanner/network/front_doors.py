"""Load balancers and accelerators: how the internet comes to what has no public address of its own.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html and
https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.html
"""

from __future__ import annotations

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import Intervals, public
from scanner.network.block_public_access import OFF
from scanner.network.exposure import LAST_PORT, Exposure, Opening
from scanner.network.fabric import fabric_of
from scanner.network.painting import SPACE
from scanner.network.security_groups import NETWORK_INTERFACE

CLASSIC_LOAD_BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"


def balancer_interfaces(inventory: View, balancer: Resource) -> tuple[Resource, ...]:
    """The interfaces of a load balancer, one a zone: only their description tells whose they are.

    "ELB app/web/1a2b" is of an Application Load Balancer, "ELB web" of a Classic one.
    """
    name = balancer.id if balancer.kind == CLASSIC_LOAD_BALANCER else balancer.arn.partition(":loadbalancer/")[2]
    return inventory.linked(NETWORK_INTERFACE, "Description", f"ELB {name}") if name else ()


def admitted_by_groups(inventory: View, groups: frozenset[str], *, port: int) -> Exposure:
    """What groups alone let in from the internet at a TCP port; no group at all (a Network Load Balancer) lets in everything."""
    found: list[Opening] = []
    grants = fabric_of(inventory).grants(groups, egress=False, protocol="tcp")
    if not 0 <= port <= LAST_PORT:
        raise Undecided(f"{port} is no port")
    for family in (4, 6):
        granted: Intervals = grants.at(port, family=family) if groups else (SPACE[family],)
        sources = public(granted, family=family)
        if sources:
            found.append(Opening("tcp", family, port, port, sources))
    return Exposure(tuple(found), grants.doubts)


def is_blocked(inventory: View, interface: Resource) -> bool:
    """Whether VPC Block Public Access keeps even an accelerator away from an interface; raises `Undecided`.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    return fabric_of(inventory).block_mode(str(interface.get("SubnetId", ""))) != OFF
