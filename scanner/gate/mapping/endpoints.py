"""NAT gateways, VPC endpoints and EC2 Instance Connect Endpoints."""

from __future__ import annotations

from typing import Any

from scanner.gate.estate import Estate
from scanner.gate.ids import reference, references
from scanner.gate.mapping.elastic import ADDRESS, blur_addresses
from scanner.gate.mapping.filters import GROUP
from scanner.gate.mapping.interfaces import add_interface, as_groups, managed, worn
from scanner.gate.mapping.networks import SUBNET, TABLE, VPC
from scanner.gate.mapping.reading import copied, document, otherwise, structures, tags, text, truth, without_none
from scanner.gate.planned import Open, Planned
from scanner.model import Undecided, Unknown

ENDPOINT = "AWS::EC2::VPCEndpoint"
CONNECT = "AWS::EC2::InstanceConnectEndpoint"
NAT = "AWS::EC2::NatGateway"
PREFIX_LIST = "AWS::EC2::PrefixList"

FULL_ACCESS = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
"""What AWS takes for the policy of an endpoint where nobody writes one."""


def nat_gateway(planned: Planned, estate: Estate) -> None:
    """A NAT gateway and its interface; a regional one has none of its own."""
    properties = planned.properties
    subnet_id = reference(properties.get("SubnetId"), SUBNET)
    sort = otherwise(text(properties.get("ConnectivityType")), "public")
    vpc_id = otherwise(reference(properties.get("VpcId"), VPC), estate.vpc_of_subnet(subnet_id))
    allocation = reference(properties.get("AllocationId"), ADDRESS)
    address = estate.find(ADDRESS, allocation)
    blur_addresses(allocation if isinstance(allocation, Unknown) else None, planned, estate)
    interface = f"eni-{planned.address}"
    addresses = [without_none({"AllocationId": allocation, "NetworkInterfaceId": interface, "IsPrimary": True})]
    facts = {
        "NatGatewayId": planned.id,
        "VpcId": vpc_id,
        "SubnetId": subnet_id,
        "State": "available",
        "ConnectivityType": sort,
        "AvailabilityMode": otherwise(text(properties.get("AvailabilityMode")), "zonal"),
        "NatGatewayAddresses": addresses,
        "Tags": tags(planned),
    }
    estate.add(NAT, planned.id, without_none(facts), planned)
    if subnet_id is None:
        return
    row = add_interface(
        estate,
        interface,
        planned,
        subnet_id=subnet_id,
        vpc_id=vpc_id,
        groups=[],
        sort="nat_gateway",
        description=f"Interface for NAT Gateway {planned.id}",
        private=text(properties.get("PrivateIpAddress")),
        is_managed=True,
    )
    if address is not None:
        row.notes["elastic"] = address.id
        address.facts.update(AssociationId=f"eipassoc-{planned.address}", NetworkInterfaceId=interface)
        address.parts.append(planned)
    elif sort == "public" or isinstance(sort, Unknown):
        row.notes["public"] = sort if isinstance(sort, Unknown) else True


