"""Gateway Load Balancer and firewall endpoints, and which traffic is led through them.

https://docs.aws.amazon.com/vpc/latest/privatelink/create-gateway-load-balancer-endpoint.html
"""

from __future__ import annotations

from scanner.model import Resource, Undecided, View
from scanner.network.clients import SUBNET, subnet_of
from scanner.network.endpoints import VPC_ENDPOINT, endpoint_type, is_going
from scanner.network.routes import ROUTE_TABLE
from scanner.network.ways import NAT_GATEWAY, Way, ways_of


def inspection_endpoints(inventory: View, vpc_id: str) -> dict[str, Resource]:
    """The Gateway Load Balancer endpoints of a VPC by id, AWS Network Firewall's among them; raises `Undecided`."""
    return {
        endpoint.id: endpoint
        for endpoint in inventory.linked(VPC_ENDPOINT, "VpcId", vpc_id)
        if endpoint_type(endpoint) == "GatewayLoadBalancer" and not is_going(endpoint)
    }


def inspected_subnets(inventory: View, vpc_id: str, endpoints: dict[str, Resource]) -> dict[str, Way]:
    """The subnets of a VPC whose default route leads to an inspection endpoint, each with that way; raises `Undecided`."""
    return {
        subnet.id: way
        for subnet in inventory.linked(SUBNET, "VpcId", vpc_id)
        for way in ways_of(inventory, subnet)
        if way.target in endpoints and way.is_default
    }


def edge_tables(inventory: View, gateway_id: str) -> tuple[Resource, ...]:
    """The route tables that steer what comes in through a gateway."""
    return inventory.linked(ROUTE_TABLE, "Associations[].GatewayId", gateway_id)


def passes_inspection(inventory: View, way: Way, endpoints: dict[str, Resource]) -> bool:
    """Whether a way out leads through an inspection endpoint behind the NAT gateway; raises `Undecided`.

    The endpoint may stand on either side of the NAT gateway, whose own subnet then has the route to it.
    """
    if not way.target.startswith("nat-"):
        return False
    gateway = inventory.find(NAT_GATEWAY, way.target)
    subnet_id = str(gateway.get("SubnetId", "")) if gateway is not None else ""
    if not subnet_id:
        raise Undecided(f"the subnet of {way.target} is not shown, and with it where its traffic goes")
    beyond = [one for one in ways_of(inventory, subnet_of(inventory, subnet_id)) if one.family == way.family]
    return (
        bool(beyond)
        and not any(one.kind == "internet" for one in beyond)
        and any(one.target in endpoints for one in beyond)
    )
