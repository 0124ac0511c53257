"""EC2 Instance Connect Endpoints: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInstanceConnectEndpoint.html."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidParameter,
    InvalidParameterCombination,
    InvalidSecurityGroupNotFoundError,
)
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.utils import random_id, random_resource_id
from moto.moto_api._internal.managed_state_model import ManagedState

from scanner.mock.event_history import recorded
from scanner.mock.listing import list_page, pick_by_id

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
else:
    EC2Backend = object

_NOT_FOUND = "InvalidInstanceConnectEndpointId.NotFound"
_FILTERS = frozenset({"instance-connect-endpoint-id", "state", "subnet-id", "vpc-id"})
_FAILED = "create-failed"
_LEAVING = "delete-in-progress"


class InstanceConnectEndpoint(TaggedEC2Resource, ManagedState):
    """One endpoint; moto's state manager may slow its states down, under `ec2::instance-connect-endpoint`."""

    def __init__(
        self, ec2_backend: EC2Backend, *, subnet: Any, groups: Sequence[Any], client_token: str | None
    ) -> None:
        steps: list[tuple[str | None, str]] = [
            ("create-in-progress", "create-complete"),
            ("update-in-progress", "update-complete"),
        ]
        ManagedState.__init__(self, "ec2::instance-connect-endpoint", steps)
        self.ec2_backend = ec2_backend
        self.id = self.instance_connect_endpoint_id = random_id("eice")
        self.subnet = subnet
        self.security_group_ids = [group.id for group in groups]
        self.client_token = client_token
        self.preserve_client_ip = False
        self.ip_address_type = _default_address_type(subnet)
        self.created_at = utcnow()
        self.state_message: str | None = None
        self.network_interface_ids: list[str] = []
        partition, region = ec2_backend.partition, ec2_backend.region_name
        self.owner_id = ec2_backend.account_id
        self.instance_connect_endpoint_arn = (
            f"arn:{partition}:ec2:{region}:{self.owner_id}:instance-connect-endpoint/{self.id}"
        )
        service = f"ec2-instance-connect-endpoint.{region}.amazonaws.com"
        name = f"{self.id}.{random_resource_id(8)}"
        self.dns_name, self.fips_dns_name = f"{name}.{service}", f"{name}.fips.{service}"
        self.vpc_id: str = subnet.vpc_id
        self.subnet_id: str = subnet.id
        self.availability_zone: str = subnet.availability_zone
        self.availability_zone_id: str = subnet.availability_zone_id

    @property
    def state(self) -> str | None:
        return self.status

    @property
    def public_dns_names(self) -> dict[str, dict[str, str]]:
        return {"Ipv4": {"DnsName": self.dns_name, "FipsDnsName": self.fips_dns_name}}

    def attach_interface(self, groups: Sequence[Any]) -> None:
        """Take an address in the subnet, or fail as AWS does when the subnet has none left."""
        if self.subnet.available_ip_address_count < 1:
            self.status = _FAILED
            self.state_message = f"The subnet {self.subnet_id} has no free IP addresses"
            return
        interface = self.ec2_backend.create_network_interface(
            self.subnet,
            self.subnet.get_available_subnet_ip(self),
            group_ids=[group.id for group in groups],
            description=f"EC2 Instance Connect Endpoint {self.id}",
            tags={"InstanceConnectEndpointId": self.id},
        )
        interface.interface_type = "ec2_instance_connect_endpoint"
        interface.requester_managed = True
        interface.status = "in-use"
        self.network_interface_ids.append(interface.id)


