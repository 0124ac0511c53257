"""The closed list of types that are read, and what is known of those that are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from scanner.aws.table import KINDS
from scanner.gate.estate import Estate
from scanner.gate.mapping import (
    balancers,
    defaults,
    elastic,
    endpoints,
    evidence,
    filters,
    identity,
    interfaces,
    machines,
    networks,
    routing,
    scaling,
    transit,
)
from scanner.gate.mapping.services import SERVICES, SUBNET_GROUPS, service, subnet_group
from scanner.gate.planned import Planned


class Mapper(NamedTuple):
    """Makes the facts of one planned resource. Lower `phase`s go first: places, what is in them, what joins those."""

    phase: int
    write: Callable[[Planned, Estate], None]


PLACES, FILTERS, JOINS, MACHINES, LATE = range(5)

MAPPERS: Mapping[str, Mapper] = {
    "AWS::EC2::VPC": Mapper(PLACES, networks.vpc),
    "AWS::EC2::VPCCidrBlock": Mapper(FILTERS, networks.vpc_cidr_block),
    "AWS::EC2::Subnet": Mapper(PLACES, networks.subnet),
    "AWS::EC2::SubnetCidrBlock": Mapper(FILTERS, networks.subnet_cidr_block),
    "AWS::EC2::InternetGateway": Mapper(PLACES, networks.internet_gateway),
    "AWS::EC2::VPCGatewayAttachment": Mapper(JOINS, networks.gateway_attachment),
    "AWS::EC2::EgressOnlyInternetGateway": Mapper(PLACES, networks.egress_only_gateway),
    "AWS::EC2::VPNGateway": Mapper(PLACES, networks.vpn_gateway),
    "AWS::EC2::CarrierGateway": Mapper(PLACES, networks.carrier_gateway),
    # Not CloudFormation's: what AWS makes with a VPC, taken over.
    "Default::VPC": Mapper(PLACES, defaults.vpc),
    "Default::SecurityGroup": Mapper(FILTERS, defaults.group),
    "Default::NetworkAcl": Mapper(PLACES, defaults.acl),
    "Default::RouteTable": Mapper(PLACES, defaults.table),
    "Default::RouteTableAssociation": Mapper(JOINS, defaults.table_association),
    "AWS::EC2::RouteTable": Mapper(PLACES, routing.route_table),
    "AWS::EC2::Route": Mapper(JOINS, routing.route),
    "AWS::EC2::SubnetRouteTableAssociation": Mapper(JOINS, routing.subnet_association),
    "AWS::EC2::GatewayRouteTableAssociation": Mapper(JOINS, routing.gateway_association),
    "AWS::EC2::VPCPeeringConnection": Mapper(PLACES, networks.peering),
    "AWS::EC2::TransitGatewayAttachment": Mapper(PLACES, networks.transit_attachment),
    "AWS::EC2::TransitGatewayVpcAttachment": Mapper(PLACES, networks.transit_attachment),
    "AWS::EC2::TransitGateway": Mapper(PLACES, transit.gateway),
    "AWS::EC2::TransitGatewayRouteTable": Mapper(PLACES, transit.route_table),
    "AWS::EC2::TransitGatewayRouteTableAssociation": Mapper(JOINS, transit.association),
    "AWS::EC2::TransitGatewayRouteTablePropagation": Mapper(JOINS, transit.propagation),
    "AWS::EC2::TransitGatewayRoute": Mapper(JOINS, transit.route),
    "AWS::EC2::PrefixList": Mapper(PLACES, networks.prefix_list),
    "AWS::EC2::DHCPOptions": Mapper(PLACES, networks.dhcp_options),
    "AWS::EC2::VPCDHCPOptionsAssociation": Mapper(JOINS, networks.dhcp_association),
    "AWS::EC2::VPCBlockPublicAccessOptions": Mapper(PLACES, networks.block_options),
    "AWS::EC2::VPCBlockPublicAccessExclusion": Mapper(PLACES, networks.block_exclusion),
    "AWS::EC2::FlowLog": Mapper(LATE, networks.flow_log),
    "AWS::EC2::SecurityGroup": Mapper(FILTERS, filters.group),
    "AWS::EC2::SecurityGroupIngress": Mapper(JOINS, filters.ingress),
    "AWS::EC2::SecurityGroupEgress": Mapper(JOINS, filters.egress),
    "AWS::EC2::NetworkAcl": Mapper(PLACES, filters.acl),
    "AWS::EC2::NetworkAclEntry": Mapper(JOINS, filters.acl_entry),
    "AWS::EC2::SubnetNetworkAclAssociation": Mapper(JOINS, filters.acl_association),
    "AWS::EC2::EIP": Mapper(PLACES, elastic.elastic_ip),
    "AWS::EC2::EIPAssociation": Mapper(LATE, elastic.elastic_association),
    "AWS::EC2::NetworkInterface": Mapper(JOINS, interfaces.network_interface),
    "AWS::EC2::NetworkInterfaceAttachment": Mapper(LATE, interfaces.attachment),
    "AWS::EC2::LaunchTemplate": Mapper(PLACES, machines.launch_template),
    "AWS::EC2::Instance": Mapper(MACHINES, machines.instance),
    "AWS::EC2::NatGateway": Mapper(MACHINES, endpoints.nat_gateway),
    "AWS::EC2::VPCEndpoint": Mapper(MACHINES, endpoints.vpc_endpoint),
    "AWS::EC2::InstanceConnectEndpoint": Mapper(MACHINES, endpoints.connect_endpoint),
    "AWS::AutoScaling::AutoScalingGroup": Mapper(MACHINES, scaling.scaling_group),
    "AWS::AutoScaling::LaunchConfiguration": Mapper(PLACES, scaling.launch_configuration),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Mapper(MACHINES, balancers.balancer),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Mapper(PLACES, balancers.target_group),
    "AWS::ElasticLoadBalancingV2::Listener": Mapper(MACHINES, balancers.listener),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Mapper(LATE, balancers.listener_rule),
    "AWS::ElasticLoadBalancing::LoadBalancer": Mapper(MACHINES, balancers.classic),
    "AWS::CloudTrail::Trail": Mapper(PLACES, evidence.trail),
    "AWS::CloudTrail::EventDataStore": Mapper(PLACES, evidence.store),
    "AWS::Logs::MetricFilter": Mapper(PLACES, evidence.metric_filter),
    "AWS::CloudWatch::Alarm": Mapper(PLACES, evidence.alarm),
    "AWS::Events::Rule": Mapper(PLACES, evidence.events_rule),
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": Mapper(PLACES, evidence.query_logging),
    "AWS::IAM::Role": Mapper(PLACES, identity.principal),
    "AWS::IAM::User": Mapper(PLACES, identity.principal),
    "AWS::IAM::Group": Mapper(PLACES, identity.principal),
    "AWS::IAM::Policy": Mapper(JOINS, identity.inline_policy),
    "AWS::IAM::RolePolicy": Mapper(JOINS, identity.inline_policy),
    "AWS::IAM::UserPolicy": Mapper(JOINS, identity.inline_policy),
    "AWS::IAM::GroupPolicy": Mapper(JOINS, identity.inline_policy),
    "AWS::IAM::ManagedPolicy": Mapper(JOINS, identity.managed_policy),
    "AWS::IAM::UserToGroupAddition": Mapper(JOINS, identity.membership),
    "AWS::IAM::InstanceProfile": Mapper(JOINS, identity.profile),
    "Custom::VpcRestrictDefaultSG": Mapper(JOINS, filters.restricted_default),
    "AWS::NetworkFirewall::Firewall": Mapper(MACHINES, endpoints.firewall),
    **{name: Mapper(PLACES, subnet_group) for name in SUBNET_GROUPS},
    **{name: Mapper(MACHINES, service) for name in SERVICES},
}

JOINING = frozenset(
    name for name, mapper in MAPPERS.items() if name not in KINDS and mapper.phase and not name.startswith("Default::")
)
"""The types that are parts of other resources: what was there of them goes before what is new comes."""

_INTERFACES = ("AWS::EC2::NetworkInterface",)
_MACHINES = ("AWS::EC2::Instance", "AWS::EC2::NetworkInterface")

UNREAD: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in KINDS if name not in MAPPERS and not name.startswith(("AWS::S3::", "AWS::Organ"))},
    "AWS::EC2::EC2Fleet": _MACHINES,
    "AWS::EC2::SpotFleet": _MACHINES,
    "AWS::EMR::Cluster": _MACHINES,
    "AWS::ElasticBeanstalk::Environment": (*_MACHINES, "AWS::AutoScaling::AutoScalingGroup"),
    "AWS::Cloud9::EnvironmentEC2": _MACHINES,
    "AWS::OpsWorks::Instance": _MACHINES,
    "AWS::EKS::Nodegroup": (*_MACHINES, "AWS::AutoScaling::AutoScalingGroup"),
    "AWS::WorkSpaces::Workspace": _INTERFACES,
    "AWS::DirectoryService::MicrosoftAD": _INTERFACES,
    "AWS::DirectoryService::SimpleAD": _INTERFACES,
}
"""Types that are not read, each with the kinds that it brings."""


def is_relevant(type_name: str) -> bool:
    """Whether some rule may ask about what a type brings; modules and nested stacks may bring anything."""
    return (
        type_name in MAPPERS
        or type_name in UNREAD
        or type_name.endswith("::MODULE")
        or type_name == "AWS::CloudFormation::Stack"
    )


def kinds_of(type_name: str) -> tuple[str, ...]:
    """The kinds of which more may exist, or others than one sees, where a resource of a type cannot be read."""
    return UNREAD.get(type_name) or _JOINED.get(type_name) or ((type_name,) if type_name in KINDS else _INTERFACES)


_TABLE, _GROUP, _ACL = "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkAcl"
_PRINCIPALS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_JOINED: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::VPCCidrBlock": ("AWS::EC2::VPC", _TABLE),
    "AWS::EC2::SubnetCidrBlock": ("AWS::EC2::Subnet",),
    "AWS::EC2::VPCGatewayAttachment": ("AWS::EC2::InternetGateway", "AWS::EC2::VPNGateway"),
    "AWS::EC2::Route": (_TABLE,),
    "Default::VPC": ("AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::InternetGateway", _TABLE, _GROUP, _ACL),
    "Default::SecurityGroup": (_GROUP,),
    "Default::NetworkAcl": (_ACL,),
    "Default::RouteTable": (_TABLE,),
    "Default::RouteTableAssociation": (_TABLE,),
    "AWS::EC2::SubnetRouteTableAssociation": (_TABLE,),
    "AWS::EC2::GatewayRouteTableAssociation": (_TABLE,),
    "AWS::EC2::TransitGatewayAttachment": ("AWS::EC2::TransitGatewayVpcAttachment",),
    "AWS::EC2::TransitGatewayRouteTableAssociation": ("AWS::EC2::TransitGatewayRouteTable",),
    "AWS::EC2::TransitGatewayRouteTablePropagation": ("AWS::EC2::TransitGatewayRouteTable",),
    "AWS::EC2::TransitGatewayRoute": ("AWS::EC2::TransitGatewayRouteTable",),
    "AWS::EC2::VPCDHCPOptionsAssociation": ("AWS::EC2::VPC",),
    "AWS::EC2::SecurityGroupIngress": (_GROUP,),
    "AWS::EC2::SecurityGroupEgress": (_GROUP,),
    "AWS::EC2::NetworkAclEntry": (_ACL,),
    "AWS::EC2::SubnetNetworkAclAssociation": (_ACL,),
    "AWS::EC2::EIPAssociation": ("AWS::EC2::EIP", *_MACHINES),
    "AWS::EC2::NetworkInterfaceAttachment": _MACHINES,
    "AWS::EC2::Instance": _MACHINES,
    "AWS::EC2::NatGateway": ("AWS::EC2::NatGateway", *_INTERFACES),
    "AWS::EC2::VPCEndpoint": ("AWS::EC2::VPCEndpoint", _TABLE, *_INTERFACES),
    "AWS::EC2::InstanceConnectEndpoint": ("AWS::EC2::InstanceConnectEndpoint", *_INTERFACES),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer", *_INTERFACES),
    "Custom::VpcRestrictDefaultSG": (_GROUP,),
    "AWS::NetworkFirewall::Firewall": ("AWS::EC2::VPCEndpoint", *_INTERFACES),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("AWS::ElasticLoadBalancingV2::TargetGroup",),
    "AWS::ElasticLoadBalancingV2::Listener": (
        "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::TargetGroup",
    ),
    **dict.fromkeys(("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy",
                     "AWS::IAM::UserToGroupAddition", "AWS::IAM::InstanceProfile"), _PRINCIPALS),
    "AWS::IAM::ManagedPolicy": ("AWS::IAM::ManagedPolicy", *_PRINCIPALS),
}  # fmt: skip
