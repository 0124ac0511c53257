"""An account behind a loopback server, and the short way to collect it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from scanner.collect.access import Access, Caller, RegionChoice
from scanner.collect.account import collect_account
from scanner.model import Inventory
from scanner.model.progress import Progress, Silent
from tests.loopback import Loopback, serving

Collect = Callable[..., tuple[Inventory, ...]]

ACCOUNT = "111122223333"
NOON = "2026-01-15T12:00:00Z"


@pytest.fixture(autouse=True)
def _no_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's AWS settings, no instance metadata, and one attempt a call, so that nobody waits."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def aws() -> Iterator[Loopback]:
    with serving() as loopback:
        yield loopback


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests, because reading EC2's model is most of what making a client costs."""
    return boto3.Session(
        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="opens nothing", region_name="eu-west-1"
    )


@pytest.fixture
def collect(aws: Loopback, session: boto3.Session) -> Collect:
    """Collects kinds from the loopback: `collect("AWS::EC2::VPC", regions=("eu-west-1",))`."""

    def collect_kinds(
        *kinds: str, regions: tuple[str, ...] = ("eu-west-1",), progress: Progress | None = None, partition: str = "aws"
    ) -> tuple[Inventory, ...]:
        return collect_account(
            session,
            caller=Caller(ACCOUNT, partition, f"arn:{partition}:iam::{ACCOUNT}:user/auditor"),
            regions=RegionChoice(regions),
            kinds=frozenset(kinds),
            access=Access(endpoint_url=aws.url),
            progress=progress or Silent(),
            taken_at=NOON,
            workers=4,
        )

    return collect_kinds
