"""What planned resources are called: their ids, names and ARNs before AWS gives them, and what AWS makes beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from scanner.gate.arns import arn_of
from scanner.gate.estate import DEFAULT_VPC
from scanner.gate.ids import default_id, planned_id
from scanner.gate.terraform.changes import Change

_GROUP, _ACL, _TABLE = "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkAcl", "AWS::EC2::RouteTable"


class Identity(NamedTuple):
    """An identity and the type of what bears it."""

    value: str
    type: str


class Around(NamedTuple):
    """Where resources are made, for their ARNs."""

    account: str
    region: str
    partition: str


class Naming(NamedTuple):
    """How a Terraform type is called in CloudFormation, and which attribute names one of it: `name` before it exists already."""

    type: str
    name: str = ""
    is_arn: bool = False
    """Whether `id` is an ARN in Terraform."""


_VPC, _GATEWAY, _GATEWAY_TABLE = "AWS::EC2::VPC", "AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayRouteTable"
_DEFAULTS = {
    (_VPC, "default_security_group_id"): ("sg", _GROUP),
    (_VPC, "main_route_table_id"): ("rtb", _TABLE),
    (_VPC, "default_route_table_id"): ("rtb", _TABLE),
    (_VPC, "default_network_acl_id"): ("acl", _ACL),
    (_GATEWAY, "association_default_route_table_id"): ("tgw-rtb", _GATEWAY_TABLE),
    (_GATEWAY, "propagation_default_route_table_id"): ("tgw-rtb", _GATEWAY_TABLE),
}
"""What AWS makes with a resource, by the attribute that tells its id."""


class Identities:
    """The identities of a plan's resources; `namings` by Terraform type."""

    def __init__(self, namings: Mapping[str, Naming], around: Around) -> None:
        self._namings = namings
        self._around = around

    def type_of(self, change: Change) -> str:
        """The CloudFormation type, "" for what this program does not read; data sources have that of their resource."""
        naming = self._namings.get(change.type)
        return naming.type if naming is not None else ""

    def id_of(self, change: Change) -> str:
        """The id that mappers know a resource by."""
        naming = self._namings.get(change.type, Naming(""))
        if change.type == "aws_default_vpc" and not change.is_existing:
            return DEFAULT_VPC
        if naming.is_arn and change.is_existing:
            return change.id
        if naming.name:
            name = change.values.get(naming.name)
            if isinstance(name, str) and name:
                return name
        if (change.is_existing or change.mode == "data") and isinstance(change.values.get("id"), str):
            return str(change.values["id"])
        if change.is_existing:
            return change.id
        return planned_id(naming.type, change.address)

    def form(self, change: Change, form: str) -> str:
        """The id, the ARN or the name of a resource."""
        if form != "arn":
            return self.id_of(change)
        known = change.values.get("arn")
        if isinstance(known, str) and known and (change.is_existing or change.mode == "data"):
            return known
        return self._arn(change)

    def attribute(self, change: Change, name: str) -> Identity | None:
        """An attribute that identifies the resource itself, or what AWS makes with it; None for any other."""
        naming = self._namings.get(change.type)
        if naming is None:
            return None
        if name == "arn" or (name == "id" and naming.is_arn):
            return Identity(self.form(change, "arn"), naming.type)
        if name == "id" or (name == naming.name and not isinstance(change.values.get(name), str)):
            return Identity(self.id_of(change), naming.type)
        if name == "allocation_id" and naming.type == "AWS::EC2::EIP":
            return Identity(self.id_of(change), naming.type)
        if change.is_existing or change.mode == "data":
            return None
        if (naming.type, name) in _DEFAULTS:
            prefix, type_name = _DEFAULTS[naming.type, name]
            return Identity(default_id(prefix, self.id_of(change)), type_name)
        if name == "primary_network_interface_id" and naming.type == "AWS::EC2::Instance":
            return Identity(f"eni-{change.address}-0", "AWS::EC2::NetworkInterface")
        return None

    def _arn(self, change: Change) -> str:
        values = change.values
        details: dict[str, Any] = {"Type": values.get("load_balancer_type"), "Path": values.get("path")}
        plain = {name: value for name, value in details.items() if isinstance(value, str) and value}
        around = self._around
        return arn_of(
            self.type_of(change),
            self.id_of(change),
            plain,
            partition=around.partition,
            account=around.account,
            region=around.region,
        )