def vpc_endpoint(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html."""
    properties = planned.properties
    vpc_id = reference(properties.get("VpcId"), VPC)
    sort = otherwise(text(properties.get("VpcEndpointType")), "Gateway")
    subnets = references(properties.get("SubnetIds"), SUBNET)
    tables = references(properties.get("RouteTableIds"), TABLE)
    groups = worn(properties.get("SecurityGroupIds"), vpc_id) if sort != "Gateway" else []
    is_private = truth(properties.get("PrivateDnsEnabled"), default=False)
    facts = {
        "VpcEndpointId": planned.id,
        "VpcEndpointType": sort,
        "VpcId": vpc_id,
        "ServiceName": otherwise(text(properties.get("ServiceName")), Open("the endpoint names no service")),
        "State": "available",
        "PolicyDocument": otherwise(document(properties.get("PolicyDocument")), FULL_ACCESS),
        "RouteTableIds": tables,
        "SubnetIds": subnets,
        "Groups": as_groups(groups, estate),
        "PrivateDnsEnabled": is_private,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "OwnerId": estate.account,
        "IpAddressType": otherwise(text(properties.get("IpAddressType")), "ipv4"),
        "DnsOptions": properties.get("DnsOptions"),
        "Tags": tags(planned),
    }
    row = estate.add(ENDPOINT, planned.id, without_none(facts), planned)
    if sort == "Gateway":
        return
    made = managed(
        planned,
        estate,
        subnets=subnets,
        groups=groups if sort == "Interface" else [],
        sort="vpc_endpoint" if sort == "Interface" else "gateway_load_balancer_endpoint",
        description=f"VPC Endpoint Interface {planned.id}",
    )
    row.facts["NetworkInterfaceIds"] = subnets if isinstance(subnets, Unknown) else [one.id for one in made]


def endpoint_routes(estate: Estate) -> None:
    """The routes that AWS itself writes for gateway endpoints, and its prefix lists that they name."""
    for row in estate.of(ENDPOINT):
        facts = row.facts
        if facts.get("VpcEndpointType") != "Gateway" or not row.parts:
            continue
        tables, service = facts["RouteTableIds"], facts["ServiceName"]
        name = f"com.amazonaws.{service.rpartition('.')[2]}" if isinstance(service, str) else ""
        list_id = f"pl-{service}" if isinstance(service, str) else service
        if isinstance(tables, Unknown):
            for table in estate.of(TABLE):
                table.facts["Routes"] = Unknown(f"{row.id} may add a route to it: {tables.why}")
            continue
        if isinstance(list_id, str) and tables:
            _own_list(estate, list_id, name)
        for table_id in tables:
            target = {
                "DestinationPrefixListId": list_id,
                "GatewayId": row.id,
                "Origin": "CreateRoute",
                "State": "active",
            }
            for table in estate.targets(TABLE, table_id, row.parts[0], "Routes"):
                routes = table.facts["Routes"]
                told = routes if isinstance(routes, list) else []
                if row.live is None or all(one.get("GatewayId") != row.id for one in told):
                    table.append("Routes", target)


def _own_list(estate: Estate, list_id: str, name: str) -> None:
    """AWS's list of a service. Its blocks differ by Region; no rule of a template can name them, so none are listed."""
    facts: dict[str, Any] = {
        "PrefixListId": list_id,
        "PrefixListName": name,
        "AddressFamily": "IPv4",
        "OwnerId": "AWS",
        "State": "create-complete",
        "Entries": [],
        "Tags": [],
    }
    estate.add(PREFIX_LIST, list_id, facts)


def connect_endpoint(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instanceconnectendpoint.html."""
    properties = planned.properties
    subnet_id = reference(properties.get("SubnetId"), SUBNET)
    named = references(properties.get("SecurityGroupIds"), GROUP)
    vpc_id = estate.vpc_of_subnet(subnet_id, named)
    groups = worn(properties.get("SecurityGroupIds"), vpc_id)
    interface = f"eni-{planned.address}"
    facts = {
        "InstanceConnectEndpointId": planned.id,
        "OwnerId": estate.account,
        "State": "create-complete",
        "SubnetId": subnet_id,
        "VpcId": vpc_id,
        "AvailabilityZone": estate.zone_of_subnet(subnet_id),
        "PreserveClientIp": truth(properties.get("PreserveClientIp"), default=False),
        "SecurityGroupIds": groups,
        "NetworkInterfaceIds": [interface],
        **copied(planned, "IpAddressType"),
        "Tags": tags(planned),
    }
    estate.add(CONNECT, planned.id, without_none(facts), planned)
    add_interface(
        estate,
        interface,
        planned,
        subnet_id=subnet_id,
        vpc_id=vpc_id,
        groups=groups,
        sort="ec2_instance_connect_endpoint",
        description=f"EC2 Instance Connect Endpoint {planned.id}",
        is_managed=True,
    )


def firewall(planned: Planned, estate: Estate) -> None:
    """AWS Network Firewall stands in the VPC as one Gateway Load Balancer endpoint a subnet."""
    vpc_id = reference(planned.properties.get("VpcId"), VPC)
    mappings = structures(planned.properties.get("SubnetMappings"))
    if isinstance(mappings, Unknown):
        raise Undecided(mappings.why)
    for index, mapping in enumerate(mappings):
        subnet_id = reference(mapping.get("SubnetId"), SUBNET)
        endpoint_id = f"vpce-{planned.address}-{index}"
        made = managed(
            planned,
            estate,
            subnets=[subnet_id],
            groups=[],
            sort="gateway_load_balancer_endpoint",
            description=f"VPC Endpoint Interface {endpoint_id}",
            prefix=f"{index}-",
        )
        facts = {
            "VpcEndpointId": endpoint_id,
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": vpc_id,
            "ServiceName": f"com.amazonaws.vpce.{estate.region}.vpce-svc-of-{planned.address}",
            "State": "available",
            "SubnetIds": [subnet_id],
            "RouteTableIds": [],
            "Groups": [],
            "PrivateDnsEnabled": False,
            "RequesterManaged": True,
            "NetworkInterfaceIds": [one.id for one in made],
            "OwnerId": estate.account,
            "Tags": [],
        }
        estate.add(ENDPOINT, endpoint_id, facts, planned)
