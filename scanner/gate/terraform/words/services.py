"""Services that put interfaces into a VPC: which of their attributes name subnets, security groups and public addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from scanner.gate.mapping.services import SERVICES
from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import Entry, Word, link, links
from scanner.gate.terraform.words.filters import GROUP
from scanner.gate.terraform.words.networks import SUBNET
from scanner.model import Unknown


class _Service(NamedTuple):
    """A CloudFormation type, and paths of Terraform's attributes: blocks before the last dot."""

    type: str
    subnets: str
    groups: str
    public: str = ""
    group_name: str = ""
    """The attribute with the name of a group of subnets."""


_SERVICES: Mapping[str, _Service] = {
    "aws_lambda_function": _Service("AWS::Lambda::Function", "vpc_config.subnet_ids", "vpc_config.security_group_ids"),
    "aws_ecs_service": _Service(
        "AWS::ECS::Service", "network_configuration.subnets", "network_configuration.security_groups",
        "network_configuration.assign_public_ip",
    ),
    "aws_efs_mount_target": _Service("AWS::EFS::MountTarget", "subnet_id", "security_groups"),
    "aws_eks_cluster": _Service("AWS::EKS::Cluster", "vpc_config.subnet_ids", "vpc_config.security_group_ids"),
    "aws_mq_broker": _Service("AWS::AmazonMQ::Broker", "subnet_ids", "security_groups", "publicly_accessible"),
    "aws_dms_replication_instance": _Service(
        "AWS::DMS::ReplicationInstance", "", "vpc_security_group_ids", "publicly_accessible", "replication_subnet_group_id"
    ),
    "aws_msk_cluster": _Service(
        "AWS::MSK::Cluster", "broker_node_group_info.client_subnets", "broker_node_group_info.security_groups"
    ),
    "aws_sagemaker_notebook_instance": _Service("AWS::SageMaker::NotebookInstance", "subnet_id", "security_groups"),
    "aws_route53_resolver_endpoint": _Service(
        "AWS::Route53Resolver::ResolverEndpoint", "ip_address.subnet_id", "security_group_ids"
    ),
    "aws_opensearch_domain": _Service(
        "AWS::OpenSearchService::Domain", "vpc_options.subnet_ids", "vpc_options.security_group_ids"
    ),
    "aws_elasticsearch_domain": _Service(
        "AWS::Elasticsearch::Domain", "vpc_options.subnet_ids", "vpc_options.security_group_ids"
    ),
    "aws_codebuild_project": _Service("AWS::CodeBuild::Project", "vpc_config.subnets", "vpc_config.security_group_ids"),
    "aws_transfer_server": _Service(
        "AWS::Transfer::Server", "endpoint_details.subnet_ids", "endpoint_details.security_group_ids"
    ),
    "aws_db_instance": _Service(
        "AWS::RDS::DBInstance", "", "vpc_security_group_ids", "publicly_accessible", "db_subnet_group_name"
    ),
    "aws_rds_cluster": _Service("AWS::RDS::DBCluster", "", "vpc_security_group_ids", "", "db_subnet_group_name"),
    "aws_docdb_cluster": _Service("AWS::DocDB::DBCluster", "", "vpc_security_group_ids", "", "db_subnet_group_name"),
    "aws_neptune_cluster": _Service("AWS::Neptune::DBCluster", "", "vpc_security_group_ids", "", "neptune_subnet_group_name"),
    "aws_elasticache_replication_group": _Service(
        "AWS::ElastiCache::ReplicationGroup", "", "security_group_ids", "", "subnet_group_name"
    ),
    "aws_elasticache_cluster": _Service(
        "AWS::ElastiCache::CacheCluster", "", "security_group_ids", "", "subnet_group_name"
    ),
    "aws_redshift_cluster": _Service(
        "AWS::Redshift::Cluster", "", "vpc_security_group_ids", "publicly_accessible", "cluster_subnet_group_name"
    ),
}  # fmt: skip


_GROUPS = {
    "aws_db_subnet_group": ("AWS::RDS::DBSubnetGroup", "name"),
    "aws_docdb_subnet_group": ("AWS::DocDB::DBSubnetGroup", "name"),
    "aws_neptune_subnet_group": ("AWS::Neptune::DBSubnetGroup", "name"),
    "aws_elasticache_subnet_group": ("AWS::ElastiCache::SubnetGroup", "name"),
    "aws_redshift_subnet_group": ("AWS::Redshift::ClusterSubnetGroup", "name"),
    "aws_dms_replication_subnet_group": ("AWS::DMS::ReplicationSubnetGroup", "replication_subnet_group_id"),
}
_GROUP_TYPES = {
    "AWS::RDS::DBInstance": "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::DBCluster": "AWS::RDS::DBSubnetGroup",
    "AWS::DocDB::DBCluster": "AWS::DocDB::DBSubnetGroup",
    "AWS::Neptune::DBCluster": "AWS::Neptune::DBSubnetGroup",
    "AWS::ElastiCache::ReplicationGroup": "AWS::ElastiCache::SubnetGroup",
    "AWS::ElastiCache::CacheCluster": "AWS::ElastiCache::SubnetGroup",
    "AWS::Redshift::Cluster": "AWS::Redshift::ClusterSubnetGroup",
    "AWS::DMS::ReplicationInstance": "AWS::DMS::ReplicationSubnetGroup",
}


def _leaf(attributes: Attributes, path: str, type_name: str) -> Any:
    *outer, name = path.split(".")
    level: list[Attributes] = [attributes]
    for step in outer:
        inner: list[Attributes] = []
        for one in level:
            found = one.blocks(step)
            if isinstance(found, Unknown):
                return found
            inner += found
        level = inner
    values: list[Any] = []
    for one in level:
        value = one.links(name, type_name) if type_name else one.get(name)
        if isinstance(value, Unknown) or not type_name:
            return value
        values += value or []
    return values or None


def _words(service: _Service) -> dict[str, Word]:
    """The properties of one service, by the top of the paths under which its mapper looks for them."""
    told = SERVICES[service.type]
    paths = (
        (told.subnets, service.subnets, SUBNET),
        (told.groups, service.groups, GROUP),
        (told.public, service.public, ""),
    )
    tops: dict[str, list[tuple[list[str], str, str]]] = {}
    for theirs, ours, type_name in paths:
        if theirs and ours:
            top, *rest = theirs.split(".")
            tops.setdefault(top, []).append((rest, ours, type_name))
    words = {top.removesuffix("[]"): _word(top, leaves) for top, leaves in tops.items()}
    if told.subnet_group and service.group_name:
        words[told.subnet_group] = link(service.group_name, _GROUP_TYPES[service.type], "name")
    return words


def _word(top: str, leaves: list[tuple[list[str], str, str]]) -> Word:
    def read(attributes: Attributes) -> Any:
        made: dict[str, Any] = {}
        for rest, ours, type_name in leaves:
            value = _leaf(attributes, ours, type_name)
            if value is None:
                continue
            if not rest:
                return value
            if top.endswith("[]"):
                return value if isinstance(value, Unknown) else [{rest[-1]: one} for one in value]
            inner = made
            for step in rest[:-1]:
                inner = inner.setdefault(step, {})
            inner[rest[-1]] = value
        return made or None

    return read


ENTRIES: Mapping[str, Entry] = {
    **{name: Entry(service.type, _words(service)) for name, service in _SERVICES.items()},
    **{
        name: Entry(type_name, {"SubnetIds": links("subnet_ids", SUBNET)}, name=attribute)
        for name, (type_name, attribute) in _GROUPS.items()
    },
}
