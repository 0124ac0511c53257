"""Starts a loopback AWS in a process of its own, tells clients how to reach it, and asks it what it saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Any

from benchmarks.aws.accounts import MANAGEMENT
from benchmarks.aws.certificates import make_certificates
from benchmarks.aws.faults import Faults
from benchmarks.aws.layout import REGIONS

_CHECKOUT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server saw, tried again or not.

    `calls` are requests by `service:Operation`, `places` by account and Region, `injected` the faults by kind,
    `refused` the refusals by operation, `writes` the calls that might have changed something, `sent` the bytes of all
    answers, `asked` each different call once.
    """

    calls: Mapping[str, int]
    places: Mapping[tuple[str, str], int]
    injected: Mapping[str, int]
    refused: Mapping[str, int]
    writes: tuple[str, ...]
    sent: int
    asked: tuple[Mapping[str, Any], ...]

    @property
    def total(self) -> int:
        """All requests, tried again or not."""
        return sum(self.calls.values())


class Loopback:
    """A server that runs. `url` is its address, `environment` what a client's process needs to use it."""

    def __init__(self, process: subprocess.Popen[str], url: str, environment: Mapping[str, str]) -> None:
        self.url = url
        self.environment = environment
        self._process = process
        self._lock = Lock()

    @property
    def seen(self) -> Seen:
        """Everything since the start, or since `forget`."""
        told = self._order({"do": "told"})
        places = {(name.split(" ")[0], name.split(" ")[1]): count for name, count in told.pop("places").items()}
        return Seen(
            **{**told, "writes": tuple(told["writes"]), "asked": tuple(told["asked"])},
            places=places,
        )

    def forget(self) -> None:
        """Counts anew, and draws faults anew."""
        self._order({"do": "forget"})

    def change(self, *, latency: float | None = None, faults: Faults | None = None) -> None:
        """Other latency (seconds) or other faults from now on."""
        settings: dict[str, Any] = {}
        if latency is not None:
            settings["latency"] = latency
        if faults is not None:
            settings["faults"] = asdict(faults)
        self._order({"do": "change", "settings": settings})

    def assert_only_read(self) -> None:
        """Raises AssertionError when a call came that might have changed something."""
        writes = self.seen.writes
        assert not writes, f"the server was asked to change something: {', '.join(writes)}"

    def _order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            orders, answers = _pipes(self._process)
            orders.write(json.dumps(order) + "\n")
            orders.flush()
            told: dict[str, Any] = json.loads(answers.readline())
            return told


@contextmanager
def loopback(
    *,
    instances: int | Mapping[str, int] = 0,
    accounts: tuple[str, ...] = (MANAGEMENT,),
    regions: tuple[str, ...] = REGIONS,
    managed: int = 40,
    latency: float = 0.0,
    tls: bool = False,
    faults: Faults | None = None,
) -> Iterator[Loopback]:
    """A loopback AWS while the block runs.

    Args:
        instances: How many in each Region, or by Region (others have their default VPC alone).
        accounts: Those that Organizations names; every other twelve digits are an account as well. The account of a call
            is in its access key: AKIA or ASIA and twelve digits, and a role's in its ARN.
        regions: The enabled Regions; the first is the home of the account's trails.
        managed: How many instances of a Region Session Manager knows.
        latency: Seconds before each answer.
        tls: With a certificate whose authority is in the environment's AWS_CA_BUNDLE.
        faults: What goes wrong.

    Raises RuntimeError where the server does not start.
    """
    with tempfile.TemporaryDirectory(prefix="loopback-") as name:
        settings = {
            "instances": {"*": instances} if isinstance(instances, int) else dict(instances),
            "accounts": accounts, "regions": regions, "managed": managed, "latency": latency,
            "faults": asdict(faults or Faults()),
        }  # fmt: skip
        bundle = ""
        if tls:
            authorities, certificate, key = make_certificates(Path(name))
            bundle = str(authorities)
            settings |= {"certificate": str(certificate), "key": str(key)}
        process = _start()
        try:
            orders, answers = _pipes(process)
            orders.write(json.dumps(settings) + "\n")
            orders.flush()
            first = answers.readline()
            if not first:
                raise RuntimeError("the loopback AWS did not start")
            url = f"{'https' if tls else 'http'}://127.0.0.1:{json.loads(first)['port']}"
            yield Loopback(process, url, client_environment(url, bundle=bundle, region=regions[0]))
        finally:
            _stop(process)


def key_of(account: str) -> str:
    """The access key that makes a call one of an account's."""
    return f"AKIA{account}"


def role_of(account: str, name: str = "auditor") -> str:
    """The ARN of a role that can be assumed in any account."""
    return f"arn:aws:iam::{account}:role/{name}"


def client_environment(
    url: str, *, account: str = MANAGEMENT, bundle: str = "", region: str = REGIONS[0]
) -> dict[str, str]:
    """The variables that lead boto3, and whatever is made of it, to a server and to nothing else."""
    found = {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": key_of(account), "AWS_SECRET_ACCESS_KEY": "opens nothing",
        "AWS_DEFAULT_REGION": region, "AWS_REGION": region, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "NO_PROXY": "127.0.0.1",
    }  # fmt: skip
    return {**found, **({"AWS_CA_BUNDLE": bundle} if bundle else {})}


def _start() -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, (str(_CHECKOUT), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.aws.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def _stop(process: subprocess.Popen[str]) -> None:
    for pipe in _pipes(process):
        pipe.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the loopback AWS was started without pipes")
    return process.stdin, process.stdout
