"""One identity of a rule: what was seen of it, where its alert stands, what to do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tocsin.api.explanation.parts import Link, Look, ObjectName, Suppression, SuppressionReason
from tocsin.api.explanation.subjects import SeriesOf, Subject
from tocsin.api.explanation.telling import Telling
from tocsin.core.alerts import Alert
from tocsin.core.amounts import Unit
from tocsin.core.identity import Identity, alert_id
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import Mode
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict
from tocsin.engine.explaining.around import around
from tocsin.engine.explaining.criterion import criterion_in_words
from tocsin.engine.explaining.life import ahead, timers
from tocsin.engine.explaining.looks import Seen, seen_of, verdict_of
from tocsin.engine.explaining.routed import untaken
from tocsin.engine.explaining.shown import (
    LONG,
    amount,
    clean,
    clean_lines,
    clock,
    labels_shown,
    sentence,
    spoken,
)
from tocsin.engine.explaining.steps import steps
from tocsin.engine.explaining.telling import silenced_by, telling
from tocsin.engine.explaining.view import View
from tocsin.engine.wording import Wording

_SERIES_SHOWN: Final = 5
_BY_STATE: Final = {State.FIRING: 0, State.RECOVERING: 1, State.PENDING: 2}
_BY_VERDICT: Final[Mapping[Verdict, int]] = {
    Verdict.FAILED: 3,
    Verdict.UNKNOWN: 4,
    Verdict.MET: 5,
    Verdict.DEADBAND: 6,
    Verdict.NOT_MET: 7,
}


def urgency(view: View, identity: Identity) -> tuple[int, str]:
    """What comes first: firing, pending, unknown, and then the others; each by name."""
    alert = view.alerts.get(identity)
    rank = _BY_STATE.get(alert.state) if alert else None
    if rank is None:
        rank = _BY_VERDICT[verdict_of(view.record, identity)]
    return rank, str(identity)


def subject_of(view: View, identity: Identity) -> Subject:
    """All that can be said of `identity`."""
    seen = seen_of(view.record, view.rule, identity)
    alert, unit = view.alerts.get(identity), view.rule.unit
    wording = view.wording(alert, seen.value) if alert else Wording("")
    coming = ahead(view, seen, alert)
    told = telling(view, seen, alert, wording.labels)
    return Subject(
        workload=name_of(identity.workload) if identity.workload else None,
        identity=labels_shown(dict(identity.labels)),
        title=clean(str(identity)),
        state=alert.state if alert else State.INACTIVE,
        since=_since(alert) if alert else None,
        headline=_headline(view, seen, alert, wording),
        next=coming.says,
        next_at=coming.at,
        verdict=seen.outcome.verdict,
        reason=clean(seen.outcome.reason, LONG),
        value=amount(seen.value, unit),
        threshold=amount(seen.outcome.threshold, unit),
        criterion=criterion_in_words(view.rule, seen.look.criterion),
        samples=_samples(view, seen),
        labelled=amount(seen.look.labelled, Unit.RATIO) if view.rule.label_coverage else None,
        alert_id=alert.id if alert else alert_id(view.rule.key, identity),
        timers=list(timers(view, seen, alert)) if alert else [],
        suppressions=_suppressions(view, alert, told),
        trail=[Look(at=at, verdict=v, value=amount(value, unit)) for at, v, value in seen.trail],
        series=[
            SeriesOf(labels=labels_shown(sample.labels), value=_base(view, sample.value))
            for sample in seen.samples[:_SERIES_SHOWN]
        ],
        series_count=len(seen.samples),
        description=clean_lines(wording.description, LONG),
        actions=[clean(text, LONG) for text in steps(view, seen, alert, wording)],
        links=[Link(name=clean(n), url=clean(url, LONG)) for n, url in wording.links.items()],
        around=around(view, identity.workload, alert),
        telling=told,
    )


def _suppressions(view: View, alert: Alert | None, told: Telling) -> list[Suppression]:
    """Why nobody is told of this one now, where the rule as a whole is told of."""
    if alert is None or not alert.has_fired or view.rule.mode is Mode.SHADOW:
        return []
    if alert.shadow:
        says = "it began to fire while the rule's mode was Shadow"
        return [Suppression(reason=SuppressionReason.SHADOW, message=says)]
    found = []
    if told.silences:
        says = silenced_by(told.silences[0], view.now)
        found.append(Suppression(reason=SuppressionReason.SILENCED, message=says))
    if not told.incidents and not any(route.takes for route in told.routes):
        says = untaken(told.routes, told.more_routes)
        found.append(Suppression(reason=SuppressionReason.NO_ROUTE, message=says))
    return found


def _samples(view: View, seen: Seen) -> str | None:
    wanted = view.rule.min_samples
    return amount(seen.look.samples, wanted.metric.unit) if wanted else None


def name_of(ref: ObjectRef) -> ObjectName:
    """A reference as explanations have it."""
    return ObjectName(kind=ref.kind, namespace=ref.namespace, name=ref.name)


def _base(view: View, value: float) -> str:
    unit = view.rule.unit
    return amount(unit.to_base(value) if unit else value, unit) or ""


def _since(alert: Alert) -> datetime:
    recovering = alert.recovering_since if alert.state is State.RECOVERING else None
    return recovering or alert.fired_at or alert.active_at


def _headline(view: View, seen: Seen, alert: Alert | None, wording: Wording) -> str:
    title = clean(str(seen.identity))
    if alert is None:
        return _inactive(view, seen, title)
    since = _since(alert)
    lasted = f"{alert.state} since {clock(since, view.now)} ({spoken(view.ago(since))})"
    unobserved = alert.unobserved_since
    if unobserved:
        dark = f"unobserved since {clock(unobserved, view.now)}"
        return sentence(f"{lasted}, {dark}: {title}: {clean(seen.outcome.reason)}")
    return sentence(f"{lasted}: {clean(wording.summary, 1024)}")


def _inactive(view: View, seen: Seen, title: str) -> str:
    reason = clean(seen.outcome.reason, LONG)
    match seen.outcome.verdict:
        case Verdict.UNKNOWN if not view.opens_at:
            lacks = "data" if seen.look.no_data else "verdict"
            return sentence(f"Not firing, and no {lacks}: {title}: {reason}")
        case Verdict.FAILED:
            return sentence(f"Not known, as the source does not answer: {title}: {reason}")
        case Verdict.DEADBAND if not seen.look.said:
            unit = view.rule.unit
            limit = amount(seen.outcome.threshold, unit)
            reason = f"{amount(seen.value, unit)} does not cross {limit}, though it is near"
    return sentence(f"Not firing: {title}: {reason}")
