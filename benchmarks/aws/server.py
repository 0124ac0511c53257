"""The loopback AWS as a process: HTTP on 127.0.0.1, and orders from whoever started it as lines of JSON on stdin."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import ssl
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from benchmarks.aws.accounts import MANAGEMENT, ONLY_MANAGEMENT
from benchmarks.aws.estate import Estate
from benchmarks.aws.faults import CUT, HTML, RESET, Faults, code_of, faults_from, identity
from benchmarks.aws.layout import ACCOUNT, REGION, REGIONS, UNIT, Layout, unit_of
from benchmarks.aws.rendering import XML, body, error
from benchmarks.aws.requests import Request, read_request

_PROXY = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
_REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 500: "Internal Server Error", 502: "Bad Gateway"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server is told; `instances` is by Region, "*" for all others. Times in seconds."""

    instances: dict[str, int]
    accounts: tuple[str, ...] = (MANAGEMENT,)
    regions: tuple[str, ...] = REGIONS
    managed: int = 40
    latency: float = 0.0
    faults: Faults = field(default_factory=Faults)
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent; `kind` is the fault that changes how."""

    status: int
    type: str
    body: bytes
    kind: str = ""


class Desk:
    """Answers requests and counts them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._estates: dict[Layout, Estate] = {}
        self.forget()

    def forget(self) -> None:
        """Starts counting anew."""
        self.calls: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self.injected: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.writes: list[str] = []
        self.asked: dict[str, Request] = {}
        self.sent = 0
        self._attempts: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()

    def told(self) -> dict[str, Any]:
        """Everything that was counted; `asked` holds each different call once, without its pages."""
        return {
            "calls": dict(self.calls), "places": dict(self.places), "injected": dict(self.injected),
            "refused": dict(self.refused), "writes": self.writes, "sent": self.sent,
            "asked": [asdict(request) for request in self.asked.values()],
        }  # fmt: skip

    def reply(self, request: Request) -> Reply:
        """Counts a request and answers it."""
        self.calls[request.name] += 1
        self.places[f"{request.account} {request.region}"] += 1
        if request.writes:
            self.writes.append(request.name)
        name = identity(request)
        self.asked.setdefault(name, request)
        fault = self._fault(request, name)
        if fault == RESET:
            return Reply(200, XML, b"", RESET)
        if fault == HTML:
            return Reply(502, "text/html", _PROXY.encode())
        if fault and fault != CUT:
            code, status = code_of(fault, request.service)
            return _refusal(request, code, status)
        answer = self._answer(request)
        self.sent += len(answer.body)
        return replace(answer, kind=fault)

    def _fault(self, request: Request, name: str) -> str:
        faults = self.settings.faults
        if faults.share and sum(self.injected.values()) < faults.most:
            self._attempts[name] += 1
            fault = faults.fault_of(request, self._attempts[name], self._failed[name])
            self._failed[name] = self._failed[name] + 1 if fault else 0
            if fault:
                self.injected[fault] += 1
            return fault
        return ""

    def _answer(self, request: Request) -> Reply:
        if self.settings.faults.is_refused(request):
            self.refused[request.name] += 1
            code = "UnauthorizedOperation" if request.service == "ec2" else "AccessDenied"
            return _refusal(request, code, 403 if request.protocol != "json" else 400)
        if request.operation in ONLY_MANAGEMENT and request.account != MANAGEMENT:
            return _refusal(request, "AccessDeniedException", 400)
        if request.operation == "AssumeRole":
            return _as_reply(body("sts", "AssumeRole", "query", _session(request)))
        unit = unit_of(request.account, request.region)
        parameters = json.dumps(request.parameters).replace(unit, UNIT).replace(request.account or ACCOUNT, ACCOUNT)
        try:
            found = self._estate(request.region).answer(replace(request, parameters=json.loads(parameters)))
        except ValueError:
            return _refusal(request, "InvalidParameterValue", 400)
        if found is None:
            return _refusal(request, "InvalidAction", 400)
        text = found[0].replace(UNIT, unit).replace(ACCOUNT, request.account).replace(REGION, request.region)
        return _as_reply((text, found[1]))

    def _estate(self, region: str) -> Estate:
        settings = self.settings
        count = settings.instances.get(region, settings.instances.get("*", 0))
        layout = Layout(count, settings.managed, region == settings.regions[0], settings.regions[0], settings.regions)
        if layout not in self._estates:
            self._estates[layout] = Estate(layout, settings.accounts)
        return self._estates[layout]


