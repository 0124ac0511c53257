"""Which network interfaces somebody's programs use, and which are AWS's own plumbing.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
"""

from __future__ import annotations

from scanner.model import Resource, View
from scanner.network.instance_connect import belongs_to_endpoint
from scanner.network.routes import internet_routes, route_table_of

# Instances, tasks and functions; every other type is a gateway, an endpoint or a load balancer.
_TYPES = frozenset({"interface", "efa", "efa-only", "trunk", "branch", "lambda"})
_REQUESTERS = frozenset({"amazon-elb", "amazon-rds", "amazon-redshift", "amazon-elasticache"})
# Interfaces of these services say "interface", and only their description tells what they are.
_DESCRIPTIONS = ("ELB ", "Interface for NAT Gateway ", "VPC Endpoint Interface ", "EFS mount target ",
                 "Network Interface for Transit Gateway ", "EC2 Instance Connect Endpoint")  # fmt: skip


def is_workload(interface: Resource) -> bool:
    """Whether an interface is in use by an instance, a task or a function, and not by AWS's own plumbing."""
    return (
        interface.get("Status", "in-use") == "in-use"
        and str(interface.get("InterfaceType", "interface")) in _TYPES
        and str(interface.get("RequesterId", "")) not in _REQUESTERS
        and not str(interface.get("Description", "")).startswith(_DESCRIPTIONS)
        and not belongs_to_endpoint(interface, ())
    )


def is_private(inventory: View, subnet: Resource) -> bool:
    """Whether no active route of the subnet's table leads from IPv4 to an internet gateway; raises `Undecided`."""
    return not internet_routes(inventory, route_table_of(inventory, subnet), family=4)
