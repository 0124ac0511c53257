"""Everything that can be wrong with credentials, told in one sentence with a cure."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from scanner.collect.access import Access, Caller, identify_caller, open_session
from scanner.collect.clients import Clients
from scanner.collect.failures import Failure
from scanner.errors import CredentialsError, UsageError
from tests.collect.conftest import ACCOUNT
from tests.loopback import Loopback, Reply, html, query, refusal

ROLE = f"arn:aws:iam::{ACCOUNT}:role/audit"


def identity(arn: str = f"arn:aws:iam::{ACCOUNT}:user/auditor") -> Reply:
    return query("GetCallerIdentity", f"<Account>{ACCOUNT}</Account><UserId>U</UserId><Arn>{arn}</Arn>")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "opens nothing")


def configured(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)


def refused(access: Access) -> str:
    """The sentence that comes instead of a caller."""
    with pytest.raises(UsageError) as caught:
        identify_caller(open_session(access), access)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_credentials_suggest_the_demo(aws: Loopback) -> None:
    with pytest.raises(CredentialsError) as caught:
        identify_caller(open_session(Access()), Access(endpoint_url=aws.url))
    assert str(caught.value).startswith("there are no AWS credentials. Log in (`aws sso login`)")
    assert "bastionless scan --demo" in str(caught.value)
    assert aws.requests == []


def test_a_role_needs_credentials_to_be_assumed_from() -> None:
    assert refused(Access(role_arn=ROLE)).startswith("there are no AWS credentials")


@pytest.mark.usefixtures("keys")
def test_the_environment_s_keys_are_enough(aws: Loopback) -> None:
    aws.answer("GetCallerIdentity", identity())
    access = Access(endpoint_url=aws.url)
    caller = identify_caller(open_session(access), access)
    assert caller == Caller(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:user/auditor")
    [request] = aws.requests
    assert (request.key, request.region) == ("AKIDENVIRONMENT", "us-east-1")


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("regions", "asked"),
    [(("eu-central-1", "eu-west-1"), "eu-central-1"), (("eu-wset-1",), "us-east-1"), ((), "us-east-1")],
)
def test_without_a_region_of_its_own_the_first_one_asked_for_is_asked(
    aws: Loopback, regions: tuple[str, ...], asked: str
) -> None:
    aws.answer("GetCallerIdentity", identity())
    access = Access(endpoint_url=aws.url)
    identify_caller(open_session(access, regions), access, regions)
    assert [request.region for request in aws.requests] == [asked]


@pytest.mark.usefixtures("keys")
def test_a_region_that_refuses_is_no_reason_to_doubt_the_credentials(aws: Loopback) -> None:
    aws.answer("GetCallerIdentity", refusal("InvalidClientTokenId"), identity())
    access = Access(endpoint_url=aws.url)
    assert identify_caller(open_session(access), access, ("ap-east-1",)).account == ACCOUNT
    assert [request.region for request in aws.requests] == ["ap-east-1", "us-east-1"]


@pytest.mark.usefixtures("keys")
def test_the_environment_s_endpoint_and_region_are_botocore_s_to_read(
    aws: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    aws.answer("GetCallerIdentity", identity(f"arn:aws-cn:iam::{ACCOUNT}:user/auditor"))
    assert identify_caller(open_session(Access()), Access()).partition == "aws-cn"
    assert aws.requests[0].region == "cn-north-1"


def test_a_profile_brings_keys_and_region(aws: Loopback, tmp_path: Path) -> None:
    configured(
        tmp_path,
        "[profile audit]\nregion = eu-central-1\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = x\n",
    )
    aws.answer("GetCallerIdentity", identity())
    access = Access(profile="audit", endpoint_url=aws.url)
    identify_caller(open_session(access), access)
    assert (aws.requests[0].key, aws.requests[0].region) == ("AKIDPROFILE", "eu-central-1")


def test_an_unknown_profile_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    configured(tmp_path, "[profile production]\nregion = eu-west-1\n")
    with pytest.raises(CredentialsError) as caught:
        open_session(Access(profile="prodution"))
    assert str(caught.value) == ("there is no profile 'prodution' in the AWS configuration. Did you mean 'production'?")


def test_an_unknown_profile_in_the_environment_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(CredentialsError) as caught:
        open_session(Access())
    assert str(caught.value) == (
        "there is no profile 'nobody' in the AWS configuration. See `aws configure list-profiles`"
    )


def test_a_configuration_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    configured(tmp_path, "[profile audit\nregion\n")
    with pytest.raises(CredentialsError) as caught:
        open_session(Access())
    assert str(caught.value) == f"{tmp_path / 'config'}: the AWS configuration cannot be read. Mend the file"


@pytest.mark.usefixtures("keys")
class TestRoles:
    ASSUMED = query(
        "AssumeRole",
        "<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>"
        f"<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/audit/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser>",
    )

    def test_a_role_is_assumed_with_its_external_id_and_session_name(self, aws: Loopback) -> None:
        aws.answer("AssumeRole", self.ASSUMED)
        aws.answer("GetCallerIdentity", identity(f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/x"))
        access = Access(role_arn=ROLE, external_id="secret-handshake", role_session_name="weekly", endpoint_url=aws.url)
        session = open_session(access)
        assert aws.requests == []
        assert identify_caller(session, access).arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/x"
        assume, identify = aws.requests
        assert assume.key == "AKIDENVIRONMENT"
        assert {name: assume.parameters.get(name) for name in ("RoleArn", "ExternalId", "RoleSessionName")} == {
            "RoleArn": ROLE,
            "ExternalId": "secret-handshake",
            "RoleSessionName": "weekly",
        }
        assert identify.key == "ASIAROLE"

    def test_the_session_is_named_after_the_tool(self, aws: Loopback) -> None:
        aws.answer("AssumeRole", self.ASSUMED)
        aws.answer("GetCallerIdentity", identity())
        access = Access(role_arn=ROLE, endpoint_url=aws.url)
        identify_caller(open_session(access), access)
        assert aws.requests[0].parameters["RoleSessionName"] == "bastionless"
        assert "ExternalId" not in aws.requests[0].parameters

    def test_the_role_s_session_keeps_the_profile_s_region(self, aws: Loopback, tmp_path: Path) -> None:
        configured(
            tmp_path, "[profile audit]\nregion = eu-central-1\naws_access_key_id = AKID\naws_secret_access_key = x\n"
        )
        aws.answer("AssumeRole", self.ASSUMED)
        aws.answer("GetCallerIdentity", identity())
        access = Access(profile="audit", role_arn=ROLE, endpoint_url=aws.url)
        session = open_session(access)
        identify_caller(session, access)
        assert session.region_name == "eu-central-1"
        assert {request.region for request in aws.requests} == {"eu-central-1"}

    def test_a_role_that_does_not_trust_us_is_told_by_name(self, aws: Loopback) -> None:
        aws.answer("AssumeRole", refusal("AccessDenied"))
        assert refused(Access(role_arn=ROLE, endpoint_url=aws.url)) == (
            f"the role {ROLE} cannot be assumed (AccessDenied). Let the role trust your identity "
            "(and check --external-id), or name another --role-arn"
        )


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("reply", "beginning"),
    [
        (refusal("ExpiredToken"), "the AWS credentials have expired (ExpiredToken). Log in again"),
        (refusal("ExpiredTokenException", status=400), "the AWS credentials have expired (ExpiredTokenException)"),
        (
            refusal("InvalidClientTokenId"),
            "AWS does not know these credentials (InvalidClientTokenId). Check the access key",
        ),
        (refusal("SignatureDoesNotMatch"), "the secret key does not belong to the access key (SignatureDoesNotMatch)"),
        (refusal("AccessDenied"), "AWS does not say whose credentials these are (AccessDenied)"),
        (refusal("Throttling", status=400), "AWS does not say whose credentials these are (Throttling)"),
        (html(200), "http://127.0.0.1:"),
        (query("GetCallerIdentity", ""), "STS did not say whose credentials these are"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_every_refusal_is_a_sentence(aws: Loopback, reply: Reply, beginning: str) -> None:
    aws.answer("GetCallerIdentity", reply)
    assert refused(Access(endpoint_url=aws.url)).startswith(beginning)


@pytest.mark.usefixtures("keys")
def test_an_endpoint_that_is_a_web_page_does_not_answer_like_aws(aws: Loopback) -> None:
    aws.answer("GetCallerIdentity", html(200))
    assert "does not answer like AWS. Check the endpoint and the proxy" in refused(Access(endpoint_url=aws.url))


@pytest.mark.usefixtures("keys")
def test_an_endpoint_where_nobody_listens_is_named() -> None:
    assert refused(Access(endpoint_url="http://127.0.0.1:1")) == (
        "http://127.0.0.1:1 does not answer (EndpointConnectionError). Check the network, the proxy and the endpoint"
    )


@pytest.mark.usefixtures("keys")
def test_an_endpoint_that_is_no_address_is_told_with_its_option() -> None:
    assert refused(Access(endpoint_url="localhost")) == (
        "--endpoint-url: 'localhost' is no endpoint. Write it as https://host:port"
    )


@pytest.mark.usefixtures("keys")
def test_a_region_that_cannot_be_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu west 1")
    assert refused(Access()) == "AWS_REGION: 'eu west 1' is no AWS Region. Did you mean 'eu-west-1'?"


def test_a_misspelt_region_looks_like_an_endpoint_that_nobody_resolves(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve_nothing(*_: object, **__: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.eu-wset-1.amazonaws.com/")

    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-wset-1")
    session.events.register("before-send.sts.GetCallerIdentity", resolve_nothing)
    with pytest.raises(UsageError) as caught:
        identify_caller(session, Access())
    assert str(caught.value) == "AWS_REGION: 'eu-wset-1' is no AWS Region. Did you mean 'eu-west-1'?"


OLD_SSO = "sso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\n"
SSO_SESSION = """sso_session = corp
sso_account_id = 1
sso_role_name = r
[sso-session corp]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
"""
UNKNOWN = "AWS does not say whose credentials these are"


@pytest.mark.parametrize(
    ("settings", "beginning"),
    [
        (OLD_SSO, "the AWS credentials have expired ("),
        (SSO_SESSION, "the AWS credentials have expired ("),
        ("aws_access_key_id = AKID\n", "the AWS credentials are incomplete: aws_secret_access_key is missing"),
        ("credential_process = false\n", f"{UNKNOWN} (CredentialRetrievalError)"),
        ("role_arn = arn:aws:iam::1:role/x\nsource_profile = gone\n", f"{UNKNOWN} (InvalidConfigError)"),
    ],
    ids=["sso of old", "sso session", "half a key", "a process that fails", "a source that is gone"],
)
def test_a_profile_without_usable_credentials_is_a_sentence(
    aws: Loopback, tmp_path: Path, settings: str, beginning: str
) -> None:
    configured(tmp_path, f"[profile audit]\n{settings}")
    assert refused(Access(profile="audit", endpoint_url=aws.url)).startswith(beginning)


@pytest.mark.usefixtures("keys")
def test_fips_endpoints_are_used_where_the_environment_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    client = Clients(open_session(Access()), partition="aws").get("ec2", "us-east-1")
    assert not isinstance(client, Failure)
    assert client.meta.endpoint_url == "https://ec2-fips.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("settings", "mode", "attempts"),
    [({}, "standard", 5), ({"AWS_MAX_ATTEMPTS": "2"}, "standard", 2), ({"AWS_RETRY_MODE": "adaptive"}, "adaptive", 5)],
    ids=["ours", "fewer attempts", "another mode"],
)
@pytest.mark.usefixtures("keys")
def test_retries_are_ours_unless_the_environment_has_an_opinion(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], mode: str, attempts: int
) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    client = Clients(open_session(Access()), partition="aws", workers=32).get("sts", "eu-west-1")
    assert not isinstance(client, Failure)
    config = client.meta.config
    assert config.retries == {"mode": mode, "total_max_attempts": attempts}
    assert config.max_pool_connections == 32
