"""What rules about inspection say beside whom they flag: the sentence, the evidence and the cure."""

from __future__ import annotations

from typing import Any

from tests.rules.answers import ACCOUNT, answers_of, outcomes

VPC = "vpc-0b1a2c3d4e5f60001"
GATEWAY = "igw-0b1a2c3d4e5f60001"
SERVICE = "com.amazonaws.vpce.eu-west-1.vpce-svc-0b1a2c3d4e5f60001"
ZONES = ("eu-west-1a", "eu-west-1b")
APPS = ("subnet-0b1a2c3d4e5f6000a", "subnet-0b1a2c3d4e5f6000b")
WALLS = ("subnet-0b1a2c3d4e5f6001a", "subnet-0b1a2c3d4e5f6001b")
APP_TABLES = ("rtb-0b1a2c3d4e5f6000a", "rtb-0b1a2c3d4e5f6000b")
WALL_TABLE, EDGE_TABLE = "rtb-0b1a2c3d4e5f6001a", "rtb-0b1a2c3d4e5f6002a"
ENDPOINTS = ("vpce-0b1a2c3d4e5f6000a", "vpce-0b1a2c3d4e5f6000b")


def table(identity: str, *routes: dict[str, Any], subnets: tuple[str, ...] = (), gateway: str = "") -> dict[str, Any]:
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    places = [{"SubnetId": subnet} for subnet in subnets] + ([{"GatewayId": gateway}] if gateway else [])
    return {
        "RouteTableId": identity,
        "VpcId": VPC,
        "OwnerId": ACCOUNT,
        "Associations": places,
        "Routes": [local, *({"State": "active", **route} for route in routes)],
    }


def default(target: str) -> dict[str, Any]:
    return {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": target}


def inspected(**facts: Any) -> dict[str, Any]:
    """Two zones, each with a firewall endpoint and a subnet of public applications behind it."""
    network: dict[str, Any] = {
        "Vpcs": [{"VpcId": VPC, "OwnerId": ACCOUNT, "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [
            {
                "SubnetId": subnet,
                "VpcId": VPC,
                "OwnerId": ACCOUNT,
                "AvailabilityZone": zone,
                "CidrBlock": f"10.0.{n}.0/24",
            }
            for n, (subnet, zone) in enumerate(zip((*APPS, *WALLS), ZONES * 2, strict=True))
        ],
        "RouteTables": [
            table(APP_TABLES[0], default(ENDPOINTS[0]), subnets=APPS[:1]),
            table(APP_TABLES[1], default(ENDPOINTS[1]), subnets=APPS[1:]),
            table(WALL_TABLE, default(GATEWAY), subnets=WALLS),
            table(
                EDGE_TABLE,
                {"DestinationCidrBlock": "10.0.0.0/24", "GatewayId": ENDPOINTS[0]},
                {"DestinationCidrBlock": "10.0.1.0/24", "GatewayId": ENDPOINTS[1]},
                gateway=GATEWAY,
            ),
        ],
        "InternetGateways": [
            {"InternetGatewayId": GATEWAY, "Attachments": [{"VpcId": VPC, "State": "available"}], "OwnerId": ACCOUNT}
        ],
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": f"eni-0b1a2c3d4e5f6000{n}",
                "InterfaceType": "interface",
                "Status": "in-use",
                "VpcId": VPC,
                "SubnetId": subnet,
                "PrivateIpAddress": f"10.0.{n}.10",
                "Association": {"PublicIp": f"203.0.113.1{n}"},
            }
            for n, subnet in enumerate(APPS)
        ],
        "VpcEndpoints": [
            {
                "VpcEndpointId": identity,
                "VpcEndpointType": "GatewayLoadBalancer",
                "VpcId": VPC,
                "ServiceName": SERVICE,
                "State": "available",
                "SubnetIds": [subnet],
                "OwnerId": ACCOUNT,
            }
            for identity, subnet in zip(ENDPOINTS, WALLS, strict=True)
        ],
    }
    return {**network, **facts}


def failed(rule_id: str, network: dict[str, Any]) -> set[str]:
    return {identity for identity, outcome in outcomes(answers_of(rule_id, **network)).items() if outcome != "pass"}


def test_a_sound_design_of_two_zones_has_nothing_to_tell() -> None:
    assert outcomes(answers_of("GWL001", **inspected())) == {
        **dict.fromkeys(APPS, "pass"),
        **dict.fromkeys(WALLS, "not-applicable"),
    }
    assert outcomes(answers_of("GWL002", **inspected())) == {GATEWAY: "pass"}
    assert failed("GWL003", inspected()) == {WALL_TABLE}  # it has no route to an endpoint


def test_a_subnet_past_inspection_is_told_with_its_peer_and_the_endpoint_of_its_own_zone() -> None:
    network = inspected()
    network["RouteTables"][1]["Routes"][1] = {**default(GATEWAY), "State": "active"}
    found = answers_of("GWL001", **network)[APPS[1]]
    assert (found.outcome, found.severity) == ("fail", "high")
    assert found.message == (
        f"{APPS[1]} reaches the internet through {GATEWAY} (IPv4) past inspection, while {APPS[0]} goes through "
        f"{ENDPOINTS[0]}"
    )
    assert found.because == (
        f"route in {APP_TABLES[1]}: 0.0.0.0/0 -> {GATEWAY}",
        f"{APPS[1]} holds eni-0b1a2c3d4e5f60001",
        f"route in {APP_TABLES[0]}: 0.0.0.0/0 -> {ENDPOINTS[0]}",
    )
    assert found.fix.splitlines()[0] == (
        f"aws ec2 replace-route --region eu-west-1 --route-table-id {APP_TABLES[1]} "
        f"--destination-cidr-block 0.0.0.0/0 --vpc-endpoint-id {ENDPOINTS[1]}"
    )


