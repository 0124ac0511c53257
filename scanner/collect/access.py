"""Who asks, and as whom: the session of a scan, the account it belongs to, and every way in which AWS may not know us."""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scanner.collect.budget import Budget
from scanner.collect.clients import botocore_session, client_config, make_client, strict_parsers
from scanner.collect.failures import call_errors, code_of, failure_of
from scanner.collect.regions import (
    Caller,
    RegionChoice,
    choose_regions,
    default_region,
    first_known,
    nearest_region,
)
from scanner.errors import CredentialsError, UsageError, did_you_mean
from scanner.model import GapReason

if TYPE_CHECKING:
    from boto3 import Session

__all__ = ["Access", "Caller", "RegionChoice", "choose_regions", "identify_caller", "open_session"]

_SESSION_NAME = "bastionless"
_LOG_IN = (
    "log in (`aws sso login`), name a profile (--profile), or try `bastionless scan --demo`, which needs no account"
)
_AGAIN = "log in again (`aws sso login`, or fresh temporary credentials) and repeat the command"


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach AWS; an empty string means "as the environment says"."""

    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    role_session_name: str = ""
    endpoint_url: str = ""
    budget: Budget = field(default_factory=Budget, compare=False, repr=False)


def open_session(access: Access, regions: Sequence[str] = (), *, around: Session | None = None) -> Session:
    """A boto3 session for the profile, or for the role assumed from it and renewed while the scan runs.

    The role is assumed in the session's Region, or where there is none in the first of those asked for; with the
    credentials of `around`, where such a session is there already.
    Nothing is sent yet. Raises CredentialsError for an unknown profile, an unreadable AWS configuration, and a role
    with no credentials to assume it from.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ConfigNotFound, ConfigParseError, ProfileNotFound
    from botocore.session import Session as BotocoreSession

    core = BotocoreSession(profile=access.profile or None) if around is None else botocore_session(around)
    try:
        core.get_scoped_config()
        if access.role_arn:
            core = _as_role(core, access, regions)
        return boto3.Session(botocore_session=core)
    except ProfileNotFound:
        name = str(core.get_config_variable("profile"))
        cure = did_you_mean(name, core.available_profiles) or "see `aws configure list-profiles`"
        raise CredentialsError(f"there is no profile {name!r} in the AWS configuration", cure=cure) from None
    except (ConfigParseError, ConfigNotFound) as error:
        path = str(error.kwargs.get("path", ""))
        raise CredentialsError("the AWS configuration cannot be read", place=path, cure="mend the file") from None
    except BotoCoreError as error:
        raise _explained(error, access) from None


def identify_caller(session: Session, access: Access, regions: Sequence[str] = ()) -> Caller:
    """The account, partition and identity behind the session's credentials, as STS tells them.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html needs no permission at all, so a
    refusal is about the credentials. Where the session has no Region, the first of `regions` is asked, and when that
    refuses (as one does that the account has not enabled) the default one. Raises CredentialsError, or UsageError where
    nobody answers.
    """
    first = session.region_name or first_known(session, regions)
    if first and not session.region_name:
        try:
            return _identify(session, access, first)
        except UsageError:
            # China and GovCloud know no other Region's credentials: what was said there is the better sentence.
            if first not in session.get_available_regions("ec2", "aws"):
                raise
    return _identify(session, access, session.region_name or default_region(session, "aws"))


def _identify(session: Session, access: Access, region: str) -> Caller:
    try:
        sts = make_client(
            session,
            "sts",
            region=region,
            endpoint_url=access.endpoint_url,
            config=client_config(session),
            budget=access.budget,
        )
        answer = sts.get_caller_identity()
    except ValueError as error:
        if not access.endpoint_url or isinstance(error, call_errors()):
            raise _explained(error, access, region=region, session=session) from None
        cure = "write it as https://host:port"
        raise UsageError(f"{access.endpoint_url!r} is no endpoint", place="--endpoint-url", cure=cure) from None
    except call_errors() as error:
        raise _explained(error, access, region=region, session=session) from None
    account, arn = answer.get("Account"), answer.get("Arn")
    if not isinstance(account, str) or not isinstance(arn, str) or not arn.startswith("arn:"):
        raise CredentialsError(
            "STS did not say whose credentials these are", cure="look at AWS_ENDPOINT_URL or a proxy"
        )
    return Caller(account=account, partition=arn.split(":")[1], arn=arn)


