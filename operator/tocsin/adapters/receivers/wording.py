"""What a notification says, in the words that all receivers share."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tocsin.adapters.receivers.texts import clean, one_line
from tocsin.core.durations import format_duration
from tocsin.core.notify.notification import AlertNotice, Notification, Reason

TITLE: Final = 300
SUMMARY: Final = 1024
#: How many alerts a text that people read has in full.
SHOWN: Final = 10


def title(notification: Notification) -> str:
    """What it is about, in one line: `CRITICAL: latency on Deployment fraud/scorer`."""
    count = notification.firing_count or notification.resolved_count
    shown = notification.firing or notification.resolved
    if notification.storm:
        rule = _only_rule(notification)
        of = f" of {rule}" if rule else ""
        what = f"storm, {counted(count, 'alert')}{of} {_place(notification)}"
    elif count == 1 and shown:
        what = f"{shown[0].rule.name} on {subject(shown[0])}"
    else:
        what = f"{counted(count, 'alert')} {_place(notification)}"
    return one_line(f"{_head(notification)}: {what}", TITLE)


def headline(notification: Notification) -> str:
    """Why it is sent, in a sentence or two."""
    said = _why(notification)
    silenced = notification.silenced_count
    if silenced and not notification.is_resolved:
        said += f" {counted(silenced, 'alert')} silenced."
    return clean(said, SUMMARY)


def lines(notification: Notification) -> list[str]:
    """Its alerts, a line each, and how many more there are."""
    shown = notification.alerts[:SHOWN]
    said = [_line(notice) for notice in shown]
    return [*said, *more(notification, len(shown))]


def more(notification: Notification, shown: int) -> list[str]:
    """How many alerts there are beyond those that are shown, if any."""
    total = notification.firing_count + notification.resolved_count
    return [f"… and {total - shown} more"] if total > shown else []


def text(notification: Notification) -> str:
    """All of it as plain text, without the title."""
    return "\n".join([headline(notification), *lines(notification)])


def subject(notice: AlertNotice) -> str:
    """What an alert is about: `Deployment fraud/scorer`, else its rule."""
    return str(notice.workload) if notice.workload else str(notice.rule)


def what(notice: AlertNotice, most: int) -> str:
    """Its summary in one line, with what it is about if that does not say it."""
    said = one_line(notice.summary, most) or notice.rule.name
    named = notice.workload and notice.workload.name in said
    return said if named else one_line(f"{said} on {subject(notice)}", most)


def amount(notice: AlertNotice) -> str:
    """Value and limit: `312ms, limit 200ms`; empty where there is no value."""
    value, limit = one_line(notice.value, 64), one_line(notice.threshold, 64)
    return f"{value}, limit {limit}" if value and limit else value


def ended(notice: AlertNotice) -> str:
    """How it ended: `resolved after 12m: the value is good again`; empty while it fires."""
    if notice.resolved_at is None:
        return ""
    after = span(notice.resolved_at - notice.fired_at)
    how = one_line(notice.end_message or notice.end_reason or "", SUMMARY)
    return f"resolved after {after}" + (f": {how}" if how else "")


def changed(notice: AlertNotice, most: int = 5) -> Iterator[str]:
    """What surrounded it: its context, and what the last rollout changed beyond what that says."""
    context = one_line(notice.context, SUMMARY)
    if context:
        yield context
    changes = [shown for change in notice.changes if (shown := one_line(change, SUMMARY))]
    beyond = [change for change in changes if change not in context]
    yield from beyond[:most]
    if len(beyond) > most:
        yield f"… and {len(beyond) - most} more changes"


def silence_hint(notification: Notification) -> str:
    """The command that silences what it is mostly about; empty where nothing fires.

    Its text is another one for each incident: the same text on an object silences once.
    """
    if not notification.firing:
        return ""
    worst, about = notification.firing[0], f"2h {notification.incident or 'why'}"
    if worst.workload and not notification.storm:
        of = f"{worst.workload.kind.lower()}/{worst.workload.name} -n {worst.workload.namespace}"
    elif _only_rule(notification) or not worst.workload:
        of = f"mlar/{worst.rule.name} -n {worst.rule.namespace}"
    else:
        of = f"namespace/{worst.namespace}"
    return f'kubectl annotate {of} tocsin.dev/silence="{about}" --overwrite'


def _only_rule(notification: Notification) -> str:
    """The name of the rule that all alerts are of; empty if there are several."""
    rules = {notice.rule for notice in notification.firing or notification.resolved}
    return one_line(next(iter(rules)).name, 64) if len(rules) == 1 else ""


def acknowledge_hint(notification: Notification) -> str:
    """The command by which a person takes the incident on; empty once somebody has."""
    if notification.is_resolved or notification.acknowledgement or not notification.incident:
        return ""
    of = f"mlinc/{notification.incident} -n {notification.namespace}"
    return f'kubectl annotate {of} tocsin.dev/ack="on it"'


def counted(count: int, what: str) -> str:
    """`1 alert`, `3 alerts`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def span(time: timedelta) -> str:
    """How long, for a person; a clock that was set back makes it 0s."""
    return format_duration(max(time, timedelta()))