def test_a_route_for_some_addresses_past_inspection_is_deleted_and_not_replaced() -> None:
    network = inspected()
    network["RouteTables"][0]["Routes"].append(
        {"DestinationCidrBlock": "198.51.100.0/24", "GatewayId": GATEWAY, "State": "active"}
    )
    found = answers_of("GWL001", **network)[APPS[0]]
    assert "past inspection for some addresses" in found.message
    assert found.fix.splitlines()[0] == (
        f"aws ec2 delete-route --region eu-west-1 --route-table-id {APP_TABLES[0]} "
        "--destination-cidr-block 198.51.100.0/24"
    )


def test_an_edge_table_that_misses_a_subnet_names_table_subnet_and_command() -> None:
    network = inspected()
    del network["RouteTables"][3]["Routes"][2]
    found = answers_of("GWL002", **network)[GATEWAY]
    assert (found.outcome, found.severity) == ("fail", "high")
    assert found.message == (
        f"{EDGE_TABLE}, the table of {GATEWAY}, has no route to inspection for {APPS[1]}, although what leaves it is "
        "inspected"
    )
    assert found.because[0] == f"{APPS[1]} holds public IPv4 addresses of eni-0b1a2c3d4e5f60001"
    assert found.fix == (
        f"aws ec2 create-route --region eu-west-1 --route-table-id {EDGE_TABLE} --destination-cidr-block 10.0.1.0/24 "
        f"--vpc-endpoint-id {ENDPOINTS[1]}"
    )


def test_what_nobody_reaches_from_outside_needs_no_edge_table() -> None:
    network = inspected()
    del network["RouteTables"][3]
    for interface in network["NetworkInterfaces"]:
        del interface["Association"]
    assert outcomes(answers_of("GWL002", **network)) == {GATEWAY: "not-applicable"}


def test_a_route_into_another_zone_is_told_with_the_endpoint_of_the_subnets_own() -> None:
    network = inspected()
    network["RouteTables"][1]["Routes"][1] = {**default(ENDPOINTS[0]), "State": "active"}
    found = answers_of("GWL003", **network)
    assert {identity for identity, one in found.items() if one.outcome == "fail"} == {APP_TABLES[1]}
    assert found[APP_TABLES[1]].message == (
        f"{APP_TABLES[1]} leads traffic of {APPS[1]} in eu-west-1b to {ENDPOINTS[0]} in eu-west-1a"
    )
    assert found[APP_TABLES[1]].fix.splitlines()[0] == (
        f"aws ec2 replace-route --region eu-west-1 --route-table-id {APP_TABLES[1]} "
        f"--destination-cidr-block 0.0.0.0/0 --vpc-endpoint-id {ENDPOINTS[1]}"
    )


def test_a_dead_route_and_a_doubtful_one_in_the_same_table_are_a_flaw() -> None:
    network = inspected()
    network["RouteTables"][0]["Routes"] += [
        {"DestinationCidrBlock": "198.51.100.0/24", "GatewayId": "vpce-0b1a2c3d4e5f6000d", "State": "blackhole"},
        {"DestinationCidrBlock": "203.0.113.0/24", "GatewayId": "vpce-0b1a2c3d4e5f6000e", "State": "active"},
    ]
    found = answers_of("GWL003", **network)[APP_TABLES[0]]
    assert found.outcome == "fail"
    assert found.message == (
        f"{APP_TABLES[0]} sends 198.51.100.0/24 to vpce-0b1a2c3d4e5f6000d, which drops it: the route is blackhole"
    )


def test_appliance_mode_matters_between_zones_and_not_between_subnets() -> None:
    attachment: dict[str, Any] = {
        "TransitGatewayAttachmentId": "tgw-attach-0b1a2c3d4e5f60001",
        "TransitGatewayId": "tgw-0b1a2c3d4e5f60001",
        "VpcId": VPC,
        "VpcOwnerId": ACCOUNT,
        "State": "available",
        "SubnetIds": list(APPS),
        "Options": {"ApplianceModeSupport": "disable"},
    }
    found = answers_of("GWL004", **inspected(TransitGatewayVpcAttachments=[attachment]))["tgw-attach-0b1a2c3d4e5f60001"]
    assert (found.outcome, found.severity) == ("fail", "medium")
    assert found.because[:3] == (
        "ApplianceModeSupport is disable",
        f"eu-west-1a: {APPS[0]}",
        f"eu-west-1b: {APPS[1]}",
    )
    assert found.fix.splitlines()[0] == (
        "aws ec2 modify-transit-gateway-vpc-attachment --region eu-west-1 --transit-gateway-attachment-id "
        "tgw-attach-0b1a2c3d4e5f60001 --options ApplianceModeSupport=enable"
    )
    one_zone = {**attachment, "SubnetIds": [APPS[0], WALLS[0]]}
    assert outcomes(answers_of("GWL004", **inspected(TransitGatewayVpcAttachments=[one_zone]))) == {
        "tgw-attach-0b1a2c3d4e5f60001": "not-applicable"
    }