class Connection(asyncio.Protocol):
    """One connection: requests one after the other, each answered after the latency."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read = bytearray()
        self._waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        self._serve()

    def _serve(self) -> None:
        end = -1 if self._waiting else self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = self._read[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if headers.get("expect", "").lower() == "100-continue" and len(self._read) == end + 4 and length:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self._read) < end + 4 + length:
            return
        content = bytes(self._read[end + 4 : end + 4 + length])
        del self._read[: end + 4 + length]
        method, target, _ = first.split(" ", 2)
        reply = self._desk.reply(read_request(method, target, headers, content))
        self._waiting = True
        asyncio.get_running_loop().call_later(self._desk.settings.latency, self._send, reply)

    def _send(self, reply: Reply) -> None:
        self._waiting = False
        if self._transport.is_closing():
            return
        if reply.kind == RESET:
            plain = self._transport.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
            return
        now = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        head = (
            f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unavailable')}\r\nContent-Type: {reply.type}\r\n"
            f"Content-Length: {len(reply.body)}\r\nDate: {now}\r\nx-amzn-RequestId: loopback\r\n\r\n"
        )
        if reply.kind == CUT:
            self._transport.write(head.encode() + reply.body[: len(reply.body) // 2])
            self._transport.close()
            return
        self._transport.write(head.encode())
        self._transport.write(reply.body)
        self._serve()


def _as_reply(made: tuple[str, str]) -> Reply:
    return Reply(200, made[1], made[0].encode())


def _refusal(request: Request, code: str, status: int) -> Reply:
    text, kind = error(request.service, request.protocol, code, "The loopback says so.")
    return Reply(status, kind, text.encode())


def _session(request: Request) -> dict[str, Any]:
    """The credentials of a role: a key that names the role's account."""
    arn = str(request.parameters["RoleArn"])
    _, partition, _, _, account, role = arn.split(":", 5)
    name = f"{role.rpartition('/')[2]}/{request.parameters.get('RoleSessionName', '')}"
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    return {
        "Credentials": {"AccessKeyId": f"ASIA{account}", "SecretAccessKey": "opens nothing", "Expiration": expires,
                        "SessionToken": f"session-{random.randrange(1 << 30)}"},
        "AssumedRoleUser": {"AssumedRoleId": "AROAEXAMPLE:session",
                            "Arn": f"arn:{partition}:sts::{account}:assumed-role/{name}"},
    }  # fmt: skip


def obey(desk: Desk, order: dict[str, Any]) -> dict[str, Any]:
    """One order of the process that started the server: "told", "forget", or "change" of settings."""
    if order["do"] == "forget":
        desk.forget()
    elif order["do"] == "change":
        settings = dict(order["settings"])
        if "faults" in settings:
            settings["faults"] = faults_from(settings["faults"])
        desk.settings = replace(desk.settings, **settings)
    return desk.told() if order["do"] == "told" else {}


def _first_line() -> bytes:
    """Byte by byte: what follows belongs to the loop, and a buffer would keep it."""
    line = b""
    while (one := os.read(sys.stdin.fileno(), 1)) and one != b"\n":
        line += one
    return line


async def serve(settings: Settings) -> None:
    """Listens until stdin ends, which it does with the process that started this one."""
    loop, desk = asyncio.get_running_loop(), Desk(settings)
    context = None
    if settings.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.certificate, settings.key)
    make: Callable[[], Connection] = lambda: Connection(desk)  # noqa: E731 - a factory of one line
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        print(json.dumps(obey(desk, json.loads(line))), flush=True)
    server.close()


def main() -> None:
    """Settings come as the first line of stdin."""
    told = json.loads(_first_line())
    told["faults"] = faults_from(told.get("faults", {}))
    for name in ("accounts", "regions"):
        told[name] = tuple(told[name])
    asyncio.run(serve(Settings(**told)))


if __name__ == "__main__":
    main()
