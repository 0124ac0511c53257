"""All clients send over one TLS context and one pool, and what goes wrong there comes out as botocore would raise it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore import exceptions
from botocore.config import Config
from botocore.httpsession import URLLib3Session

from benchmarks.aws.certificates import make_certificates
from scanner.collect.clients import make_client
from scanner.collect.transport import _context
from tests.collect.conftest import Collect
from tests.loopback import RESET, Loopback, ec2, html, told

VPC = "AWS::EC2::VPC"
VPCS = ec2("DescribeVpcs", "<vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet>")
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=2, read_timeout=2)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def botocore_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("botocore sent it")

    monkeypatch.setattr(URLLib3Session, "send", refuse)


class Vpcs(BaseHTTPRequestHandler):
    """One answer to everything."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(VPCS.body)))
        self.end_headers()
        self.wfile.write(VPCS.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        pass


class Quiet(ThreadingHTTPServer):
    """A handshake that a client broke off is no error of the server's."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def tls_server(certificate: Path, key: Path, host: str = "127.0.0.1") -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Quiet((host, 0), Vpcs) as server:
        # The handshake belongs into the thread of its connection, where it may break off.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"https://{host}:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def client(session: boto3.Session, url: str, *, region: str = "eu-west-1", config: Config = ONCE) -> Any:
    return make_client(session, "ec2", region=region, endpoint_url=url, config=config)


def test_a_trusted_server_is_asked_without_botocores_own_sending(
    session: boto3.Session,
    certificates: tuple[Path, Path, Path],
    botocore_sends_nothing: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle, certificate, key = certificates
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with tls_server(certificate, key) as url:
        answer = client(session, url).describe_vpcs()
    assert [vpc["VpcId"] for vpc in answer["Vpcs"]] == ["vpc-1"]


def test_the_certificates_are_read_once_for_all_clients(
    session: boto3.Session, certificates: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, certificate, key = certificates
    own = tmp_path / "bundle.pem"
    own.write_bytes(bundle.read_bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own))
    read: list[str] = []

    def context(verify: str) -> ssl.SSLContext:
        read.append(verify)
        return _context(verify)

    monkeypatch.setattr("scanner.collect.transport._context", context)
    with tls_server(certificate, key) as url:
        for region in ("eu-west-1", "eu-west-2", "us-east-1"):
            client(session, url, region=region).describe_vpcs()
    assert read == [str(own)]


@pytest.mark.parametrize("setting", ["nothing", "AWS_CA_BUNDLE", "ca_bundle"])
def test_a_server_that_the_bundle_does_not_know_is_refused(
    certificates: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str
) -> None:
    _, certificate, key = certificates
    stranger = make_certificates(_folder(tmp_path / "stranger"))[0]
    if setting == "AWS_CA_BUNDLE":
        monkeypatch.setenv("AWS_CA_BUNDLE", str(stranger))
    if setting == "ca_bundle":
        (tmp_path / "config").write_text(f"[default]\nca_bundle = {stranger}\n")
    session = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="none", region_name="eu-west-1")
    with tls_server(certificate, key) as url, pytest.raises(exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        client(session, url).describe_vpcs()


def test_the_bundle_of_the_profile_is_used(certificates: tuple[Path, Path, Path], tmp_path: Path) -> None:
    bundle, certificate, key = certificates
    (tmp_path / "config").write_text(f"[default]\nca_bundle = {bundle}\n")
    session = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="none", region_name="eu-west-1")
    with tls_server(certificate, key) as url:
        assert client(session, url).describe_vpcs()["Vpcs"]


def test_a_certificate_for_another_name_is_refused(
    session: boto3.Session, certificates: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, certificate, key = certificates
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with (
        tls_server(certificate, key, host="127.0.0.2") as url,
        pytest.raises(exceptions.SSLError, match=r"127\.0\.0\.2"),
    ):
        client(session, url).describe_vpcs()


def test_a_bundle_that_is_not_there_is_said(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "nowhere.pem")
    with pytest.raises(exceptions.HTTPClientError, match="No such file"):
        client(session, "https://127.0.0.1:1").describe_vpcs()


def test_nobody_at_a_port_is_an_endpoint_that_cannot_be_reached(session: boto3.Session) -> None:
    with pytest.raises(exceptions.EndpointConnectionError):
        client(session, "http://127.0.0.1:1").describe_vpcs()


def test_a_server_that_says_nothing_is_a_timeout_of_reading(session: boto3.Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        patience = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=0.05)
        with pytest.raises(exceptions.ReadTimeoutError):
            client(session, f"http://127.0.0.1:{silent.getsockname()[1]}", config=patience).describe_vpcs()


def test_a_connection_that_breaks_is_closed(session: boto3.Session, aws: Loopback) -> None:
    aws.answer("DescribeVpcs", RESET)
    with pytest.raises(exceptions.ConnectionClosedError):
        client(session, aws.url).describe_vpcs()


def test_a_proxy_is_left_to_botocore(
    session: boto3.Session, aws: Loopback, botocore_sends_nothing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", aws.url)
    with pytest.raises(AssertionError, match="botocore sent it"):
        client(session, "http://ec2.example.org").describe_vpcs()
    with_certificate = ONCE.merge(Config(client_cert="mine.pem"))
    monkeypatch.delenv("HTTP_PROXY")
    with pytest.raises(AssertionError, match="botocore sent it"):
        client(session, aws.url, config=with_certificate).describe_vpcs()


def test_somebody_else_who_answers_is_asked_alone(session: boto3.Session) -> None:
    from botocore.awsrequest import AWSResponse

    asked: list[str] = []

    class Body:
        def stream(self) -> Iterator[bytes]:
            yield VPCS.body

    def mock(request: Any, **_: object) -> AWSResponse:
        asked.append(request.url)
        return AWSResponse(request.url, 200, {}, Body())  # type: ignore[arg-type]  # as moto does

    mocked = client(session, "http://127.0.0.1:1")
    mocked.meta.events.register_first("before-send", mock)
    assert [mocked.describe_vpcs()["Vpcs"][0]["VpcId"] for _ in range(3)] == ["vpc-1"] * 3
    # The first time to learn that somebody answers, then once each.
    assert len(asked) == 4


@pytest.mark.parametrize("broken", [VPCS.half(), RESET], ids=["cut", "reset"])
def test_a_broken_answer_is_asked_for_again(
    session: boto3.Session, aws: Loopback, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    aws.answer("DescribeVpcs", broken, broken, VPCS)
    patient = Config(retries={"mode": "standard", "total_max_attempts": 3})
    assert client(session, aws.url, config=patient).describe_vpcs()["Vpcs"] == [{"VpcId": "vpc-1"}]
    assert len(aws.asked("DescribeVpcs")) == 3


def test_half_a_json_never_looks_empty(session: boto3.Session, aws: Loopback) -> None:
    aws.answer("DescribeTrails", told({"trailList": []}).half(has_length=False))
    trails = make_client(session, "cloudtrail", region="eu-west-1", endpoint_url=aws.url, config=ONCE)
    with pytest.raises(exceptions.IncompleteReadError):
        trails.describe_trails()


def test_a_page_of_a_proxy_is_no_answer(collect: Collect, aws: Loopback) -> None:
    aws.answer("DescribeVpcs", html(200))
    [inventory] = collect(VPC)
    assert [gap.detail for gap in inventory.gaps] == ["ResponseParserError"]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
