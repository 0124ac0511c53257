"""The same account twice: mocked in this process, and behind a moto server in another one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config

from scanner.mock.account import invented_credentials, mocked_account

Client = Callable[[str], Any]


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with started_server() as url:
        yield url


@pytest.fixture(params=["in process", "on a server"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """Makes boto3 clients of an empty account in eu-west-1."""
    if request.param == "in process":
        with mocked_account():
            yield partial(client_of, url=None)
    else:
        url: str = request.getfixturevalue("server_url")
        urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()
        with invented_credentials(region="eu-west-1"):
            yield partial(client_of, url=url)


@pytest.fixture
def started() -> Callable[..., AbstractContextManager[str]]:
    return started_server


@pytest.fixture
def client_at() -> Callable[[str], Client]:
    return lambda url: partial(client_of, url=url)


@pytest.fixture
def ec2(client: Client) -> Any:
    return client("ec2")


@pytest.fixture
def network(ec2: Any) -> dict[str, str]:
    """One VPC with two subnets and a security group of its own."""
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    return {
        "vpc": vpc,
        "subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-1a")["Subnet"][
            "SubnetId"
        ],
        "other subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.2.0/24")["Subnet"]["SubnetId"],
        "group": ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"],
    }


@cache
def client_of(service: str, *, url: str | None) -> Any:
    """One client for all tests, since making one costs more than most tests; which account answers is moto's to say."""
    return boto3_session().client(service, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


@cache
def boto3_session() -> Any:
    return boto3.Session(aws_access_key_id="anyone", aws_secret_access_key="anything", region_name="eu-west-1")


@contextmanager
def started_server(*options: str) -> Iterator[str]:
    """A server process on a free port; it is ready when it has written its address, and ends in peace with the block."""
    command = [sys.executable, "-m", "scanner.mock.server", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), f"the server did not start: {url!r}"
        try:
            yield url
        finally:
            process.terminate()
        assert process.wait(timeout=30) == 0
