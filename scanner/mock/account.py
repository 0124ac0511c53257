"""A mocked account to work in: its own credentials, its own random numbers, and nothing left behind."""

# ruff: noqa: PLC0415 - a missing extra is told in one sentence, and nothing heavy is loaded before it is used

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scanner.errors import MissingExtraError

if TYPE_CHECKING:
    from boto3 import Session

_SEED = 22
_ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
_SECRET_KEY = "an-example-that-opens-nothing"  # noqa: S105 - moto accepts any


@contextmanager
def mocked_account(*, region: str = "eu-west-1", keep: bool = False) -> Iterator[Session]:
    """A boto3 session of an empty account that lives in this process as long as the block does.

    Inside another such block, or inside moto's own `mock_aws`, it is that block's account, with all it holds.
    The same calls get the same identifiers in every such block. The environment's AWS settings are put aside and put
    back. With `keep` moto's state outlives the block, for a server in this process. Raises MissingExtraError when
    moto is not installed.
    """
    # moto reads the AWS configuration while it is imported, so that even this happens with the invented one.
    with invented_credentials(region=region):
        try:
            from moto import mock_aws
            from moto.core.models import botocore_stubber
            from moto.ec2.models import ec2_backends
            from moto.moto_api._internal import mock_random

            from scanner.mock.supply import supply_missing_operations
        except ModuleNotFoundError as missing:
            raise MissingExtraError(
                f"the demo needs {missing.name}, which is not installed",
                cure="install it with `pip install 'bastionless[mock]'`",
            ) from missing
        supply_missing_operations()
        numbers = mock_random.getstate()
        mock = mock_aws()
        if not botocore_stubber.enabled:
            # While moto resets, autoscaling asks for EC2 anew, and what it gets outlives the reset with ids of its own.
            ec2_backends.clear()
        mock.start()
        mock_random.seed(_SEED)
        try:
            yield _session(region)
        finally:
            mock.stop(remove_data=not keep)
            mock_random.setstate(numbers)


@contextmanager
def invented_credentials(*, region: str) -> Iterator[None]:
    """Replace every AWS and moto setting of the environment, and the files it leads to, while the block runs."""
    kept = _take_settings()
    os.environ.update(
        AWS_ACCESS_KEY_ID=_ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=_SECRET_KEY,
        AWS_DEFAULT_REGION=region,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        # The images take half a second for each region, and nothing here asks for one.
        MOTO_EC2_LOAD_DEFAULT_AMIS="false",
    )
    try:
        yield
    finally:
        _take_settings()
        os.environ.update(kept)


def _session(region: str) -> Session:
    from boto3 import Session

    return Session(aws_access_key_id=_ACCESS_KEY, aws_secret_access_key=_SECRET_KEY, region_name=region)


def _take_settings() -> dict[str, str]:
    return {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith(("AWS_", "MOTO_"))}
