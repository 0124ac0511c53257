"""The errors of the supplied CloudTrail operations."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class CloudTrailError(ServiceException):
    """A code of CloudTrail's and a message; raised as moto's own class, the code would be sought in moto.core's model."""
