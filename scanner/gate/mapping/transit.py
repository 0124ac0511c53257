"""Transit gateways, their route tables, and what stands in these.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from __future__ import annotations

from typing import Any

from scanner.gate.estate import Estate, Row
from scanner.gate.ids import default_id, reference
from scanner.gate.mapping.networks import ATTACHMENT, VPC
from scanner.gate.mapping.reading import otherwise, tags, text, truth, without_none
from scanner.gate.planned import Planned
from scanner.model import Unknown

GATEWAY = "AWS::EC2::TransitGateway"
TABLE = "AWS::EC2::TransitGatewayRouteTable"
PREFIX_LIST = "AWS::EC2::PrefixList"

_ASSOCIATION, _PROPAGATION = "DefaultRouteTableAssociation", "DefaultRouteTablePropagation"


def gateway(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-transitgateway.html."""
    properties = planned.properties
    options = {
        name: otherwise(text(properties.get(name)), default)
        for name, default in (
            (_ASSOCIATION, "enable"),
            (_PROPAGATION, "enable"),
            ("AutoAcceptSharedAttachments", "disable"),
            ("DnsSupport", "enable"),
            ("VpnEcmpSupport", "enable"),
        )
    }
    facts = {
        "TransitGatewayId": planned.id,
        "State": "available",
        "OwnerId": estate.account,
        "Options": options,
        "Tags": tags(planned),
    }
    estate.add(GATEWAY, planned.id, facts, planned)


def _table(table_id: str, gateway_id: Any, *, is_default: bool) -> dict[str, Any]:
    return {
        "TransitGatewayRouteTableId": table_id,
        "TransitGatewayId": gateway_id,
        "State": "available",
        "DefaultAssociationRouteTable": is_default,
        "DefaultPropagationRouteTable": is_default,
        "Associations": [],
        "Routes": [],
        "AdditionalRoutesAvailable": False,
        "Tags": [],
    }


def route_table(planned: Planned, estate: Estate) -> None:
    """A route table of a transit gateway."""
    facts = _table(planned.id, reference(planned.properties.get("TransitGatewayId"), GATEWAY), is_default=False)
    estate.add(TABLE, planned.id, facts | {"Tags": tags(planned)}, planned)


def _table_of(planned: Planned) -> Any:
    return reference(planned.properties.get("TransitGatewayRouteTableId"), TABLE)


def _attached(attachment_id: Any, estate: Estate) -> dict[str, Any]:
    """An attachment as routes and associations name it."""
    row = estate.find(ATTACHMENT, attachment_id)
    kind: Any = "vpc" if row is not None else Unknown("the attachment is not planned here")
    return without_none(
        {
            "TransitGatewayAttachmentId": attachment_id,
            "ResourceType": kind,
            "ResourceId": row.facts["VpcId"] if row is not None else None,
        }
    )


def association(planned: Planned, estate: Estate) -> None:
    """An attachment follows a table."""
    attachment_id = reference(planned.properties.get("TransitGatewayAttachmentId"), ATTACHMENT)
    for row in estate.targets(TABLE, _table_of(planned), planned, "Associations"):
        row.append("Associations", {**_attached(attachment_id, estate), "State": "associated"})
    if isinstance(attachment_id, Unknown):
        for table in estate.of(TABLE):
            table.facts["Associations"] = attachment_id


def route(planned: Planned, estate: Estate) -> None:
    """A static route."""
    properties = planned.properties
    attachment_id = reference(properties.get("TransitGatewayAttachmentId"), ATTACHMENT)
    is_hole = truth(properties.get("Blackhole"), default=False)
    for row in estate.targets(TABLE, _table_of(planned), planned, "Routes"):
        facts = {
            "DestinationCidrBlock": text(properties.get("DestinationCidrBlock")),
            "TransitGatewayAttachments": [] if attachment_id is None else [_attached(attachment_id, estate)],
            "Type": "static",
            "State": is_hole if isinstance(is_hole, Unknown) else "blackhole" if is_hole else "active",
        }
        row.append("Routes", without_none(facts))


def propagation(planned: Planned, estate: Estate) -> None:
    """A table learns the blocks behind an attachment."""
    attachment_id = reference(planned.properties.get("TransitGatewayAttachmentId"), ATTACHMENT)
    for row in estate.targets(TABLE, _table_of(planned), planned, "Routes"):
        _learn(row, attachment_id, estate)


def _learn(table: Row, attachment_id: Any, estate: Estate) -> None:
    row = estate.find(ATTACHMENT, attachment_id)
    vpc = estate.find(VPC, row.facts["VpcId"]) if row is not None else None
    blocks = vpc.facts["CidrBlockAssociationSet"] if vpc is not None else Unknown("a VPC is not planned here")
    if isinstance(blocks, Unknown):
        table.facts["Routes"] = Unknown(f"the routes that {table.id} learns are not known: {blocks.why}")
        return
    for block in blocks:
        facts = {
            "DestinationCidrBlock": block["CidrBlock"],
            "TransitGatewayAttachments": [_attached(attachment_id, estate)],
            "Type": "propagated",
            "State": "active",
        }
        table.append("Routes", facts)


def complete_transit(estate: Estate) -> None:
    """The default table of each gateway that wants one, with every attachment that has none of its own."""
    for row in estate.of(GATEWAY):
        options = row.facts["Options"]
        if row.live is not None and not any(_is_new(one, row.id) for one in estate.of(ATTACHMENT)):
            continue
        wants = (options.get(_ASSOCIATION), options.get(_PROPAGATION))
        table_id = default_id("tgw-rtb", row.id)
        if any(isinstance(one, Unknown) for one in wants):
            why = next(one for one in wants if isinstance(one, Unknown))
            facts = _table(table_id, row.id, is_default=True) | {"Associations": why, "Routes": why}
            estate.add(TABLE, table_id, facts, *row.parts[:1])
        elif "enable" in wants:
            table = estate.add(TABLE, table_id, _table(table_id, row.id, is_default=True), *row.parts[:1])
            _fill(table, row.id, wants, estate)


def _is_new(attachment: Row, gateway_id: str) -> bool:
    its = attachment.facts.get("TransitGatewayId")
    return attachment.live is None and isinstance(its, str) and its == gateway_id


def _fill(table: Row, gateway_id: str, wants: tuple[Any, Any], estate: Estate) -> None:
    told = [one.facts["Associations"] for one in estate.of(TABLE)]
    named = [entry.get("TransitGatewayAttachmentId") for one in told if not isinstance(one, Unknown) for entry in one]
    taken = {one for one in named if isinstance(one, str)}
    for attachment in estate.of(ATTACHMENT):
        its = attachment.facts.get("TransitGatewayId")
        if attachment.live is not None and table.live is not None:
            continue
        if isinstance(its, Unknown):
            table.facts["Associations"] = table.facts["Routes"] = its
        elif its == gateway_id:
            if wants[0] == "enable" and attachment.id not in taken:
                table.append("Associations", {**_attached(attachment.id, estate), "State": "associated"})
            if wants[1] == "enable":
                _learn(table, attachment.id, estate)
