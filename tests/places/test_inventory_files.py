"""The file with one line for each resource, on which alerts stand."""

from __future__ import annotations

import json

from scanner.model import Gap, GapReason, Inventory, Location, Resource
from scanner.places.inventory_files import identity_of, lines_of, places_in
from scanner.places.line_hash import line_hashes
from tests.places.checkouts import ACCOUNT, resource

_KINDS = frozenset({"AWS::EC2::Instance"})


def _inventory(*resources: Resource, region: str = "eu-west-1", gaps: tuple[Gap, ...] = ()) -> Inventory:
    return Inventory("aws", ACCOUNT, region, resources, gaps, _KINDS)


def _ids(text: str) -> list[str]:
    return [json.loads(line)["id"] for line in text.splitlines()]


def test_a_resource_is_one_line_that_begins_with_its_identity() -> None:
    web = resource("i-1", {"Name": "we\nb\u202e"})
    text = lines_of([_inventory(web)])
    assert text.count("\n") == 1
    assert text.isascii()
    assert text.startswith(f'{{"identity":"{identity_of(web)}","arn":"{web.arn}","kind":"AWS::EC2::Instance"')
    assert json.loads(text)["name"] == "we\nb\u202e"
    assert places_in(text, "inventory/1.jsonl") == {identity_of(web): Location("inventory/1.jsonl", 1)}


def test_what_github_knows_a_line_by_stays_when_others_come_and_go_and_the_name_changes() -> None:
    web = resource("i-5", {"Name": "web"})
    before = lines_of([_inventory(web)])
    after = lines_of([_inventory(*(resource(f"i-{number}") for number in (1, 9)), resource("i-5", {"Name": "edge"}))])
    line = places_in(after, "x")[identity_of(web)].line
    assert line == 2
    assert line_hashes(after, {line})[line] == line_hashes(before, {1})[1]


def test_no_two_lines_have_one_hash_however_long_the_arns_are() -> None:
    long = [Resource("K", "aws", ACCOUNT, "global", f"{'x' * 300}{n}", f"arn:{'x' * 300}{n}", {}) for n in range(9)]
    text = lines_of([_inventory(*long, region="global")])
    assert {mark.rpartition(":")[2] for mark in line_hashes(text, range(1, 10)).values()} == {"1"}


def test_what_is_gone_goes_and_what_was_not_looked_for_stays() -> None:
    before = lines_of(
        [
            _inventory(resource("i-1"), resource("i-2"), resource("vpc-1", kind="AWS::EC2::VPC")),
            _inventory(resource("i-3", region="us-east-1"), region="us-east-1"),
        ]
    )
    assert _ids(lines_of([_inventory(resource("i-2"))], before=before)) == ["i-2", "vpc-1", "i-3"]


def test_what_could_not_be_read_stays() -> None:
    before = lines_of([_inventory(resource("i-1"))])
    refused = Gap(ACCOUNT, "eu-west-1", "ec2:DescribeInstances", GapReason.DENIED, kinds=("AWS::EC2::Instance",))
    assert lines_of([_inventory(gaps=(refused,))], before=before) == before


def test_what_happened_is_no_resource() -> None:
    assert lines_of([_inventory(resource("e-1", kind="AWS::CloudTrail::Event"))]) == ""


def test_lines_of_others_are_dropped_and_nobodys_place() -> None:
    strange = 'hello\n{"identity":"x"}\n{"identity":"0123456789abcdef0123456789abcdef",\n'
    assert places_in("hello\n[1]\n", "x") == {}
    assert _ids(lines_of([_inventory(resource("i-1"))], before=strange)) == ["i-1"]
