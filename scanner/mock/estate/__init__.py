"""The demo estate: a legacy network with its bastion, a sealed one without, and one half-way between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.mock.estate.alerts import build_alerts
from scanner.mock.estate.builder import Builder
from scanner.mock.estate.edge import build_edge
from scanner.mock.estate.organization import build_organization
from scanner.mock.estate.principals import build_principals
from scanner.mock.estate.spoke import build_spoke
from scanner.mock.estate.trails import build_trails
from scanner.mock.estate.workshop import build_workshop

if TYPE_CHECKING:
    from boto3 import Session

__all__ = ["seed"]


def seed(session: Session, *, region: str = "eu-west-1") -> dict[str, str]:
    """Create the estate in an empty mocked account through boto3 alone; answers the id of every named resource.

    The account has to answer the operations of `scanner.mock.supply`. The default VPC of the region is taken away,
    as in an account that was hardened once.
    """
    builder = Builder(session, region=region)
    builder.ec2.enable_serial_console_access()
    build_edge(builder)
    build_spoke(builder)
    build_workshop(builder)
    build_trails(builder)
    build_alerts(builder)
    build_principals(builder)
    build_organization(session)
    builder.clear_default_vpc()
    return dict(builder.ids)
