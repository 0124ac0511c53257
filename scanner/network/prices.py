"""What endpoints and NAT gateways cost: AWS's list prices of one Region, with their date and what is assumed.

https://aws.amazon.com/privatelink/pricing/ and https://aws.amazon.com/vpc/pricing/
"""

from __future__ import annotations

from dataclasses import dataclass

REGION = "us-east-1"
DATE = "May 2026"
HOURS = 730
"""Hours of a month, as AWS's own calculator counts them."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars by the hour and by the gigabyte that goes through."""

    hour: float
    gigabyte: float

    def month(self, *, count: int = 1, gigabytes: float = 0) -> float:
        """Dollars of a month for `count` of it that together carry `gigabytes`."""
        return count * HOURS * self.hour + gigabytes * self.gigabyte


INTERFACE_ENDPOINT = Price(0.01, 0.01)
"""In each Availability Zone; the price of a gigabyte falls after the first petabyte of a month."""

GATEWAY_ENDPOINT = Price(0.0, 0.0)
NAT_GATEWAY = Price(0.045, 0.045)
"""The public IPv4 address it needs is not in it."""

ASSUMPTION = f"{REGION} list prices of {DATE}, {HOURS} hours a month"


def interface_endpoints(*, services: int, zones: int, gigabytes: float = 0) -> float:
    """Dollars of a month for interface endpoints to so many services, each in so many zones."""
    return INTERFACE_ENDPOINT.month(count=services * zones, gigabytes=gigabytes)


def break_even(*, services: int, zones: int) -> float:
    """Gigabytes a month from which endpoints beside a NAT gateway that stays are cheaper than the NAT gateway alone."""
    return interface_endpoints(services=services, zones=zones) / (NAT_GATEWAY.gigabyte - INTERFACE_ENDPOINT.gigabyte)


def compare_interface_endpoints(*, services: int, zones: int, gigabytes: float) -> str:
    """Endpoints beside a NAT gateway, in words: "…; 2 interface endpoints in 3 zones cost …"."""
    endpoints = interface_endpoints(services=services, zones=zones, gigabytes=gigabytes)
    return (
        f"one NAT gateway costs {_dollars(NAT_GATEWAY.month(gigabytes=gigabytes))} a month, "
        f"{_counted(services, 'interface endpoint')} in {_counted(zones, 'zone')} {_dollars(endpoints)}, and beside a "
        f"NAT gateway that stays they pay from {break_even(services=services, zones=zones):,.0f} GB a month on "
        f"({ASSUMPTION}, {gigabytes:g} GB a month assumed)"
    )


def compare_gateway_endpoint(*, gigabytes: float) -> str:
    """A gateway endpoint beside a NAT gateway, in words."""
    return (
        f"a gateway endpoint is free; through a NAT gateway each gigabyte costs {_dollars(NAT_GATEWAY.gigabyte, digits=3)}, "
        f"{_dollars(NAT_GATEWAY.month(count=0, gigabytes=gigabytes))} for {gigabytes:g} GB a month, beside "
        f"{_dollars(NAT_GATEWAY.month())} a month for the gateway itself ({ASSUMPTION}, {gigabytes:g} GB a month assumed)"
    )


def _dollars(amount: float, *, digits: int = 2) -> str:
    return f"${amount:,.{digits}f}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
