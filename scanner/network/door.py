"""What a way from the internet goes through before it comes to its target, as people name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Door:
    """What stands before a target and hands connections on to it, and where it listens itself.

    `kind` and `id` are the load balancer's or the accelerator's; `protocol` is the listener's ("TCP", "HTTPS").
    """

    kind: str
    id: str
    protocol: str
    port: int

    @property
    def words(self) -> str:
        """The door for people: "port 2222 (TCP) of the load balancer edge"."""
        what = "accelerator" if "Accelerator" in self.kind else "load balancer"
        return f"port {self.port} ({self.protocol}) of the {what} {self.id}"
