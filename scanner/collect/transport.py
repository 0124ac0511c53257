"""How a scan sends: one TLS context and one pool of connections for all of its clients, and no answer shorter than announced.

botocore reads the certificates anew for every connection and accepts half a body; its public event `before-send` lets
somebody else send, https://botocore.amazonaws.com/v1/documentation/api/latest/topics/events.html.
"""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from http.client import IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.collect.budget import Budget
from scanner.collect.failures import is_throttling
from scanner.collect.pacing import Place

if TYPE_CHECKING:
    import ssl

    from urllib3 import PoolManager

Trust = bool | str
"""Whether servers have to prove who they are, and to which authorities: True (botocore's), False, or a bundle's path."""

_HOSTS = 2_000
_CONNECTIONS = 64
_LEAST_ERROR = 300
_PAGE_OF_A_PROXY = (b"<!doctype html", b"<html")


def attach_transport(client: Any, verify: Trust, budget: Budget, *, account: str = "") -> None:
    """Lets a client send over the connections that all clients share, at the pace and for as long as the budget allows.

    Where a proxy or a client certificate is configured botocore goes on sending by itself.
    """
    from botocore.utils import get_environ_proxies

    config = client.meta.config
    proxies = config.proxies if config.proxies is not None else get_environ_proxies(client.meta.endpoint_url)
    sender = Sender(
        client.meta.events,
        _Way(verify, config.connect_timeout, config.read_timeout, is_plain=not (proxies or config.client_cert)),
        budget,
        Place(account, client.meta.region_name, client.meta.service_model.endpoint_prefix, ""),
    )
    client.meta.events.register_last("before-send", sender.send)
    client.meta.events.register_last("response-received", sender.hear)


def certificates(core: Any) -> Trust:
    """What a botocore session verifies servers with, in botocore's own order: AWS_CA_BUNDLE, the profile, REQUESTS_CA_BUNDLE."""
    bundle: Trust | None = core.get_config_variable("ca_bundle")
    return bundle if bundle is not None else os.environ.get("REQUESTS_CA_BUNDLE") or True


@dataclass(frozen=True, slots=True)
class _Way:
    """How a client reaches its servers; a way that is not plain is botocore's to go."""

    verify: Trust
    connect: float
    read: float
    is_plain: bool


class Sender:
    """Sends the requests of one client, unless somebody else (a mock) answers them. For use by many threads."""

    def __init__(self, events: Any, way: _Way, budget: Budget, place: Place) -> None:
        self._events = events
        self._way = way
        self._budget = budget
        self._place = place
        self._asking = threading.local()
        self._is_idle = False

    def send(self, *, request: Any, event_name: str, **_: Any) -> Any | None:
        """The answer to a prepared request, read whole; None where somebody else gives one.

        Raises what botocore would, and `OverError` when the scan has ended.
        """
        if self._is_idle or getattr(self._asking, "others", False):
            return None
        if self._others_answer(request, event_name):
            # From now on they do, and must not be asked everything twice.
            self._is_idle = True
            return None
        self._budget.wait(self._at(event_name), is_paged=_is_paged(request.body))
        if request.stream_output or not self._way.is_plain:
            return None
        return _sent(request, self._way)

    def hear(self, *, event_name: str, parsed_response: Any, **_: Any) -> None:
        """Tells the budget whether AWS found that it was too much."""
        if not self._is_idle and isinstance(parsed_response, dict):
            code = str(parsed_response.get("Error", {}).get("Code", ""))
            self._budget.heard(self._at(event_name), is_throttled=is_throttling(code))

    def _at(self, event_name: str) -> Place:
        return replace(self._place, operation=event_name.rpartition(".")[2])

    def _others_answer(self, request: Any, event_name: str) -> bool:
        """Whether another handler answers: an event's handlers do not see one another's answers."""
        self._asking.others = True
        try:
            _, answer = self._events.emit_until_response(event_name, request=request)
        finally:
            self._asking.others = False
        return answer is not None


