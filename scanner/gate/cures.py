"""Cures for what is only planned: in place of a command that changes what exists, what to write instead."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from functools import lru_cache

_ANYWHERE = "Change it where it is written."

# The operation -> what to write. The first whose options the command has counts; None: there is nothing to write.
_WRITTEN: Mapping[str, tuple[str, ...]] = {
    "authorize-security-group-ingress": (
        "let {source-group} in to {protocol} {port} of {group-id}",
        "let {cidr} in to {protocol} {port} of {group-id}",
    ),
    "revoke-security-group-ingress": ("take these rules out of {group-id}",),
    "revoke-security-group-egress": ("take these rules out of {group-id}",),
    "create-instance-connect-endpoint": (
        "add an EC2 Instance Connect Endpoint in {subnet-id}, with {security-group-ids}",
        "add an EC2 Instance Connect Endpoint in {subnet-id}",
    ),
    "modify-instance-connect-endpoint": ("give {instance-connect-endpoint-id} {security-group-ids}",),
    "terminate-instances": ("remove {instance-ids}",),
    "create-flow-logs": ("add a flow log of {resource-ids} that takes all traffic",),
    "delete-flow-logs": ("remove {flow-log-ids}",),
    "modify-network-interface-attribute": ("set AssociatePublicIpAddress of {network-interface-id} to false",),
    "modify-subnet-attribute": ("set MapPublicIpOnLaunch of {subnet-id} to false",),
    "create-launch-template-version": (
        "set AssociatePublicIpAddress of the network interfaces in {launch-template-id} to false",
    ),
    "start-instance-refresh": ("an instance refresh",),
    "disassociate-address": ("take the Elastic IP address away",),
    "release-address": ("remove {allocation-id}",),
    "create-network-acl-entry": ("deny these ports in {network-acl-id}, with numbers before those that allow them",),
    "delete-network-acl-entry": ("take the entry out of {network-acl-id}",),
    "start-logging": ("set IsLogging to true",),
    "update-trail": (
        "name a key in KMSKeyId: {kms-key-id}",
        (
            "name a log group in CloudWatchLogsLogGroupArn and a role in CloudWatchLogsRoleArn"
            "{cloud-watch-logs-log-group-arn}"
        ),
        "set EnableLogFileValidation to true{enable-log-file-validation}",
        "set IsMultiRegionTrail to true{is-multi-region-trail}",
    ),
    "create-vpc-endpoint": ("add an endpoint of the type {vpc-endpoint-type} for {service-name} to {vpc-id}",),
    "modify-vpc-endpoint": (
        "add {add-route-table-ids} to the route tables of {vpc-endpoint-id}",
        "add {add-subnet-ids} to the subnets of {vpc-endpoint-id}",
        "write the policy of {vpc-endpoint-id}{policy-document}",
        "set PrivateDnsEnabled of {vpc-endpoint-id} to true{private-dns-enabled}",
    ),
    "modify-vpc-block-public-access-exclusion": (
        "set InternetGatewayExclusionMode of {exclusion-id} to {internet-gateway-exclusion-mode}",
    ),
    "delete-vpc-block-public-access-exclusion": ("remove {exclusion-id}",),
}
_QUOTES = re.compile(r"[\\'\"\t\r\n]")
_SLOT = re.compile(r"\{([a-z-]+)\}")
_UNSAID = frozenset(
    {
        "policy-document",
        "cloud-watch-logs-log-group-arn",
        "enable-log-file-validation",
        "is-multi-region-trail",
        "private-dns-enabled",
    }
)
"""Options that only choose a sentence."""


@lru_cache(maxsize=1_024)
def written_cure(fix: str) -> str:
    """A cure without commands: a plan is changed where it is written."""
    parts: list[tuple[str, bool]] = []
    for line in fix.splitlines():
        text = line.strip()
        if not text.startswith("aws "):
            parts += [(text, False)] if text else []
            continue
        told = _instead(text)
        if told and (told, True) not in parts:
            parts.append((told, True))
        elif not told and parts and parts[-1][0].endswith(":"):
            parts.pop()  # it led to a command that only asks
    return "\n".join(_sentences(parts)) or _ANYWHERE


def _instead(command: str) -> str:
    """What to write in place of a command, without its full stop; "" where it only asks, or is not known."""
    words = _words(command)
    if len(words) < 3:  # noqa: PLR2004 - aws, the service, the operation
        return ""
    options = _options(words[3:])
    for sentence in _WRITTEN.get(words[2], ()):
        names = _SLOT.findall(sentence)
        if all(name in options for name in names):
            values = {name: "" if name in _UNSAID else options[name] for name in names}
            return _SLOT.sub(lambda slot, values=values: values[slot[1]], sentence)  # type: ignore[misc]
    return ""


def _words(command: str) -> list[str]:
    """The words of a command; what stands in angle brackets is one."""
    bound = re.sub(r"<[^<>]*>", lambda found: found[0].replace(" ", "\0"), command)
    try:
        # A shell's reader takes a letter at a time, and most commands quote nothing.
        words = shlex.split(bound) if _QUOTES.search(bound) else [word for word in bound.split(" ") if word]
    except ValueError:
        return []
    return [word.replace("\0", " ") for word in words]


def _options(words: Iterable[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            found[name] = []
        elif name:
            found[name].append(word.strip("<>"))
    return {name: " ".join(values) for name, values in found.items()}


def _sentences(parts: list[tuple[str, bool]]) -> Iterable[str]:
    """The parts as lines, ours as sentences of their own, or as part of the one around them."""
    for index, (text, is_ours) in enumerate(parts):
        if not is_ours:
            yield text
            continue
        before = parts[index - 1][0] if index else ""
        after, is_next_ours = parts[index + 1] if index + 1 < len(parts) else ("", True)
        goes_on = bool(after) and not is_next_ours and after[0].islower()
        begun = bool(re.search(r"\b(then|else|or|and)$", before))
        yield (text if begun else text[0].upper() + text[1:]) + ("" if goes_on else ".")
