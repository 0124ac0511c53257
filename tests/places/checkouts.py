"""Checkouts written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scanner.model import Resource
from scanner.places.checkout import Checkout, open_checkout

ACCOUNT = "123456789012"


def checkout(root: Path, files: Mapping[str, str]) -> Checkout:
    """A repository with these files."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return open_checkout(root)


def resource(
    identifier: str,
    tags: Mapping[str, str] | None = None,
    *,
    kind: str = "AWS::EC2::Instance",
    region: str = "eu-west-1",
) -> Resource:
    """A resource with these tags."""
    arn = f"arn:aws:ec2:{region}:{ACCOUNT}:thing/{identifier}"
    listed = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    return Resource(kind, "aws", ACCOUNT, region, identifier, arn, {"Tags": listed})
