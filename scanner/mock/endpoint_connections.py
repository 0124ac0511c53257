"""What the provider of an endpoint service may do to a consumer's endpoint: accept it, or turn it away."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.ec2.responses._base_response import EC2BaseResponse

from scanner.mock.event_history import recorded

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
else:
    EC2Backend = object


class EndpointConnectionsBackend(EC2Backend):
    """moto makes every VPC endpoint available and leaves it so; here a provider can end that."""

    def answer_endpoint_connections(
        self, service_id: str, *, endpoint_ids: Sequence[str], state: str
    ) -> list[dict[str, Any]]:
        """Put the service's endpoints into a state; the answer names those that are not endpoints of that service."""
        unsuccessful = []
        for endpoint_id in endpoint_ids:
            endpoint = self.vpc_end_points.get(endpoint_id)
            if endpoint is not None and endpoint.service_name.endswith(f".{service_id}"):
                endpoint.state = state
            else:
                message = f"The VpcEndpoint Id '{endpoint_id}' does not exist"
                error = {"Code": "InvalidVpcEndpoint.NotFound", "Message": message}
                unsuccessful.append({"ResourceId": endpoint_id, "Error": error})
        return unsuccessful


class EndpointConnectionsResponse(EC2BaseResponse):
    """Any account may answer here, since a mocked account seldom has the provider's at hand."""

    @recorded
    def accept_vpc_endpoint_connections(self) -> ActionResult:
        return self._answer("available")

    @recorded
    def reject_vpc_endpoint_connections(self) -> ActionResult:
        return self._answer("rejected")

    def _answer(self, state: str) -> ActionResult:
        self.error_on_dryrun()
        unsuccessful = self.ec2_backend.answer_endpoint_connections(
            self._get_param("ServiceId"), endpoint_ids=self._get_param("VpcEndpointIds", []), state=state
        )
        return ActionResult({"Unsuccessful": unsuccessful})
