"""What went wrong with a call, in the words of a gap: one table from AWS's error codes and botocore's errors to reasons."""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.collect.budget import OverError
from scanner.model import GapReason

_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedForDependencyException",
    "AllAccessDisabled",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "ForbiddenException",
    "InsufficientPrivilegesException",
    "MissingAuthenticationToken",
    "NotAuthorized",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
}
# The credentials were good a moment ago, in the call that told who asks: here they mean that the Region is not enabled.
_OPTED_OUT = {
    "AuthFailure",
    "InvalidClientTokenId",
    "OptInRequired",
    "OptInRequiredException",
    "SubscriptionRequiredException",
    "UnrecognizedClientException",
}
_THROTTLED = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "TooManyRequestsException",
}
_UNSUPPORTED = {
    "InvalidAction",
    "NotImplemented",
    "NotImplementedException",
    "OperationNotSupportedException",
    "UnknownOperation",
    "UnknownOperationException",
    "UnsupportedAPIEndpointException",
    "UnsupportedOperation",
    "UnsupportedOperationException",
}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
# What an organization's trail answers to a member account, https://docs.aws.amazon.com/awscloudtrail/latest/userguide/
# creating-trail-organization.html: the trail is there and records, and may not be looked into.
_REFUSED_BY_NAME = {
    ("GetEventSelectors", "CloudTrailARNInvalidException"),
    ("GetEventSelectors", "TrailNotFoundException"),
}

# The clock was wrong when the request was signed; the next one is signed by the time it is then.
_SKEWED = {"InvalidSignatureException", "RequestInTheFuture", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}
_CLIENTS_FAULTS = range(400, 500)

_CODE = re.compile(r"[^A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call gave nothing, or not all: the reason, and AWS's error code or a few words."""

    reason: GapReason
    detail: str = ""


def call_errors() -> tuple[type[Exception], ...]:
    """What a botocore client may raise.

    ResponseParserError has no ancestor of botocore's, and moto's decorator lets NotImplementedError through for
    operations it lacks.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return (BotoCoreError, ClientError, ResponseParserError, NotImplementedError, OverError)


def failure_of(error: Exception) -> Failure:
    """The failure behind one of `call_errors()`."""
    from botocore import exceptions
    from botocore.parsers import ResponseParserError

    if isinstance(error, exceptions.ClientError):
        return _refusal(error)
    if isinstance(error, OverError):
        return Failure(GapReason.STOPPED, str(error))
    name = type(error).__name__
    if isinstance(error, exceptions.IncompleteReadError):
        return Failure(GapReason.UNREADABLE, "IncompleteReadError")
    if isinstance(error, ResponseParserError):
        return Failure(GapReason.UNREADABLE, name)  # the parser's own message holds the whole body
    if isinstance(error, (exceptions.ConnectionError, exceptions.HTTPClientError)):
        return Failure(GapReason.CONNECTION, name)
    if isinstance(
        error, (exceptions.UnauthorizedSSOTokenError, exceptions.SSOTokenLoadError, exceptions.TokenRetrievalError)
    ):
        return Failure(GapReason.EXPIRED, name)
    nowhere = (exceptions.BaseEndpointResolverError, exceptions.EndpointProviderError, exceptions.UnknownRegionError)
    if isinstance(error, (*nowhere, exceptions.DataNotFoundError, NotImplementedError)):
        return Failure(GapReason.UNSUPPORTED, name)
    return Failure(GapReason.FAILED, name)


def is_worth_another_try(error: Exception) -> bool:
    """Whether a request may fare better a moment later, among those that botocore does not send again by itself."""
    from botocore.parsers import ResponseParserError

    return isinstance(error, ResponseParserError) or code_of(error).removeprefix("Client.") in _SKEWED


def refuses_token(error: Exception) -> bool:
    """Whether an error to a request that differs from one already answered in its token alone is about that token."""
    response = getattr(error, "response", None)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(response, dict) else 0
    return status in _CLIENTS_FAULTS and failure_of(error).reason is GapReason.FAILED


def is_throttling(code: str) -> bool:
    """Whether an error code says that it was too much at once."""
    return code.removeprefix("Client.") in _THROTTLED


def code_of(error: Exception) -> str:
    """AWS's error code without anything that is no code, at most 80 characters; "" for errors that have none."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return _CODE.sub("", str(code))[:80]


def _refusal(error: Exception) -> Failure:
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)  # type: ignore[attr-defined]
    detail = f"HTTP {code}" if code.isdigit() else code or f"HTTP {status}"
    plain = code.removeprefix("Client.")
    if (getattr(error, "operation_name", ""), plain) in _REFUSED_BY_NAME:
        return Failure(GapReason.DENIED, detail)
    for codes, reason in (
        (_DENIED, GapReason.DENIED),
        (_OPTED_OUT, GapReason.OPTED_OUT),
        (_THROTTLED, GapReason.THROTTLED),
        (_UNSUPPORTED, GapReason.UNSUPPORTED),
        (_EXPIRED, GapReason.EXPIRED),
    ):
        if plain in codes:
            return Failure(reason, detail)
    by_status = {401: GapReason.DENIED, 403: GapReason.DENIED, 429: GapReason.THROTTLED, 501: GapReason.UNSUPPORTED}
    return Failure(by_status.get(status, GapReason.FAILED), detail)
