"""Tunnels: the policy at the endpoint, the network behind it, and the key."""

from __future__ import annotations

import pytest

import scanner
from scanner.errors import UsageError
from scanner.model import Gap, GapReason
from tests.by_hand import refused
from tests.logins.estates import (
    CONSOLE,
    EC2,
    EICE,
    GROUP,
    INSTANCE,
    INTERFACE,
    OS_USER,
    SEND_KEY,
    TUNNEL,
    closed,
    hosts,
    inventories,
    line,
    lines,
    who,
)  # fmt: skip
from tests.network.estates import PEERING, V4, address, route, rule
from tests.policy.accounts import (
    ADDRESS,
    DURATION,
    MFA,
    OPEN_TUNNEL,
    PORT,
    allow,
    deny,
    group,
    managed,
    policy,
    policy_arn,
    role,
    user,
)  # fmt: skip

BOTH = rule(V4, ports=None)


def test_a_policy_for_everything_reaches_what_the_network_opens_and_pushes_a_key_as_anybody() -> None:
    found = who(hosts(), roles=[role("ops", allow("*"))], target="i-2")
    assert lines(found) == ["role/ops allowed tunnel i-2 22 [pushing a key as any user]"]
    row = found.rows[0]
    assert (row.endpoints, row.os_users, [str(one) for one in row.statements]) == (
        ("eice-1",),
        ("*",),
        ["statement 1 of the inline policy inline1 of role/ops"],
    )
    assert row.words == "can open SSH to i-2 through eice-1, pushing a key as any user"


def test_instances_of_which_the_same_is_true_are_one_row() -> None:
    row, *_ = who(hosts(), roles=[role("ops", allow("*"))]).rows
    assert row.words == "can open SSH to 2 instances through eice-1, pushing a key as any user"


def test_without_a_right_to_push_keys_it_takes_a_key_of_ones_own() -> None:
    assert lines(who(hosts(), roles=[role("ops", allow())])) == [
        "role/ops allowed tunnel i-1,i-2 22 [with a key of its own]"
    ]


def test_a_key_that_may_be_pushed_to_one_instance_splits_the_row() -> None:
    people = [role("ops", allow(), allow(SEND_KEY, f"{EC2}:instance/i-2"))]
    assert lines(who(hosts(), roles=people)) == [
        "role/ops allowed tunnel i-1 22 [with a key of its own]",
        "role/ops allowed tunnel i-2 22 [pushing a key as any user]",
    ]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"StringEquals": {OS_USER: ["ec2-user", "admin"]}}, "pushing a key as ec2-user or admin"),
        ({"StringLike": {OS_USER: "app-*"}}, "pushing a key as app-*"),
        ({"StringNotEquals": {OS_USER: "root"}}, "pushing a key as any user but root"),
        (
            {"StringEquals": {OS_USER: "ec2-user"}, "Bool": {MFA: "true"}},
            "pushing a key as ec2-user (with MFA)",
        ),
        ({"StringEqualsIfExists": {OS_USER: "ec2-user"}}, "pushing a key as ec2-user"),
    ],
)
def test_the_os_users_are_those_the_conditions_leave(condition: object, words: str) -> None:
    row, *_ = who(hosts(), roles=[role("ops", allow(), allow(SEND_KEY, condition=condition))]).rows
    assert row.keys is not None
    assert row.keys.words == words


def test_a_boundary_takes_the_tunnel_away() -> None:
    arn = policy_arn("only-s3")
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    people = [role("ops", allow("*"), PermissionsBoundary=boundary), role("free", allow())]
    found = who(hosts(), roles=people, policies=[managed(arn, policy(allow("s3:*")))])
    assert lines(found) == ["role/free allowed tunnel i-1,i-2 22 [with a key of its own]"]


def test_a_deny_in_a_group_takes_it_away_from_its_members_only() -> None:
    found = who(
        hosts(),
        users=[user("ada", allow(), groups=["interns"]), user("bea", allow())],
        groups=[group("interns", deny())],
    )
    assert lines(found) == ["user/bea allowed tunnel i-1,i-2 22 [with a key of its own]"]


def test_what_it_takes_is_told_in_words() -> None:
    condition = {"Bool": {MFA: "true"}, "NumericLessThanEquals": {DURATION: "3600"}}
    found = who(hosts(), roles=[role("ops", allow(condition=condition))])
    assert lines(found) == ["role/ops conditional tunnel i-1,i-2 22 [with a key of its own]; at most 3600 s, with MFA"]


