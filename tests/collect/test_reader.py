"""The fast reader of XML gives botocore's own dictionary, or leaves the answer to botocore."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from random import Random
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.aws.table import KINDS
from scanner.collect.answers import StrictParsers
from scanner.collect.reader import PROTOCOLS, XmlReader
from tests.collect.xml_bodies import Writer

pytest.importorskip("lxml", reason="without lxml there is no fast reader")

# Their answers are a payload of its own, or hold something in an element's attributes.
BOTOCORES_OWN = {
    "GetBucketAcl",
    "GetBucketPolicy",
    "GetBucketPolicyStatus",
    "GetPublicAccessBlock",
    "ListVpcOrigins",
} | {"GetBucketLifecycleConfiguration", "ListObjectVersions", "ListObjectsV2"}
# Beside the table's own: what no answer in it has, such as flattened lists, maps and headers.
OTHERS = (
    ("s3", "GetBucketLifecycleConfiguration"),
    ("s3", "ListObjectVersions"),
    ("s3", "ListObjectsV2"),
    ("sdb", "GetAttributes"),
    ("sdb", "Select"),
    ("sns", "GetTopicAttributes"),
)
HEADERS = {
    "Content-Type": "text/xml",
    "x-amz-request-id": "abc",
    "x-amz-id-2": "def",
    "x-amz-request-charged": "requester",
}
VPC_XML = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
    b"<requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault><tagSet><item>"
    b"<key>Name</key><value>a &amp; \xc3\xa4</value></item></tagSet></item></vpcSet><nextToken/></DescribeVpcsResponse>"
)


@cache
def model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


@cache
def fast(protocol: str) -> Any:
    return StrictParsers().create_parser(protocol)


@cache
def slow(protocol: str) -> Any:
    """What a scan had before: botocore's parser with the same strictness."""
    parser = StrictParsers().create_parser(protocol)
    parser._reader = None
    return parser


def operations() -> list[Any]:
    """Every operation of the table of kinds, details included, that answers in XML."""
    calls = sorted({call for kind in KINDS.values() for call in kind.calls} | set(OTHERS))
    return [model(service).operation_model(name) for service, name in calls if model(service).protocol in PROTOCOLS]


def answer(body: Any, *, status: int = 200, headers: Mapping[str, str] = HEADERS) -> dict[str, Any]:
    return {"status_code": status, "headers": dict(headers), "body": body, "context": {}}


def outcome(parser: Any, response: Mapping[str, Any], shape: Any) -> tuple[str, str]:
    """The dictionary with its order, or the error; botocore gives nodes of its tree for text that comes twice."""
    try:
        return "answer", repr(parser.parse(response, shape)).partition("<Element")[0]
    except Exception as error:  # noqa: BLE001 - whatever the one raises, the other has to
        return "error", type(error).__name__


def agree(response: Mapping[str, Any], operation: Any) -> None:
    protocol, shape = operation.service_model.protocol, operation.output_shape
    assert outcome(fast(protocol), response, shape) == outcome(slow(protocol), response, shape), response["body"]


def is_read(body: Any, operation: Any, **given: Any) -> bool:
    reader = XmlReader(operation.service_model.protocol)
    return reader.read(answer(body, **given), operation.output_shape) is not None


each_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: str(operation.name))


@each_operation
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_an_answer_of_its_shape_is_read_and_is_botocores_in_every_member(operation: Any, seed: int) -> None:
    response = answer(Writer(Random(seed)).body(operation))
    protocol, shape = operation.service_model.protocol, operation.output_shape
    assert fast(protocol)._reader.read(response, shape) is not None or operation.name in BOTOCORES_OWN
    agree(response, operation)


@each_operation
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_an_odd_answer_is_botocores_or_fails_as_botocore_does(operation: Any, seed: int) -> None:
    agree(answer(Writer(Random(seed), odd=True).body(operation)), operation)


