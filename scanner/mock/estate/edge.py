"""The legacy network: a bastion fans out from the internet to the private hosts, and nothing watches it."""

from __future__ import annotations

from scanner.mock.estate.builder import Builder, from_addresses, from_group

_WORLD = "0.0.0.0/0"


def build_edge(builder: Builder) -> None:
    """VPC 10.10.0.0/16 with two public and two private subnets, and an endpoint that never came to be."""
    _build_network(builder)
    _build_groups(builder)
    _build_instances(builder)
    _build_jump_host_group(builder)
    _build_failed_endpoint(builder)


def _build_network(builder: Builder) -> None:
    builder.vpc("edge", cidr="10.10.0.0/16")
    public_a = builder.subnet("edge-public-a", cidr="10.10.0.0/24", vpc="edge", zone=0)
    public_b = builder.subnet("edge-public-b", cidr="10.10.1.0/24", vpc="edge", zone=1)
    builder.subnet("edge-private-a", cidr="10.10.10.0/24", vpc="edge", zone=0)
    builder.subnet("edge-private-b", cidr="10.10.11.0/24", vpc="edge", zone=1)
    builder.ec2.modify_subnet_attribute(SubnetId=public_a, MapPublicIpOnLaunch={"Value": True})
    internet = builder.internet_gateway("edge-internet", vpc="edge")
    public = ("edge-public-a", "edge-public-b")
    builder.route_table("edge-public-routes", vpc="edge", subnets=public, GatewayId=internet)
    address = builder.address("edge-nat-address", public_ip="54.214.10.1")
    created = builder.ec2.create_nat_gateway(
        SubnetId=public_b, AllocationId=address, TagSpecifications=builder.named("edge-nat", resource_type="natgateway")
    )
    nat = builder.keep("edge-nat", identity=created["NatGateway"]["NatGatewayId"])
    private = ("edge-private-a", "edge-private-b")
    builder.route_table("edge-private-routes", vpc="edge", subnets=private, NatGatewayId=nat)


def _build_groups(builder: Builder) -> None:
    bastion = builder.group("bastion-ssh", vpc="edge", purpose="SSH from anywhere", allow=[from_addresses(22, _WORLD)])
    builder.group("edge-hosts", vpc="edge", purpose="SSH from the bastion", allow=[from_group(22, group_id=bastion)])
    builder.group("edge-web", vpc="edge", purpose="HTTPS for everybody", allow=[from_addresses(443, _WORLD, "::/0")])
    builder.group(
        "ssh-in-halves",
        vpc="edge",
        purpose="SSH from both halves of the internet",
        allow=[from_addresses(22, "0.0.0.0/1", "128.0.0.0/1")],
    )
    builder.group("vendor-leftover", vpc="edge", purpose="Remote support, 2019", allow=[from_addresses(3389, _WORLD)])


def _build_instances(builder: Builder) -> None:
    bastion = builder.instance("bastion", subnet="edge-public-b", group="bastion-ssh", private_ip="10.10.1.10")
    address = builder.address("bastion-address", public_ip="54.214.10.2")
    builder.ec2.associate_address(AllocationId=address, InstanceId=bastion)
    builder.instance("web", subnet="edge-public-a", group="edge-web", private_ip="10.10.0.10")
    builder.instance("app-1", subnet="edge-private-a", group="edge-hosts", private_ip="10.10.10.10")
    builder.instance("app-2", subnet="edge-private-b", group="edge-hosts", private_ip="10.10.11.10")
    _build_second_interface(builder)
    builder.address("idle-address", public_ip="54.214.10.4")


def _build_second_interface(builder: Builder) -> None:
    """A private host that is public all the same, through an interface nobody thinks of."""
    # One group for both: moto gives every interface of an instance the groups of all, in no certain order.
    reports = builder.instance("reports", subnet="edge-private-b", group="ssh-in-halves", private_ip="10.10.11.20")
    interface = builder.network_interface(
        "reports-second-interface",
        subnet="edge-public-b",
        group="ssh-in-halves",
        purpose="Uploads to the tax office",
        private_ips=["10.10.1.20", "10.10.1.21"],
    )
    builder.ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=reports, DeviceIndex=1)
    address = builder.address("reports-address", public_ip="54.214.10.3")
    builder.ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)


def _build_jump_host_group(builder: Builder) -> None:
    """A bastion asleep: nobody sees it until the group is scaled up."""
    template = builder.ec2.create_launch_template(
        LaunchTemplateName="jump-host",
        TagSpecifications=builder.named("jump-host", resource_type="launch-template"),
        LaunchTemplateData={
            "InstanceType": "t3.micro",
            "NetworkInterfaces": [
                {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [builder.ids["bastion-ssh"]]}
            ],
        },
    )
    template_id = builder.keep("jump-host-template", identity=template["LaunchTemplate"]["LaunchTemplateId"])
    builder.session.client("autoscaling", region_name=builder.region).create_auto_scaling_group(
        AutoScalingGroupName="jump-host",
        LaunchTemplate={"LaunchTemplateId": template_id, "Version": "$Latest"},
        MinSize=0,
        MaxSize=1,
        DesiredCapacity=0,
        VPCZoneIdentifier=builder.ids["edge-public-b"],
    )
    builder.keep("jump-host", identity="jump-host")


def _build_failed_endpoint(builder: Builder) -> None:
    """An EC2 Instance Connect Endpoint fails in a subnet whose eleven addresses are all taken."""
    builder.subnet("edge-cramped", cidr="10.10.20.0/28", vpc="edge", zone=0)
    builder.network_interface(
        "edge-address-pool",
        subnet="edge-cramped",
        group="edge-hosts",
        purpose="Addresses of the old licence server",
        private_ips=[f"10.10.20.{last}" for last in range(4, 15)],
    )
    builder.instance_connect_endpoint("edge-connect", subnet="edge-cramped", group="edge-hosts")
