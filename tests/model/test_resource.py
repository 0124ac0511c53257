"""Facts are AWS's own, read-only, and absent ones never raise."""

from __future__ import annotations

import pytest

from scanner.model import Resource, Undecided, Unknown


def resource(**facts: object) -> Resource:
    return Resource("AWS::EC2::VPC", "aws", "111122223333", "eu-west-1", "vpc-1", "arn:vpc-1", facts)


def test_a_dotted_path_finds_a_fact_and_a_missing_part_gives_the_default() -> None:
    vpc = resource(State={"Name": "running"}, CidrBlock="10.0.0.0/16", Nothing=None)
    assert vpc.get("State.Name") == "running"
    assert vpc.get("State.Code", 7) == 7
    assert vpc.get("CidrBlock.Name", "x") == vpc.get("CidrBlock.10", "x") == "x"
    assert vpc.get("Nothing", "x") == "x"
    assert vpc.get("No.Such.Fact") is None


def test_an_unknown_on_the_way_is_the_answer() -> None:
    vpc = resource(EnableDnsSupport=Unknown("it was refused"))
    assert isinstance(vpc.get("EnableDnsSupport.Value", default=False), Unknown)
    with pytest.raises(Undecided, match="it was refused"):
        vpc.items("EnableDnsSupport")


def test_items_are_a_list_s_and_nothing_else_s() -> None:
    vpc = resource(Tags=[{"Key": "a", "Value": "b"}], CidrBlock="10.0.0.0/16")
    assert vpc.items("Tags") == ({"Key": "a", "Value": "b"},)
    assert vpc.items("CidrBlock") == ()
    assert vpc.items("NoSuch") == ()


def test_tags_are_a_plain_mapping_whatever_stands_in_the_list() -> None:
    vpc = resource(Tags=[{"Key": "Name", "Value": "core"}, {"Key": "bare"}, {"Value": "no key"}, "odd", None])
    assert vpc.tags == {"Name": "core", "bare": ""}
    assert vpc.name == "core"
    assert vpc.label == "vpc-1 (core)"
    assert resource().label == "vpc-1"


def test_facts_cannot_be_replaced_and_are_no_part_of_identity() -> None:
    vpc = resource(a=1)
    with pytest.raises(TypeError):
        vpc.facts["a"] = 2  # type: ignore[index]
    assert vpc == resource(a=2)
    assert len({vpc, resource(a=2)}) == 1


def test_the_dictionary_it_was_made_from_may_change_without_it() -> None:
    answer = {"CidrBlock": "10.0.0.0/16"}
    vpc = Resource("AWS::EC2::VPC", "aws", "1", "eu-west-1", "vpc-1", "", answer)
    answer["CidrBlock"] = "0.0.0.0/0"
    assert vpc.get("CidrBlock") == "10.0.0.0/16"
