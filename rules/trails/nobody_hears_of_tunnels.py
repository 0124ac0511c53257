"""Finds Regions in which somebody may open a tunnel, or push a key, without anybody being told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.kit import Alert, Answer, Aside, Clear, Flag, Inventory, Resource, Undecided, alert_on, word

_TUNNEL, _KEY = "OpenTunnel", "SendSSHPublicKey"


def check(
    inventory: Inventory, *, alerted_elsewhere: bool, refused_is_enough: bool, central_event_buses: list[str]
) -> Iterator[Answer]:
    """An alarm on a log group tells of all Regions, a rule of EventBridge of its own: so the account is read as one."""
    for account in inventory.subjects:
        if alerted_elsewhere:
            yield Aside(account, "alerts are raised elsewhere")
            continue
        yield Aside(account, "each of its Regions has an answer of its own")
        for region in inventory.known("AWS::Region"):
            with inventory.judging(region):
                yield _judge(inventory, region, central_event_buses, is_enough=refused_is_enough)


def _judge(inventory: Inventory, region: Resource, buses: Sequence[str], *, is_enough: bool) -> Answer:
    tunnel, key = (_told(inventory, call, region, buses, is_enough=is_enough) for call in (_TUNNEL, _KEY))
    if tunnel.by and key.by:
        return Clear(region, (tunnel.by, key.by))
    fix = _fix(region)
    if tunnel.by:
        _insist(key)
        return Flag(region, f"nobody is told when somebody pushes a key in {region.id}", _because(key), "low", fix)
    _insist(tunnel)
    refused = alert_on(inventory, f"{_TUNNEL}Denied", region.id, central_buses=buses)
    if refused.by:
        message = f"only of refused attempts to open a tunnel in {region.id} is anybody told"
        return Flag(region, message, (refused.by, *_because(tunnel)), "low", fix)
    keys = "" if key.by or key.doubts else " or pushes a key"
    return Flag(region, f"nobody is told when somebody opens a tunnel{keys} in {region.id}", _because(tunnel), "", fix)


def _told(inventory: Inventory, call: str, region: Resource, buses: Sequence[str], *, is_enough: bool) -> Alert:
    alert = alert_on(inventory, call, region.id, central_buses=buses)
    if alert.by or not is_enough:
        return alert
    refused = alert_on(inventory, f"{call}Denied", region.id, central_buses=buses)
    return refused if refused.by else alert


def _insist(alert: Alert) -> None:
    if alert.doubts:
        raise Undecided(alert.doubts[0])


def _because(alert: Alert) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alert.lacks)) or ("no EventBridge rule and no metric filter with an alarm is about it",)


def _fix(region: Resource) -> str:
    pattern = '{"source":["aws.ec2-instance-connect"],"detail":{"eventName":["OpenTunnel","SendSSHPublicKey"]}}'
    place = word(region.id)
    return (
        f"aws events put-rule --region {place} --name tunnels --event-pattern {word(pattern)}\n"
        f"aws events put-targets --region {place} --rule tunnels --targets Id=1,Arn=<ARN of an SNS topic>\n"
        "Or count them in the log group of a trail (aws logs put-metric-filter) and set an alarm with an action on it."
    )