def test_an_address_that_the_policy_leaves_out_is_not_reached() -> None:
    condition = {"IpAddress": {ADDRESS: "10.1.2.0/24"}}
    found = who(hosts(), roles=[role("ops", allow(condition=condition))])
    # The condition is met or not by the instance itself, so that nothing is left to ask for.
    assert lines(found) == ["role/ops allowed tunnel i-2 22 [with a key of its own]"]


def test_a_denied_address_is_taken_out_and_two_roles_are_told_apart() -> None:
    people = [
        role("one", allow(), deny(condition={"IpAddress": {ADDRESS: "10.1.2.6/32"}})),
        role("other", allow(condition={"NotIpAddress": {ADDRESS: "10.1.1.0/24"}})),
        role("text", allow(condition={"StringEquals": {ADDRESS: "10.1.1.5"}})),
    ]
    assert lines(who(hosts(), roles=people)) == [
        "role/one allowed tunnel i-1 22 [with a key of its own]",
        "role/other allowed tunnel i-2 22 [with a key of its own]",
        "role/text allowed tunnel i-1 22 [with a key of its own]",
    ]


def test_a_secondary_address_is_a_way_too() -> None:
    estate = hosts().put(
        INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.6"), address("10.1.2.99")], PrivateIpAddress="10.1.2.6"
    )
    people = [role("ops", allow(condition={"IpAddress": {ADDRESS: "10.1.2.99/32"}}))]
    assert lines(who(estate, roles=people)) == ["role/ops allowed tunnel i-2 22 [with a key of its own]"]


def test_a_port_is_a_way_only_where_policy_and_network_both_open_it() -> None:
    estate = hosts().put(GROUP, "sg-2", IpPermissions=[rule(V4, ports=None)])
    people = [
        role("both", allow()),
        role("desktop", allow(condition={"NumericEquals": {PORT: "3389"}})),
        role("web", allow(condition={"NumericEquals": {PORT: "443"}})),
    ]
    assert lines(who(estate, roles=people)) == [
        "role/both allowed tunnel i-1 22 [with a key of its own]",
        "role/both allowed tunnel i-2 22+3389 [with a key of its own]",
        "role/desktop allowed tunnel i-2 3389",
    ]


def test_a_path_that_the_endpoints_group_blocks_is_no_capability_and_is_told() -> None:
    estate = hosts().put(GROUP, "sg-9", IpPermissionsEgress=[rule("10.1.1.0/24")])
    people = [role("ops", allow()), role("none", allow("s3:*"))]
    found = who(estate, roles=people)
    assert lines(found) == ["role/ops allowed tunnel i-1 22 [with a key of its own]"]
    assert closed(found) == [
        ("tunnel", "no rule of sg-9 matches [ENI_SG_RULES_MISMATCH]", ("i-2",), ("role/ops",)),
    ]


def test_a_condition_on_the_endpoints_tag_is_known_and_needs_nothing() -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "net"}}
    people = [role("ops", allow(condition=condition))]
    tagged = hosts().put(TUNNEL, "eice-1", Tags=[{"Key": "team", "Value": "net"}])
    assert lines(who(tagged, roles=people)) == ["role/ops allowed tunnel i-1,i-2 22 [with a key of its own]"]
    assert lines(who(hosts(), roles=people)) == []


def test_another_endpoint_in_the_policy_opens_nothing() -> None:
    assert lines(who(hosts(), roles=[role("ops", allow(resource=f"{EICE}0"))])) == []


def test_an_endpoint_that_nobody_can_use_is_told() -> None:
    people = [role("ops", allow())]
    for facts, why in (
        ({"State": "create-failed"}, "it is in the state create-failed"),
        ({"OwnerId": "444455556666"}, "it belongs to account 444455556666, which alone may use it"),
    ):
        found = who(hosts().put(TUNNEL, "eice-1", **facts), roles=people)
        assert (lines(found), closed(found)) == ([], [("tunnel", why, (), ())])


