"""The routes of transit gateway route tables as AWS tells them: with their attachments, and with those that VPCs propagate.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html: moto forgets to which attachment
a static route leads, knows no propagated ones, and fails where a number of results is asked for.
"""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.ec2.responses._base_response import EC2BaseResponse

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
else:
    EC2Backend = object

_MEMBERS = {"type": "Type", "state": "State", "route-search.exact-match": "DestinationCidrBlock"}
_MOST = 1000


class TransitRoutesBackend(EC2Backend):
    """Routes as they stand in the tables, and those that follow from the propagations at the time of asking."""

    def transit_routes(self, table_id: str, filters: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
        """The routes of a table that these filters leave, in the shape of AWS's answer."""
        table = self.transit_gateways_route_tables[table_id]
        routes = {str(route["destinationCidrBlock"]): self._static(route) for route in table.routes.values()}
        for attachment_id in self._propagating(table):
            attachment = self.transit_gateway_attachments[attachment_id]
            if attachment.resource_type == "vpc" and attachment.state == "available":
                for block in self.get_vpc(attachment.resource_id).get_cidr_block_association_set():
                    told = self._route(block["cidr_block"], "propagated", "active", attachment_id)
                    routes.setdefault(block["cidr_block"], told)
        return [
            route
            for route in routes.values()
            if all(route[member] in filters[name] for name, member in _MEMBERS.items() if filters.get(name))
        ]

    def _static(self, route: Mapping[str, Any]) -> dict[str, Any]:
        attached = route.get("transitGatewayAttachments") or {}
        attachment_id = str(attached.get("transitGatewayAttachmentId", ""))
        return self._route(str(route["destinationCidrBlock"]), "static", str(route["state"]), attachment_id)

    def _route(self, block: str, type_: str, state: str, attachment_id: str) -> dict[str, Any]:
        attachment = self.transit_gateway_attachments.get(attachment_id)
        if attachment is None:
            return {"DestinationCidrBlock": block, "Type": type_, "State": "blackhole"}
        led = {
            "TransitGatewayAttachmentId": attachment.id,
            "ResourceId": attachment.resource_id,
            "ResourceType": attachment.resource_type,
        }
        return {"DestinationCidrBlock": block, "TransitGatewayAttachments": [led], "Type": type_, "State": state}

    def _propagating(self, table: Any) -> Iterator[str]:
        """The attachments that propagate into a table: those told to, and all of a gateway whose default table it is."""
        told = [one.transitGatewayAttachmentId for one in table.route_table_propagation]
        options = self.transit_gateways[table.transit_gateway_id].options
        if (
            options["DefaultRouteTablePropagation"] == "enable"
            and options["PropagationDefaultRouteTableId"] == table.id
        ):
            told += [
                one.id
                for one in self.transit_gateway_attachments.values()
                if one.transit_gateway_id == table.transit_gateway_id
            ]
        yield from dict.fromkeys(told)


class TransitRoutesResponse(EC2BaseResponse):
    """One operation: the search, which tells no more routes at once than it is asked for."""

    def search_transit_gateway_routes(self) -> ActionResult:
        self.error_on_dryrun()
        routes = self.ec2_backend.transit_routes(
            self._get_param("TransitGatewayRouteTableId"), self._filters_from_querystring()
        )
        most = int(self._get_param("MaxResults") or _MOST)
        return ActionResult({"Routes": routes[:most], "AdditionalRoutesAvailable": len(routes) > most})
