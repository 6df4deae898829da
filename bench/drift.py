"""The CPU time of one drift evaluation: 1,000 models, 20 features each, 20 buckets a feature.

Without the source: its answer is made beforehand, as that of a query by pod, feature and le. One
feature in a hundred has drifted. The first evaluation places every series, the next ones remember.
"""

import gc
import resource
import time
from datetime import UTC, datetime, timedelta

from bench.errors import BenchError
from bench.models import NAMESPACE, models
from tocsin.core.attribution import Places
from tocsin.core.criteria.drift import Drift, Method
from tocsin.core.evaluate import Past, evaluate
from tocsin.core.gathering import Gathered
from tocsin.core.metrics import Metric
from tocsin.core.parameters import Bound
from tocsin.core.rules import Rule, RuleKey, Severity
from tocsin.core.samples import Sample, Samples

MODELS, FEATURES, BUCKETS, COUNT = 1_000, 20, 20, 100


def run() -> dict[str, float]:
    """Seconds of CPU for an evaluation, the first one and the next, and memory at its largest."""
    rule, inventory = _rule(), models(MODELS)
    now, before = (_answer(drifted=drifted) for drifted in (True, False))
    gathered = Gathered(
        Places(rule, inventory), Bound(), dict(zip(rule.questions, (now, before), strict=True))
    )
    past, spent, at = Past(), [], datetime(2026, 1, 1, tzinfo=UTC)
    gc.disable()  # as in the operator, which looks for garbage between its steps
    for _ in range(3):
        at += rule.interval
        started = time.process_time()
        past = evaluate(rule, past, gathered, at).past
        spent.append(time.process_time() - started)
    gc.enable()
    found = sum(len(alert.features) for alert in past.alerts.values())
    if found != MODELS * FEATURES // 100:
        raise BenchError(f"{found} drifted features were found")
    return {
        "seconds": min(spent[1:]),
        "first_seconds": spent[0],
        "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _rule() -> Rule:
    return Rule(
        key=RuleKey(NAMESPACE, "drift"),
        severity=Severity.MEDIUM,
        metric=Metric("default", "counts"),
        criterion=Drift(Method.PSI, 0.2, timedelta(days=7)),
        interval=timedelta(minutes=5),
    )


def _answer(*, drifted: bool) -> Samples:
    samples = []
    edges = [*map(str, range(1, BUCKETS)), "+Inf"]
    for number in range(MODELS * FEATURES):
        model, feature = divmod(number, FEATURES)
        labels = {"namespace": NAMESPACE, "pod": f"model-{model}-0", "feature": f"f{feature}"}
        half = BUCKETS // 2 if drifted and number % 100 == 0 else 0
        total = 0.0
        for place, le in enumerate(edges):
            total += COUNT * (1.0 if not half else 1.8 if place < half else 0.2)
            samples.append(Sample({**labels, "le": le}, total))
    return Samples(tuple(samples))