def acknowledged(notification: Notification) -> str:
    """Who has taken it on, and what they said; empty if nobody has."""
    by = notification.acknowledgement
    if by is None:
        return ""
    said = f": {one_line(by.comment, SUMMARY)}" if by.comment else ""
    return f"Acknowledged by {one_line(by.by, 256) or 'somebody (not verified)'}{said}"


def _head(notification: Notification) -> str:
    if notification.is_resolved:
        return "RESOLVED"
    word = notification.severity.upper()
    return f"{word}, no data" if notification.reason is Reason.NO_DATA else word


def _place(notification: Notification) -> str:
    group = notification.group
    if "workload" in group:
        kind, _, name = group["workload"].partition("/")
        return f"on {kind} {notification.namespace}/{name}"
    if "rule" in group:
        return f"of {group['rule']}"
    return f"in {notification.namespace}"


def _why(notification: Notification) -> str:
    """The notification's own sentence on its reason where it has one, else ours."""
    fire, over = notification.firing_count, notification.resolved_count
    detail = _sentence(clean(notification.detail, SUMMARY))
    ends = [one.resolved_at for one in notification.resolved if one.resolved_at]
    lasts = span(max(ends, default=notification.at) - notification.opened_at)
    match notification.reason:
        case Reason.REPEAT:
            return detail or f"Still firing, for {span(notification.at - notification.opened_at)}."
        case Reason.SILENCE_ENDED:
            return detail or "A silence has ended, and this still fires."
        case Reason.NO_DATA:
            return detail or "No data for so long that nobody knows whether it is over."
        case Reason.DELIVERY_FAILED:
            return (
                _stopped(clean(notification.detail, SUMMARY))
                or "Another receiver was not told of this."
            )
        case Reason.FIRST:
            said = f"{counted(fire, 'alert')} firing."
        case Reason.STORM:
            said = f"{counted(fire, 'alert')} firing, too many at once to tell them apart."
        case Reason.NEW_ALERTS:
            new = sum(notice.new for notice in notification.firing)
            all_shown = len(notification.firing) == fire
            said = f"{counted(new, 'new alert') if all_shown else 'New alerts'}; {fire} firing."
        case Reason.SOME_RESOLVED:
            said = f"{counted(over, 'alert')} resolved; {fire} still firing."
        case Reason.ALL_RESOLVED:
            said = f"Nothing fires any more, after {lasts}."
        case Reason.ACKNOWLEDGED:
            said = f"{acknowledged(notification) or 'Acknowledged'}."
    return f"{said} {detail}".strip()


def _sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    return _stopped(text[:1].upper() + text[1:])


def _stopped(text: str) -> str:
    return text if text[-1:] in (*".!?…", "") else f"{text}."


def _line(notice: AlertNotice) -> str:
    said = what(notice, SUMMARY)
    about = [part for part in (amount(notice), ended(notice)) if part]
    return f"- {notice.severity}: {said}" + (f" ({'; '.join(about)})" if about else "")
