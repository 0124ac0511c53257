from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.errors import MissingExtraError
from scanner.mock.account import mocked_account
from scanner.mock.estate import seed


def a_vpc() -> str:
    with mocked_account() as session:
        identity: str = session.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    return identity


def test_the_environment_comes_back_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for own in (tmp_path / "config", tmp_path / ".aws" / "config"):
        own.parent.mkdir(exist_ok=True)
        own.write_text("[profile work]\nregion = us-west-2\naws_access_key_id = REAL\naws_secret_access_key = REAL\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "999999999999")
    before = dict(os.environ)
    with mocked_account(region="eu-west-2") as session:
        assert session.region_name == "eu-west-2"
        assert session.available_profiles == []
        assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
        assert {"AWS_PROFILE", "AWS_ENDPOINT_URL", "MOTO_ACCOUNT_ID"}.isdisjoint(os.environ)
        os.environ["AWS_REGION"] = "eu-west-3"
    assert dict(os.environ) == before


def test_the_environment_comes_back_after_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    before = dict(os.environ)
    with pytest.raises(ZeroDivisionError), mocked_account():
        raise ZeroDivisionError
    assert dict(os.environ) == before


def test_the_same_calls_get_the_same_ids_and_nothing_is_left_of_the_last_account() -> None:
    assert a_vpc() == a_vpc()
    with mocked_account() as session:
        vpcs = session.client("ec2").describe_vpcs()["Vpcs"]
    assert [vpc["CidrBlock"] for vpc in vpcs] == ["172.31.0.0/16"]


def test_the_second_estate_of_a_process_is_the_first_again() -> None:
    estates = []
    for _ in range(2):
        with mocked_account() as session:
            estates.append(seed(session))
    assert estates[0] == estates[1]


def test_the_estate_can_be_built_in_the_region_that_s3_treats_apart() -> None:
    with mocked_account(region="us-east-1") as session:
        ids = seed(session, region="us-east-1")
        (flow_log,) = session.client("ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["FlowLogId"] == ids["spoke-flow-log"]


def test_the_random_numbers_of_the_process_and_of_moto_go_on_undisturbed() -> None:
    from moto.moto_api._internal import mock_random

    before = random.getstate(), mock_random.getstate()
    a_vpc()
    assert (random.getstate(), mock_random.getstate()) == before


def test_without_moto_one_sentence_tells_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto", None)
    with pytest.raises(MissingExtraError) as told, mocked_account():
        pass
    assert told.value.message == "the demo needs moto, which is not installed"
    assert told.value.cure == "install it with `pip install 'bastionless[mock]'`"


def test_importing_the_account_and_the_estate_loads_neither_boto3_nor_moto() -> None:
    loaded = (
        "import sys, scanner.mock.account, scanner.mock.estate; print({'boto3', 'botocore', 'moto'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
