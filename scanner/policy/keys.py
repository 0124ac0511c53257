"""Condition keys: which ones a request carries, of what type, and the four actions by which people log in.

The global keys are those of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, the
others those of https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-ec2-instance-connect-endpoint.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2instanceconnect.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

OPEN_TUNNEL_ACTION = "ec2-instance-connect:OpenTunnel"
SEND_KEY_ACTION = "ec2-instance-connect:SendSSHPublicKey"
SEND_SERIAL_KEY_ACTION = "ec2-instance-connect:SendSerialConsoleSSHPublicKey"
START_SESSION_ACTION = "ssm:StartSession"


class Type(Enum):
    """What a key's values are."""

    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key: `least` and `most` limit a number, `is_certain` is true of a key that every request carries.

    `is_many` is true of a key that may have several values, None where nobody knows. `pattern` (with wildcards) is what
    all of its values look like, `usual` what the request carries if nobody says otherwise.
    """

    name: str
    type: Type = Type.STRING
    least: int = 0
    most: int | None = None
    is_certain: bool = False
    is_many: bool | None = False
    pattern: str = "*"
    usual: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """An action that opens a way in: the type of resource it is about, and the keys it alone carries.

    `resource` is the word in the resource's ARN. Tags of the resource are under `tag_prefixes` and the tag's key.
    """

    action: str
    resource: str
    kind: str
    keys: tuple[Key, ...]
    tag_prefixes: tuple[str, ...]


_TAGS = ("aws:resourcetag/", "ec2:resourcetag/")
_INSTANCE = "AWS::EC2::Instance"

LOGINS: Mapping[str, Login] = {
    login.action.lower(): login
    for login in (
        Login(
            OPEN_TUNNEL_ACTION,
            "instance-connect-endpoint",
            "AWS::EC2::InstanceConnectEndpoint",
            (
                Key("ec2-instance-connect:remotePort", Type.NUMBER, 1, 65535),
                Key("ec2-instance-connect:maxTunnelDuration", Type.NUMBER, 1, 3600),
                Key("ec2-instance-connect:privateIpAddress", Type.ADDRESS),
            ),
            _TAGS,
        ),
        Login(SEND_KEY_ACTION, "instance", _INSTANCE, (Key("ec2:osuser"),), _TAGS),
        Login(SEND_SERIAL_KEY_ACTION, "instance", _INSTANCE, (), _TAGS),
        Login(
            START_SESSION_ACTION,
            "instance",
            _INSTANCE,
            (
                Key("ssm:SessionDocumentAccessCheck", Type.BOOL),
                Key("ssm:AccessRequestId"),
            ),
            ("aws:resourcetag/", "ssm:resourcetag/"),
        ),
    )
}
"""The hand table of the four actions, by their names in small letters: AWS's machine-readable lists leave keys out."""

_GLOBAL = (
    Key("aws:CalledVia", is_many=True),
    Key("aws:CalledViaFirst"),
    Key("aws:CalledViaLast"),
    Key("aws:ChatbotSourceArn"),
    Key("aws:CurrentTime", Type.DATE, is_certain=True),
    Key("aws:Ec2InstanceSourcePrivateIPv4", Type.ADDRESS),
    Key("aws:Ec2InstanceSourceVpc"),
    Key("aws:EpochTime", Type.DATE, is_certain=True),
    Key("aws:FederatedProvider"),
    Key("aws:MultiFactorAuthAge", Type.NUMBER),
    Key("aws:MultiFactorAuthPresent", Type.BOOL),
    Key("aws:Referer"),
    Key("aws:SecureTransport", Type.BOOL, is_certain=True),
    Key("aws:SourceIdentity"),
    Key("aws:SourceIp", Type.ADDRESS),
    Key("aws:SourceVpc"),
    Key("aws:SourceVpcArn"),
    Key("aws:SourceVpce"),
    Key("aws:TagKeys", is_many=True),
    Key("aws:TokenIssueTime", Type.DATE),
    Key("aws:UserAgent"),
    Key("aws:ViaAWSService", Type.BOOL, is_certain=True),
    Key("aws:VpceAccount"),
    Key("aws:VpceOrgID"),
    Key("aws:VpceOrgPaths", is_many=True),
    Key("aws:VpcSourceIp", Type.ADDRESS),
    # What services send of themselves when they call on somebody's behalf.
    Key("aws:SourceAccount"),
    Key("aws:SourceArn"),
    Key("aws:SourceOrgID"),
    Key("aws:SourceOrgPaths", is_many=True),
    Key("ec2:RoleDelivery", Type.NUMBER),
    Key("ec2:SourceInstanceARN"),
    Key("lambda:SourceFunctionArn"),
)
GLOBAL_KEYS: Mapping[str, Key] = {key.name.lower(): key for key in _GLOBAL}
"""The global keys that facts about the principal and the resource do not fix, by their names in small letters."""

_REQUEST_TAG = "aws:requesttag/"


# Keys of the identity provider that a role's session keeps: what they hold is not known to anybody but the provider.
_OF_THE_SESSION = ("saml:", "identitystore:", "sts:", "iam:", "token.actions.githubusercontent.com:")


def carried(action: str, key: str) -> Key | None:
    """The key, if requests for an action may carry it; None where they never do. Both in small letters.

    Of the actions outside the hand table nothing is known, and they may carry every key of a service.
    """
    login = LOGINS.get(action)
    if key in GLOBAL_KEYS:
        return None if login and key == "aws:tagkeys" else GLOBAL_KEYS[key]
    if login is None:
        return Key(key, is_many=None)
    return next((one for one in login.keys if one.name.lower() == key), None)


def is_unknown(key: str) -> bool:
    """Whether nobody knows what a key holds: one that calls itself global and is on no page, or an identity provider's."""
    if key.startswith(_OF_THE_SESSION) or ".amazonaws.com:" in key:
        return True
    return key.startswith("aws:") and key not in GLOBAL_KEYS and not key.startswith(_REQUEST_TAG)
