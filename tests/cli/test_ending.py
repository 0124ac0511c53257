"""A scan that is cut short, by Ctrl-C or by the clock, reports what came, names what did not, and exits with 3."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from scanner.cli.limits import ending_well
from scanner.collect.budget import INTERRUPTED, Budget
from tests.loopback import ec2, query

WHO = query(
    "GetCallerIdentity",
    "<Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>U</UserId><Account>111122223333</Account>",
)
REGIONS = ec2(
    "DescribeRegions",
    "<regionInfo><item><regionName>eu-west-1</regionName><optInStatus>opt-in-not-required</optInStatus></item></regionInfo>",
)
SUBNETS = ec2("DescribeSubnets", "<subnetSet/>")
ANSWERS = {"GetCallerIdentity": WHO, "DescribeRegions": REGIONS, "DescribeSubnets": SUBNETS}
SCAN = ("scan", "--format", "json")


class Held:
    """A server that knows some answers and holds every other one back until the end of the test."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.is_holding = Event()
        self.may_go = Event()


@contextmanager
def holding(answers: dict[str, Any]) -> Iterator[Held]:
    held = Held()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            operation = form["Action"][0]
            held.asked.append(operation)
            if operation not in answers:
                held.is_holding.set()
                held.may_go.wait()
                self.close_connection = True
                return
            body = answers[operation].body
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that has gone is no error of the server's."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        held.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield held
        finally:
            held.may_go.set()
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests run in the background and inherit that it is not."""
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, inherited)


@contextmanager
def command(held: Held, folder: Path, *more: str, do: tuple[str, ...] = SCAN) -> Iterator[subprocess.Popen[str]]:
    arguments = [*do, "--endpoint-url", held.url, "--region", "eu-west-1", "--select", "NET015"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "opens nothing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "scanner", *arguments, "--quiet", *more],
        env=environment, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def stopped(text: str) -> dict[str, str]:
    """Why each call has no answer."""
    return {gap["call"]: f"{gap['reason']} {gap['detail']}" for gap in json.loads(text)["gaps"]}


def test_ctrl_c_reports_what_came_and_says_what_did_not(tmp_path: Path) -> None:
    with holding(ANSWERS) as held, command(held, tmp_path) as process:
        assert held.is_holding.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 3, err
    told = stopped(out)
    assert set(told.values()) == {"stopped interrupted"}
    assert set(told) <= {f"ec2:{operation}" for operation in (*held.asked, "DescribeVpcs")}
    assert all(operation.startswith(("Describe", "Get")) for operation in held.asked)


def test_ctrl_c_before_anything_was_asked_ends_at_once(tmp_path: Path) -> None:
    with holding({}) as held, command(held, tmp_path) as process:
        assert held.is_holding.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "interrupted" in err


def test_a_timeout_reports_what_came_and_says_what_did_not(tmp_path: Path) -> None:
    with holding(ANSWERS) as held, command(held, tmp_path, "--timeout", "5") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 3, err
    assert set(stopped(out).values()) == {"stopped timeout"}


@pytest.mark.parametrize("do", [("snapshot", "-o", "out.json"), ("map", "-o", "out.svg")], ids=["snapshot", "map"])
def test_other_commands_keep_what_came_and_exit_with_3(tmp_path: Path, do: tuple[str, ...]) -> None:
    with holding(ANSWERS) as held, command(held, tmp_path, do=do) as process:
        assert held.is_holding.wait(60)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3, err
    assert (tmp_path / do[2]).is_file()


def test_the_second_ctrl_c_ends_the_program() -> None:
    budget = Budget()
    with budget.listening(lambda: None), ending_well(budget):
        signal.raise_signal(signal.SIGINT)
        assert budget.over == INTERRUPTED
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("option", [("--max-rate", "0"), ("--timeout", "0"), ("--concurrency", "0")])
def test_a_limit_of_nothing_is_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    with holding({}) as held, command(held, tmp_path, *option) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert option[0] in err
