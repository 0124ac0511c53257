"""The verbs the estate is built with: each creates one resource under a name and keeps its id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3 import Session

_IMAGE = "ami-12c6146b"


class Builder:
    """Creates the estate's resources in one region; `ids` maps the names given so far to AWS's ids."""

    def __init__(self, session: Session, *, region: str) -> None:
        self.session = session
        self.region = region
        self.zones = (f"{region}a", f"{region}b")
        self.ids: dict[str, str] = {}
        self.ec2: Any = session.client("ec2", region_name=region)

    def clear_default_vpc(self) -> None:
        """Take away the VPC that AWS, and moto, put into every region.

        This comes last: where a zone has no default subnet, moto takes the next one made there for it.
        """
        for subnet in self.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]:
            self.ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for vpc in self.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
            self.ec2.delete_vpc(VpcId=vpc["VpcId"])

    def keep(self, name: str, *, identity: str) -> str:
        """Remember the id of a resource that was created elsewhere."""
        self.ids[name] = identity
        return identity

    @staticmethod
    def named(name: str, *, resource_type: str) -> list[dict[str, Any]]:
        """The TagSpecifications that give a new resource its Name."""
        return [{"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": name}]}]

    def vpc(self, name: str, *, cidr: str) -> str:
        """A VPC whose DNS resolves the private names of interface endpoints."""
        created = self.ec2.create_vpc(CidrBlock=cidr, TagSpecifications=self.named(name, resource_type="vpc"))
        vpc = self.keep(name, identity=created["Vpc"]["VpcId"])
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        return vpc

    def subnet(self, name: str, *, cidr: str, vpc: str, zone: int) -> str:
        """A subnet in the first (0) or second (1) zone of the region, with no public addresses of its own."""
        created = self.ec2.create_subnet(
            VpcId=self.ids[vpc],
            CidrBlock=cidr,
            AvailabilityZone=self.zones[zone],
            TagSpecifications=self.named(name, resource_type="subnet"),
        )
        return self.keep(name, identity=created["Subnet"]["SubnetId"])

    def internet_gateway(self, name: str, *, vpc: str) -> str:
        """An internet gateway, attached."""
        created = self.ec2.create_internet_gateway(TagSpecifications=self.named(name, resource_type="internet-gateway"))
        gateway = self.keep(name, identity=created["InternetGateway"]["InternetGatewayId"])
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.ids[vpc])
        return gateway

    def route_table(self, name: str, *, vpc: str, subnets: Sequence[str], **default_route: str) -> str:
        """A route table of these subnets; `default_route` is the target of 0.0.0.0/0, as CreateRoute names it."""
        created = self.ec2.create_route_table(
            VpcId=self.ids[vpc], TagSpecifications=self.named(name, resource_type="route-table")
        )
        table = self.keep(name, identity=created["RouteTable"]["RouteTableId"])
        if default_route:
            self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **default_route)
        for subnet in subnets:
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=self.ids[subnet])
        return table

    def address(self, name: str, *, public_ip: str) -> str:
        """An Elastic IP; the address is given, since moto makes them up in 127.0.0.0/8."""
        created = self.ec2.allocate_address(
            Domain="vpc", Address=public_ip, TagSpecifications=self.named(name, resource_type="elastic-ip")
        )
        return self.keep(name, identity=created["AllocationId"])

    def group(self, name: str, *, vpc: str, purpose: str, allow: Sequence[dict[str, Any]] = ()) -> str:
        """A security group that admits these rules and, as AWS makes it, sends anything anywhere."""
        created = self.ec2.create_security_group(
            GroupName=name,
            Description=purpose,
            VpcId=self.ids[vpc],
            TagSpecifications=self.named(name, resource_type="security-group"),
        )
        group = self.keep(name, identity=created["GroupId"])
        if allow:
            self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(allow))
        return group

    def limit_egress(self, group: str, *allow: dict[str, Any]) -> None:
        """Replace the rule that lets a new group send everything everywhere."""
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        self.ec2.revoke_security_group_egress(GroupId=self.ids[group], IpPermissions=[everything])
        self.ec2.authorize_security_group_egress(GroupId=self.ids[group], IpPermissions=list(allow))

    def instance(self, name: str, *, subnet: str, group: str, private_ip: str) -> str:
        """A running instance; whether it gets a public address is the subnet's to say."""
        created = self.ec2.run_instances(
            ImageId=_IMAGE,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.ids[subnet],
            SecurityGroupIds=[self.ids[group]],
            PrivateIpAddress=private_ip,
            ClientToken=f"estate-{name}",
            TagSpecifications=self.named(name, resource_type="instance"),
        )
        return self.keep(name, identity=created["Instances"][0]["InstanceId"])

    def network_interface(self, name: str, *, subnet: str, group: str, purpose: str, private_ips: Sequence[str]) -> str:
        """An interface by itself; its first address is the primary one."""
        primary, *others = private_ips
        addresses = [{"PrivateIpAddress": primary, "Primary": True}]
        addresses += [{"PrivateIpAddress": other, "Primary": False} for other in others]
        created = self.ec2.create_network_interface(
            SubnetId=self.ids[subnet],
            Groups=[self.ids[group]],
            Description=purpose,
            PrivateIpAddresses=addresses,
            TagSpecifications=self.named(name, resource_type="network-interface"),
        )
        return self.keep(name, identity=created["NetworkInterface"]["NetworkInterfaceId"])

    def gateway_endpoint(
        self, name: str, *, service: str, vpc: str, tables: Sequence[str], policy: dict[str, Any] | None = None
    ) -> str:
        """A gateway endpoint in these route tables; `service` is s3 or dynamodb. Without a policy all is allowed."""
        routes = {"RouteTableIds": [self.ids[table] for table in tables]}
        service_name = f"com.amazonaws.{self.region}.{service}"
        return self._endpoint(name, kind="Gateway", service_name=service_name, vpc=vpc, policy=policy, placement=routes)

    def interface_endpoint(
        self,
        name: str,
        *,
        service: str,
        vpc: str,
        subnets: Sequence[str],
        group: str,
        private_dns: bool,
        policy: dict[str, Any] | None = None,
    ) -> str:
        """An interface endpoint; `service` is the last part of the name, or a whole name of another provider."""
        service_name = service if service.startswith("com.") else f"com.amazonaws.{self.region}.{service}"
        placement = {
            "SubnetIds": [self.ids[subnet] for subnet in subnets],
            "SecurityGroupIds": [self.ids[group]],
            "PrivateDnsEnabled": private_dns,
        }
        return self._endpoint(
            name, kind="Interface", service_name=service_name, vpc=vpc, policy=policy, placement=placement
        )

    def instance_connect_endpoint(self, name: str, *, subnet: str, group: str | None = None) -> str:
        """Without a group AWS takes the default one of the VPC."""
        created = self.ec2.create_instance_connect_endpoint(
            SubnetId=self.ids[subnet],
            SecurityGroupIds=[self.ids[group]] if group else [],
            ClientToken=f"estate-{name}",
            TagSpecifications=self.named(name, resource_type="instance-connect-endpoint"),
        )
        return self.keep(name, identity=created["InstanceConnectEndpoint"]["InstanceConnectEndpointId"])

    def _endpoint(
        self,
        name: str,
        *,
        kind: str,
        service_name: str,
        vpc: str,
        policy: dict[str, Any] | None,
        placement: dict[str, Any],
    ) -> str:
        document = {"PolicyDocument": json.dumps(policy)} if policy else {}
        created = self.ec2.create_vpc_endpoint(
            VpcId=self.ids[vpc],
            ServiceName=service_name,
            VpcEndpointType=kind,
            TagSpecifications=self.named(name, resource_type="vpc-endpoint"),
            **placement,
            **document,
        )
        return self.keep(name, identity=created["VpcEndpoint"]["VpcEndpointId"])


def from_addresses(port: int, *ranges: str) -> dict[str, Any]:
    """A security group rule: this TCP port, from (or to) these IPv4 and IPv6 ranges."""
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": cidr} for cidr in ranges if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in ranges if ":" in cidr],
    }


def from_group(port: int, *, group_id: str) -> dict[str, Any]:
    """A security group rule: this TCP port, from (or to) the members of a group."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group_id}]}