@each_operation
@given(
    seed=st.integers(min_value=0, max_value=2**32),
    share=st.floats(min_value=0, max_value=1),
    byte=st.binary(max_size=2),
)
def test_an_answer_that_is_cut_or_damaged_anywhere_fails_as_botocore_does(
    operation: Any, seed: int, share: float, byte: bytes
) -> None:
    body = Writer(Random(seed), odd=seed % 2 == 0).body(operation)
    place = int(share * len(body))
    agree(answer(body[:place]), operation)
    agree(answer(body[:place] + byte + body[place + 1 :]), operation)


@each_operation
@given(seed=st.integers(min_value=0, max_value=2**32), status=st.sampled_from((201, 204, 301, 400, 403, 500, 503)))
def test_an_answer_of_another_status_is_botocores(operation: Any, seed: int, status: int) -> None:
    body = Writer(Random(seed)).body(operation)
    assert not is_read(body, operation, status=status)
    agree(answer(body, status=status), operation)


@pytest.mark.parametrize(
    "body",
    [
        b"<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors><RequestID>r</RequestID></Response>",
        b"<ErrorResponse><Error><Code>Throttling</Code></Error><RequestId>r</RequestId></ErrorResponse>",
        b"<Error><Code>AccessDenied</Code><RequestId>r</RequestId></Error>",
        b"<html><body><b>Http/1.1 Service Unavailable</b></body></html>",
        b"<!doctype html><p>Sign in",
        b"",
        b" ",
        None,
    ],
)
@pytest.mark.parametrize("status", [200, 400, 503])
@each_operation
def test_an_error_or_a_page_of_html_is_what_botocore_makes_of_it(operation: Any, status: int, body: Any) -> None:
    agree(answer(body, status=status), operation)


def describe_vpcs() -> Any:
    return model("ec2").operation_model("DescribeVpcs")


def test_an_answer_cut_at_any_byte_is_never_read() -> None:
    for length in range(len(VPC_XML)):
        assert not is_read(VPC_XML[:length], describe_vpcs()), length
        agree(answer(VPC_XML[:length]), describe_vpcs())
    assert is_read(VPC_XML, describe_vpcs())


# What libxml2 lets pass and expat does not, or the other way round, or what may reach outside the body.
DAMAGES = {
    "an entity": (b"<vpcSet>", b"&e;<vpcSet>"),
    "a document type": (b"\n<Desc", b"\n<!DOCTYPE a><Desc"),
    "an entity of its own": (b"\n<Desc", b"\n<!DOCTYPE a [<!ENTITY e 'x'>]><Desc"),
    "an entity in a file": (b"\n<Desc", b"\n<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><Desc"),
    "another encoding": (b'encoding="UTF-8"', b'encoding="ISO-8859-1"'),
    "an unknown encoding": (b'encoding="UTF-8"', b'encoding="EBCDIC-X"'),
    "a mark of the byte order": (b"<?xml", b"\xef\xbb\xbf<?xml"),
    "a space before the declaration": (b"<?xml", b" <?xml"),
    "another version": (b'version="1.0"', b'version="1.1"'),
    "a name in letters that XML learnt late": (b"<vpcSet>", b"<\xe2\x82\x90/><vpcSet>"),
    "an attribute in letters that XML learnt late": (b"<vpcSet>", b"<vpcSet \xe2\x82\x90='1'>"),
    "a prefix that nobody declared": (b"<vpcSet>", b"<a:b/><vpcSet>"),
    "a brace in a namespace": (b"<vpcId>", b"<vpcId xmlns='u}v'>"),
    "a character that is none": (b"vpc-1", b"vpc-\x01"),
    "a reference to a character that is none": (b"vpc-1", b"vpc-&#0;"),
    "half a surrogate": (b"vpc-1", b"vpc-\xed\xa0\x80"),
    "bytes that are no UTF-8": (b"\xc3\xa4", b"\xe4"),
    "more behind the end": (b"</DescribeVpcsResponse>", b"</DescribeVpcsResponse><a/>"),
    "an id twice": (b"<vpcId>", b"<vpcId>vpc-0</vpcId><vpcId>"),
    "a list twice": (b"<nextToken/>", b"<vpcSet/><nextToken/>"),
    "a request twice": (b"<nextToken/>", b"<requestId/><nextToken/>"),
}


