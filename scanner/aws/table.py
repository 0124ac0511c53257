"""The table of kinds: every call a scan may make, one row each; what a kind needs to be collected stands here and nowhere else."""

from __future__ import annotations

from scanner.aws.kinds import NEXT_TOKEN, ONE_PAGE, Climb, Detail, Kind, Parent
from scanner.aws.trials import TRIALS

_VPC = "AWS::EC2::VPC"
_SUBNET = "AWS::EC2::Subnet"
_GROUP = "AWS::EC2::SecurityGroup"
_INTERFACE = "AWS::EC2::NetworkInterface"
_TABLE = "AWS::EC2::RouteTable"
_INSTANCE = "AWS::EC2::Instance"
_ENDPOINT = "AWS::EC2::VPCEndpoint"
_TRANSIT = "AWS::EC2::TransitGateway"
_TRAIL = "AWS::CloudTrail::Trail"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_FILTER = "AWS::Logs::MetricFilter"
_ORGANIZATION = "AWS::Organizations::Organization"

_THOUSAND = {"MaxResults": 1000}
_MARKER = ("Marker", "NextMarker")
_LOGS_TOKEN = ("nextToken", "nextToken")
_IAM_PAGES = ("Marker", "Marker")
_IAM = {"MaxItems": 1000}
_ROUTED = ((_TABLE, "Routes[].TransitGatewayId"),)
# What is deleted stays in its list for a while, and answers no further question.
_ALIVE = "State != 'deleting' && State != 'deleted'"
_TWENTY = {"MaxResults": 20}
_NO_ORGANIZATION = ("AWSOrganizationsNotInUseException",)

# Rows of a table, and not twice as many lines with one word each.
# fmt: off

