"""Several accounts in one scan, through the front door."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from moto import mock_aws

import scanner
from scanner.cli import cli
from scanner.errors import ConfigError, OutputError, UsageError
from scanner.reports import render

HOME, US = "eu-west-1", "us-east-1"
FIRST, SECOND, THIRD = "111122223333", "444455556666", "777788889999"
RULES = ("NET", "TRL", "IAM", "EIC")


def role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/audit"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """An organization of mocked accounts; the third does not let us in."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", HOME)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        made = boto3.Session(region_name=HOME)
        for account in (FIRST, SECOND):
            seed(made, account)
        made.events.register("before-call.sts.AssumeRole", refuse)
        yield made


def seed(session: boto3.Session, account: str) -> None:
    """A machine that the internet reaches, in an account of its own."""
    keys = session.client("sts").assume_role(RoleArn=role(account), RoleSessionName="seed")["Credentials"]
    ec2 = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=HOME).client(
        "ec2"
    )
    group = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")


def refuse(params: dict[str, Any], **_: Any) -> None:
    if role(THIRD) in str(params["body"]):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")


def scan(session: boto3.Session, *accounts: str, **options: Any) -> scanner.ScanReport:
    return scanner.scan(session, [HOME, US], RULES, accounts=[role(one) for one in accounts], **options)


class Recording(ThreadPoolExecutor):
    """An engine of somebody's own."""

    def __init__(self) -> None:
        super().__init__(2)
        self.tasks = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks += 1
        return super().submit(fn, *args, **kwargs)


def test_every_account_says_what_it_says_alone(session: boto3.Session) -> None:
    both = scan(session, FIRST, SECOND, include_pass=True)
    alone = [scan(session, one, include_pass=True) for one in (FIRST, SECOND)]
    assert [target.account for target in both.targets] == [FIRST] * 3 + [SECOND] * 3
    told = [(one.fingerprint, one.outcome, one.message) for one in both.findings]
    parts = [(one.fingerprint, one.outcome, one.message) for report in alone for one in report.findings]
    assert sorted(told) == sorted(parts)
    assert {one.resource.account for one in both.failures()} == {FIRST, SECOND}


def test_the_order_of_accounts_changes_nothing(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.pipeline.clock.now", lambda: "2026-01-15T12:00:00Z")
    there, back = scan(session, FIRST, SECOND), scan(session, SECOND, FIRST)
    assert render(there, format="json") == render(back, format="json")


def test_a_single_account_says_the_same_unit_by_unit(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("scanner.pipeline.clock.now", lambda: "2026-01-15T12:00:00Z")
    plain = scanner.scan(session, [HOME, US], RULES, include_pass=True)
    units = scanner.scan(session, [HOME, US], RULES, include_pass=True, run_dir=tmp_path / "run")
    assert render(units, format="json") == render(plain, format="json")


def test_an_account_that_lets_nobody_in_is_a_failed_target_and_no_end(session: boto3.Session) -> None:
    report = scan(session, THIRD, FIRST)
    reason = f"sts:AssumeRole was refused in global (the role {role(THIRD)} cannot be assumed (AccessDenied))"
    assert [(one.account, one.region, one.failed) for one in report.failed_targets] == [(THIRD, "global", reason)]
    assert {one.resource.account for one in report.failures()} == {FIRST}
    assert {one.outcome.value for one in report.findings if one.resource.account == THIRD} == {"unknown"}
    assert not report.whole


def test_a_region_that_exists_nowhere_is_the_callers_mistake(session: boto3.Session) -> None:
    with pytest.raises(UsageError, match="'eu-west-99' is no AWS Region"):
        scanner.scan(session, ["eu-west-99"], RULES, accounts=[role(FIRST), role(SECOND)])


def test_accounts_go_through_the_executor_that_is_handed_over(session: boto3.Session) -> None:
    with Recording() as engine:
        report = scan(session, FIRST, SECOND, executor=engine)
    assert engine.tasks == 2
    assert {target.account for target in report.targets} == {FIRST, SECOND}


def test_the_folder_of_a_run_holds_a_line_for_each_finding_and_gap(session: boto3.Session, tmp_path: Path) -> None:
    report = scan(session, FIRST, THIRD, run_dir=tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run" / "findings.jsonl").read_text().splitlines()]
    gaps = [json.loads(line)["sentence"] for line in (tmp_path / "run" / "gaps.jsonl").read_text().splitlines()]
    assert sorted(line["fingerprint"] for line in lines) == sorted(one.fingerprint for one in report.findings)
    assert sorted(set(gaps)) == sorted({gap.sentence for gap in report.gaps})
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["findings.jsonl", "gaps.jsonl"]
    with pytest.raises(OutputError, match="the folder of a run has to be empty"):
        scan(session, FIRST, run_dir=tmp_path / "run")


def test_an_account_that_is_named_twice_is_told(session: boto3.Session) -> None:
    with pytest.raises(ConfigError, match="the account 111122223333 comes twice"):
        scan(session, FIRST, FIRST)


def test_the_command_takes_several_roles(
    session: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    roles = ["--role-arn", role(FIRST), "--role-arn", role(SECOND)]
    where = ["scan", "--region", HOME, "--select", ",".join(RULES), "-q", "--format", "json"]
    answer = CliRunner().invoke(cli, [*where, *roles], standalone_mode=False)
    assert answer.return_value == 1, answer.output
    assert {one["account"] for one in json.loads(answer.stdout)["targets"]} == {FIRST, SECOND}


def test_the_command_exits_with_3_where_one_account_lets_nobody_in(
    session: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = scan(session, FIRST, THIRD)
    monkeypatch.setattr("scanner.pipeline.scan_live", lambda *_, **__: report)
    (tmp_path / "accounts.txt").write_text(f"{FIRST} audit\n{THIRD} audit\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(cli, ["scan", "--accounts", "accounts.txt", "-q"], standalone_mode=False)
    assert answer.return_value == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["scan", "--accounts", "accounts.txt"], "'no-such!role' is no role"),
        (["scan", "--accounts", "accounts.txt", "--role-arn", role(FIRST)], "--accounts names its own roles"),
        (["scan", "--demo", "--accounts", "accounts.txt"], "--accounts is for live accounts"),
        (["scan", "--demo", "--run-dir", "run"], "--run-dir is for live accounts"),
        (["who", "--role-arn", role(FIRST), "--role-arn", role(SECOND)], "--role-arn comes twice"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accounts.txt").write_text(f"{FIRST} audit\n{SECOND} no-such!role\n", encoding="utf-8")
    answer = CliRunner().invoke(cli, words, standalone_mode=False)
    assert isinstance(answer.exception, UsageError)
    assert sentence in answer.exception.message
