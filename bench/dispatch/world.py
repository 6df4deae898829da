"""Alerts, silences and routes, as many as are asked for: every second alert is silenced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.core.alerts import Alert
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.evaluate import Past
from tocsin.core.identity import Identity, alert_id
from tocsin.core.inventory import ObjectRef
from tocsin.core.metrics import Metric
from tocsin.core.rules import MODEL_LABEL, Rule, RuleKey, Severity, Texts
from tocsin.core.states import State
from tocsin.engine.record import Record

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
OWN_NAMESPACE = "tocsin"
GROUP_WAIT = timedelta(seconds=30)
_SEVERITIES = (Severity.CRITICAL, Severity.HIGH)
_TEXTS = Texts(
    summary="Latency of {{ $labels.model }} is {{ $value | humanizeDuration }}",
    labels={"page": "yes"},
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much there is; each route has a namespace of its own, with one rule."""

    alerts: int = 10_000
    silences: int = 10_000
    routes: int = 100

    @property
    def per_route(self) -> int:
        """Alerts of one route."""
        return self.alerts // self.routes

    @property
    def silenced(self) -> int:
        """Alerts that a silence mutes."""
        return min(self.alerts, self.silences) // 2


def routes(size: Size, group_by: str = "Workload") -> Iterator[Json]:
    """Every second one is of its own namespace, the others of a label in all namespaces."""
    for number in range(size.routes):
        spec: Json = {
            "groupBy": [{"field": group_by}],
            "groupWait": "30s",
            "groupInterval": "5m",
            "repeatInterval": "4h",
            "receivers": [{"name": "chat", "webhook": {"url": "https://chat.example/in"}}],
        }
        if number % 2:
            team = {"key": "team", "operator": "In", "values": [f"team-{number}"]}
            spec |= {"namespaceSelector": {}, "selector": {"matchExpressions": [team]}}
            yield _object(OWN_NAMESPACE, f"team-{number}", spec)
        else:
            spec |= {"selector": {"severities": ["critical", "high"]}}
            yield _object(_namespace(number), "on-call", spec)


def silences(size: Size) -> Iterator[Json]:
    """Half of them are of models that have an alert, half of models that have none."""
    for number in range(size.silences):
        owner, model = number % size.routes, number // size.routes
        name = f"model-{model * 2}" if number < size.silenced else f"calm-{number}"
        yield _silence(_namespace(owner), f"quiet-{number}", name, number % 3)


def one_more_silence(size: Size, number: int) -> Json:
    """One of a model whose alert no other silences."""
    owner, model = number % size.routes, number // size.routes
    return _silence(_namespace(owner), f"late-{number}", f"model-{model * 2 + 1}", number % 3)


def _silence(namespace: str, name: str, model: str, how: int) -> Json:
    """One that names a model: as a workload, by a label of its alert, or by its workload's."""
    terms: tuple[Json, ...] = (
        {"workloads": [{"kind": "Deployment", "name": model}]},
        {"matchExpressions": [{"key": "model", "operator": "In", "values": [model]}]},
        {"workloadSelector": {"matchLabels": {MODEL_LABEL: model}}},
    )
    spec = {"selector": terms[how], "comment": "maintenance", "duration": "8h"}
    return _object(namespace, name, spec)


def deployments(size: Size) -> Iterator[Json]:
    """The workloads that the alerts are about."""
    for owner in range(size.routes):
        for number in range(size.per_route):
            name = f"model-{number}"
            metadata = {"namespace": _namespace(owner), "name": name, "uid": f"{owner}/{number}",
                        "labels": {MODEL_LABEL: name}}  # fmt: skip
            yield {"metadata": metadata, "spec": {"replicas": 1}}


def record(size: Size, owner: int) -> Record:
    """The rule of a route's namespace, with all of its alerts firing."""
    namespace = _namespace(owner)
    rule = Rule(
        key=RuleKey(namespace, "high-latency"),
        severity=_SEVERITIES[owner % 2],
        metric=Metric("default", "latency"),
        criterion=Threshold(above=0.2),
        interval=timedelta(seconds=30),
        texts=replace(_TEXTS, labels={**_TEXTS.labels, "team": f"team-{owner}"}),
    )
    found = Record(rule.key, f"uid-{namespace}", 1, "1", rule=rule)
    found.past = Past(alerts=dict(_alert(rule, n, BEGAN) for n in range(size.per_route)))
    return found


def with_one_more(record: Record, number: int, now: datetime) -> Record:
    """`record` with one more alert that fires."""
    if record.rule is None:
        raise ValueError("a rule that is not understood has no alerts")
    id_, alert = _alert(record.rule, number, now)
    record.with_alerts({**record.alerts, id_: alert})
    return record


def _alert(rule: Rule, number: int, now: datetime) -> tuple[str, Alert]:
    model = f"model-{number}"
    identity = Identity(ObjectRef("Deployment", rule.key.namespace, model))
    id_ = alert_id(rule.key, identity)
    return id_, Alert(
        id=id_,
        identity=identity,
        state=State.FIRING,
        value=0.312,
        threshold=0.2,
        labels={"model": model, "job": "models"},
        active_at=now,
        fired_at=now,
    )


def _namespace(owner: int) -> str:
    return f"team-{owner}"


def _object(namespace: str, name: str, spec: Mapping[str, Any]) -> Json:
    metadata = {"namespace": namespace, "name": name, "uid": f"uid-{namespace}-{name}",
                "generation": 1, "resourceVersion": "1",
                "creationTimestamp": BEGAN.isoformat()}  # fmt: skip
    return {"metadata": metadata, "spec": spec}
