"""How a scan tells that it is getting on: a protocol, and the implementation that says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Progress(Protocol):
    """Told by the thread that runs the scan; `calls` are series of pages, not requests."""

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        """The Regions to be read ("global" for the account itself), and the calls known to be needed."""

    def expect(self, calls: int) -> None:
        """So many calls more, for what was found."""

    def called(self, region: str, call: str) -> None:
        """A call has its answer, or none: "ec2:DescribeVpcs" in a Region."""

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        """A Region has been read, with so many calls that gave nothing or not all."""

    def end(self) -> None:
        """Nothing more will be told, be it that all is done or that the scan broke off."""


class Silent:
    """Tells nobody."""

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        """Nothing."""

    def expect(self, calls: int) -> None:
        """Nothing."""

    def called(self, region: str, call: str) -> None:
        """Nothing."""

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""