class InstanceConnectBackend(EC2Backend):
    """The endpoints of one account and region; kept from first use on, since the backend may be older than this class."""

    @property
    def instance_connect_endpoints(self) -> dict[str, InstanceConnectEndpoint]:
        endpoints: dict[str, InstanceConnectEndpoint] = self.__dict__.setdefault("_instance_connect_endpoints", {})
        return endpoints

    def create_instance_connect_endpoint(
        self,
        subnet_id: str,
        *,
        security_group_ids: Sequence[str],
        preserve_client_ip: bool | None,
        ip_address_type: str | None,
        client_token: str | None,
        tags: dict[str, str],
    ) -> InstanceConnectEndpoint:
        """Without a group the endpoint gets the VPC's default one; a subnet and a VPC hold one working endpoint each."""
        for endpoint in self.instance_connect_endpoints.values():
            if client_token and endpoint.client_token == client_token:
                return endpoint
        subnet = self.get_subnet(subnet_id)
        self._refuse_second_endpoint(subnet)
        groups = self._groups_of_endpoint(security_group_ids, vpc_id=subnet.vpc_id)
        endpoint = InstanceConnectEndpoint(self, subnet=subnet, groups=groups, client_token=client_token)
        _set_addressing(endpoint, preserve_client_ip=preserve_client_ip, ip_address_type=ip_address_type)
        endpoint.attach_interface(groups)
        endpoint.add_tags(tags)
        self.instance_connect_endpoints[endpoint.id] = endpoint
        return endpoint

    def describe_instance_connect_endpoints(self, ids: Sequence[str] | None = None) -> list[InstanceConnectEndpoint]:
        endpoints = pick_by_id(self.instance_connect_endpoints, ids=ids, error=_NOT_FOUND)
        for endpoint in endpoints:
            endpoint.advance()
        return endpoints

    def modify_instance_connect_endpoint(
        self,
        endpoint_id: str,
        *,
        security_group_ids: Sequence[str],
        preserve_client_ip: bool | None,
        ip_address_type: str | None,
    ) -> None:
        """The groups given replace those the endpoint had, on its network interface too."""
        (endpoint,) = pick_by_id(self.instance_connect_endpoints, ids=[endpoint_id], error=_NOT_FOUND)
        _set_addressing(endpoint, preserve_client_ip=preserve_client_ip, ip_address_type=ip_address_type)
        if security_group_ids:
            groups = self._groups_of_endpoint(security_group_ids, vpc_id=endpoint.vpc_id)
            endpoint.security_group_ids = [group.id for group in groups]
            for interface_id in endpoint.network_interface_ids:
                self.modify_network_interface_attribute(interface_id, [group.id for group in groups])
        endpoint.status = "update-in-progress"

    def delete_instance_connect_endpoint(self, endpoint_id: str) -> InstanceConnectEndpoint:
        (endpoint,) = pick_by_id(self.instance_connect_endpoints, ids=[endpoint_id], error=_NOT_FOUND)
        for interface_id in endpoint.network_interface_ids:
            self.get_network_interface(interface_id).delete()
        del self.instance_connect_endpoints[endpoint_id]
        endpoint.status = _LEAVING
        return endpoint

    def _refuse_second_endpoint(self, subnet: Any) -> None:
        working = [e for e in self.instance_connect_endpoints.values() if e.state != _FAILED]
        for place, taken in (("subnet", subnet.id), ("VPC", subnet.vpc_id)):
            if any(taken in (endpoint.subnet_id, endpoint.vpc_id) for endpoint in working):
                message = f"You have reached the limit of one EC2 Instance Connect Endpoint in {place} {taken}"
                raise EC2ClientError("ResourceLimitExceeded", message)

    def _groups_of_endpoint(self, group_ids: Sequence[str], *, vpc_id: str) -> list[Any]:
        if not group_ids:
            return [self.get_default_security_group(vpc_id)]
        groups = []
        for group_id in group_ids:
            group = self.get_security_group_from_id(group_id)
            if group is None:
                raise InvalidSecurityGroupNotFoundError(group_id)
            if group.vpc_id != vpc_id:
                raise InvalidParameter(f"Security group {group_id} and the subnet belong to different networks.")
            groups.append(group)
        return groups


class InstanceConnectResponse(EC2BaseResponse):
    """The four operations, as moto's own response classes write theirs."""

    @recorded
    def create_instance_connect_endpoint(self) -> ActionResult:
        self.error_on_dryrun()
        endpoint = self.ec2_backend.create_instance_connect_endpoint(
            self._get_param("SubnetId"),
            client_token=self._get_param("ClientToken"),
            tags=self._parse_tag_specification("instance-connect-endpoint").get("instance-connect-endpoint", {}),
            **self._configuration(),
        )
        return ActionResult({"InstanceConnectEndpoint": endpoint, "ClientToken": endpoint.client_token})

    def describe_instance_connect_endpoints(self) -> ActionResult:
        self.error_on_dryrun()
        known = self.ec2_backend.describe_instance_connect_endpoints(self._get_param("InstanceConnectEndpointIds"))
        page, token = list_page(self, listed=known, filters=_FILTERS, sizes=range(1, 51))
        return ActionResult({"InstanceConnectEndpoints": page, "NextToken": token})

    @recorded
    def modify_instance_connect_endpoint(self) -> ActionResult:
        self.error_on_dryrun()
        self.ec2_backend.modify_instance_connect_endpoint(
            self._get_param("InstanceConnectEndpointId"), **self._configuration()
        )
        return ActionResult({"Return": True})

    @recorded
    def delete_instance_connect_endpoint(self) -> ActionResult:
        self.error_on_dryrun()
        endpoint = self.ec2_backend.delete_instance_connect_endpoint(self._get_param("InstanceConnectEndpointId"))
        return ActionResult({"InstanceConnectEndpoint": endpoint})

    def _configuration(self) -> dict[str, Any]:
        return {
            "security_group_ids": self._get_param("SecurityGroupIds", []),
            "preserve_client_ip": self._get_bool_param("PreserveClientIp"),
            "ip_address_type": self._get_param("IpAddressType"),
        }


def _default_address_type(subnet: Any) -> str:
    if subnet.ipv6_native:
        return "ipv6"
    return "dualstack" if subnet.ipv6_cidr_block_associations else "ipv4"


def _set_addressing(
    endpoint: InstanceConnectEndpoint, *, preserve_client_ip: bool | None, ip_address_type: str | None
) -> None:
    preserve = endpoint.preserve_client_ip if preserve_client_ip is None else preserve_client_ip
    address_type = ip_address_type or endpoint.ip_address_type
    if preserve and address_type != "ipv4":
        raise InvalidParameterCombination("PreserveClientIp needs the IpAddressType ipv4")
    endpoint.preserve_client_ip, endpoint.ip_address_type = preserve, address_type