_EC2 = (
    Kind("AWS::Region", "ec2", "DescribeRegions", "Regions[]", "RegionName", "ec2:region", pages=ONE_PAGE, is_global=True),
    Kind(
        _VPC, "ec2", "DescribeVpcs", "Vpcs[]", "VpcId", "ec2:vpc", _THOUSAND,
        links={"DhcpOptionsId": "AWS::EC2::DHCPOptions"},
        # Two calls a VPC, so only where an endpoint's private DNS depends on the answer.
        details=(
            Detail("DescribeVpcAttribute", {"VpcId": "$VpcId", "Attribute": "enableDnsSupport"}, "EnableDnsSupport",
                   ("EnableDnsSupport",), referenced_by=((_ENDPOINT, "VpcId"),), referenced_where="PrivateDnsEnabled"),
            Detail("DescribeVpcAttribute", {"VpcId": "$VpcId", "Attribute": "enableDnsHostnames"}, "EnableDnsHostnames",
                   ("EnableDnsHostnames",), referenced_by=((_ENDPOINT, "VpcId"),), referenced_where="PrivateDnsEnabled"),
        ),
    ),
    Kind(_SUBNET, "ec2", "DescribeSubnets", "Subnets[]", "SubnetId", "SubnetArn", _THOUSAND, links={"VpcId": _VPC}),
    Kind(
        _TABLE, "ec2", "DescribeRouteTables", "RouteTables[]", "RouteTableId", "ec2:route-table", {"MaxResults": 100},
        links={"VpcId": _VPC, "Associations[].SubnetId": _SUBNET, "Routes[].NatGatewayId": "AWS::EC2::NatGateway"},
    ),
    Kind(
        "AWS::EC2::InternetGateway", "ec2", "DescribeInternetGateways", "InternetGateways[]", "InternetGatewayId",
        "ec2:internet-gateway", _THOUSAND, links={"Attachments[].VpcId": _VPC},
    ),
    Kind(
        "AWS::EC2::EgressOnlyInternetGateway", "ec2", "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways[]", "EgressOnlyInternetGatewayId", "ec2:egress-only-internet-gateway",
        {"MaxResults": 255}, links={"Attachments[].VpcId": _VPC},
    ),
    Kind(
        "AWS::EC2::NatGateway", "ec2", "DescribeNatGateways", "NatGateways[]", "NatGatewayId", "ec2:natgateway",
        _THOUSAND, links={"VpcId": _VPC, "SubnetId": _SUBNET},
    ),
    Kind(
        "AWS::EC2::NetworkAcl", "ec2", "DescribeNetworkAcls", "NetworkAcls[]", "NetworkAclId", "ec2:network-acl",
        _THOUSAND, links={"VpcId": _VPC, "Associations[].SubnetId": _SUBNET},
    ),
    Kind(_GROUP, "ec2", "DescribeSecurityGroups", "SecurityGroups[]", "GroupId", "ec2:security-group", _THOUSAND,
         links={"VpcId": _VPC}),
    # Only for the ids of the rules on a path that is asked about: the groups tell what they let through.
    Kind("AWS::EC2::SecurityGroupRule", "ec2", "DescribeSecurityGroupRules", "SecurityGroupRules[]",
         "SecurityGroupRuleId", "ec2:security-group-rule", _THOUSAND, links={"GroupId": _GROUP}),
    Kind(
        _INTERFACE, "ec2", "DescribeNetworkInterfaces", "NetworkInterfaces[]", "NetworkInterfaceId",
        "ec2:network-interface", _THOUSAND,
        links={"VpcId": _VPC, "SubnetId": _SUBNET, "Groups[].GroupId": _GROUP, "Attachment.InstanceId": _INSTANCE},
    ),
    Kind(
        _INSTANCE, "ec2", "DescribeInstances", "Reservations[].Instances[]", "InstanceId", "ec2:instance", _THOUSAND,
        links={"VpcId": _VPC, "SubnetId": _SUBNET, "NetworkInterfaces[].NetworkInterfaceId": _INTERFACE},
    ),
    Kind(
        "AWS::EC2::VPCPeeringConnection", "ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections[]",
        "VpcPeeringConnectionId", "ec2:vpc-peering-connection", _THOUSAND,
        links={"AccepterVpcInfo.VpcId": _VPC, "RequesterVpcInfo.VpcId": _VPC},
        occasions=((_TABLE, "Routes[].VpcPeeringConnectionId"),),
    ),
    Kind(
        "AWS::EC2::TransitGatewayVpcAttachment", "ec2", "DescribeTransitGatewayVpcAttachments",
        "TransitGatewayVpcAttachments[]", "TransitGatewayAttachmentId", "ec2:transit-gateway-attachment", _THOUSAND,
        links={"VpcId": _VPC, "SubnetIds[]": _SUBNET, "TransitGatewayId": _TRANSIT},
        occasions=_ROUTED,
    ),
    Kind(_TRANSIT, "ec2", "DescribeTransitGateways", "TransitGateways[]", "TransitGatewayId", "TransitGatewayArn",
         _THOUSAND, occasions=_ROUTED),
    Kind(
        "AWS::EC2::TransitGatewayRouteTable", "ec2", "DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables[]",
        "TransitGatewayRouteTableId", "ec2:transit-gateway-route-table", _THOUSAND, links={"TransitGatewayId": _TRANSIT},
        occasions=_ROUTED,
        details=(
            Detail("GetTransitGatewayRouteTableAssociations",
                   {"TransitGatewayRouteTableId": "$TransitGatewayRouteTableId", "MaxResults": 1000}, "Associations",
                   ("Associations",), where=_ALIVE, pages=NEXT_TOKEN),
            # A search has to search for something: every route that counts is in one of these states.
            Detail("SearchTransitGatewayRoutes",
                   {"TransitGatewayRouteTableId": "$TransitGatewayRouteTableId", "MaxResults": 1000,
                    "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]},
                   "Routes", ("Routes", "AdditionalRoutesAvailable"), where=_ALIVE, pages=NEXT_TOKEN,
                   more="AdditionalRoutesAvailable"),
        ),
    ),
    Kind(
        "AWS::EC2::CarrierGateway", "ec2", "DescribeCarrierGateways", "CarrierGateways[]", "CarrierGatewayId",
        "ec2:carrier-gateway", _THOUSAND, links={"VpcId": _VPC},
    ),
    Kind("AWS::EC2::VPNGateway", "ec2", "DescribeVpnGateways", "VpnGateways[]", "VpnGatewayId", "ec2:vpn-gateway",
         pages=ONE_PAGE, links={"VpcAttachments[].VpcId": _VPC}),
    Kind("AWS::EC2::DHCPOptions", "ec2", "DescribeDhcpOptions", "DhcpOptions[]", "DhcpOptionsId", "ec2:dhcp-options",
         _THOUSAND),
    Kind(
        "AWS::EC2::PrefixList", "ec2", "DescribeManagedPrefixLists", "PrefixLists[]", "PrefixListId", "PrefixListArn",
        {"MaxResults": 100},
        details=(
            Detail(
                "GetManagedPrefixListEntries", {"PrefixListId": "$PrefixListId", "MaxResults": 100}, "Entries",
                ("Entries",), pages=NEXT_TOKEN,
                referenced_by=(
                    (_GROUP, "IpPermissions[].PrefixListIds[].PrefixListId"),
                    (_GROUP, "IpPermissionsEgress[].PrefixListIds[].PrefixListId"),
                    (_TABLE, "Routes[].DestinationPrefixListId"),
                ),
            ),
        ),
    ),
    Kind(
        "AWS::EC2::LaunchTemplate", "ec2", "DescribeLaunchTemplateVersions", "LaunchTemplateVersions[]",
        "{LaunchTemplateId}:{VersionNumber}", "ec2:launch-template",
        {"MaxResults": 200, "Versions": ["$Latest", "$Default"]},
    ),
    Kind(
        "AWS::EC2::InstanceConnectEndpoint", "ec2", "DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints[]",
        "InstanceConnectEndpointId", "InstanceConnectEndpointArn", {"MaxResults": 50},
        links={"VpcId": _VPC, "SubnetId": _SUBNET, "SecurityGroupIds[]": _GROUP, "NetworkInterfaceIds[]": _INTERFACE},
    ),
    Kind(
        _ENDPOINT, "ec2", "DescribeVpcEndpoints", "VpcEndpoints[]", "VpcEndpointId", "ec2:vpc-endpoint", _THOUSAND,
        links={"VpcId": _VPC, "SubnetIds[]": _SUBNET, "RouteTableIds[]": _TABLE, "Groups[].GroupId": _GROUP},
    ),
    Kind("AWS::EC2::FlowLog", "ec2", "DescribeFlowLogs", "FlowLogs[]", "FlowLogId", "ec2:vpc-flow-log", _THOUSAND,
         links={"ResourceId": _VPC}),
    Kind("AWS::EC2::EIP", "ec2", "DescribeAddresses", "Addresses[]", "AllocationId", "ec2:elastic-ip", pages=ONE_PAGE,
         links={"InstanceId": _INSTANCE, "NetworkInterfaceId": _INTERFACE}),
    Kind("AWS::EC2::VPCBlockPublicAccessOptions", "ec2", "DescribeVpcBlockPublicAccessOptions",
         "VpcBlockPublicAccessOptions", arn="ec2:vpc-block-public-access-options", pages=ONE_PAGE),
    Kind(
        "AWS::EC2::VPCBlockPublicAccessExclusion", "ec2", "DescribeVpcBlockPublicAccessExclusions",
        "VpcBlockPublicAccessExclusions[]", "ExclusionId", "ec2:vpc-block-public-access-exclusion", _THOUSAND,
    ),
    Kind("AWS::EC2::VPCEncryptionControl", "ec2", "DescribeVpcEncryptionControls", "VpcEncryptionControls[]",
         "VpcEncryptionControlId", "ec2:vpc-encryption-control", _THOUSAND, links={"VpcId": _VPC}),
    # CloudFormation has no type for the account's switch; the name follows the API's.
    Kind("AWS::EC2::SerialConsoleAccess", "ec2", "GetSerialConsoleAccessStatus", "@",
         arn="ec2:serial-console-access", pages=ONE_PAGE, proof="SerialConsoleAccessEnabled"),
)

_COMPUTE = (
    Kind("AWS::AutoScaling::AutoScalingGroup", "autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups[]",
         "AutoScalingGroupName", "AutoScalingGroupARN", {"MaxRecords": 100}),
    Kind("AWS::AutoScaling::LaunchConfiguration", "autoscaling", "DescribeLaunchConfigurations",
         "LaunchConfigurations[]", "LaunchConfigurationName", "LaunchConfigurationARN", {"MaxRecords": 100},
         occasions=(("AWS::AutoScaling::AutoScalingGroup", "LaunchConfigurationName"),)),
    Kind(
        _BALANCER, "elbv2", "DescribeLoadBalancers", "LoadBalancers[]", "LoadBalancerName", "LoadBalancerArn",
        {"PageSize": 400}, _MARKER,
        links={"VpcId": _VPC, "AvailabilityZones[].SubnetId": _SUBNET, "SecurityGroups[]": _GROUP},
    ),
    Kind(
        "AWS::ElasticLoadBalancingV2::Listener", "elbv2", "DescribeListeners", "Listeners[]", "ListenerArn",
        "ListenerArn", {"PageSize": 400, "LoadBalancerArn": "$LoadBalancerArn"}, _MARKER,
        parent=Parent(_BALANCER, "Scheme == 'internet-facing'"),
    ),
    Kind(
        "AWS::ElasticLoadBalancingV2::TargetGroup", "elbv2", "DescribeTargetGroups", "TargetGroups[]",
        "TargetGroupName", "TargetGroupArn", {"PageSize": 400}, _MARKER, links={"VpcId": _VPC},
        occasions=((_BALANCER, "LoadBalancerArn"),),
        details=(
            Detail("DescribeTargetHealth", {"TargetGroupArn": "$TargetGroupArn"}, "TargetHealthDescriptions",
                   ("TargetHealthDescriptions",), where="LoadBalancerArns"),
            # Whether its targets see the client: a question of Network Load Balancers alone.
            Detail("DescribeTargetGroupAttributes", {"TargetGroupArn": "$TargetGroupArn"}, "Attributes", ("Attributes",),
                   where="LoadBalancerArns[0] && (Protocol == 'TCP' || Protocol == 'TLS')"),
        ),
    ),
    Kind("AWS::ElasticLoadBalancing::LoadBalancer", "elb", "DescribeLoadBalancers", "LoadBalancerDescriptions[]",
         "LoadBalancerName", "elasticloadbalancing:loadbalancer", {"PageSize": 400}, _MARKER, links={"VPCId": _VPC}),
    # CloudFormation has no type for it; AWS Config calls the inventory AWS::SSM::ManagedInstanceInventory.
    Kind("AWS::SSM::ManagedInstanceInventory", "ssm", "DescribeInstanceInformation", "InstanceInformationList[]",
         "InstanceId", "ssm:managed-instance", {"MaxResults": 50}, links={"InstanceId": _INSTANCE}),
)

_EVIDENCE = (
    Kind(
        _TRAIL, "cloudtrail", "DescribeTrails", "trailList[]", "Name", "TrailARN", {"includeShadowTrails": True},
        ONE_PAGE, links={"S3BucketName": "AWS::S3::Bucket"},
        details=(
            Detail("GetTrailStatus", {"Name": "$TrailARN"}, "IsLogging", home="HomeRegion"),
            Detail("GetEventSelectors", {"TrailName": "$TrailARN"}, "TrailARN",
                   ("EventSelectors", "AdvancedEventSelectors"), home="HomeRegion"),
        ),
    ),
    Kind(
        "AWS::CloudTrail::EventDataStore", "cloudtrail", "ListEventDataStores", "EventDataStores[]",
        "EventDataStoreArn", "EventDataStoreArn", _THOUSAND,
        # Every member of the list but the ARN and the name is deprecated: the store itself has to be asked.
        details=(Detail("GetEventDataStore", {"EventDataStore": "$EventDataStoreArn"}, "EventDataStoreArn"),),
    ),
    # CloudFormation has no type for it. Read on demand alone (scanner/collect/event_history.py), and by no rule.
    Kind("AWS::CloudTrail::Event", "cloudtrail", "LookupEvents", "Events[]", "EventId", "cloudtrail:event",
         {"MaxResults": 50, "LookupAttributes": [{"AttributeKey": "EventSource",
                                                  "AttributeValue": "ec2-instance-connect.amazonaws.com"}]}),
    Kind(_FILTER, "logs", "DescribeMetricFilters", "metricFilters[]", "{logGroupName}:{filterName}",
         "logs:metric-filter", {"limit": 50}, _LOGS_TOKEN, occasions=((_TRAIL, "CloudWatchLogsLogGroupArn"),),
         # One call tries them all, and is made only where the local reading leaves a chance of a match.
         details=(Detail("TestMetricFilter", {"filterPattern": "$filterPattern"}, "matches", trials=TRIALS),)),
    Kind(
        "AWS::CloudWatch::Alarm", "cloudwatch", "DescribeAlarmsForMetric", "MetricAlarms[]", "AlarmName", "AlarmArn",
        {"MetricName": "$metricTransformations[0].metricName", "Namespace": "$metricTransformations[0].metricNamespace"},
        ONE_PAGE, parent=Parent(_FILTER),
    ),
    Kind(
        "AWS::Events::Rule", "events", "ListRules", "Rules[]", "Name", "Arn", {"Limit": 100},
        details=(Detail("ListTargetsByRule", {"Rule": "$Name", "EventBusName": "$EventBusName", "Limit": 100},
                        "Targets", ("Targets",), pages=NEXT_TOKEN),
                 *(Detail("TestEventPattern", {"EventPattern": "$EventPattern"}, "Result",
                          where="EventPattern && State != 'DISABLED'", trials=(name,)) for name in TRIALS)),
    ),
    Kind("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "route53resolver",
         "ListResolverQueryLogConfigAssociations", "ResolverQueryLogConfigAssociations[]", "Id",
         "route53resolver:resolver-query-log-config-association", {"MaxResults": 100}, links={"ResourceId": _VPC}),
    # Only the buckets that trails deliver to, and only what tells whether they are private.
    Kind(
        "AWS::S3::Bucket", "s3", "", "", "Name", "s3:", parent=Parent(_TRAIL, "S3BucketName"),
        seed={"Name": "S3BucketName"}, is_global=True,
        details=(
            Detail("GetBucketPolicy", {"Bucket": "$Name"}, "Policy", ("Policy",), absent=("NoSuchBucketPolicy",)),
            Detail("GetBucketPolicyStatus", {"Bucket": "$Name"}, "PolicyStatus", ("PolicyStatus",),
                   absent=("NoSuchBucketPolicy",)),
            Detail("GetBucketAcl", {"Bucket": "$Name"}, "Grants", ("Grants",)),
            Detail("GetPublicAccessBlock", {"Bucket": "$Name"}, "PublicAccessBlockConfiguration",
                   ("PublicAccessBlockConfiguration",), absent=("NoSuchPublicAccessBlockConfiguration",)),
        ),
    ),
)

_ACCOUNT = (
    Kind("AWS::Account", "sts", "GetCallerIdentity", "@", pages=ONE_PAGE, is_global=True, proof="Account"),
    Kind("AWS::IAM::User", "iam", "GetAccountAuthorizationDetails", "UserDetailList[]", "UserName", "Arn", _IAM,
         _IAM_PAGES, is_global=True),
    Kind("AWS::IAM::Group", "iam", "GetAccountAuthorizationDetails", "GroupDetailList[]", "GroupName", "Arn", _IAM,
         _IAM_PAGES, is_global=True),
    Kind("AWS::IAM::Role", "iam", "GetAccountAuthorizationDetails", "RoleDetailList[]", "RoleName", "Arn", _IAM,
         _IAM_PAGES, is_global=True),
    Kind("AWS::IAM::ManagedPolicy", "iam", "GetAccountAuthorizationDetails", "Policies[]", "PolicyName", "Arn", _IAM,
         _IAM_PAGES, is_global=True),
    Kind(_ORGANIZATION, "organizations", "DescribeOrganization", "Organization", arn="Arn",
         pages=ONE_PAGE, is_global=True, home="us-east-1", absent=_NO_ORGANIZATION),
    # What follows only the management account and delegated administrators may ask.
    # CloudFormation has no type for the root; it says which types of policy are in force.
    Kind("AWS::Organizations::Root", "organizations", "ListRoots", "Roots[]", "Id", "Arn", _TWENTY, is_global=True,
         home="us-east-1", absent=_NO_ORGANIZATION),
    Kind(
        "AWS::Organizations::Account", "organizations", "", "@", "Id", "organizations:account", pages=ONE_PAGE,
        parent=Parent(_ORGANIZATION), seed={"Id": "Account"}, is_global=True, home="us-east-1",
        details=(
            Detail("ListParents", {"ChildId": "$Id", **_TWENTY}, "Parents", pages=NEXT_TOKEN, absent=_NO_ORGANIZATION,
                   climb=Climb("Ancestors", "ChildId", "Id", "Type == 'ROOT'")),
        ),
    ),
    Kind(
        "AWS::Organizations::Policy", "organizations", "ListPolicies", "Policies[]", "Id", "Arn",
        {"Filter": "SERVICE_CONTROL_POLICY", **_TWENTY}, is_global=True, home="us-east-1", absent=_NO_ORGANIZATION,
        details=(
            Detail("DescribePolicy", {"PolicyId": "$Id"}, "Content", ("Content",), inside="Policy"),
            Detail("ListTargetsForPolicy", {"PolicyId": "$Id", **_TWENTY}, "Targets", ("Targets",), pages=NEXT_TOKEN),
        ),
    ),
    Kind("AWS::GlobalAccelerator::Accelerator", "globalaccelerator", "ListAccelerators", "Accelerators[]",
         "AcceleratorArn", "AcceleratorArn", {"MaxResults": 100}, is_global=True, home="us-west-2"),
    Kind("AWS::GlobalAccelerator::Listener", "globalaccelerator", "ListListeners", "Listeners[]", "ListenerArn",
         "ListenerArn", {"MaxResults": 100, "AcceleratorArn": "$AcceleratorArn"}, is_global=True, home="us-west-2",
         parent=Parent("AWS::GlobalAccelerator::Accelerator")),
    Kind("AWS::GlobalAccelerator::EndpointGroup", "globalaccelerator", "ListEndpointGroups", "EndpointGroups[]",
         "EndpointGroupArn", "EndpointGroupArn", {"MaxResults": 100, "ListenerArn": "$ListenerArn"}, is_global=True,
         home="us-west-2", parent=Parent("AWS::GlobalAccelerator::Listener")),
    Kind("AWS::CloudFront::VpcOrigin", "cloudfront", "ListVpcOrigins", "VpcOriginList.Items?[]", "Id", "Arn",
         {"MaxItems": "100"}, ("Marker", "VpcOriginList.NextMarker"), is_global=True, home="us-east-1"),
)

# fmt: on

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*_EC2, *_COMPUTE, *_EVIDENCE, *_ACCOUNT)}


def kind_named(name: str) -> Kind:
    """The row of a kind; raises KeyError for a kind the table does not have."""
    return KINDS[name]


def needed_kinds(wanted: frozenset[str]) -> frozenset[str]:
    """The wanted kinds and the parents without which they cannot be listed."""
    needed: set[str] = set()
    for name in wanted:
        kind = KINDS.get(name)
        while kind is not None and kind.name not in needed:
            needed.add(kind.name)
            kind = KINDS.get(kind.parent.kind) if kind.parent else None
    return frozenset(needed)
