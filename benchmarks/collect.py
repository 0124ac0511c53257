"""Collecting against bare boto3: CPU seconds of two processes that page through the same calls of the same account."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

SIZES = (0, 1_000, 5_000)
GOAL = 1.3
ROUNDS = 3
PAGE = 1_000
REGION = "eu-west-1"
KINDS = (
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::RouteTable",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::Instance",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::InstanceConnectEndpoint",
    "AWS::EC2::FlowLog",
    "AWS::EC2::EIP",
)

# What a script does that somebody writes in ten minutes: every list, page by page, nothing kept but the dictionaries.
BARE = """
import boto3, sys
from scanner.aws.table import KINDS
url, *names = sys.argv[1:]
client = boto3.Session().client("ec2", endpoint_url=url)
found = {}
for kind in (KINDS[name] for name in names):
    rows = found.setdefault(kind.name, [])
    method = "describe_" + "".join("_" + c.lower() if c.isupper() else c for c in kind.operation.removeprefix("Describe"))[1:]
    request = dict(kind.request)
    while True:
        page = getattr(client, method)(**request)
        for item in page[kind.response_keys[0]]:
            rows.extend(item["Instances"] if kind.operation == "DescribeInstances" else [item])
        if not page.get("NextToken"):
            break
        request["NextToken"] = page["NextToken"]
print(sum(map(len, found.values())))
"""
OURS = """
import sys
from scanner.collect.access import Access, Caller, RegionChoice, open_session
from scanner.collect.account import collect_account
from scanner.model.progress import Silent
url, *names = sys.argv[1:]
access = Access(endpoint_url=url)
[inventory] = collect_account(
    open_session(access), caller=Caller("111122223333", "aws", ""), regions=RegionChoice(("eu-west-1",)),
    kinds=frozenset(names), access=access, progress=Silent(), taken_at="",
)
assert not inventory.gaps, inventory.gaps
print(sum(len(inventory.of(name)) for name in names))
"""


def main() -> None:
    """Prints one line a size: our CPU, bare boto3's, and the ratio of the two."""
    missed = False
    for size in SIZES:
        with _account(size) as url:
            ours, bare = _least(url, size)
        ratio = ours / bare
        missed = missed or (size > 0 and ratio > GOAL)
        print(f"  {size:>7,} instances  collecting {ours:6.2f} CPU s  bare boto3 {bare:6.2f} CPU s  ratio {ratio:4.2f}")
    print(f"  goal: a ratio of at most {GOAL}: {'MISSED' if missed else 'met'}")


def _least(url: str, size: int) -> tuple[float, float]:
    """The least of a few rounds, taken in turns so that a busy machine disturbs both alike."""
    rounds = [(_cpu(OURS, url, size), _cpu(BARE, url, size)) for _ in range(ROUNDS)]
    return min(ours for ours, _ in rounds), min(bare for _, bare in rounds)


