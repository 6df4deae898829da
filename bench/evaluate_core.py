"""The CPU time of pure decisions: one rule over 1,000 workloads, quiet and with 5 % breaching.

No source and no API server: what Tocsin's own logic costs a cycle, beside what a source pays.
"""

import time
from datetime import UTC, datetime, timedelta

from tocsin.core.criteria.threshold import Threshold
from tocsin.core.evaluate import Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.inventory import Inventory, ObjectRef, Workload
from tocsin.core.metrics import Metric
from tocsin.core.rules import MODEL_LABEL, Rule, RuleKey, Severity
from tocsin.core.samples import Sample, Samples

WORKLOADS = 1_000
CYCLES = 20
NAMESPACE = "fraud"


def run() -> dict[str, float]:
    """Milliseconds of CPU for one evaluation of one rule, after a first one that is not counted."""
    return {
        "quiet_ms": _measure(breaching=0),
        "breaching_ms": _measure(breaching=WORKLOADS // 20),
    }


def _measure(breaching: int) -> float:
    rule, inventory = _rule(), _inventory()
    samples = Samples(
        tuple(
            Sample(
                {"namespace": NAMESPACE, "pod": f"model-{number}-0"},
                0.3 if number < breaching else 0.1,
            )
            for number in range(WORKLOADS)
        )
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    gathered = gather(rule, inventory, samples)
    past = evaluate(rule, Past(), gathered, now).past
    started = time.process_time()
    for _ in range(CYCLES):
        now += rule.interval
        past = evaluate(rule, past, gathered, now).past
    spent = time.process_time() - started
    if len(past.alerts) != breaching:
        raise RuntimeError(f"{len(past.alerts)} alerts where {breaching} workloads breach")
    return spent / CYCLES * 1000


def _rule() -> Rule:
    return Rule(
        key=RuleKey(NAMESPACE, "high-latency"),
        severity=Severity.HIGH,
        metric=Metric("default", "latency"),
        criterion=Threshold(above=0.2),
        interval=timedelta(seconds=30),
        for_=timedelta(minutes=1),
    )


def _inventory() -> Inventory:
    workloads, owners = {}, {}
    for number in range(WORKLOADS):
        model = ObjectRef("Deployment", NAMESPACE, f"model-{number}")
        replicas = ObjectRef("ReplicaSet", NAMESPACE, f"model-{number}-rs")
        workloads[model] = Workload(model, f"uid-{number}", {MODEL_LABEL: f"model-{number}"})
        owners[ObjectRef("Pod", NAMESPACE, f"model-{number}-0")] = replicas
        owners[replicas] = model
    return Inventory(workloads, owners)
