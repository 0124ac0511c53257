"""Services that put network interfaces into a VPC: where each names its subnets and its security groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.gate.estate import Estate
from scanner.gate.ids import references
from scanner.gate.mapping.filters import GROUP
from scanner.gate.mapping.interfaces import managed, worn
from scanner.gate.mapping.networks import SUBNET
from scanner.gate.mapping.reading import truth
from scanner.gate.planned import Planned
from scanner.model import Unknown


@dataclass(frozen=True, slots=True)
class Service:
    """Paths of properties: the subnets, the groups, and the switch for public addresses ("" where there is none).

    `subnet_group` names the property with the name of a group of subnets.
    """

    subnets: str
    groups: str
    sort: str = "interface"
    public: str = ""
    words: str = ""
    subnet_group: str = ""


SERVICES: Mapping[str, Service] = {
    "AWS::Lambda::Function": Service(
        "VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds", "lambda", words="AWS Lambda VPC ENI"
    ),
    "AWS::Serverless::Function": Service(
        "VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds", "lambda", words="AWS Lambda VPC ENI"
    ),
    "AWS::ECS::Service": Service(
        "NetworkConfiguration.AwsvpcConfiguration.Subnets",
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
        public="NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
    ),
    "AWS::EFS::MountTarget": Service("SubnetId", "SecurityGroups", words="EFS mount target"),
    "AWS::EKS::Cluster": Service(
        "ResourcesVpcConfig.SubnetIds", "ResourcesVpcConfig.SecurityGroupIds", words="Amazon EKS"
    ),
    "AWS::AmazonMQ::Broker": Service("SubnetIds", "SecurityGroups", public="PubliclyAccessible"),
    "AWS::DMS::ReplicationInstance": Service(
        "", "VpcSecurityGroupIds", public="PubliclyAccessible", subnet_group="ReplicationSubnetGroupIdentifier"
    ),
    "AWS::MSK::Cluster": Service("BrokerNodeGroupInfo.ClientSubnets", "BrokerNodeGroupInfo.SecurityGroups"),
    "AWS::SageMaker::NotebookInstance": Service("SubnetId", "SecurityGroupIds"),
    "AWS::Route53Resolver::ResolverEndpoint": Service("IpAddresses[].SubnetId", "SecurityGroupIds"),
    "AWS::OpenSearchService::Domain": Service("VPCOptions.SubnetIds", "VPCOptions.SecurityGroupIds"),
    "AWS::Elasticsearch::Domain": Service("VPCOptions.SubnetIds", "VPCOptions.SecurityGroupIds"),
    "AWS::CodeBuild::Project": Service("VpcConfig.Subnets", "VpcConfig.SecurityGroupIds"),
    "AWS::Transfer::Server": Service("EndpointDetails.SubnetIds", "EndpointDetails.SecurityGroupIds"),
    "AWS::RDS::DBInstance": Service(
        "",
        "VPCSecurityGroups",
        public="PubliclyAccessible",
        words="RDSNetworkInterface",
        subnet_group="DBSubnetGroupName",
    ),
    "AWS::RDS::DBCluster": Service(
        "", "VpcSecurityGroupIds", words="RDSNetworkInterface", subnet_group="DBSubnetGroupName"
    ),
    "AWS::DocDB::DBCluster": Service(
        "", "VpcSecurityGroupIds", words="RDSNetworkInterface", subnet_group="DBSubnetGroupName"
    ),
    "AWS::Neptune::DBCluster": Service(
        "", "VpcSecurityGroupIds", words="RDSNetworkInterface", subnet_group="DBSubnetGroupName"
    ),
    "AWS::ElastiCache::ReplicationGroup": Service(
        "", "SecurityGroupIds", words="ElastiCache", subnet_group="CacheSubnetGroupName"
    ),
    "AWS::ElastiCache::CacheCluster": Service(
        "", "VpcSecurityGroupIds", words="ElastiCache", subnet_group="CacheSubnetGroupName"
    ),
    "AWS::Redshift::Cluster": Service(
        "",
        "VpcSecurityGroupIds",
        public="PubliclyAccessible",
        words="RedshiftNetworkInterface",
        subnet_group="ClusterSubnetGroupName",
    ),
}
"""The types that bring interfaces; whose subnets stand in a group of subnets of their own gets one of unknown place."""


def service(planned: Planned, estate: Estate) -> None:
    """The interfaces of a service's resource, so that its security groups count as worn."""
    told = SERVICES[planned.type]
    groups = references(_at(planned.properties, told.groups), GROUP)
    subnets: Any = references(_at(planned.properties, told.subnets), SUBNET) if told.subnets else None
    if told.subnet_group:
        subnets = estate.subnet_groups.get(_name(planned.properties.get(told.subnet_group)))
    is_nowhere = not isinstance(subnets, Unknown) and not subnets
    if is_nowhere and (told.subnets or (not isinstance(groups, Unknown) and not groups)):
        return  # not in a VPC at all, or in one of which nothing else is told
    if is_nowhere or isinstance(subnets, Unknown):
        why = (
            subnets.why if isinstance(subnets, Unknown) else f"the subnets of {planned.address} stand in a subnet group"
        )
        subnets = [Unknown(why)]
    vpc_id = estate.vpc_of_subnet(subnets[0] if subnets else None, groups)
    worn_groups = groups or worn(None, vpc_id)
    rows = managed(
        planned,
        estate,
        subnets=subnets,
        groups=worn_groups,
        sort=told.sort,
        description=f"{told.words} {planned.id}".strip(),
    )
    switch = _at(planned.properties, told.public) if told.public else None
    is_public = truth({"ENABLED": True, "DISABLED": False}.get(switch, switch) if isinstance(switch, str) else switch)
    for row in rows:
        row.notes["public"] = is_public if is_public is not None else False


def _at(properties: Any, path: str) -> Any:
    value = properties
    for step in path.split(".") if path else ():
        if isinstance(value, Unknown):
            return value
        if step.endswith("[]"):
            inner = value.get(step[:-2]) if isinstance(value, Mapping) else None
            rest = path.partition("[].")[2]
            if isinstance(inner, Unknown):
                return inner
            return [_at(one, rest) for one in inner or ()]
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def subnet_group(planned: Planned, estate: Estate) -> None:
    """A group of subnets with a name, by which databases and caches call them."""
    estate.subnet_groups[planned.id] = references(planned.properties.get("SubnetIds"), SUBNET)


SUBNET_GROUPS = (
    "AWS::RDS::DBSubnetGroup",
    "AWS::DocDB::DBSubnetGroup",
    "AWS::Neptune::DBSubnetGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::Redshift::ClusterSubnetGroup",
    "AWS::DMS::ReplicationSubnetGroup",
)
