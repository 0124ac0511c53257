"""Whether somebody is told when a call is made: an EventBridge rule with a target, or a metric filter with an alarm.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html: EventBridge gets management
events from a trail that logs them, on the default bus of the Region of the call; rules of the plain state ENABLED get
those that write. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html: a
trail delivers to one log group in its home Region, whatever Region the call was made in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.model import Gap, Resource, Undecided, View
from scanner.policy.reading import Reading
from scanner.policy.selectors import ManagementEvent, Recording
from scanner.policy.synthetic_events import EXAMPLES
from scanner.policy.trails import TRAIL, covers, trail_records
from scanner.policy.trials import EVENT_RULE, METRIC_FILTER, notices

ALARM = "AWS::CloudWatch::Alarm"

_LOG_GROUP_PARTS = 7


@dataclass(slots=True)
class Alert:
    """What tells somebody of a call in a Region: `by` in words, "" where nothing does.

    `lacks` says why what might have told does not, `doubts` what could not be read and might.
    """

    by: str = ""
    lacks: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Feed:
    """A trail that writes the call down, or may (`doubt` says why nobody knows)."""

    trail: Resource
    doubt: str


def alert_on(inventory: View, name: str, region: str, *, central_buses: Sequence[str] = ()) -> Alert:
    """Looks for an alert on one of the example calls in a Region of an account whose Regions are one inventory.

    `central_buses` are ARNs of event buses of which it is known that somebody watches them.
    """
    alert = Alert()
    feeds = _feeds(inventory, name, region, alert)
    _ask_rules(inventory, name, region, feeds, alert, frozenset(central_buses))
    for feed in feeds:
        if not alert.by:
            _ask_filters(inventory, name, region, feed, alert)
    return alert


def _feeds(inventory: View, name: str, region: str, alert: Alert) -> list[_Feed]:
    """The trails that write the call down in the Region; without any, nothing downstream learns of it."""
    example = EXAMPLES[name]
    event = ManagementEvent(example.source, example.operation, read_only=False)
    feeds: list[_Feed] = []
    for trail in inventory.known(TRAIL):
        try:
            if not covers(trail, region) or trail.get("IsLogging") is False:
                continue
            if trail_records(trail, event) is Recording.NONE:
                continue
            doubt = "" if trail.get("IsLogging") is True else f"the status of {trail.id} was not read"
        except Undecided as undecided:
            doubt = undecided.reason
        feeds.append(_Feed(trail, doubt))
    if all(feed.doubt for feed in feeds):
        unseen = _gaps(inventory, TRAIL, region)
        alert.doubts += unseen
        if not feeds and not unseen:
            alert.lacks.append(f"no trail that is switched on writes it down in {region}, so nothing can notice it")
    return feeds


def _ask_rules(
    inventory: View, name: str, region: str, feeds: list[_Feed], alert: Alert, central_buses: frozenset[str]
) -> None:
    certain = [feed for feed in feeds if not feed.doubt]
    for rule in inventory.known(EVENT_RULE):
        if rule.region != region or not feeds:
            continue
        try:
            lack = _lack_of(rule, notices(rule, name, account=inventory.account, region=region), central_buses)
        except Undecided as doubt:
            alert.doubts.append(doubt.reason)
            continue
        if lack is None:
            continue
        if lack:
            alert.lacks.append(f"rule {rule.id}: {lack}")
        elif certain:
            alert.by = f"EventBridge rule {rule.id} notices {name} and has a target"
            return
        else:
            alert.doubts.append(feeds[0].doubt)
    if feeds:
        alert.doubts += _gaps(inventory, EVENT_RULE, region)


def _lack_of(rule: Resource, reading: Reading, central_buses: frozenset[str]) -> str | None:
    """What a rule lacks to be an alert: "" where nothing, None where it is about other events.

    Raises `Undecided` where that cannot be told.
    """
    if reading.matches is False:
        return None
    bus = str(rule.get("EventBusName", "default"))
    if bus.rpartition("/")[2] != "default":
        return f"it listens on the bus {bus}, where CloudTrail delivers nothing"
    if rule.get("State") == "DISABLED":
        return "it is disabled"
    targets = [str(target.get("Arn", "")) for target in rule.items("Targets") if hasattr(target, "get")]
    if not targets:
        return "it has no target"
    if reading.matches is None:
        raise Undecided(f"whether rule {rule.id} notices the call cannot be told: {reading.why}")
    buses = [target for target in targets if ":event-bus/" in target]
    if any(target in central_buses or (target not in buses and ":logs:" not in target) for target in targets):
        return ""
    if buses:
        raise Undecided(
            f"rule {rule.id} hands the call on to {buses[0]}, and who is told there cannot be seen "
            "(declare the bus in central_event_buses where somebody is)"
        )
    return "it only writes the call into a log group"


def _ask_filters(inventory: View, name: str, region: str, feed: _Feed, alert: Alert) -> None:
    """The metric filters of the log group that a trail delivers to, which is in its home Region."""
    try:
        group = str(feed.trail.get("CloudWatchLogsLogGroupArn", ""))
        if not group:
            return
        error = feed.trail.get("LatestCloudWatchLogsDeliveryError", "")
    except Undecided as doubt:
        alert.doubts.append(doubt.reason)
        return
    parts = group.split(":")
    if len(parts) < _LOG_GROUP_PARTS:
        alert.doubts.append(f"{feed.trail.id} delivers to {group!r}, which is no log group")
        return
    place, account, log_group = parts[3], parts[4], parts[6]
    if account != inventory.account:
        alert.doubts.append(
            f"{feed.trail.id} delivers to a log group of account {account}, whose alarms cannot be seen"
        )
    elif place not in {one.id for one in inventory.known("AWS::Region")}:
        alert.doubts.append(f"{feed.trail.id} delivers to a log group in {place}, which was not scanned")
    elif error:
        alert.lacks.append(f"trail {feed.trail.id} cannot deliver to its log group: {error}")
    else:
        _ask_log_group(inventory, name, (region, place, log_group), feed, alert)


def _ask_log_group(inventory: View, name: str, where: tuple[str, str, str], feed: _Feed, alert: Alert) -> None:
    region, place, log_group = where
    for one in inventory.known(METRIC_FILTER):
        if one.region != place or one.get("logGroupName") != log_group:
            continue
        reading = notices(one, name, account=inventory.account, region=region)
        if reading.matches is False:
            continue
        try:
            alarm = next(_alarms(inventory, one), "")
        except Undecided as doubt:
            alert.doubts.append(doubt.reason)
            continue
        if not alarm:
            unseen = _gaps(inventory, ALARM, place)
            alert.doubts += unseen
            if not unseen and reading.matches:
                alert.lacks.append(f"metric filter {one.id}: no alarm with an action watches what it counts")
        elif reading.matches is None:
            alert.doubts.append(f"whether metric filter {one.id} notices the call cannot be told: {reading.why}")
        elif feed.doubt:
            alert.doubts.append(feed.doubt)
        else:
            alert.by = f"metric filter {one.id} notices {name}, and alarm {alarm} tells of it"
            return
    alert.doubts += _gaps(inventory, METRIC_FILTER, place)


def _alarms(inventory: View, counter: Resource) -> Iterator[str]:
    """The alarms that act on a metric which a filter counts."""
    counted = {
        (str(one.get("metricNamespace")), str(one.get("metricName")))
        for one in counter.items("metricTransformations")
        if hasattr(one, "get")
    }
    for alarm in inventory.known(ALARM):
        if alarm.region != counter.region or not _watched(alarm) & counted:
            continue
        if alarm.get("ActionsEnabled", default=True) and alarm.items("AlarmActions"):
            yield alarm.id


def _watched(alarm: Resource) -> set[tuple[str, str]]:
    """The metrics of an alarm, by itself or in an expression."""
    plain = (str(alarm.get("Namespace", "")), str(alarm.get("MetricName", "")))
    stats = [one.get("MetricStat") for one in alarm.items("Metrics") if hasattr(one, "get")]
    metrics = [stat.get("Metric") for stat in stats if hasattr(stat, "get")]
    inner = {(str(one.get("Namespace")), str(one.get("MetricName"))) for one in metrics if hasattr(one, "get")}
    return {plain, *inner}


def _gaps(inventory: View, kind: str, region: str) -> list[str]:
    """Why the list of a kind may be incomplete in one Region."""
    return [gap.sentence for gap in inventory.gaps_of(kind) if _is_about(gap, region)]


def _is_about(gap: Gap, region: str) -> bool:
    return gap.region in (region, "global")
