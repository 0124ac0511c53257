"""What is written is what is read, and what is no snapshot is told in one sentence."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scanner
from scanner.aws.build import ALWAYS, make_inventory
from scanner.aws.kinds import Kind
from scanner.aws.table import KINDS
from scanner.collect import snapshot
from scanner.collect.snapshot import load_snapshot, write_snapshot
from scanner.errors import InternalError, OutputError, SnapshotError
from scanner.model import GLOBAL, Gap, GapReason, Inventory
from tests.collect.conftest import ACCOUNT, NOON

REGIONS = ["eu-west-1", "us-gov-west-1", GLOBAL]
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def rows(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    """Facts as AWS may give them: whatever members, and those that make the id."""
    facts: dict[str, Any] = draw(st.dictionaries(WORDS, VALUES, max_size=3))
    names = [part.split("}")[0] for part in kind.id.split("{")[1:]] if "{" in kind.id else [kind.id]
    facts.update({name: draw(WORDS) for name in names if name})
    if kind.arn and ":" not in kind.arn and draw(st.booleans()):
        facts[kind.arn] = f"arn:aws:x:{draw(WORDS)}"
    if kind.name == "AWS::CloudTrail::Trail":
        facts["HomeRegion"] = draw(st.sampled_from(REGIONS[:2]))
    if kind.path == "@":
        facts[kind.proof] = True
    return facts


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """An inventory as collecting makes them: in the table's order, with gaps about lists and about resources."""
    region = draw(st.sampled_from(REGIONS))
    names = draw(st.sets(st.sampled_from([name for name in KINDS if name not in ALWAYS]), max_size=5))
    here: dict[str, list[dict[str, Any]]] = {}
    for name, kind in KINDS.items():
        if name in names:
            most = 3 if kind.is_list or not kind.path else 1
            here[name] = draw(
                st.lists(rows(kind), max_size=most, unique_by=lambda facts: json.dumps(facts, sort_keys=True))
            )
    bare = make_inventory(here, account=ACCOUNT, region=region)
    gaps = [
        draw(gaps_about(resource.kind, resource.arn)) for resource in bare.resources if KINDS[resource.kind].details
    ]
    gaps += draw(st.lists(gaps_about(draw(st.sampled_from(sorted(KINDS))), ""), max_size=2))
    if region != GLOBAL and draw(st.booleans()):
        here["AWS::Region"] = [{"RegionName": region, "OptInStatus": "opted-in"}]
    return make_inventory(
        here,
        account=ACCOUNT,
        region=region,
        partition=draw(st.sampled_from(["aws", "aws-us-gov"])),
        gaps=gaps,
        collected=draw(st.none() | st.just(frozenset(here))),
        taken_at=draw(st.sampled_from(["", NOON])),
    )


@st.composite
def gaps_about(draw: st.DrawFn, name: str, arn: str) -> Gap:
    kind = KINDS[name]
    operation = draw(st.sampled_from([detail.operation for detail in kind.details])) if arn else kind.operation
    reason, detail = draw(st.sampled_from(list(GapReason))), draw(st.text(max_size=5))
    return Gap(ACCOUNT, draw(st.sampled_from(REGIONS)), f"{kind.service}:{operation}", reason, detail, (name,), arn)


def facts_of(inventory: Inventory) -> list[tuple[str, dict[str, Any]]]:
    """Facts with their unknowns as text: an unknown refuses to be compared."""
    return [
        (
            resource.arn,
            {name: repr(value) if hasattr(value, "why") else value for name, value in resource.facts.items()},
        )
        for resource in inventory.resources
    ]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(inventories(), min_size=1, max_size=3), st.sampled_from(["s.json", "s.json.gz"]))
