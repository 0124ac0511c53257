"""botocore's models as types: what they say, and where AWS's answers are known to say something else."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from scanner.aws import shapes
from scanner.aws.shapes import _ALSO_SENT, _EITHER_CASE, ANYTHING, Shape, shape_of
from scanner.aws.table import KINDS


def model(kind: str) -> Any:
    return botocore.session.Session().get_service_model(KINDS[kind].service)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_shape_with_members(kind: str) -> None:
    shape = shape_of(kind)
    assert shape.type == "structure"
    assert shape.members
    assert not shape.is_scalar


def test_types_and_words_are_the_model_s() -> None:
    vpc = shape_of("AWS::EC2::VPC")
    assert vpc.members["State"] == Shape("string", enum=tuple(model("AWS::EC2::VPC").shape_for("VpcState").enum))
    assert "available" in vpc.members["State"].enum
    assert vpc.members["IsDefault"] == Shape("boolean")
    assert vpc.members["Tags"].type == "list"
    assert vpc.members["Tags"].item is not None
    assert set(vpc.members["Tags"].item.members) == {"Key", "Value"}


def test_details_join_the_list() -> None:
    assert shape_of("AWS::EC2::VPC").members["EnableDnsSupport"].members["Value"].type == "boolean"
    assert "IsLogging" in shape_of("AWS::CloudTrail::Trail").members
    assert "EventSelectors" in shape_of("AWS::CloudTrail::Trail").members
    assert set(shape_of("AWS::S3::Bucket").members) == {
        "Name",
        "Policy",
        "PolicyStatus",
        "Grants",
        "PublicAccessBlockConfiguration",
    }


def test_of_a_detail_only_what_is_kept_joins() -> None:
    assert "Entries" in shape_of("AWS::EC2::PrefixList").members
    assert "NextToken" not in shape_of("AWS::EC2::PrefixList").members


def test_a_model_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LookupError, match="botocore has no model of no-such-service"):
        shapes._model("no-such-service")
    monkeypatch.setattr(shapes, "find_spec", lambda _: None)
    with pytest.raises(LookupError, match="botocore's data files are not installed"):
        shapes._model("another-service")


def test_a_structure_that_holds_itself_ends_in_anything() -> None:
    tree = {"type": "structure", "members": {"Above": {"shape": "Tree"}, "Below": {"shape": "Trees"}}}
    made = {"Tree": tree, "Trees": {"type": "list", "member": {"shape": "Tree"}}, "Answer": tree}
    reader = shapes._Reader({"shapes": made, "operations": {"Get": {"output": {"shape": "Tree"}}}}, "K")
    answer = reader.output("Get")
    assert answer.members["Above"] is ANYTHING
    assert answer.members["Below"].item is ANYTHING


def test_no_kind_is_bottomless() -> None:
    def depth(shape: Shape, level: int = 0) -> int:
        parts = [*shape.members.values(), *([shape.item] if shape.item else [])]
        return max((depth(part, level + 1) for part in parts), default=level)

    assert max(depth(shape_of(kind)) for kind in KINDS) < 20
    assert ANYTHING.is_scalar


def test_a_kind_outside_the_table_is_none() -> None:
    with pytest.raises(KeyError):
        shape_of("AWS::EC2::Vpc")


@pytest.mark.parametrize(("kind", "name"), _ALSO_SENT)
def test_every_exception_is_still_needed(kind: str, name: str) -> None:
    words = model(kind).shape_for(name).enum
    assert words
    assert set(_ALSO_SENT[kind, name]).isdisjoint(words)


@pytest.mark.parametrize(("kind", "name"), sorted(_EITHER_CASE))
def test_every_exception_about_case_is_still_needed(kind: str, name: str) -> None:
    words = model(kind).shape_for(name).enum
    assert "Available" in words
    assert "available" not in words
    assert {"Available", "available", "Pending", "pending"} <= set(shape_of(kind).members[name].enum)


def test_exceptions_reach_the_shape_they_are_about() -> None:
    attachments = shape_of("AWS::EC2::InternetGateway").members["Attachments"].item
    assert attachments is not None
    assert "available" in attachments.members["State"].enum
    assert "ec2_instance_connect_endpoint" in shape_of("AWS::EC2::NetworkInterface").members["InterfaceType"].enum
    # …and only that: the same shape of another kind is the model's own.
    peering = shape_of("AWS::EC2::VPNGateway").members["VpcAttachments"].item
    assert peering is not None
    assert "available" not in peering.members["State"].enum