def test_a_vpc_that_no_route_leads_to_is_not_spoken_of() -> None:
    estate = hosts().vpc(2).table("rtb-2", vpc=2).subnet("subnet-7", 2).group("sg-7", rule(V4), vpc=2)
    estate.interface("eni-7", "subnet-7", address("10.2.0.7"), groups=["sg-7"], vpc=2, Attachment={"InstanceId": "i-7"})
    estate.add(INSTANCE, InstanceId="i-7", VpcId="vpc-2", State={"Name": "running"})
    found = who(estate, roles=[role("ops", allow())])
    assert (lines(found), closed(found)) == (["role/ops allowed tunnel i-1,i-2 22 [with a key of its own]"], [])


def test_a_peered_vpc_is_reached_too() -> None:
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": "vpc-2"}}
    estate = hosts().vpc(2).table("rtb-2", route("10.1.0.0/16", "pcx-1"), vpc=2).subnet("subnet-7", 2)
    estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": "active"}, **ends)
    estate.routes("rtb-1", route("10.2.0.0/16", "pcx-1"))
    for number, opened in ((7, V4), (8, "192.0.2.0/24")):
        estate.group(f"sg-{number}", rule(opened), vpc=2)
        estate.interface(
            f"eni-{number}", "subnet-7", address(f"10.2.0.{number}"), groups=[f"sg-{number}"], vpc=2,
            Attachment={"InstanceId": f"i-{number}"},
        )  # fmt: skip
        estate.add(INSTANCE, InstanceId=f"i-{number}", VpcId="vpc-2", State={"Name": "running"})
    found = who(estate, roles=[role("ops", allow())])
    assert (lines(found), closed(found)) == (["role/ops allowed tunnel i-1,i-2,i-7 22 [with a key of its own]"], [])


def test_an_address_that_is_closed_is_not_told_of_where_another_one_is_open() -> None:
    estate = hosts().group("sg-8", rule("192.0.2.0/24"))
    estate.interface("eni-8", "subnet-2", address("10.1.2.8"), groups=["sg-8"], Attachment={"InstanceId": "i-2"})
    found = who(estate, roles=[role("ops", allow())], target="i-2")
    assert (lines(found), closed(found)) == (["role/ops allowed tunnel i-2 22 [with a key of its own]"], [])


def test_each_address_of_an_interface_is_followed_by_itself() -> None:
    estate = hosts().put(
        INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.6"), address("10.1.2.99")], PrivateIpAddress="10.1.2.6"
    )
    estate.put(GROUP, "sg-9", IpPermissionsEgress=[rule("10.1.2.6/32")])
    people = [
        role("first", allow(condition={"IpAddress": {ADDRESS: "10.1.2.6/32"}})),
        role("second", allow(condition={"IpAddress": {ADDRESS: "10.1.2.99/32"}})),
    ]
    assert lines(who(estate, roles=people)) == ["role/first allowed tunnel i-2 22 [with a key of its own]"]


def test_a_path_that_ends_in_the_dark_makes_the_answer_unknown() -> None:
    found = who(hosts().put(TUNNEL, "eice-1", NetworkInterfaceIds=["eni-77"]), roles=[role("ops", allow())])
    assert lines(found) == ["role/ops unknown tunnel i-1,i-2 22+3389; the network interface of eice-1 cannot be seen"]


def test_instances_that_were_not_read_leave_a_doubt() -> None:
    found = who(hosts().gap(refused("ec2:DescribeInstances", INSTANCE)), roles=[role("ops", allow())])
    assert found.doubts == ("ec2:DescribeInstances was refused in eu-west-1 (AccessDenied)",)
    assert not found.is_whole


def test_an_instance_that_is_gone_is_no_host() -> None:
    estate = hosts()
    for one in estate.given[INSTANCE]:
        if one["InstanceId"] == "i-2":
            one["State"] = {"Name": "terminated"}
    assert lines(who(estate, roles=[role("ops", allow())])) == [
        "role/ops allowed tunnel i-1 22 [with a key of its own]"
    ]


def test_an_interface_that_was_not_read_makes_the_answer_unknown() -> None:
    estate = hosts().gap(refused("ec2:DescribeNetworkInterfaces", INTERFACE))
    del estate.given[INTERFACE]
    found = who(estate, roles=[role("ops", allow())])
    why = "ec2:DescribeNetworkInterfaces was refused in eu-west-1 (AccessDenied)"
    assert lines(found) == [f"role/ops unknown tunnel i-1,i-2 22+3389; {why}"]
    assert not found.is_whole


