from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from scanner.mock import server


def test_a_seeded_server_holds_the_estate_that_is_seeded_in_process(
    started: Callable[..., AbstractContextManager[str]], client_at: Callable[[str], Callable[[str], Any]]
) -> None:
    from scanner.mock.account import mocked_account
    from scanner.mock.estate import seed

    with mocked_account() as session:
        ids = seed(session)
    with started("--seed") as url:
        ec2 = client_at(url)("ec2")
        instances = [i for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]]
        endpoints = ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]
    names = {"bastion", "web", "app-1", "app-2", "reports", "orders", "stock", "lathe"}
    assert {instance["InstanceId"] for instance in instances} == {ids[name] for name in names}
    ways_in = ("edge-connect", "spoke-connect", "workshop-connect")
    assert [endpoint["InstanceConnectEndpointId"] for endpoint in endpoints] == [ids[name] for name in ways_in]


def test_an_unseeded_server_begins_empty(
    started: Callable[..., AbstractContextManager[str]], client_at: Callable[[str], Callable[[str], Any]]
) -> None:
    with started() as url:
        vpcs = client_at(url)("ec2").describe_vpcs()["Vpcs"]
    assert [vpc["IsDefault"] for vpc in vpcs] == [True]


def test_without_the_server_parts_one_sentence_tells_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "flask_cors", None)
    assert server.main(["--port", "0"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "the mock server needs flask_cors, which is not installed. Pip install 'moto[server]'\n"


def test_a_port_that_is_no_number_is_refused() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "scanner.mock.server", "--port", "any"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "invalid int value: 'any'" in run.stderr
