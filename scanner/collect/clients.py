"""The clients of a scan: one for each service and Region, made in the thread that asks first, over one botocore loader."""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from scanner.collect.answers import StrictParsers
from scanner.collect.budget import Budget
from scanner.collect.failures import Failure, failure_of
from scanner.collect.transport import attach_transport, certificates
from scanner.model import GapReason
from scanner.version import __version__

if TYPE_CHECKING:
    from boto3 import Session
    from botocore.config import Config

ATTEMPTS = 5
"""How often a call is tried unless AWS_MAX_ATTEMPTS or the profile's max_attempts say otherwise."""

_PARSERS = "response_parser_factory"
_CONNECT_SECONDS = 10
_READ_SECONDS = 60


class Clients:
    """Makes clients and keeps them. Not for use by several threads; the clients themselves are."""

    def __init__(
        self,
        session: Session,
        *,
        partition: str,
        endpoint_url: str = "",
        workers: int = 8,
        account: str = "",
        budget: Budget | None = None,
    ) -> None:
        self._session = session
        self._partition = partition
        self._endpoint_url = endpoint_url
        self._account = account
        self._budget = budget or Budget()
        self._config = client_config(session, connections=workers)
        self._made: dict[tuple[str, str], Any | Failure] = {}

    def get(self, service: str, region: str) -> Any | Failure:
        """The client of a service in a Region, or why there cannot be one."""
        key = (service, region)
        if key not in self._made:
            self._made[key] = self._make(service, region)
        return self._made[key]

    def renew(self) -> bool:
        """Whether the credentials may be others at the next request: a role's are asked for anew."""
        from botocore.credentials import RefreshableCredentials

        held: Any = self._session.get_credentials()
        renew = getattr(held, "renew", None)
        if renew:
            renew()
        return isinstance(held, RefreshableCredentials)

    def offers(self, service: str, region: str) -> bool:
        """Whether botocore's endpoint data leaves room for the service in the Region; True where it has no data."""
        if self._endpoint_url:
            return True
        here = self._places(service, self._partition)
        if not here:
            return not self._places(service, "aws")
        return region in here or any(place.endswith("-global") for place in here)

    def _make(self, service: str, region: str) -> Any | Failure:
        from botocore.exceptions import BotoCoreError

        if not self._places(service, self._partition) and not self.offers(service, region):
            return Failure(GapReason.UNSUPPORTED, f"not in partition {self._partition}")
        try:
            return make_client(
                self._session,
                service,
                region=region,
                endpoint_url=self._endpoint_url,
                config=self._config,
                account=self._account,
                budget=self._budget,
            )
        except BotoCoreError as error:
            return failure_of(error)

    def _places(self, service: str, partition: str) -> list[str]:
        return self._session.get_available_regions(service, partition, allow_non_regional=True)


def make_client(
    session: Session,
    service: str,
    *,
    region: str,
    endpoint_url: str = "",
    config: Config,
    account: str = "",
    budget: Budget | None = None,
) -> Any:
    """A boto3 client with strict parsers, which sends over the connections that all of them share."""
    core = botocore_session(session)
    with strict_parsers(core):
        # The stubs know a literal for every service; here the name comes out of the table.
        client: Any = session.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=endpoint_url or None,
            config=config,
        )
    attach_transport(client, certificates(core), budget or Budget(), account=account)
    return client


@contextmanager
def strict_parsers(core: Any) -> Iterator[None]:
    """Clients that a botocore session makes inside the block read strictly for as long as they live.

    A client keeps the factory it was made with; the session, which may be somebody else's, gets its own back.
    """
    before = core.get_component(_PARSERS)
    core.register_component(_PARSERS, StrictParsers())
    try:
        yield
    finally:
        core.register_component(_PARSERS, before)


def client_config(session: Session, *, connections: int = 10) -> Config:
    """Standard retries and bounded waiting; what the user's environment or profile says of retries comes first."""
    from botocore.config import Config

    core = botocore_session(session)
    mode: Literal["adaptive", "standard"] = (
        "adaptive" if core.get_config_variable("retry_mode") == "adaptive" else "standard"
    )
    attempts: int = core.get_config_variable("max_attempts") or ATTEMPTS
    return Config(
        retries={"mode": mode, "total_max_attempts": attempts},
        max_pool_connections=max(connections, 10),
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        user_agent_extra=f"bastionless/{__version__}",
    )


def botocore_session(session: Session) -> Any:
    """The botocore session inside a boto3 session, which has no public name there but has kept this one since 2014."""
    return session._session  # noqa: SLF001
