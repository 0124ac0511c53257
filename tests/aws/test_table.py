"""Every row of the table of kinds is held against botocore's own models: what does not exist there cannot be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import botocore.session
import pytest

from scanner.aws.build import _WHOLE_ANSWERS, ALWAYS, detail_members
from scanner.aws.kinds import NEXT_TOKEN, ONE_PAGE, Detail, Kind, iam_action
from scanner.aws.shapes import shape_of
from scanner.aws.table import KINDS, kind_named, needed_kinds

ALL = [pytest.param(kind, id=name) for name, kind in KINDS.items()]
LISTED = [pytest.param(kind, id=name) for name, kind in KINDS.items() if kind.operation]
DETAILS = [
    pytest.param(kind, detail, id=f"{name}-{detail.operation}-{detail.proof}")
    for name, kind in KINDS.items()
    for detail in kind.details
]
LINKS = [
    pytest.param(name, path, target, id=f"{name}-{path}")
    for name, kind in KINDS.items()
    for path, target in kind.links.items()
]
REFERENCES = [
    pytest.param(name, path, id=f"{kind.name}-{detail.operation}-{path}")
    for kind in KINDS.values()
    for detail in kind.details
    for name, path in detail.referenced_by
]


# What the collector adds to the requests that try a pattern.
_OF_TRIALS = {"TestEventPattern": ("Event",), "TestMetricFilter": ("logEventMessages",)}


@lru_cache
def model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


def operation(service: str, name: str) -> Any:
    assert name in model(service).operation_names
    return model(service).operation_model(name)


def descend(shape: Any, path: str) -> Any:
    """The shape at a path like "Reservations[].Instances[]"; every step has to exist and be what the path says."""
    for step in path.split("."):
        name = step.removesuffix("[]").removesuffix("?")
        assert shape.type_name == "structure"
        assert name in shape.members
        shape = shape.members[name]
        assert (shape.type_name == "list") is step.endswith("[]")
        shape = shape.member if step.endswith("[]") else shape
    return shape


def item(kind: Kind) -> Any:
    answer = operation(kind.service, kind.operation).output_shape
    return answer if kind.path == "@" else descend(answer, kind.path)


def check_request(service: str, name: str, request: Mapping[str, Any], pages: tuple[str, str], given: set[str]) -> None:
    """Members exist, bounds hold, what is required is there, and "$path" is a fact of what the call is about."""
    called = operation(service, name)
    members = called.input_shape.members if called.input_shape else {}
    for member, value in request.items():
        assert member in members
        shape = members[member]
        if isinstance(value, str) and value.startswith("$"):
            assert re.split(r"[.\[]", value[1:])[0] in given
        elif isinstance(value, int) and not isinstance(value, bool):
            assert shape.type_name in {"integer", "long"}
            assert shape.metadata.get("min", value) <= value <= shape.metadata.get("max", value)
        elif getattr(shape, "enum", None):
            assert value in shape.enum
    assert set(called.input_shape.required_members if called.input_shape else []) <= set(request)
    token, following = pages
    if pages != ONE_PAGE:
        assert token in members
        assert _has(called.output_shape, following)
    else:
        assert not {"NextToken", "Marker", "nextToken", "StartingToken"} & set(members)


def _has(shape: Any, path: str) -> bool:
    for name in path.split("."):
        if name not in shape.members:
            return False
        shape = shape.members[name]
    return True


@pytest.mark.parametrize("kind", LISTED)
def test_the_call_and_its_request_exist(kind: Kind) -> None:
    given = set(shape_of(kind.parent.kind).members) if kind.parent else set()
    check_request(kind.service, kind.operation, kind.request, kind.pages, given)


@pytest.mark.parametrize("kind", LISTED)
def test_the_answer_holds_the_resources_with_their_id_and_arn(kind: Kind) -> None:
    members = set(item(kind).members)
    ids = re.findall(r"{(\w+)}", kind.id) if "{" in kind.id else [kind.id] * bool(kind.id)
    assert set(ids) <= members
    assert kind.is_list or not kind.id
    assert kind.arn in members or ":" in kind.arn or kind.name == "AWS::Account"
    assert not kind.proof or kind.proof in members
    assert bool(kind.proof) is (kind.path == "@")


@pytest.mark.parametrize("kind", LISTED)
def test_a_list_asks_for_the_largest_page_there_is(kind: Kind) -> None:
    called = operation(kind.service, kind.operation).input_shape
    members = called.members if called else {}
    for size in {"MaxResults", "MaxRecords", "PageSize", "MaxItems", "limit", "Limit"} & set(members):
        if kind.pages == ONE_PAGE and size not in kind.request:
            continue
        assert size in kind.request
        largest = members[size].metadata.get("max")
        if largest is not None and members[size].type_name != "string":
            assert int(kind.request[size]) == min(int(largest), 1000)


def test_kinds_that_no_call_lists_are_made_of_their_parents_facts() -> None:
    made = [kind for kind in KINDS.values() if not kind.operation]
    assert [kind.name for kind in made] == ["AWS::S3::Bucket", "AWS::Organizations::Account"]
    for kind in made:
        assert kind.parent is not None
        assert set(kind.seed.values()) <= {"Account", *shape_of(kind.parent.kind).members}
        assert kind.id in kind.seed


@pytest.mark.parametrize(("kind", "detail"), DETAILS)
def test_a_detail_s_call_exists_and_gives_what_it_is_asked_for(kind: Kind, detail: Detail) -> None:
    given = set(item(kind).members) if kind.operation else set(kind.seed)
    tried = dict.fromkeys(_OF_TRIALS.get(detail.operation, ()), "")
    check_request(kind.service, detail.operation, {**detail.request, **tried}, detail.pages, given)
    shape = operation(kind.service, detail.operation).output_shape
    answer = (shape.members[detail.inside] if detail.inside else shape).members
    assert detail.proof in answer
    assert set(detail.keep) <= set(answer)
    if not detail.climb and not detail.trials:
        assert set(detail_members(kind.name, detail)) <= set(answer)
    assert not detail.home or detail.home in given
    assert not detail.where or re.split(r"\W", detail.where)[0] in given
    assert not detail.more or detail.more in answer


@pytest.mark.parametrize(("kind", "detail"), DETAILS)
def test_a_climb_asks_about_what_the_answer_names(kind: Kind, detail: Detail) -> None:
    if detail.climb:
        called = operation(kind.service, detail.operation)
        assert detail.climb.asks in called.input_shape.members
        named = called.output_shape.members[detail.proof].member.members
        assert {detail.climb.id, detail.climb.top.split()[0]} <= set(named)
        assert detail.climb.top.split("'")[1] in named[detail.climb.top.split()[0]].enum
        assert detail.climb.fact not in set(kind.seed) | set(called.output_shape.members)


def test_whole_answers_name_every_member_that_the_list_may_leave_out() -> None:
    whole = {
        (kind.name, detail.operation): detail
        for kind in KINDS.values()
        for detail in kind.details
        if not detail.keep and not detail.climb and not detail.trials
    }
    assert set(_WHOLE_ANSWERS) == set(whole)
    given_by_the_list = {"EventDataStoreArn", "Name"}
    for (name, call), members in _WHOLE_ANSWERS.items():
        answer = set(operation(KINDS[name].service, call).output_shape.members)
        assert set(members) == answer - given_by_the_list


@pytest.mark.parametrize(("name", "path", "target"), LINKS)
def test_a_link_starts_at_a_fact_and_ends_at_a_kind(name: str, path: str, target: str) -> None:
    assert target in KINDS
    found = descend(item(KINDS[name]), path)
    assert found.type_name == "string"


@pytest.mark.parametrize(("name", "path"), REFERENCES)
def test_what_calls_for_a_detail_is_a_fact_of_a_kind(name: str, path: str) -> None:
    assert descend(item(KINDS[name]), path).type_name == "string"


@pytest.mark.parametrize("kind", ALL)
def test_a_parent_is_a_kind_listed_before_its_children(kind: Kind) -> None:
    if kind.parent:
        names = list(KINDS)
        assert names.index(kind.parent.kind) < names.index(kind.name)
        where = re.split(r"[ .\[]", kind.parent.where)[0]
        assert not where or where in shape_of(kind.parent.kind).members


@pytest.mark.parametrize("kind", ALL)
def test_error_codes_that_mean_none_are_errors_of_that_service_or_of_s3(kind: Kind) -> None:
    codes = {shape.error_code or shape.name for shape in model(kind.service).error_shapes}
    for code in kind.absent:
        assert code in codes
    # S3's model names none of its errors but a handful: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    assert all(code in codes or code.startswith("NoSuch") for detail in kind.details for code in detail.absent)


@pytest.mark.parametrize("kind", ALL)
def test_a_global_kind_without_a_home_is_answered_everywhere(kind: Kind) -> None:
    assert not kind.home or kind.is_global
    if kind.is_global and kind.parent:
        assert kind.home == KINDS[kind.parent.kind].home


def test_the_usual_pages_are_next_tokens() -> None:
    assert {kind.pages for kind in KINDS.values() if kind.service == "ec2"} == {NEXT_TOKEN, ONE_PAGE}


def test_kinds_are_found_by_name_and_with_their_parents() -> None:
    assert kind_named("AWS::EC2::VPC").operation == "DescribeVpcs"
    with pytest.raises(KeyError):
        kind_named("AWS::EC2::Vpc")
    assert needed_kinds(frozenset({"AWS::GlobalAccelerator::EndpointGroup"})) == {
        "AWS::GlobalAccelerator::EndpointGroup", "AWS::GlobalAccelerator::Listener", "AWS::GlobalAccelerator::Accelerator",
    }  # fmt: skip
    assert needed_kinds(frozenset({"AWS::S3::Bucket", "AWS::EC2::VPC"})) == {
        "AWS::S3::Bucket", "AWS::CloudTrail::Trail", "AWS::EC2::VPC",
    }  # fmt: skip
    assert set(ALWAYS) <= set(KINDS)


def test_a_row_knows_its_calls_and_its_keys() -> None:
    assert KINDS["AWS::CloudTrail::Trail"].calls == (
        ("cloudtrail", "DescribeTrails"), ("cloudtrail", "GetTrailStatus"), ("cloudtrail", "GetEventSelectors"),
    )  # fmt: skip
    assert [call for _, call in KINDS["AWS::S3::Bucket"].calls] == [
        "GetBucketPolicy",
        "GetBucketPolicyStatus",
        "GetBucketAcl",
        "GetPublicAccessBlock",
    ]
    assert KINDS["AWS::EC2::Instance"].response_keys == ("Reservations", "Instances")
    assert KINDS["AWS::CloudFront::VpcOrigin"].response_keys == ("VpcOriginList", "Items")


@pytest.mark.parametrize(
    ("service", "call", "action"),
    [
        ("ec2", "DescribeVpcs", "ec2:DescribeVpcs"),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("elb", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        ("s3", "GetBucketPolicy", "s3:GetBucketPolicy"),
        ("cloudwatch", "DescribeAlarmsForMetric", "cloudwatch:DescribeAlarmsForMetric"),
    ],
)
def test_permissions_have_iam_s_own_names(service: str, call: str, action: str) -> None:
    assert iam_action(service, call) == action


def test_every_other_prefix_is_the_one_botocore_signs_with() -> None:
    renamed = {"elbv2", "elb"}
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html (signs as monitoring)
    differs = {"cloudwatch"}
    for kind in KINDS.values():
        prefix = iam_action(kind.service, "X").partition(":")[0]
        signing = model(kind.service).signing_name
        assert prefix == signing or kind.service in renamed | differs, kind.name


@pytest.mark.parametrize("kind", ALL)
def test_an_occasion_is_a_fact_of_a_kind_of_the_same_place_listed_before(kind: Kind) -> None:
    names = list(KINDS)
    for name, path in kind.occasions:
        assert names.index(name) < names.index(kind.name)
        assert not KINDS[name].is_global
        assert not kind.is_global
        assert descend(item(KINDS[name]), path).type_name == "string"