def test_what_is_written_is_what_is_read(tmp_path: Path, written: list[Inventory], name: str) -> None:
    path = tmp_path / name
    write_snapshot(written, path)
    found = load_snapshot(path)
    assert [replace(inventory, mode="live") for inventory in found] == written
    assert {inventory.mode for inventory in found} == {"snapshot"}
    assert [facts_of(inventory) for inventory in found] == [facts_of(inventory) for inventory in written]
    again = tmp_path / f"again-{name}"
    write_snapshot([replace(inventory, mode="live") for inventory in found], again)
    assert again.read_bytes() == path.read_bytes()


@pytest.fixture
def vpcs() -> Inventory:
    denied = Gap(
        ACCOUNT, "eu-west-1", "ec2:DescribeSubnets", GapReason.DENIED, "UnauthorizedOperation", ("AWS::EC2::Subnet",)
    )
    instances = [{"InstanceId": "i-1", "LaunchTime": NOON}, {"InstanceId": "i-2"}]
    return make_inventory(
        {"AWS::EC2::VPC": [{"VpcId": "vpc-1"}], "AWS::EC2::Instance": instances, "AWS::EC2::NatGateway": []},
        account=ACCOUNT,
        region="eu-west-1",
        gaps=[denied],
        collected=["AWS::EC2::VPC", "AWS::EC2::Instance", "AWS::EC2::NatGateway", "AWS::EC2::Subnet"],
        taken_at=NOON,
    )


def test_other_tools_find_aws_s_own_answers_in_it(tmp_path: Path, vpcs: Inventory) -> None:
    path = tmp_path / "account.json"
    write_snapshot([vpcs], path)
    document = json.loads(path.read_text())
    assert {key: document[key] for key in ("format", "version", "tool")} == {
        "format": "bastionless-snapshot",
        "version": 1,
        "tool": {"name": "bastionless", "version": scanner.__version__},
    }
    [record] = document["inventories"]
    assert record["answers"]["ec2"] == {
        "DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
        "DescribeInstances": {
            "Reservations": [{"Instances": [{"InstanceId": "i-1", "LaunchTime": NOON}, {"InstanceId": "i-2"}]}]
        },
        "DescribeNatGateways": {"NatGateways": []},
        "DescribeSubnets": {"Subnets": []},
        "DescribeRegions": {"Regions": [{"RegionName": "eu-west-1"}]},
    }
    assert record["answers"]["sts"] == {"GetCallerIdentity": {"Account": ACCOUNT}}
    assert record["gaps"] == [
        {
            "account": ACCOUNT,
            "region": "eu-west-1",
            "call": "ec2:DescribeSubnets",
            "reason": "denied",
            "detail": "UnauthorizedOperation",
            "kinds": ["AWS::EC2::Subnet"],
        }
    ]


def test_a_packed_snapshot_is_gzip_without_a_date_or_a_name(tmp_path: Path, vpcs: Inventory) -> None:
    first, second = tmp_path / "a.json.gz", tmp_path / "b.json.gz"
    write_snapshot([vpcs], first)
    write_snapshot([vpcs], second)
    assert first.read_bytes() == second.read_bytes()
    flags, date = first.read_bytes()[3], first.read_bytes()[4:8]
    assert (flags, date) == (0, bytes(4))
    assert json.loads(gzip.decompress(first.read_bytes()))["format"] == "bastionless-snapshot"


def test_a_packed_snapshot_is_read_whatever_it_is_called(tmp_path: Path, vpcs: Inventory) -> None:
    packed = tmp_path / "a.json.gz"
    write_snapshot([vpcs], packed)
    renamed = packed.rename(tmp_path / "snapshot")
    assert load_snapshot(renamed) == (replace(vpcs, mode="snapshot"),)


