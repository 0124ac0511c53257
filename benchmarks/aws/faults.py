"""What goes wrong on demand: drawn for each request by itself, so that no order of threads changes who is hit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from benchmarks.aws.requests import Request

THROTTLE, ERROR, UNAVAILABLE, RESET, CUT, HTML, EXPIRED, SKEW, STALE = (
    "throttle", "error", "unavailable", "reset", "cut", "html", "expired", "skew", "stale",
)  # fmt: skip
PASSING = (THROTTLE, ERROR, UNAVAILABLE, RESET, CUT, HTML)
"""What a second request gets past: busy, broken, gone, reset, cut short, a proxy's page."""

KINDS = (*PASSING, EXPIRED, SKEW, STALE)
"""All of them, with credentials that have expired, a clock that is wrong, and page tokens that are no longer good."""

# The names that services give to the same thing.
_CODES: Mapping[str, Mapping[str, str]] = {
    THROTTLE: {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "organizations": "TooManyRequestsException",
               "iam": "Throttling", "sts": "Throttling", "autoscaling": "Throttling", "elbv2": "Throttling"},
    EXPIRED: {"ec2": "RequestExpired", "s3": "ExpiredToken", "iam": "ExpiredToken", "sts": "ExpiredToken"},
    SKEW: {"ec2": "AuthFailure", "s3": "RequestTimeTooSkewed", "iam": "SignatureDoesNotMatch"},
    STALE: {"ec2": "InvalidNextToken", "iam": "InvalidInput", "logs": "InvalidParameterException",
            "elbv2": "ValidationError", "events": "ValidationException"},
}  # fmt: skip
_OTHERWISE = {
    THROTTLE: "ThrottlingException", EXPIRED: "ExpiredTokenException", SKEW: "InvalidSignatureException",
    STALE: "InvalidNextTokenException", ERROR: "InternalError", UNAVAILABLE: "Unavailable",
}  # fmt: skip
_STATUS = {ERROR: 500, UNAVAILABLE: 503, HTML: 502}
_TOKENS = ("NextToken", "nextToken", "Marker")
_WHOLE = 1 << 48


@dataclass(frozen=True, slots=True)
class Faults:
    """How much goes wrong.

    `share` of all requests (0 to 1) fail with one of `kinds`, at most `in_a_row` times the same request; `refused` of
    all operations (0 to 1, drawn for account, Region and operation) are never answered but with a refusal, and so are
    those named in `denied` ("ec2:DescribeVpcs"). `most` ends it after so many faults; refusals do not count.
    `spared` operations never fail.
    """

    share: float = 0.0
    kinds: tuple[str, ...] = PASSING
    in_a_row: int = 2
    refused: float = 0.0
    denied: tuple[str, ...] = ()
    most: int = 1_000_000
    spared: tuple[str, ...] = ("sts:GetCallerIdentity", "sts:AssumeRole")
    seed: int = 1

    def fault_of(self, request: Request, attempt: int, failed: int) -> str:
        """The kind of fault for the attempt-th time of a request that has failed so often in a row; "" for none."""
        if request.name in self.spared or failed >= self.in_a_row:
            return ""
        drawn, chosen = self._draw(request, attempt)
        if drawn >= self.share:
            return ""
        paged = any(name in request.parameters for name in _TOKENS)
        kinds = tuple(kind for kind in self.kinds if paged or kind != STALE)
        return kinds[int(chosen * len(kinds))] if kinds else ""

    def is_refused(self, request: Request) -> bool:
        """Whether the operation is never answered here."""
        if request.name in self.denied:
            return True
        if not self.refused or request.name in self.spared:
            return False
        return _fraction(f"{self.seed} {request.account} {request.region} {request.name}", 0) < self.refused

    def _draw(self, request: Request, attempt: int) -> tuple[float, float]:
        text = f"{self.seed} {identity(request)} {attempt}"
        return _fraction(text, 0), _fraction(text, 6)


def identity(request: Request) -> str:
    """What makes two requests the same one, tried twice."""
    return f"{request.account} {request.region} {request.name} {sorted(request.parameters.items(), key=str)}"


def code_of(kind: str, service: str) -> tuple[str, int]:
    """The error code of a fault as a service calls it, and its HTTP status."""
    code = _CODES.get(kind, {}).get(service) or _OTHERWISE[kind]
    return code, _STATUS.get(kind, 503 if (kind, service) in ((THROTTLE, "ec2"), (THROTTLE, "s3")) else 400)


def faults_from(told: Mapping[str, Any]) -> Faults:
    """Faults as they came through JSON."""
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Faults(**given)


def _fraction(text: str, offset: int) -> float:
    return int.from_bytes(sha256(text.encode()).digest()[offset : offset + 6], "big") / _WHOLE