def _sent(request: Any, way: _Way) -> Any:
    """Botocore's answer to its request, or one of its errors."""
    from botocore import exceptions
    from botocore.awsrequest import AWSResponse
    from urllib3 import exceptions as trouble

    url = request.url
    try:
        pool = _pool(way.verify if url.startswith("https:") else None, way.connect, way.read)
        answer = pool.connection_from_url(url).urlopen(
            request.method,
            _target(url),
            body=request.body,
            headers=request.headers,
            retries=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,
        )
        try:
            body = answer.read(decode_content=False)
        except (trouble.HTTPError, OSError):
            answer.close()
            raise
        answer.release_conn()
    except trouble.SSLError as error:
        raise exceptions.SSLError(endpoint_url=url, error=error) from error
    except (trouble.NewConnectionError, socket.gaierror) as error:
        raise exceptions.EndpointConnectionError(endpoint_url=url, error=error) from error
    except trouble.ConnectTimeoutError as error:
        raise exceptions.ConnectTimeoutError(endpoint_url=url, error=error) from error
    except trouble.ReadTimeoutError as error:
        raise exceptions.ReadTimeoutError(endpoint_url=url, error=error) from error
    except trouble.ProtocolError as error:
        cause = error if isinstance(error, IncompleteRead) else error.args[-1]
        if isinstance(cause, IncompleteRead):
            raise cut_short(cause) from error
        raise exceptions.ConnectionClosedError(error=error, request=request, endpoint_url=url) from error
    except (trouble.HTTPError, OSError, ValueError) as error:
        raise exceptions.HTTPClientError(error=error) from error
    _insist_on_sense(answer, body)
    return AWSResponse(url, answer.status, answer.headers, _Read(body))  # type: ignore[arg-type]  # as botocore itself does


class _Read:
    """A body that has been read already, as botocore's answer takes it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """The body, at once."""
        yield self._body


def _insist_on_sense(answer: Any, body: bytes) -> None:
    """Raises for a body that botocore would take for an empty answer."""
    if answer.status >= _LEAST_ERROR:
        return
    has_end = answer.chunked or "content-length" in answer.headers
    if not has_end and body[:1] in (b"{", b"[") and not _is_json(body):
        raise cut_short(IncompleteRead(body))
    if body[:200].lstrip().lower().startswith(_PAGE_OF_A_PROXY):
        from botocore.parsers import ResponseParserError

        raise ResponseParserError("the answer is a page for people")


def cut_short(read: IncompleteRead) -> Exception:
    """Botocore's IncompleteReadError, made one of those that botocore sends the request again for."""
    partial: Any = read.partial  # urllib3 says how many, the standard library which
    had = partial if isinstance(partial, int) else len(partial)
    error: Exception = _incomplete()(actual_bytes=had, expected_bytes=had + (read.expected or 1))
    return error


@lru_cache
def _incomplete() -> Any:
    from botocore.exceptions import BotoCoreError, HTTPClientError, IncompleteReadError

    class IncompleteAnswerError(IncompleteReadError, HTTPClientError):  # type: ignore[misc]  # they name the same thing
        """Less came than was announced."""

        fmt = IncompleteReadError.fmt

        def __init__(self, **told: Any) -> None:
            BotoCoreError.__init__(self, **told)

    return IncompleteAnswerError


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _is_paged(body: Any) -> bool:
    text = body if isinstance(body, bytes) else str(body).encode()
    return b"MaxResults" in text or b"Filter.1" in text


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _pool(verify: Trust | None, connect: float, read: float) -> PoolManager:
    """The connections of this process (None: without TLS); a forked child makes its own, and so does a changed bundle."""
    changed = os.stat(verify).st_mtime_ns if isinstance(verify, str) and os.path.exists(verify) else 0  # noqa: PTH110, PTH116
    with _LOCK:
        return _made_pool(os.getpid(), verify, changed, connect, read)


_LOCK = threading.Lock()


@lru_cache(maxsize=8)
def _made_pool(_process: int, verify: Trust | None, _changed: int, connect: float, read: float) -> PoolManager:
    from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
    from urllib3 import PoolManager, Timeout

    pool = PoolManager(
        num_pools=_HOSTS,
        maxsize=_CONNECTIONS,
        timeout=Timeout(connect=connect, read=read),
        ssl_context=None if verify is None else _context(verify),
        cert_reqs="CERT_NONE" if verify is False else "CERT_REQUIRED",
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    pool.pool_classes_by_scheme = {"http": AWSHTTPConnectionPool, "https": AWSHTTPSConnectionPool}
    return pool


def _context(verify: Trust) -> ssl.SSLContext:
    """TLS as botocore sets it, with the certificates read once."""
    import ssl

    from botocore.httpsession import create_urllib3_context, get_cert_path

    context: ssl.SSLContext = create_urllib3_context()
    path: Any = get_cert_path(verify)  # type: ignore[arg-type]  # the stubs do not know that it may be a path
    if not path:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif os.path.isdir(path):  # noqa: PTH112 - a text everywhere here
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context