def test_a_policy_that_cannot_be_read_makes_the_answer_unknown() -> None:
    found = who(hosts(), roles=[role("ops", allow(), "{")])
    assert [one.partition(";")[0] for one in lines(found)] == [
        "role/ops unknown tunnel i-1,i-2 22",
        "role/ops unknown Session Manager i-1",
    ]
    assert "inline policy inline2 of role/ops" in line(found.rows[0])


def test_without_iam_nobody_can_be_judged() -> None:
    gap = Gap("111122223333", "global", "iam:GetAccountAuthorizationDetails", GapReason.DENIED, "AccessDenied",
              ("AWS::IAM::User", "AWS::IAM::Role", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy"))  # fmt: skip
    found = who(hosts(), gaps=[gap])
    assert (found.rows, found.doubts, found.is_whole) == (
        (),
        ("iam:GetAccountAuthorizationDetails was refused in global (AccessDenied)",),
        False,
    )


def test_endpoints_that_were_not_read_leave_a_doubt() -> None:
    estate = hosts().gap(refused("ec2:DescribeInstanceConnectEndpoints", TUNNEL))
    assert who(estate, roles=[role("ops", allow())]).doubts == (
        "ec2:DescribeInstanceConnectEndpoints was refused in eu-west-1 (AccessDenied)",
    )


def test_what_another_region_refused_says_nothing_of_this_one() -> None:
    other = connected_elsewhere()
    found = scanner.who([*inventories(hosts(), roles=[role("ops", allow())]), other])
    assert lines(found) == ["role/ops allowed tunnel i-1,i-2 22 [with a key of its own]"]


def connected_elsewhere() -> scanner.Inventory:
    """A Region whose interfaces nobody may read."""
    from dataclasses import replace

    empty = replace(hosts().inventory(), region="eu-west-3", resources=())
    return replace(empty, gaps=(refused("ec2:DescribeNetworkInterfaces", INTERFACE, region="eu-west-3"),))


@pytest.mark.parametrize(("target", "ids"), [("i-2", ("i-2",)), ("db", ("i-2",)), ("eice-1", ("i-1", "i-2"))])
def test_a_target_is_an_id_a_name_or_an_endpoint(target: str, ids: tuple[str, ...]) -> None:
    row, *_ = who(hosts(), roles=[role("ops", allow())], target=target).rows
    assert row.instances == ids


@pytest.mark.parametrize(
    ("action", "target", "told"),
    [
        (OPEN_TUNNEL, "i-3", "there is no instance 'i-3'. Did you mean 'i-2'?"),
        (OPEN_TUNNEL, "eice-2", "there is no endpoint 'eice-2'. Did you mean 'eice-1'?"),
        ("ec2-instance-connect:OpenTunel", "", ("there is no action 'ec2-instance-connect:OpenTunel'. Did you mean "
         "'ec2-instance-connect:OpenTunnel'?")),
        ("OpenTunnel", "", "'OpenTunnel' is no action. Write it as ec2-instance-connect:OpenTunnel"),
    ],
)  # fmt: skip
def test_a_word_that_means_nothing_is_refused_in_one_sentence(action: str, target: str, told: str) -> None:
    with pytest.raises(UsageError) as refusal:
        who(hosts(), action, target=target)
    assert str(refusal.value) == told


def test_only_the_principals_that_are_named_are_told() -> None:
    given = inventories(hosts(), roles=[role("ops", allow()), role("dev", allow())])
    assert lines(scanner.who(given, principals=["role/dev"])) == [
        "role/dev allowed tunnel i-1,i-2 22 [with a key of its own]"
    ]
    with pytest.raises(UsageError, match=r"there is no user or role 'role/def'\. Did you mean 'role/dev'"):
        scanner.who(given, principals=["role/def"])


def test_other_actions_are_asked_of_the_policies_alone() -> None:
    condition = {"Bool": {MFA: "true"}}
    people = [role("ops", allow("ec2:CreateRoute", condition=condition)), role("dev", allow("s3:*"))]
    found = who(hosts(), "ec2:CreateRoute", roles=people)
    assert [(row.principal.word, row.words, row.conditions) for row in found.rows] == [
        ("role/ops", "can, under conditions, do it to any resource", "with MFA")
    ]


def test_the_console_belongs_to_another_action() -> None:
    assert lines(who(hosts(console=True), SEND_KEY, roles=[role("ops", allow(CONSOLE))])) == []
