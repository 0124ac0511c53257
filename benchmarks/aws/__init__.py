"""A loopback AWS: answers of AWS's shape and weight for every call of a scan, latency and faults on demand, all of it counted."""

from __future__ import annotations

from benchmarks.aws.accounts import MANAGEMENT
from benchmarks.aws.faults import KINDS, PASSING, Faults
from benchmarks.aws.layout import REGIONS
from benchmarks.aws.loopback import Loopback, Seen, client_environment, key_of, loopback, role_of

__all__ = [
    "KINDS", "MANAGEMENT", "PASSING", "REGIONS", "Faults", "Loopback", "Seen", "client_environment", "key_of", "loopback",
    "role_of",
]  # fmt: skip
