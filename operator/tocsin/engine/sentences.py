"""Alerts get their context: said once, at a transition; later it would be another sentence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tocsin.core.alerts import Alert
from tocsin.core.evaluate import Evaluation
from tocsin.core.inventory import ObjectRef
from tocsin.engine.cluster import Cluster


def in_context(
    cluster: Cluster, evaluation: Evaluation, before: Mapping[str, Alert], now: datetime
) -> Evaluation:
    """`evaluation` with what surrounds each alert that begins or starts to fire.

    `before` has the alerts of the evaluation before, by id.
    """
    alerts = evaluation.alerts
    fired = frozenset(evaluation.fired)
    news = [key for key in alerts if key not in before or key in fired]
    if not news:
        return evaluation
    said: dict[tuple[ObjectRef | None, datetime], str] = {}  # many alerts may share a workload
    told: dict[str, Alert] = {}
    for key in news:
        onset = alerts[key].active_at - evaluation.rule.label_delay
        around = alerts[key].identity.workload, onset
        if around not in said:
            said[around] = _sentence(cluster, *around, now)
        told[key] = replace(alerts[key], context=said[around])
    return replace(evaluation, past=replace(evaluation.past, alerts={**alerts, **told}))


def _sentence(cluster: Cluster, workload: ObjectRef | None, onset: datetime, now: datetime) -> str:
    context = cluster.context(workload, onset, now) if workload else None
    return context.sentence if context else ""