def _cpu(program: str, url: str, size: int) -> float:
    """CPU seconds of a process from its start to its end; the server's are this process's own and not among them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    here = Path(__file__).resolve().parent.parent
    environment = {
        **kept,
        "PYTHONPATH": str(here),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "opens nothing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    before = _children()
    finished = subprocess.run(
        [sys.executable, "-c", program, url, *KINDS], env=environment, check=True, capture_output=True, text=True
    )
    if int(finished.stdout) < 2 * size:
        raise RuntimeError(f"only {finished.stdout.strip()} resources came back")
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _account(instances: int) -> Iterator[str]:
    """A server on the loopback with the pages of an account, rendered beforehand."""
    answers = _answers(instances)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            pages = answers[form["Action"][0]]
            body = pages[int(form.get("NextToken", ["0"])[0])]
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _answers(instances: int) -> dict[str, list[bytes]]:
    """Operation -> pages; instances and interfaces as large as AWS's, the rest as many as such an account has."""
    few = max(1, instances // 50)
    listed = {
        "DescribeVpcs": ("vpcSet", [_item("vpcId", "vpc", number) for number in range(max(1, few // 8))]),
        "DescribeSubnets": ("subnetSet", [_item("subnetId", "subnet", number) for number in range(few)]),
        "DescribeInternetGateways": ("internetGatewaySet", [_item("internetGatewayId", "igw", 0)]),
        "DescribeNatGateways": ("natGatewaySet", []),
        "DescribeRouteTables": ("routeTableSet", [_item("routeTableId", "rtb", 0)]),
        "DescribeSecurityGroups": ("securityGroupInfo", [_item("groupId", "sg", number) for number in range(few)]),
        "DescribeVpcEndpoints": ("vpcEndpointSet", []),
        "DescribeInstanceConnectEndpoints": ("instanceConnectEndpointSet", []),
        "DescribeFlowLogs": ("flowLogSet", []),
        "DescribeAddresses": ("addressesSet", []),
        "DescribeNetworkInterfaces": ("networkInterfaceSet", [_interface(number) for number in range(instances)]),
        "DescribeInstances": ("reservationSet", [_reservation(number) for number in range(instances)]),
    }
    return {operation: _pages(operation, name, items) for operation, (name, items) in listed.items()}


def _pages(operation: str, name: str, items: list[str]) -> list[bytes]:
    starts = range(0, max(1, len(items)), PAGE)
    pages = []
    for number, start in enumerate(starts, start=1):
        token = f"<nextToken>{number}</nextToken>" if number < len(starts) else ""
        content = f"<requestId>r</requestId><{name}>{''.join(items[start : start + PAGE])}</{name}>{token}"
        pages.append(f"<{operation}Response>{content}</{operation}Response>".encode())
    return pages


def _item(member: str, prefix: str, number: int) -> str:
    return f"<item><{member}>{prefix}-{number:017x}</{member}>{_tags(4)}</item>"


def _tags(number: int) -> str:
    items = "".join(f"<item><key>tag-{one}</key><value>the value of tag {one}</value></item>" for one in range(number))
    return f"<tagSet>{items}</tagSet>"


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _groups() -> str:
    items = "".join(
        f"<item><groupId>sg-{one:017x}</groupId><groupName>group-{one}</groupName></item>" for one in range(3)
    )
    return f"<groupSet>{items}</groupSet>"


def _interface(number: int) -> str:
    return f"""<item><networkInterfaceId>eni-{number:017x}</networkInterfaceId><subnetId>subnet-{number // 50:017x}</subnetId>
<vpcId>vpc-{number // 400:017x}</vpcId><availabilityZone>eu-west-1a</availabilityZone><description/>
<ownerId>111122223333</ownerId><requesterManaged>false</requesterManaged><status>in-use</status>
<macAddress>02:00:00:00:00:01</macAddress><privateIpAddress>{_address(number)}</privateIpAddress>
<privateDnsName>ip-{number}.eu-west-1.compute.internal</privateDnsName><sourceDestCheck>true</sourceDestCheck>{_groups()}
<attachment><attachmentId>eni-attach-{number:017x}</attachmentId><instanceId>i-{number:017x}</instanceId>
<instanceOwnerId>111122223333</instanceOwnerId><deviceIndex>0</deviceIndex><status>attached</status>
<attachTime>2026-01-15T12:00:00.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></attachment>
<privateIpAddressesSet><item><privateIpAddress>{_address(number)}</privateIpAddress><primary>true</primary></item>
</privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType>{_tags(8)}</item>"""


def _reservation(number: int) -> str:
    devices = "".join(
        f"<item><deviceName>/dev/sd{letter}</deviceName><ebs><volumeId>vol-{number:016x}{letter}</volumeId>"
        "<status>attached</status><attachTime>2026-01-15T12:00:00.000Z</attachTime>"
        "<deleteOnTermination>true</deleteOnTermination></ebs></item>"
        for letter in "abcd"
    )
    return f"""<item><reservationId>r-{number:017x}</reservationId><ownerId>111122223333</ownerId><groupSet/><instancesSet><item>
<instanceId>i-{number:017x}</instanceId><imageId>ami-0123456789abcdef0</imageId>
<instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-{number}.eu-west-1.compute.internal</privateDnsName><dnsName/><reason/><keyName>operations</keyName>
<amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>m7g.large</instanceType>
<launchTime>2026-01-15T12:00:00.000Z</launchTime><placement><availabilityZone>eu-west-1a</availabilityZone><groupName/>
<tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring>
<subnetId>subnet-{number // 50:017x}</subnetId><vpcId>vpc-{number // 400:017x}</vpcId>
<privateIpAddress>{_address(number)}</privateIpAddress><sourceDestCheck>true</sourceDestCheck>{_groups()}
<architecture>arm64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/sda</rootDeviceName>
<blockDeviceMapping>{devices}</blockDeviceMapping><virtualizationType>hvm</virtualizationType>
<clientToken>00000000-0000-0000-0000-{number:012x}</clientToken><hypervisor>xen</hypervisor>
<networkInterfaceSet>{_interface(number)}</networkInterfaceSet>
<iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/application</arn><id>AIPAEXAMPLE</id></iamInstanceProfile>
<ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport><cpuOptions><coreCount>2</coreCount>
<threadsPerCore>1</threadsPerCore></cpuOptions><capacityReservationSpecification>
<capacityReservationPreference>open</capacityReservationPreference></capacityReservationSpecification>
<hibernationOptions><configured>false</configured></hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint><httpProtocolIpv6>disabled</httpProtocolIpv6>
<instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions><maintenanceOptions><autoRecovery>default</autoRecovery>
</maintenanceOptions><currentInstanceBootMode>uefi</currentInstanceBootMode><platformDetails>Linux/UNIX</platformDetails>
<usageOperation>RunInstances</usageOperation><usageOperationUpdateTime>2026-01-15T12:00:00.000Z</usageOperationUpdateTime>
<privateDnsNameOptions><hostnameType>ip-name</hostnameType><enableResourceNameDnsARecord>false</enableResourceNameDnsARecord>
<enableResourceNameDnsAAAARecord>false</enableResourceNameDnsAAAARecord></privateDnsNameOptions>
{_tags(50)}</item></instancesSet></item>"""


if __name__ == "__main__":
    main()
