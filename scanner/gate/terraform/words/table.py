"""The closed list of Terraform's types that are read, and what is known of those that are not."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.gate.mapping.table import kinds_of
from scanner.gate.terraform.identities import Naming
from scanner.gate.terraform.words import balancers, endpoints, evidence, filters, identity, machines, networks, services
from scanner.gate.terraform.words.entry import Entry

ENTRIES: Mapping[str, Entry] = {
    **networks.ENTRIES,
    **filters.ENTRIES,
    **machines.ENTRIES,
    **endpoints.ENTRIES,
    **balancers.ENTRIES,
    **evidence.ENTRIES,
    **identity.ENTRIES,
    **services.ENTRIES,
}

# Types that nobody maps, but to which others refer.
_REFERRED: Mapping[str, Naming] = {
    "aws_ec2_local_gateway": Naming(networks.LOCAL),
    "aws_kms_key": Naming("AWS::KMS::Key"),
    "aws_s3_bucket": Naming("AWS::S3::Bucket", "bucket"),
    "aws_sns_topic": Naming("AWS::SNS::Topic", "name", is_arn=True),
    "aws_cloudwatch_log_group": Naming("AWS::Logs::LogGroup", "name"),
    "aws_customer_gateway": Naming("AWS::EC2::CustomerGateway"),
    "aws_route53_resolver_query_log_config": Naming("AWS::Route53Resolver::ResolverQueryLoggingConfig"),
    "aws_prefix_list": Naming(networks.LIST),
    "aws_vpc_endpoint_service": Naming("AWS::EC2::VPCEndpointService"),
}
_DEFAULTS = {
    "Default::VPC": networks.VPC,
    "Default::SecurityGroup": filters.GROUP,
    "Default::NetworkAcl": filters.ACL,
    "Default::RouteTable": networks.TABLE,
}

NAMINGS: Mapping[str, Naming] = {
    **{
        name: Naming(_DEFAULTS.get(one.type, one.type), one.name, one.is_arn)
        for name, one in ENTRIES.items()
        if one.type
    },
    **_REFERRED,
}
"""How each type is called, for references: a default group is a group."""

_MACHINES = ("AWS::EC2::Instance", "AWS::EC2::NetworkInterface")
_SCALED = (*_MACHINES, "AWS::AutoScaling::AutoScalingGroup")
_INTERFACES = ("AWS::EC2::NetworkInterface",)
_PRINCIPALS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
ANYTHING: tuple[str, ...] = ()

_UNREAD: Mapping[str, tuple[str, ...]] = {
    "aws_cloudformation_stack": ANYTHING,
    "aws_cloudformation_stack_set_instance": ANYTHING,
    "aws_cloudformation_stack_instances": ANYTHING,
    "aws_cloudcontrolapi_resource": ANYTHING,
    "aws_serverlessapplicationrepository_cloudformation_stack": ANYTHING,
    "aws_ec2_fleet": _MACHINES,
    "aws_spot_fleet_request": _MACHINES,
    "aws_emr_cluster": _MACHINES,
    "aws_eks_node_group": _SCALED,
    "aws_elastic_beanstalk_environment": _SCALED,
    "aws_batch_compute_environment": _SCALED,
    "aws_cloud9_environment_ec2": _MACHINES,
    "aws_opsworks_instance": _MACHINES,
    "aws_workspaces_workspace": _INTERFACES,
    "aws_directory_service_directory": _INTERFACES,
    "aws_fsx_lustre_file_system": _INTERFACES,
    "aws_fsx_windows_file_system": _INTERFACES,
    "aws_fsx_ontap_file_system": _INTERFACES,
    "aws_fsx_openzfs_file_system": _INTERFACES,
    "aws_mwaa_environment": _INTERFACES,
    "aws_apprunner_vpc_connector": _INTERFACES,
    "aws_ec2_client_vpn_network_association": _INTERFACES,
    "aws_ec2_serial_console_access": ("AWS::EC2::SerialConsoleAccess",),
    "aws_cloudfront_vpc_origin": ("AWS::CloudFront::VpcOrigin",),
    "aws_globalaccelerator_accelerator": ("AWS::GlobalAccelerator::Accelerator",),
    "aws_globalaccelerator_listener": ("AWS::GlobalAccelerator::Listener",),
    "aws_globalaccelerator_endpoint_group": ("AWS::GlobalAccelerator::EndpointGroup",),
    "aws_vpn_connection_route": kinds_of("AWS::EC2::Route"),
    "aws_vpn_gateway_route_propagation": kinds_of("AWS::EC2::Route"),
    "aws_iam_user_policy_attachments_exclusive": ("AWS::IAM::User",),
    "aws_iam_role_policy_attachments_exclusive": ("AWS::IAM::Role",),
    "aws_iam_group_policy_attachments_exclusive": ("AWS::IAM::Group",),
}
"""Types that are not read, each with the kinds that it brings or changes; none at all: any."""

_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aws_security_group", (filters.GROUP,)),
    ("aws_vpc_security_group", (filters.GROUP,)),
    ("aws_vpc_endpoint", kinds_of(networks.ENDPOINT)),
    ("aws_vpc_encryption_control", ("AWS::EC2::VPCEncryptionControl",)),
    ("aws_vpc", (networks.VPC, networks.TABLE)),
    ("aws_subnet", (networks.SUBNET,)),
    ("aws_network_acl", (filters.ACL,)),
    ("aws_route_", (networks.TABLE,)),
    ("aws_lb", kinds_of("AWS::ElasticLoadBalancingV2::Listener")),
    ("aws_alb", kinds_of("AWS::ElasticLoadBalancingV2::Listener")),
    ("aws_elb", ("AWS::ElasticLoadBalancing::LoadBalancer",)),
    ("aws_eip", ("AWS::EC2::EIP", *_MACHINES)),
    ("aws_instance", _MACHINES),
    ("aws_network_interface", _MACHINES),
    ("aws_autoscaling", _SCALED),
    ("aws_launch", ("AWS::EC2::LaunchTemplate", *_SCALED)),
    ("aws_cloudtrail", (evidence.TRAIL, evidence.STORE)),
    ("aws_iam_role", ("AWS::IAM::Role",)),
    ("aws_iam_user", ("AWS::IAM::User",)),
    ("aws_iam_group", ("AWS::IAM::Group",)),
    ("aws_iam_policy", _PRINCIPALS),
    ("aws_nat_gateway", kinds_of(networks.NAT)),
    ("aws_internet_gateway", kinds_of("AWS::EC2::VPCGatewayAttachment")),
    ("aws_ec2_managed_prefix_list", (networks.LIST,)),
    ("aws_ec2_transit_gateway_vpc_attachment", ("AWS::EC2::TransitGatewayVpcAttachment",)),
    ("aws_default_", (networks.VPC, networks.SUBNET, networks.TABLE, filters.GROUP, filters.ACL)),
    ("awscc_ec2_", ANYTHING),
    ("awscc_iam_", _PRINCIPALS),
    ("awscc_cloudtrail_", (evidence.TRAIL, evidence.STORE)),
    ("awscc_elasticloadbalancing", kinds_of(balancers.BALANCER)),
    ("awscc_autoscaling_", _SCALED),
)
"""How types begin that may bring relevant kinds; the first that fits counts."""

_HARMLESS = frozenset(
    {
        # They change nothing that a rule reads, or say once more what another resource says.
        "aws_vpc_peering_connection_accepter", "aws_vpc_peering_connection_options", "aws_default_vpc_dhcp_options",
        "aws_vpc_endpoint_connection_notification", "aws_vpc_endpoint_connection_accepter", "aws_vpc_endpoint_service",
        "aws_vpc_endpoint_service_allowed_principal", "aws_vpc_endpoint_service_private_dns_verification",
        "aws_vpc_ipam", "aws_vpc_ipam_pool", "aws_vpc_ipam_scope", "aws_vpc_ipam_pool_cidr", "aws_vpc_ipam_resource_discovery",
        "aws_vpc_ipam_resource_discovery_association", "aws_vpc_ipam_organization_admin_account",
        "aws_vpc_ipam_pool_cidr_allocation", "aws_vpc_ipam_preview_next_cidr", "aws_vpc_network_performance_metric_subscription",
        "aws_lb_cookie_stickiness_policy", "aws_lb_ssl_negotiation_policy", "aws_lb_listener_certificate",
        "aws_alb_listener_certificate", "aws_lb_trust_store", "aws_lb_trust_store_revocation", "aws_eip_domain_name",
        "aws_autoscaling_policy", "aws_autoscaling_schedule", "aws_autoscaling_notification", "aws_autoscaling_lifecycle_hook",
        "aws_autoscaling_group_tag", "aws_cloudtrail_organization_delegated_admin_account", "aws_instance_state",
        "aws_iam_user_login_profile", "aws_iam_user_ssh_key", "aws_iam_role_policies_exclusive",
        "aws_iam_user_policies_exclusive", "aws_iam_group_policies_exclusive", "aws_ec2_instance_state",
    }
)  # fmt: skip


def kinds_left(type_name: str) -> tuple[str, ...] | None:
    """The kinds that a type brings which is not read, () for any, None where no rule asks about it."""
    if type_name in _UNREAD:
        return _UNREAD[type_name]
    if type_name in _HARMLESS:
        return None
    return next((kinds for start, kinds in _FAMILIES if type_name.startswith(start)), None)
