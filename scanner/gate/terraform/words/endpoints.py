"""VPC endpoints and EC2 Instance Connect Endpoints.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_instance_connect_endpoint
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.gate.terraform.words.entry import TAGS, Entry, blocks, default, document, link, links
from scanner.gate.terraform.words.filters import GROUP
from scanner.gate.terraform.words.networks import ENDPOINT, SUBNET, TABLE, VPC

ENTRIES: Mapping[str, Entry] = {
    "aws_vpc_endpoint": Entry(
        ENDPOINT,
        {
            "VpcId": link("vpc_id", VPC),
            "VpcEndpointType": "vpc_endpoint_type",
            "ServiceName": "service_name",
            "PolicyDocument": document("policy"),
            "RouteTableIds": links("route_table_ids", TABLE),
            "SubnetIds": links("subnet_ids", SUBNET),
            "SecurityGroupIds": links("security_group_ids", GROUP),
            "PrivateDnsEnabled": "private_dns_enabled",
            "IpAddressType": "ip_address_type",
            **TAGS,
        },
    ),
    "aws_networkfirewall_firewall": Entry(
        "AWS::NetworkFirewall::Firewall",
        {
            "VpcId": link("vpc_id", VPC),
            "SubnetMappings": blocks("subnet_mapping", {"SubnetId": link("subnet_id", SUBNET)}),
        },
    ),
    "aws_ec2_instance_connect_endpoint": Entry(
        "AWS::EC2::InstanceConnectEndpoint",
        {
            "SubnetId": link("subnet_id", SUBNET),
            "SecurityGroupIds": links("security_group_ids", GROUP),
            # The provider's own default, unlike AWS's.
            "PreserveClientIp": default("preserve_client_ip", True),
            "IpAddressType": "ip_address_type",
            **TAGS,
        },
    ),
}
