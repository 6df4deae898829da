"""What one receiver is told now: an incident, put into words with what is known of its alerts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tocsin.core.alerts import Alert
from tocsin.core.amounts import Unit, format_amount
from tocsin.core.durations import format_duration
from tocsin.core.notify.alarms import RANK, AlarmEnd, worst
from tocsin.core.notify.incidents import Incident, Member, Told
from tocsin.core.notify.names import group_key, notification_id
from tocsin.core.notify.notification import AlertNotice, Notification, Reason
from tocsin.core.rules import Rule
from tocsin.core.verdicts import Verdict
from tocsin.engine.cluster import Cluster
from tocsin.engine.notifying.alarms import RecordOf
from tocsin.engine.whereabouts import where_explained
from tocsin.engine.wording import word
from tocsin.ports import Renderer

#: Alerts that are put into words for one notification; the rest is counted.
_SHOWN: Final = 200


class Composer:
    """Composes notifications of what the rules and the cluster know."""

    def __init__(
        self,
        cluster_name: str,
        record_of: RecordOf,
        cluster: Cluster,
        renderer: Renderer,
        external_url: str,
    ) -> None:
        self._cluster_name = cluster_name
        self._record_of = record_of
        self._cluster = cluster
        self._renderer = renderer
        self._external_url = external_url

    def compose(self, incident: Incident, told: Told, now: datetime) -> Notification:
        """What `told` intends to tell of `incident`."""
        intent = told.intent
        upto, reason = (intent.upto, intent.reason) if intent else (told.upto, Reason.REPEAT)
        members = sorted(incident.members.values(), key=_urgency)
        firing = _told_as_firing(members, told, upto)
        resolved = [one for one in members if _was_resolved(one, told.upto, upto)]
        shown = firing or resolved
        return Notification(
            key=group_key(self._cluster_name, incident),
            id=notification_id(self._cluster_name, incident, told),
            reason=reason,
            cluster=self._cluster_name,
            namespace=incident.key.namespace,
            incident=incident.key.name,
            route=str(incident.route),
            receiver=told.receiver.name,
            group=dict(incident.group),
            severity=worst(member.severity for member in shown),
            opened_at=incident.opened_at,
            at=now,
            firing=tuple(
                self._firing(one, _is_new(one, told.upto, upto), now) for one in firing[:_SHOWN]
            ),
            resolved=tuple(
                self._over(incident, one, intent.at if intent else now) for one in resolved[:_SHOWN]
            ),
            firing_count=len(firing),
            resolved_count=len(resolved),
            silenced_count=sum(bool(one.silenced_by) for one in incident.firing()),
            acknowledgement=incident.acknowledgement,
            detail=_detail(incident, told, reason, firing, now),
            reference=told.reference,
            external_url=self._external_url,
            storm=incident.storm,
        )

    def _firing(self, member: Member, new: bool, now: datetime) -> AlertNotice:
        """An alert that fired when it was decided to tell of it, whatever it does by now."""
        record = self._record_of(member.rule)
        rule = record.rule if record else None
        alert = record.alerts.get(member.id) if record and member.fires else None
        if rule and alert:
            return self._of_alert(member, rule, alert, new, now)
        return replace(self._plain(member), new=new)

    def _over(self, incident: Incident, member: Member, decided: datetime) -> AlertNotice:
        """One that was resolved; where it fires again, when exactly is no longer known."""
        notice, end = self._plain(member), member.end
        if end is None:
            again = f"it fires again since {member.fired_at:%H:%M:%SZ}"
            end = AlarmEnd(min(decided, member.fired_at), message=again)
            notice = replace(notice, fired_at=incident.opened_at)
        return replace(
            notice,
            fired_at=min(notice.fired_at, end.at),
            resolved_at=end.at,
            end_reason=end.reason,
            end_message=end.message,
        )

    def _plain(self, member: Member) -> AlertNotice:
        """What the incident itself knows of an alert."""
        record = self._record_of(member.rule)
        return AlertNotice(
            id=member.id,
            rule=member.rule,
            workload=member.workload,
            namespace=member.namespace,
            severity=member.severity,
            summary=member.summary,
            fired_at=member.fired_at,
            silenced_by=member.silenced_by,
            labels=member.labels,  # of an end nobody can tell what it is of by other ones
            explain=self._where(member, record.rule if record else None),
        )

    def _of_alert(
        self, member: Member, rule: Rule, alert: Alert, new: bool, now: datetime
    ) -> AlertNotice:
        wording, workload = word(self._renderer, rule, alert), member.workload
        onset = alert.active_at - rule.label_delay
        context = self._cluster.context(workload, onset, now) if workload else None
        rollout, unit = context.rollout if context else None, rule.unit
        limit = alert.threshold
        return AlertNotice(
            id=member.id,
            rule=member.rule,
            workload=workload,
            namespace=member.namespace,
            severity=member.severity,
            summary=wording.summary,
            fired_at=member.fired_at,
            new=new,
            silenced_by=member.silenced_by,
            description=wording.description,
            value=_value(alert, unit),
            threshold="" if limit is None else format_amount(limit, unit),
            context=alert.context or (context.sentence if context else ""),
            version=context.version if context else "",
            rolled_out_at=rollout.started_at if rollout else None,
            changes=rollout.changes if rollout else (),
            labels={**alert.labels, **wording.labels},
            annotations=wording.annotations,
            links=wording.links,
            actions=wording.actions,
            explain=where_explained(self._external_url, rule, alert),
        )

    def _where(self, member: Member, rule: Rule | None) -> str:
        return self._external_url if rule is None else f"tocsin explain {member.rule}"


def _value(alert: Alert, unit: Unit | None) -> str:
    """The value with its unit; of a composite, how many of its parts are met."""
    if not alert.parts:
        return format_amount(alert.value, unit)
    met = sum(part.verdict is Verdict.MET for part in alert.parts)
    return f"{met} of {len(alert.parts)} parts"


def _told_as_firing(members: Sequence[Member], told: Told, upto: int) -> Sequence[Member]:
    """What fired at `upto`, but for what the receiver never heard of and is silenced by now.

    An attempt that may have been taken is repeated as it was, and nothing is left out of what would
    say without it that all is over, unless it is decided to say just that.
    """
    firing = [one for one in members if one.known_at(upto)]
    audible = [one for one in firing if not one.silenced_by or one.known_at(told.upto)]
    if told.uncertain:
        return firing
    all_over = told.intent is not None and told.intent.reason is Reason.ALL_RESOLVED
    return audible if all_over else audible or firing


def _is_new(member: Member, told_upto: int, upto: int) -> bool:
    """Whether it is news to the receiver as of `upto`; what came after that is told later."""
    news = any(told_upto < number <= upto for number in (member.unsilenced, member.raised))
    return not member.known_at(told_upto) or (news and not member.silenced_by)


def _was_resolved(member: Member, told_upto: int, upto: int) -> bool:
    """Whether it was resolved since the receiver was told last, and the receiver should know."""
    if member.known_at(upto):
        return False
    began = [number for number in member.turns[::2] if number <= upto]
    ended = [number for number in member.turns[1::2] if told_upto < number <= upto]
    return bool(began and ended)


def _detail(
    incident: Incident, told: Told, reason: Reason, firing: Sequence[Member], now: datetime
) -> str:
    match reason:
        case Reason.SILENCE_ENDED:
            names = sorted({one.unsilenced_from for one in firing if one.unsilenced > told.upto})
            return f"silence {', '.join(filter(None, names))} ended"
        case Reason.DELIVERY_FAILED:
            failing = [one for one in incident.told if one.failing_since]
            return "; ".join(
                f"{one.receiver.name} could not be told since "
                f"{one.failing_since:%H:%M:%SZ}: {one.error}"
                for one in failing
            )
        case Reason.STORM:
            return f"{len(incident.members)} alerts of this route began at about the same time"
        case Reason.REPEAT:
            return f"still firing after {format_duration(now - incident.opened_at)}"
        case Reason.NO_DATA:
            return "no data for so long that nobody knows whether it is over"
        case _:
            return ""


def _urgency(member: Member) -> tuple[int, datetime, str]:
    return RANK[member.severity], member.fired_at, member.id
