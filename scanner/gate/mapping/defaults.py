"""What AWS makes with a VPC, where a plan takes it over: Terraform's `aws_default_*`, and the association of the main route table.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group
"""

from __future__ import annotations

from typing import Any

from scanner.gate.estate import DEFAULT_VPC, Estate
from scanner.gate.ids import reference
from scanner.gate.mapping import filters, networks, routing
from scanner.gate.mapping.reading import truth
from scanner.gate.planned import Planned
from scanner.model import Undecided, Unknown

_OF = "-default-of-"


def vpc(planned: Planned, estate: Estate) -> None:
    """The default VPC. Taken over it stays as it is; of one with an id nobody knows what is in it."""
    if planned.id == DEFAULT_VPC:
        estate.uses_default_vpc = True
        return
    networks.vpc(planned, estate)
    estate.rows[networks.VPC][planned.id].facts["IsDefault"] = True
    raise Undecided("the default VPC exists already, and what is in it is not told here")


def group(planned: Planned, estate: Estate) -> None:
    """A default security group with the rules that are written, and no others."""
    filters.group(planned, estate)
    row = estate.rows[filters.GROUP][planned.id]
    row.facts["GroupName"] = "default"
    row.notes["is_restricted"] = True


def table(planned: Planned, estate: Estate) -> None:
    """A main route table with the routes that are written, and no others."""
    routing.route_table(planned, estate)
    row = estate.rows[networks.TABLE][planned.id]
    if planned.properties.get("VpcId") is None:
        row.facts["VpcId"] = _vpc_of(planned.id) or Unknown("the VPC of a main route table is not told here")
    row.append("Associations", _main(planned.id))


def table_association(planned: Planned, estate: Estate) -> None:
    """Another table becomes the main one of a VPC."""
    about = reference(planned.properties.get("RouteTableId"), networks.TABLE)
    for row in estate.targets(networks.TABLE, about, planned, "Associations"):
        for other in estate.of(networks.TABLE):
            if other is not row and isinstance(other.facts["Associations"], list):
                same = isinstance(other.facts["VpcId"], str) and other.facts["VpcId"] == row.facts["VpcId"]
                if same:
                    other.facts["Associations"] = [
                        one for one in other.facts["Associations"] if one.get("Main") is not True
                    ]
        row.append("Associations", _main(row.id))


def acl(planned: Planned, estate: Estate) -> None:
    """A default network ACL: its own rules go, unless it is merely written into (`KeepsRules`)."""
    filters.acl(planned, estate)
    row = estate.rows[filters.ACL][planned.id]
    row.facts["IsDefault"] = True
    if planned.properties.get("VpcId") is None:
        row.facts["VpcId"] = _vpc_of(planned.id) or Unknown("the VPC of a default network ACL is not told here")
    if truth(planned.properties.get("KeepsRules"), default=False) is True:
        row.append("Entries", *(filters.last_entry(egress=way, number=100, action="allow") for way in (True, False)))


def _vpc_of(default_id: str) -> str:
    """The VPC of an id such as "rtb-default-of-vpc-main"."""
    return default_id.partition(_OF)[2]


def _main(table_id: str) -> dict[str, Any]:
    return {
        "Main": True,
        "RouteTableAssociationId": f"rtbassoc-main-of-{table_id}",
        "RouteTableId": table_id,
        "AssociationState": {"State": "associated"},
    }