def test_a_fact_that_nobody_could_read_is_not_in_the_file_and_unknown_again_when_read(tmp_path: Path) -> None:
    arn = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/t"
    refused = Gap(
        ACCOUNT, "eu-west-1", "cloudtrail:GetTrailStatus", GapReason.DENIED, "", ("AWS::CloudTrail::Trail",), arn
    )
    trail = {"Name": "t", "TrailARN": arn, "HomeRegion": "eu-west-1"}
    path = tmp_path / "s.json"
    write_snapshot(
        [make_inventory({"AWS::CloudTrail::Trail": [trail]}, account=ACCOUNT, region="eu-west-1", gaps=[refused])], path
    )
    assert "IsLogging" not in path.read_text()
    [inventory] = load_snapshot(path)
    assert inventory.of("AWS::CloudTrail::Trail")[0].get("IsLogging").why == refused.sentence


class TestWriting:
    def test_a_folder_that_does_not_exist_is_told(self, tmp_path: Path, vpcs: Inventory) -> None:
        path = tmp_path / "none" / "s.json"
        with pytest.raises(OutputError) as caught:
            write_snapshot([vpcs], path)
        assert str(caught.value) == (
            f"{path}: the snapshot cannot be written: No such file or directory. "
            "Name a file in a folder that exists and may be written to"
        )

    def test_a_folder_is_no_file(self, tmp_path: Path, vpcs: Inventory) -> None:
        with pytest.raises(OutputError, match="Is a directory"):
            write_snapshot([vpcs], tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_what_was_there_stays_when_writing_fails(self, tmp_path: Path, vpcs: Inventory) -> None:
        path = tmp_path / "s.json"
        path.write_text("before")

        def breaking() -> Iterator[Inventory]:
            yield vpcs
            raise InternalError("in the middle")

        with pytest.raises(InternalError):
            write_snapshot(breaking(), path)
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_link_is_followed_and_stays_a_link(self, tmp_path: Path, vpcs: Inventory) -> None:
        target, link = tmp_path / "real.json", tmp_path / "link.json"
        target.touch()
        link.symlink_to(target)
        write_snapshot([vpcs], link)
        assert link.is_symlink()
        assert load_snapshot(target) == (replace(vpcs, mode="snapshot"),)

    def test_a_device_is_written_and_not_replaced(self, vpcs: Inventory) -> None:
        write_snapshot([vpcs], Path("/dev/null"))
        assert Path("/dev/null").is_char_device()

    def test_a_fact_that_is_no_json_is_a_bug_and_no_file(self, tmp_path: Path) -> None:
        strange = make_inventory(
            {"AWS::EC2::VPC": [{"VpcId": "vpc-1", "Odd": {1, 2}}]}, account=ACCOUNT, region="eu-west-1"
        )
        with pytest.raises(InternalError, match="a fact is a set"):
            write_snapshot([strange], tmp_path / "s.json")
        assert list(tmp_path.iterdir()) == []


class TestReading:
    @staticmethod
    def told(path: Path) -> str:
        with pytest.raises(SnapshotError) as caught:
            load_snapshot(path)
        assert caught.value.exit_code == 2
        assert "\n" not in str(caught.value)
        return str(caught.value).removeprefix(str(path.parent) + "/")

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
    @pytest.mark.parametrize("name", ["s.json", "s.json.gz"])
    def test_a_snapshot_that_is_cut_off_is_told(self, tmp_path: Path, vpcs: Inventory, name: str, part: float) -> None:
        path = tmp_path / name
        write_snapshot([vpcs], path)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * part)])
        assert " cut off" in self.told(path)

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "s.json:1: the snapshot is cut off, or no JSON (Expecting value). Take the snapshot again"),
            (b"[]", "s.json: the file is no snapshot. Give a file that `bastionless snapshot` wrote"),
            (b'{"Vpcs": []}', "s.json: the file is no snapshot. Give a file that `bastionless snapshot` wrote"),
            (b'{"format": "other"}', "s.json: the file is no snapshot. Give a file"),
            (b"\x80\x81", "s.json: the file is no snapshot (UnicodeDecodeError)"),
            (b"[" * 1_000_000, "s.json: the file is no snapshot (RecursionError)"),
            (b"1" * 10_000, "s.json: the file is no snapshot (ValueError)"),
            (b"\x1f\x8bnothing", "s.json: the snapshot is cut off or damaged"),
        ],
        ids=["empty", "list", "describe", "foreign", "bytes", "nested", "number", "damaged"],
    )
    def test_a_file_of_something_else_is_told(self, tmp_path: Path, content: bytes, sentence: str) -> None:
        path = tmp_path / "s.json"
        path.write_bytes(content)
        assert self.told(path).startswith(sentence)

    @pytest.mark.parametrize(
        ("version", "cure"),
        [(2, "Upgrade bastionless"), ("1", "Take the snapshot again"), (None, "Take the snapshot again")],
    )
    def test_another_version_is_told(self, tmp_path: Path, version: object, cure: str) -> None:
        path = tmp_path / "s.json"
        path.write_text(json.dumps({"format": "bastionless-snapshot", "version": version, "inventories": []}))
        assert self.told(path).startswith(f"s.json: the snapshot is of version {version!r}, not 1. {cure}")

    def test_a_file_that_is_only_called_gz_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "s.json.gz"
        path.write_text("{}")
        assert self.told(path).startswith("s.json.gz: the file is called .gz and is not gzip")

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        assert self.told(tmp_path / "s.json") == "s.json: the snapshot cannot be read: No such file or directory"

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(snapshot, "MAX_BYTES", 8 << 20)
        path = tmp_path / "s.json.gz"
        path.write_bytes(gzip.compress(b" " * (9 << 20)))
        assert self.told(path) == (
            "s.json.gz: the file holds more than 8 MiB. No snapshot is that large; check where the file comes from"
        )

    @pytest.mark.parametrize(
        ("path", "value", "sentence"),
        [
            ("inventories", {}, "the snapshot holds no inventories"),
            ("inventories", [], "the snapshot holds no inventories"),
            ("inventories.0", 5, "inventories[0]: an object should stand here"),
            ("inventories.0.account", 111, "inventories[0].account: a string should stand here"),
            ("inventories.0.taken_at", None, "inventories[0].taken_at: a string should stand here"),
            ("inventories.0.collected", "all", "inventories[0].collected: a list should stand here"),
            ("inventories.0.collected", [1], "inventories[0].collected: a list of strings should stand here"),
            ("inventories.0.gaps", None, "inventories[0].gaps: a list should stand here"),
            ("inventories.0.gaps.0.reason", "bored", "inventories[0].gaps[0]: 'bored' is no reason. Upgrade bastionless"),
            ("inventories.0.gaps.0.kinds", "x", "inventories[0].gaps[0].kinds: a list should stand here"),
            ("inventories.0.answers", [], "inventories[0].answers: an object should stand here"),
            ("inventories.0.answers.ec2", [], "inventories[0].answers.ec2: an object should stand here"),
            ("inventories.0.answers.ec2.DescribeVpcs", {}, "DescribeVpcs: the answer is not whole: no Vpcs"),
            ("inventories.0.answers.ec2.DescribeVpcs.Vpcs", [3], "DescribeVpcs: the answer is not whole: Vpcs holds no structure"),
            ("inventories.0.answers.ec2.DescribeInstances.Reservations", 3, "not whole: Reservations is no list"),
            ("inventories.0.answers.ec2.DescribeMoon", {}, "answers.ec2: nothing is known of 'DescribeMoon'. Upgrade"),
        ],
    )  # fmt: skip
    def test_whatever_is_not_as_it_was_written_is_told_with_its_place(
        self, tmp_path: Path, vpcs: Inventory, path: str, value: object, sentence: str
    ) -> None:
        file = tmp_path / "s.json"
        write_snapshot([vpcs], file)
        document = json.loads(file.read_text())
        *above, last = path.split(".")
        target = document
        for step in above:
            target = target[int(step) if step.isdigit() else step]
        target[int(last) if last.isdigit() else last] = value
        file.write_text(json.dumps(document))
        assert sentence in self.told(file)
