from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name

from scanner.aws.table import KINDS
from scanner.mock.account import mocked_account
from scanner.mock.supply import _SUPPLIES, _extend, supply_missing_operations

SUPPLIES = [(owner, supply) for owner, supplies in _SUPPLIES for supply in supplies]
LISTED = [
    kind
    for kind in KINDS.values()
    if kind.operation and kind.parent is None and "$" not in str(sorted(kind.request.items()))
]


@pytest.mark.parametrize(("owner", "supply"), SUPPLIES, ids=lambda part: part.__name__)
def test_moto_still_lacks_all_that_is_supplied(owner: type, supply: type) -> None:
    supplied = {name for name, _ in inspect.getmembers(supply, inspect.isfunction) if name in vars(supply)}
    supply_missing_operations()
    of_moto = {name for base in owner.__mro__ if base.__module__.startswith("moto.") for name in vars(base)}
    assert supplied & of_moto == set()


def test_what_moto_learns_to_answer_keeps_motos_answer() -> None:
    class Common:
        pass

    class Owner(Common):
        def known(self) -> str:
            return "from moto"

    class Supply(Common):
        def known(self) -> str:
            return "supplied"

        def unknown(self) -> str:
            return "supplied"

    _extend(Owner, supply=Supply)
    owner: Any = Owner()
    assert (owner.known(), owner.unknown()) == ("from moto", "supplied")


def test_supplying_twice_changes_nothing() -> None:
    from moto.backend_index import backend_url_patterns

    supply_missing_operations()
    once = [owner.__bases__ for owner, _ in SUPPLIES], len(backend_url_patterns)
    supply_missing_operations()
    assert ([owner.__bases__ for owner, _ in SUPPLIES], len(backend_url_patterns)) == once


FIRST_OF_A_PROCESS = """
import boto3
from moto import mock_aws
from moto.ec2.models import EC2Backend
import scanner.mock.supply
assert not any(base.__module__.startswith("scanner") for base in EC2Backend.__mro__), "importing has changed moto"
with mock_aws():
    ec2 = boto3.client("ec2", region_name="eu-west-1")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    scanner.mock.supply.supply_missing_operations()
    ec2.create_instance_connect_endpoint(SubnetId=subnet)
    print(len(ec2.describe_instance_connect_endpoints()["InstanceConnectEndpoints"]))
"""


def test_an_account_that_is_mocked_already_learns_the_operations_too() -> None:
    run = subprocess.run([sys.executable, "-c", FIRST_OF_A_PROCESS], capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.returncode) == ("1", 0), run.stderr


@pytest.fixture(scope="module")
def empty_account() -> Iterator[Any]:
    with mocked_account() as session:
        yield session


@pytest.mark.parametrize("kind", LISTED, ids=lambda kind: kind.call)
def test_every_list_a_scan_may_ask_for_is_answered(empty_account: Any, kind: Any) -> None:
    client = empty_account.client(kind.service, region_name=kind.home or "eu-west-1")
    ask = getattr(client, xform_name(kind.operation))
    if kind.service == "organizations":
        with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
            ask(**kind.request)
    else:
        assert ask(**kind.request)["ResponseMetadata"]["HTTPStatusCode"] == 200
