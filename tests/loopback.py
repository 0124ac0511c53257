"""A server on 127.0.0.1 that answers AWS's operations with canned bodies, right ones and broken ones."""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
# REST operations have their name in no header: method and path tell, for the few the scanner makes.
_REST = {
    "policy": "GetBucketPolicy",
    "policyStatus": "GetBucketPolicyStatus",
    "acl": "GetBucketAcl",
    "publicAccessBlock": "GetPublicAccessBlock",
}


@dataclass(frozen=True)
class Reply:
    """A response. `cut` sends only so many bytes of the body; `reset` breaks the connection instead of answering."""

    body: bytes
    status: int = 200
    type: str = "text/xml"
    cut: int | None = None
    has_length: bool = True
    reset: bool = False

    def half(self, *, has_length: bool = True) -> Reply:
        """The first half of the body, announced whole or not announced at all."""
        return replace(self, cut=len(self.body) // 2, has_length=has_length)


@dataclass(frozen=True)
class Request:
    """What came in: the operation, its parameters (a form's first values, or the JSON), and who signed for where."""

    operation: str
    parameters: Mapping[str, Any]
    service: str
    region: str
    key: str
    user_agent: str


@dataclass
class Loopback:
    """Canned answers by operation, and by Region where they differ; the last reply of a list is given for ever."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    _replies: dict[tuple[str, str], list[Reply]] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def answer(self, operation: str, *replies: Reply, region: str = "") -> None:
        """What to say to an operation, one reply a request."""
        self._replies[operation, region] = list(replies)

    def asked(self, operation: str) -> list[Request]:
        """The requests for an operation, in the order they came."""
        return [request for request in self.requests if request.operation == operation]

    def reply_to(self, request: Request) -> Reply:
        """Keeps the request, and takes the next reply for it; an operation nobody prepared is one AWS does not know."""
        with self._lock:
            self.requests.append(request)
            found = self._replies.get((request.operation, request.region)) or self._replies.get((request.operation, ""))
            if not found:
                return refusal("InvalidAction", status=400)
            return found.pop(0) if len(found) > 1 else found[0]


def ec2(operation: str, inner: str) -> Reply:
    """An answer of EC2's."""
    return Reply(f"<{operation}Response><requestId>r</requestId>{inner}</{operation}Response>".encode())


def query(operation: str, inner: str) -> Reply:
    """An answer of IAM's, STS's, ELB's or Auto Scaling's."""
    name = f"{operation}Res"
    return Reply(f"<{name}ponse><{name}ult>{inner}</{name}ult></{name}ponse>".encode())


def told(answer: Any, *, status: int = 200) -> Reply:
    """An answer in JSON."""
    return Reply(json.dumps(answer).encode(), status, "application/x-amz-json-1.1")


def xml(text: str) -> Reply:
    """An answer of S3's or CloudFront's."""
    return Reply(text.encode(), type="application/xml")


def html(status: int) -> Reply:
    """What a proxy says."""
    return Reply(b"<html><body><b>Service Unavailable</b></body></html>", status, "text/html")


def refusal(code: str, *, status: int = 403) -> Reply:
    """An error that every XML protocol understands."""
    error = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    return Reply(
        f"<ErrorResponse>{error}<Errors>{error}</Errors><RequestID>r</RequestID></ErrorResponse>".encode(), status
    )


def refusal_json(code: str, *, status: int = 400) -> Reply:
    """An error of the JSON protocols."""
    return told({"__type": f"com.amazonaws#{code}", "message": "no"}, status=status)


RESET = Reply(b"", reset=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The connections that clients keep open end with the process, and are not waited for.
    block_on_close = False

    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(("127.0.0.1", 0), _Handler)

    def shutdown_request(self, request: Any) -> None:
        if not request._closed:
            super().shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def do_GET(self) -> None:
        self._answer(b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        pass

    def finish(self) -> None:
        if not self.connection._closed:
            super().finish()

    def _answer(self, body: bytes) -> None:
        reply = self.server.loopback.reply_to(_request(self.path, self.headers, body))
        if reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        if reply.has_length:
            self.send_header("Content-Length", str(len(reply.body)))
        if reply.cut is not None or not reply.has_length:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut])


@contextmanager
def serving() -> Iterator[Loopback]:
    """A loopback on a free port while the block runs."""
    loopback = Loopback()
    with _Server(loopback) as server:
        loopback.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield loopback
        server.shutdown()
        thread.join()


def _request(path: str, headers: Message, body: bytes) -> Request:
    scope = _SCOPE.search(headers.get("Authorization", ""))
    signed = scope.groupdict() if scope else {"key": "", "region": "", "service": ""}
    target = headers.get("X-Amz-Target", "")
    url = urlsplit(path)
    parameters: Mapping[str, Any]
    if target:
        operation, parameters = target.rsplit(".", 1)[1], json.loads(body or b"{}")
    elif body:
        parameters = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        operation = parameters["Action"]
    else:
        parameters = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        named = [name for key, name in _REST.items() if key in parameters]
        operation = named[0] if named else "ListVpcOrigins" if url.path.endswith("/vpc-origin") else url.path
        parameters = {**parameters, "path": url.path}
    return Request(
        operation, parameters, signed["service"], signed["region"], signed["key"], headers.get("User-Agent", "")
    )