def _as_role(core: Any, access: Access, regions: Sequence[str]) -> Any:
    """A second botocore session over the same loader, whose credentials are the role's and renew themselves."""
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        CredentialProvider,
        CredentialResolver,
        DeferredRefreshableCredentials,
    )
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session as BotocoreSession

    source = core.get_credentials()
    if source is None:
        raise NoCredentialsError
    asked = {"RoleSessionName": access.role_session_name or _SESSION_NAME}
    if access.external_id:
        asked["ExternalId"] = access.external_id
    region = core.get_config_variable("region") or first_known(core, regions) or "us-east-1"

    def create_client(service: str, **credentials: Any) -> Any:
        with strict_parsers(core):
            endpoint = access.endpoint_url or None
            return core.create_client(service, region_name=region, endpoint_url=endpoint, **credentials)

    kept: dict[str, Any] = {}
    fetcher = AssumeRoleCredentialFetcher(create_client, source, access.role_arn, extra_args=asked, cache=kept)

    class Renewable(DeferredRefreshableCredentials):
        """Credentials that can be asked for anew before their time is up, when AWS no longer accepts them."""

        is_refused = False

        def renew(self) -> None:
            kept.clear()
            self.is_refused = True

        def refresh_needed(self, refresh_in: int | None = None) -> bool:
            return self.is_refused or super().refresh_needed(refresh_in)

    class Role(CredentialProvider):
        """The only provider of the second session."""

        METHOD = "assume-role"

        def load(self) -> Renewable:
            def fetch() -> Any:
                credentials = fetcher.fetch_credentials()
                loaded.is_refused = False
                return credentials

            loaded = Renewable(refresh_using=fetch, method=self.METHOD)
            return loaded

    assumed = BotocoreSession(profile=access.profile or None)
    assumed.register_component("data_loader", core.get_component("data_loader"))
    assumed.register_component("credential_provider", CredentialResolver([Role()]))
    return assumed


def _explained(error: Exception, access: Access, *, region: str = "", session: Session | None = None) -> UsageError:
    """One sentence for everything that can go wrong before the first answer."""
    from botocore import exceptions

    code = code_of(error)
    name = type(error).__name__
    if getattr(error, "operation_name", "") == "AssumeRole":
        cure = "let the role trust your identity (and check --external-id), or name another --role-arn"
        return CredentialsError(f"the role {access.role_arn or 'of the profile'} cannot be assumed ({code})", cure=cure)
    if isinstance(error, (exceptions.NoCredentialsError, exceptions.NoAuthTokenError)):
        return CredentialsError("there are no AWS credentials", cure=_LOG_IN)
    if isinstance(error, exceptions.PartialCredentialsError):
        missing = error.kwargs.get("cred_var", "a part")
        return CredentialsError(f"the AWS credentials are incomplete: {missing} is missing", cure=_LOG_IN)
    if isinstance(error, exceptions.InvalidRegionError) or _is_unknown_region(region, error, session):
        return UsageError(f"{region!r} is no AWS Region", place="AWS_REGION", cure=nearest_region(session, region))
    failure = failure_of(error) if isinstance(error, call_errors()) else None
    if failure and failure.reason is GapReason.EXPIRED:
        return CredentialsError(f"the AWS credentials have expired ({failure.detail})", cure=_AGAIN)
    if code in ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"):
        cure = (
            f"check the access key; China and GovCloud need a Region of their own (this was {region}, see AWS_REGION)"
        )
        return CredentialsError(f"AWS does not know these credentials ({code})", cure=cure)
    if code == "SignatureDoesNotMatch":
        return CredentialsError(
            f"the secret key does not belong to the access key ({code})", cure="check both, and the clock"
        )
    if failure and failure.reason is GapReason.CONNECTION:
        endpoint = access.endpoint_url or f"AWS in {region or 'the configured Region'}"
        return UsageError(
            f"{endpoint} does not answer ({failure.detail})", cure="check the network, the proxy and the endpoint"
        )
    if failure and failure.reason is GapReason.UNREADABLE:
        endpoint = access.endpoint_url or "STS"
        return UsageError(f"{endpoint} does not answer like AWS", cure="check the endpoint and the proxy")
    return CredentialsError(f"AWS does not say whose credentials these are ({code or name})", cure=_LOG_IN)


def _is_unknown_region(region: str, error: Exception, session: Session | None) -> bool:
    """A misspelt Region looks like an endpoint nobody resolves."""
    from botocore.exceptions import EndpointConnectionError

    return session is not None and isinstance(error, EndpointConnectionError) and bool(nearest_region(session, region))
