"""Whether what was told is what a scenario expects."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tocsin.cli.scenarios.language import Expected, Forbidden, Scenario
from tocsin.cli.scenarios.outside import Delivered
from tocsin.core.durations import format_duration
from tocsin.core.notify.notification import AlertNotice


def differences(
    scenario: Scenario, delivered: Sequence[Delivered], began: datetime
) -> Iterator[str]:
    """What is missing, what came though it must not, and what nobody expected."""
    left = list(delivered)
    for expected in scenario.expect:
        found = next((one for one in left if _fits(expected, one, began)), None)
        if found:
            left.remove(found)
        else:
            yield f"missing: {_described(expected)}"
    for one in delivered:
        if any(_is_forbidden(rule, one, began) for rule in scenario.forbid):
            yield f"forbidden: {told(one, began)}"
    if scenario.others == "Forbidden":
        yield from (f"unexpected: {told(one, began)}" for one in left)


def told(one: Delivered, began: datetime) -> str:
    """A notice in a line: when, who, why, what."""
    notice = one.notification
    parts = [f"{_since(one.at, began)} {one.receiver} {notice.reason}"]
    parts += [f"firing {_names(notice.firing)}"] if notice.firing else []
    parts += [f"resolved {_names(notice.resolved)}"] if notice.resolved else []
    parts += [f"({notice.detail})"] if notice.detail else []
    return " ".join(parts)


def name_of(alert: AlertNotice) -> str:
    """How scenarios call an alert."""
    return f"{alert.rule.name}@{alert.workload.name}" if alert.workload else alert.rule.name


def _fits(expected: Expected, one: Delivered, began: datetime) -> bool:
    notice, (first, last) = one.notification, expected.window
    return (
        expected.receiver == one.receiver
        and expected.reason is notice.reason
        and first <= one.at - began <= last
        and (expected.firing is None or sorted(expected.firing) == _sorted(notice.firing))
        and (expected.resolved is None or sorted(expected.resolved) == _sorted(notice.resolved))
        and (expected.detail is None or expected.detail in notice.detail)
    )


def _is_forbidden(rule: Forbidden, one: Delivered, began: datetime) -> bool:
    return (
        rule.receiver in (None, one.receiver)
        and rule.reason in (None, one.notification.reason)
        and rule.from_ <= one.at - began
        and (rule.to is None or one.at - began < rule.to)
    )


def _described(expected: Expected) -> str:
    first, last = expected.window
    when = (
        f"{format_duration(expected.at)}"
        if expected.at is not None
        else f"{format_duration(first)} to {format_duration(last)}"
    )
    parts = [f"{when} {expected.receiver} {expected.reason}"]
    parts += [f"firing {', '.join(expected.firing)}"] if expected.firing else []
    parts += [f"resolved {', '.join(expected.resolved)}"] if expected.resolved else []
    return " ".join(parts)


def _since(at: datetime, began: datetime) -> str:
    return format_duration(max(at - began, timedelta()), parts=3)


def _names(alerts: Sequence[AlertNotice]) -> str:
    return ", ".join(_sorted(alerts))


def _sorted(alerts: Sequence[AlertNotice]) -> list[str]:
    return sorted(name_of(alert) for alert in alerts)
