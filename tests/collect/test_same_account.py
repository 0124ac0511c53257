"""One account three times: read live, from a snapshot, and from the aws outputs of somebody with a shell."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import scanner
from scanner.aws.build import ALWAYS
from scanner.aws.kinds import Detail, Kind
from scanner.aws.table import KINDS
from scanner.aws.trials import TRIALS, fact_of
from scanner.collect.access import Access, choose_regions, identify_caller
from scanner.collect.account import collect_account
from scanner.collect.describe import read_describe_folder
from scanner.collect.details import details_due, render_request
from scanner.collect.snapshot import load_snapshot, write_snapshot
from scanner.mock.account import mocked_account
from scanner.mock.estate import seed
from scanner.model import GLOBAL, Inventory
from scanner.model.progress import Silent
from tests.collect.conftest import NOON

REGIONS = ("eu-west-1", "eu-central-1")
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Shell:
    """Somebody who runs one aws command after the other and keeps what it prints."""

    def __init__(self, session: boto3.Session, root: Path) -> None:
        self.session = session
        self.root = root

    def run(
        self, region: str, service: str, operation: str, request: dict[str, Any], about: str = "", proof: str = ""
    ) -> None:
        client = self.session.client(service, region_name=region if region != GLOBAL else "us-east-1")  # type: ignore[call-overload]
        command = WORDS.sub("-", operation).lower()
        try:
            answer = getattr(client, command.replace("-", "_"))(**request)
        except ClientError as refused:
            if not refused.response["Error"]["Code"].startswith("NoSuch"):
                raise
            answer = {proof: None}
        answer.pop("ResponseMetadata", None)
        file = self.root / region / f"{command}{about}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer, default=lambda time: time.isoformat()))

    def run_list(self, region: str, kind: Kind) -> None:
        self.run(region, kind.service, kind.operation, dict(kind.request))

    def run_detail(self, region: str, kind: Kind, detail: Detail, facts: dict[str, Any]) -> None:
        named = str(facts[kind.id]).rpartition("/")[2]  # an ARN is no name of a file
        about = f".{named}" if kind.name != "AWS::EC2::VPC" else f".{detail.proof}.{named}"
        region = facts.get(detail.home, region)
        self.run(region, kind.service, detail.operation, render_request(detail.request, facts), about, detail.proof)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Inventory, ...], Path]:
    """The demo estate as a scan reads it, and a folder of outputs."""
    root = tmp_path_factory.mktemp("outputs")
    # Organizations and the global services have nothing here, and their answers are not the point.
    kinds = {name: kind for name, kind in KINDS.items() if not kind.is_global or name == "AWS::S3::Bucket"}
    with mocked_account() as session:
        seed(session, region=REGIONS[0])
        caller = identify_caller(session, Access())
        live = collect_account(
            session,
            caller=caller,
            regions=choose_regions(session, caller, REGIONS, Access()),
            kinds=frozenset(kinds),
            access=Access(),
            progress=Silent(),
            taken_at=NOON,
        )
        shell = Shell(session, root)
        for inventory in live:
            found = {name: [dict(one.facts) for one in inventory.of(name)] for name in inventory.kinds}
            for kind in kinds.values():
                if inventory.region != GLOBAL and kind.operation and not kind.parent:
                    shell.run_list(inventory.region, kind)
                for index, detail in details_due(kind, found.get(kind.name, []), found.get):
                    # An answer about a made-up event says nothing of which event it was: no file can hold it.
                    if detail.trials:
                        continue
                    shell.run_detail(inventory.region, kind, detail, found[kind.name][index])
        for region in REGIONS:
            # A scan asks for each metric, people ask once.
            shell.run(region, "cloudwatch", "DescribeAlarms", {})
        shell.run(REGIONS[0], "ec2", "DescribeRegions", {"AllRegions": True})
        shell.run(REGIONS[0], "sts", "GetCallerIdentity", {})
    return live, root


TRIED = frozenset(map(fact_of, TRIALS))


def facts_of(inventory: Inventory) -> dict[str, dict[str, Any]]:
    """The facts by ARN, but for moments that moto makes up anew whenever it is asked."""
    moments = {"LatestDeliveryTime", "LatestDeliveryAttemptTime"}
    return {
        one.arn: {name: value for name, value in one.facts.items() if name not in moments and name not in TRIED}
        for one in inventory.resources
        if one.kind not in ALWAYS
    }


def test_a_snapshot_gives_the_findings_of_the_scan_it_came_from(
    account: tuple[tuple[Inventory, ...], Path], tmp_path: Path
) -> None:
    live, _ = account
    path = tmp_path / "account.json.gz"
    write_snapshot(live, path)
    stored = load_snapshot(path)
    assert stored == tuple(replace(inventory, mode="snapshot") for inventory in live)
    first = scanner.evaluate(live, include_pass=True)
    assert first.failures() != ()
    assert scanner.evaluate(stored, include_pass=True).findings == first.findings


def test_outputs_of_aws_give_the_same_account(account: tuple[tuple[Inventory, ...], Path]) -> None:
    live, root = account
    read = read_describe_folder(root)
    assert [inventory.region for inventory in read] == [*sorted(REGIONS), GLOBAL]
    for inventory in read:
        [same] = [one for one in live if one.region == inventory.region]
        assert facts_of(inventory) == facts_of(same)
        assert inventory.gaps == ()
        assert (inventory.account, inventory.partition) == (same.account, same.partition)


def test_outputs_of_aws_give_the_same_findings(account: tuple[tuple[Inventory, ...], Path]) -> None:
    live, root = account
    read = read_describe_folder(root, taken_at=NOON)
    without_children = [replace(one, collected=(one.collected or frozenset()) & (same.collected or frozenset())) for one in live
                        for same in read if same.region == one.region]  # fmt: skip
    expected = scanner.evaluate(without_children, include_pass=True)
    assert scanner.evaluate(read, include_pass=True).findings == expected.findings
