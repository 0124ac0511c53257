"""What a finding says about mending it: the card's text with the resource's own ids, as commands that can be copied."""

from __future__ import annotations

import re
import shlex

from scanner.expression import fill_commands
from scanner.model import GLOBAL, Flag, Rule

_COMMAND = re.compile(r"\baws (?P<service>[a-z0-9-]+) [a-z0-9-]+(?=\s|$)")
_WITHOUT_REGION = frozenset({"iam", "s3", "s3api", "organizations", "cloudfront", "sts"})


def cure(rule: Rule, flag: Flag) -> str:
    """The flag's own fix, else the card's with its slots filled; each command names the Region of the resource.

    Only the card's own text has slots: what Python wrote may hold names from AWS, and those are no expressions.
    """
    text = flag.fix or fill_commands(rule.fix, flag.resource, rule.values)
    region = flag.resource.region
    return text if region == GLOBAL else "\n".join(_in_region(line, region) for line in text.split("\n"))


def _in_region(line: str, region: str) -> str:
    """A line whose commands say where they act, so that they do not act on whatever Region the reader's shell is set to."""
    if "--region" in line:
        return line

    def named(command: re.Match[str]) -> str:
        return command[0] if command["service"] in _WITHOUT_REGION else f"{command[0]} --region {shlex.quote(region)}"

    return _COMMAND.sub(named, line)
