"""What AWS Global Accelerator leads to: its listeners, endpoint groups and endpoints, for rules and for paths.

https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.model import Resource, View
from scanner.network.structures import structures, text_of

ACCELERATOR = "AWS::GlobalAccelerator::Accelerator"
ACCELERATOR_LISTENER = "AWS::GlobalAccelerator::Listener"
ENDPOINT_GROUP = "AWS::GlobalAccelerator::EndpointGroup"


@dataclass(frozen=True, slots=True)
class Accelerated:
    """An endpoint of an accelerator that is on: what it is, and through which listener and group it is reached."""

    accelerator_id: str
    listener: Resource
    group: Resource
    endpoint: str
    keeps_client: bool
    families: tuple[int, ...]

    @property
    def protocol(self) -> str:
        """What the listener takes: "tcp" or "udp"."""
        return (text_of(self.listener, "Protocol") or "TCP").lower()

    def ports(self, inner: int) -> tuple[int, ...]:
        """The accelerator's ports that lead to a port of the endpoint."""
        overrides = {
            one.get("ListenerPort"): one.get("EndpointPort") for one in structures(self.group, "PortOverrides")
        }
        found = [port for port, own in overrides.items() if isinstance(port, int) and own == inner]
        found += [inner] if inner not in overrides else []
        return tuple(port for port in found if self._listens(port))

    def _listens(self, port: int) -> bool:
        for span in structures(self.listener, "PortRanges"):
            first, last = span.get("FromPort"), span.get("ToPort")
            if isinstance(first, int) and isinstance(last, int) and first <= port <= last:
                return True
        return False


def accelerated(inventory: View) -> Iterator[Accelerated]:
    """Every endpoint that an accelerator leads to in this Region; raises `Undecided` where some may be unseen."""
    for group in inventory.of(ENDPOINT_GROUP):
        if group.get("EndpointGroupRegion", inventory.region) != inventory.region:
            continue
        listener = inventory.find(ACCELERATOR_LISTENER, group.arn.rpartition("/endpoint-group/")[0])
        if listener is None:
            continue
        accelerator_arn = listener.arn.rpartition("/listener/")[0]
        accelerator = inventory.find(ACCELERATOR, accelerator_arn)
        if accelerator is not None and accelerator.get("Enabled", default=True) is False:
            continue
        is_dual = accelerator is not None and accelerator.get("IpAddressType") == "DUAL_STACK"
        for entry in structures(group, "EndpointDescriptions"):
            endpoint = str(entry.get("EndpointId") or "")
            # AWS keeps the client's address for instances always, and for the others where it says so.
            keeps = endpoint.startswith("i-") or entry.get("ClientIPPreservationEnabled") is True
            yield Accelerated(accelerator_arn, listener, group, endpoint, keeps, (4, 6) if is_dual else (4,))
