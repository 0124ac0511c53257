"""Reports written by hand: what a scan might have found, without any scan."""

from __future__ import annotations

from scanner.model import Finding, Gap, GapReason, Hop, Outcome, Resource, Rule, ScanReport, Setting, Severity, Target

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"

PUBLIC_ADDRESS = Rule(
    "NET001",
    "An instance answers on a public IPv4 address",
    Severity.HIGH,
    "AWS::EC2::Instance",
    why="Whoever knows the address can knock, and\nevery open port is a door.",
    fix="Move the instance to a private subnet and reach it\nthrough an endpoint.\n\n- Then release the address.",
    learn=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",),
    settings=(Setting("exempt", [], "Ids of instances that may."),),
    values={"exempt": ["i-edge"]},
    file="rules/exposure/public_address.yaml",
    since="0.1",
    aliases=("NET-OLD",),
)
UNUSED_DNS = Rule(
    "VPE005",
    "An interface endpoint that nobody's DNS points to",
    Severity.MEDIUM,
    "AWS::EC2::VPCEndpoint",
    why="Clients leave the VPC although an endpoint is paid for.",
    fix="Turn private DNS on.",
)
STOPPED_TRAIL = Rule("TRL001", "A trail is stopped", Severity.CRITICAL, "AWS::CloudTrail::Trail", why="Nobody sees.")
NO_EVIDENCE = Rule("EVD001", "Nothing says who logged in", Severity.INFO, "AWS::EC2::VPC")
ADMIN_PORT = Rule("NET003", "An admin port answers the internet", Severity.CRITICAL, "AWS::EC2::Instance")
RULES = (PUBLIC_ADDRESS, UNUSED_DNS, STOPPED_TRAIL, NO_EVIDENCE)

PROOF = (
    Hop("AWS::EC2::InternetGateway", "igw-1", allows=True, rule="igw-1: 203.0.113.7 is 10.0.0.5"),
    Hop("AWS::EC2::NetworkAcl", "acl-1", allows=True, rule="acl-1: entry 100 allows from 0.0.0.0/0"),
    Hop("AWS::EC2::SecurityGroup", "sg-1", allows=True, rule="sg-1: tcp 22 from 0.0.0.0/0"),
    Hop("AWS::EC2::RouteTable", "rtb-1", allows=True, rule="route in rtb-1: 0.0.0.0/0 -> igw-1", direction="return"),
    Hop("AWS::EC2::NetworkAcl", "acl-1", allows=True, rule="acl-1: entry 100 allows to 0.0.0.0/0", direction="return"),
)
"""The way from the internet to tcp 22 of an instance, and back."""


def resource(
    identifier: str,
    *,
    kind: str = "AWS::EC2::Instance",
    name: str = "",
    account: str = ACCOUNT,
    region: str = "eu-west-1",
    arn: str | None = None,
) -> Resource:
    """An EC2 resource unless told otherwise, its ARN made from its kind."""
    made = f"arn:aws:ec2:{region}:{account}:{kind.rpartition('::')[2].lower()}/{identifier}"
    facts = {"Tags": [{"Key": "Name", "Value": name}]} if name else {}
    return Resource(kind, "aws", account, region, identifier, made if arn is None else arn, facts)


def finding(
    about: Resource | str,
    message: str = "it is open",
    *,
    rule: Rule = PUBLIC_ADDRESS,
    outcome: Outcome = Outcome.FAIL,
    severity: Severity | None = None,
    because: tuple[str, ...] = (),
    fix: str = "",
    path: tuple[Hop, ...] = (),
) -> Finding:
    """A failure of NET001 unless told otherwise."""
    subject = resource(about) if isinstance(about, str) else about
    return Finding(rule.id, outcome, severity or rule.severity, subject, message, because, fix, path)


def report(
    *findings: Finding,
    gaps: tuple[Gap, ...] = (),
    targets: tuple[Target, ...] | None = None,
    rules: tuple[Rule, ...] = RULES,
    taken_at: str = "",
    passed: int = 0,
) -> ScanReport:
    """A report of these findings, with one Region of one account scanned unless told otherwise."""
    totals = {outcome.value: sum(answer.outcome is outcome for answer in findings) for outcome in Outcome}
    totals["pass"] += passed
    scanned = (Target(ACCOUNT, "eu-west-1", resources=7),) if targets is None else targets
    return ScanReport(findings, gaps, scanned, rules, totals, taken_at, "0.1.0")


def everything() -> ScanReport:
    """One of each: failures of three severities, every outcome, a gap in two Regions, a target that failed."""
    web = resource("i-0123456789abcdef0", name="web-1")
    refusal = "ec2:DescribeRouteTables was refused in eu-west-1 (UnauthorizedOperation)"
    trail = resource("main", kind="AWS::CloudTrail::Trail", arn=f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main")
    vpc = resource("vpc-9", kind="AWS::EC2::VPC")
    return report(
        finding(
            web,
            "i-0123456789abcdef0 (web-1) has the public address 203.0.113.7, and igw-0a1b2c3d4e5f60718 answers for it",
            because=(
                "eni-0123456789abcdef1 holds 203.0.113.7",
                "rtb-0123456789abcdef2 sends 0.0.0.0/0 to igw-0a1b2c3d4e5f60718, which vpc-0123456789abcdef3 has",
            ),
            path=PROOF,
        ),
        finding(resource("i-2", region="us-east-1"), "i-2 is public", fix="Release eipalloc-1."),
        finding("vpce-3", "vpce-3 has private DNS off", rule=UNUSED_DNS, because=("PrivateDnsEnabled is false",)),
        finding(trail, "main is stopped since 2026-01-01", rule=STOPPED_TRAIL),
        finding("i-9", refusal, outcome=Outcome.UNKNOWN),
        finding("i-9", f"cannot be decided: {refusal}", rule=UNUSED_DNS, outcome=Outcome.UNKNOWN, because=(refusal,)),
        finding(vpc, "the rule crashed: KeyError: 'Vpc'", rule=NO_EVIDENCE, outcome=Outcome.ERROR, because=("x.py:3",)),
        finding("i-5", "nothing to object to", outcome=Outcome.PASS),
        finding("i-6", "the rule does not apply", outcome=Outcome.NOT_APPLICABLE),
        gaps=tuple(
            Gap(
                ACCOUNT,
                region,
                "ec2:DescribeRouteTables",
                GapReason.DENIED,
                "UnauthorizedOperation",
                ("AWS::EC2::RouteTable",),
            )
            for region in ("us-east-1", "eu-west-1")
        ),
        targets=(
            Target(ACCOUNT, "eu-west-1", resources=1200, mode="mock"),
            Target(ACCOUNT, "us-east-1", resources=3, mode="mock"),
            Target(OTHER_ACCOUNT, "us-east-1", failed="the role cannot be assumed"),
        ),
        taken_at="2026-01-02T03:04:05+00:00",
        passed=40,
    )
