"""How large one Region of one account is, and what its resources are called."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

ACCOUNT = "@account@"
REGION = "@region@"
UNIT = "@unit@"
"""What stands in rendered pages for the account, the Region and eight digits of both, until a page is sent."""

ZONES = "abc"
TIERS = ("public", "private", "isolated")
GROUPS = ("default", "web", "application", "database", "endpoints", "connect", "stray", "wide", "batch", "mail")
SUBNETS_PER_VPC = len(TIERS) * len(ZONES)
MOMENT = "2026-01-15T12:00:00.000Z"
REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)
"""The seventeen Regions that every account has enabled."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One Region of one account: so many instances, and as many networks as such a Region has.

    `managed` is how many of the instances Session Manager knows. The first VPC is the default one, and all there is
    in a Region without instances. `home` is the Region of the account's trails.
    """

    instances: int = 0
    managed: int = 0
    is_home: bool = False
    home: str = "us-east-1"
    regions: tuple[str, ...] = REGIONS

    @property
    def built(self) -> int:
        """VPCs that somebody made."""
        return max(4, min(self.instances // 200, 10 + self.instances // 500)) if self.instances else 0

    @property
    def vpcs(self) -> int:
        """All VPCs; 0 is the default one."""
        return 1 + self.built

    def vpc_of(self, instance: int) -> int:
        """The VPC of an instance, by their numbers."""
        return 1 + instance % self.built

    def subnet_of(self, instance: int) -> int:
        """The subnet of an instance: three of four live in the private tier."""
        rank = instance // self.built
        tier = 0 if is_public(instance) else 2 if rank % 4 == 3 else 1
        return self.vpc_of(instance) * SUBNETS_PER_VPC + tier * len(ZONES) + rank % len(ZONES)

    def group_of(self, instance: int, name: str) -> int:
        """A security group in the instance's VPC."""
        return self.vpc_of(instance) * len(GROUPS) + GROUPS.index(name)


def is_public(instance: int) -> bool:
    """One in twenty has a public address."""
    return instance % 20 == 0


def name_of(prefix: str, number: int) -> str:
    """A resource's id, which no other account or Region has; the width AWS gives it."""
    return f"{prefix}-{UNIT}{number:09x}"


def unit_of(account: str, region: str) -> str:
    """The eight digits that the ids of one Region of one account have in common."""
    return sha256(f"{account}/{region}".encode()).hexdigest()[:8]


def tags(name: str, **more: str) -> list[dict[str, str]]:
    """The tags that a company puts on everything."""
    every = {"Name": name, "environment": "production", "team": "platform", "cost-center": "4711", **more}
    return [{"Key": key, "Value": value} for key, value in every.items()]