@pytest.mark.parametrize(("old", "new"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_no_plain_document_is_botocores(old: bytes, new: bytes) -> None:
    assert VPC_XML.count(old) == 1
    damaged = VPC_XML.replace(old, new)
    agree(answer(damaged), describe_vpcs())
    agree(answer(damaged.replace(b"vpc-1", b"&e;")), describe_vpcs())


def test_an_entry_of_a_map_with_more_than_a_key_and_a_value_is_botocores() -> None:
    entry = b"<entry><key>Policy</key><value>{}</value>%s</entry>"
    body = b"<A><GetTopicAttributesResult><Attributes>" + entry + b"</Attributes></GetTopicAttributesResult></A>"
    operation = model("sns").operation_model("GetTopicAttributes")
    assert is_read(body % b"", operation)
    for more in (b"<more/>", b"<key>Owner</key>", b"<value/>"):
        assert not is_read(body % more, operation)
        agree(answer(body % more), operation)


def test_a_flattened_list_with_something_between_its_items_is_botocores() -> None:
    item = b"<Attribute><Name>a</Name><Value>b</Value></Attribute>"
    body = b"<A><GetAttributesResult>" + item + b"%s" + item + b"</GetAttributesResult></A>"
    operation = model("sdb").operation_model("GetAttributes")
    assert is_read(body % b"", operation)
    assert not is_read(body % b"<other/>", operation)
    agree(answer(body % b"<other/>"), operation)


def test_metadata_that_come_twice_are_botocores() -> None:
    request = b"<RequestId>r</RequestId>"
    body = b"<A><GetTopicAttributesResult/><ResponseMetadata>" + 2 * request + b"</ResponseMetadata></A>"
    assert not is_read(body, model("sns").operation_model("GetTopicAttributes"))
    agree(answer(body), model("sns").operation_model("GetTopicAttributes"))


@pytest.mark.parametrize(
    "new",
    [b"vpc<!-- no -->-1", b"vpc<?no no?>-1", b"<![CDATA[vpc-1]]>", b"vpc&#45;1", b"vpc-1<unknown>x</unknown>"],
)
def test_comments_and_their_like_are_read_over(new: bytes) -> None:
    body = VPC_XML.replace(b"vpc-1", new)
    read = XmlReader("ec2").read(answer(body), describe_vpcs().output_shape)
    assert read is not None
    assert read["Vpcs"][0]["VpcId"] == "vpc-1"
    agree(answer(body), describe_vpcs())


def test_what_stands_in_an_attribute_is_told() -> None:
    grantee = b'<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>everybody</URI></Grantee>'
    body = b"<A><AccessControlList><Grant>" + grantee + b"</Grant></AccessControlList></A>"
    operation = model("s3").operation_model("GetBucketAcl")
    [grant] = fast("rest-xml").parse(answer(body), operation.output_shape)["Grants"]
    assert grant == {"Grantee": {"Type": "Group", "URI": "everybody"}}
    agree(answer(body), operation)


def test_a_page_of_more_than_ten_megabytes_is_read() -> None:
    item = b"<item><vpcId>vpc-%d</vpcId><state>" + b"x" * 1_000 + b"</state></item>"
    items = b"".join(item % number for number in range(11_000))
    body = b"<DescribeVpcsResponse><vpcSet>" + items + b"</vpcSet></DescribeVpcsResponse>"
    read = XmlReader("ec2").read(answer(body), describe_vpcs().output_shape)
    assert len(body) > 10_000_000
    assert read is not None
    assert [vpc["VpcId"] for vpc in read["Vpcs"]] == [f"vpc-{number}" for number in range(11_000)]


def test_an_answer_nested_without_end_is_botocores() -> None:
    body = b"<DescribeVpcsResponse>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</DescribeVpcsResponse>"
    assert not is_read(body, describe_vpcs())


def test_a_structure_in_more_forms_than_are_remembered_is_read_all_the_same() -> None:
    items = "".join(f"<item><vpcId>vpc-{number}</vpcId><extra{number}/></item>" for number in range(3_000))
    body = f"<DescribeVpcsResponse><vpcSet>{items}</vpcSet></DescribeVpcsResponse>".encode()
    assert is_read(body, describe_vpcs())
    agree(answer(body), describe_vpcs())


def test_what_is_done_to_one_answer_is_not_seen_in_the_next_that_is_equal() -> None:
    response, reader = answer(b"<A><nextToken>t</nextToken></A>"), XmlReader("ec2")
    for _ in range(2):
        page = reader.read(response, describe_vpcs().output_shape)
        assert page is not None
        assert page == slow("ec2").parse(response, describe_vpcs().output_shape)
        assert page.pop("NextToken") == "t"


def test_policies_that_botocore_decodes_in_place_are_dictionaries_of_their_own() -> None:
    policy = b"<member><PolicyName>p</PolicyName><PolicyDocument>%7B%7D</PolicyDocument></member>"
    user = b"<member><UserPolicyList>" + policy + b"</UserPolicyList></member>"
    body = (
        b"<A><GetAccountAuthorizationDetailsResult><UserDetailList>"
        + 2 * user
        + b"</UserDetailList></GetAccountAuthorizationDetailsResult></A>"
    )
    shape = model("iam").operation_model("GetAccountAuthorizationDetails").output_shape
    one, other = fast("query").parse(answer(body), shape)["UserDetailList"]
    assert one == other
    assert one["UserPolicyList"][0] is not other["UserPolicyList"][0]


def test_equal_tags_take_their_place_once() -> None:
    tags = b"<item><tagSet><item><key>Team</key><value>network</value></item></tagSet></item>"
    body = b"<A><vpcSet>" + 2 * tags + b"</vpcSet></A>"
    page = XmlReader("ec2").read(answer(body), describe_vpcs().output_shape)
    assert page is not None
    one, other = page["Vpcs"]
    assert one["Tags"] == other["Tags"] == [{"Key": "Team", "Value": "network"}]
    assert one["Tags"][0] is other["Tags"][0]


@pytest.mark.parametrize("value", [b" <b/>", b" <!-- in -->", b" \r\n", b"\n\n", b" <?in it?>", b" &#32;", b" " * 400])
def test_space_in_a_value_is_kept_and_space_between_elements_is_none(value: bytes) -> None:
    body = VPC_XML.replace(b"><", b">\n    <").replace(b"vpc-1", value)
    [vpc] = fast("ec2").parse(answer(body), describe_vpcs().output_shape)["Vpcs"]
    assert vpc["VpcId"]
    assert not vpc["VpcId"].strip()
    agree(answer(body), describe_vpcs())


def test_threads_read_with_the_same_readers() -> None:
    operation = model("ec2").operation_model("DescribeInstances")
    bodies = [Writer(Random(seed)).body(operation) for seed in range(60)]
    reader = XmlReader("ec2")
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda body: reader.read(answer(body), operation.output_shape), bodies))
    assert read == [slow("ec2").parse(answer(body), operation.output_shape) for body in bodies]


def test_the_checksum_that_was_verified_is_named() -> None:
    response = {**answer(b"<ListAllMyBucketsResult/>"), "context": {"checksum": {"response_algorithm": "crc32"}}}
    agree(response, model("s3").operation_model("ListBuckets"))
    assert fast("rest-xml").parse(response, None)["ResponseMetadata"]["ChecksumAlgorithm"] == "crc32"


def test_botocores_own_log_still_shows_the_bodies(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="botocore.parsers")
    fast("ec2").parse(answer(VPC_XML), describe_vpcs().output_shape)
    assert [record.message for record in caplog.records if "vpc-1" in record.message]


def test_without_lxml_botocore_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    parser = StrictParsers().create_parser("ec2")
    assert parser._reader is None
    assert parser.parse(answer(VPC_XML), describe_vpcs().output_shape) == fast("ec2").parse(
        answer(VPC_XML), describe_vpcs().output_shape
    )


@pytest.mark.parametrize("protocol", ["json", "rest-json", "smithy-rpc-v2-cbor"])
def test_what_is_no_xml_is_botocores(protocol: str) -> None:
    assert StrictParsers().create_parser(protocol)._reader is None
