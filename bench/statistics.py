"""What the statistics cost at 1,000 models: drift of 20 features each, anomalies of 3 days each.

Pure: no source, no rules. A pass of drift reads the buckets of both windows, compares, and adjusts
for many tests. Of anomalies, the first pass makes each series' past and baseline; a cycle adds a
point to each, scores it, and renews a sixtieth of the baselines, as they are renewed each hour.
"""

import gc
import time
from math import sin
from pathlib import Path

from bench.errors import BenchError
from tocsin.core.statistics.aligning import Pair, aligned
from tocsin.core.statistics.baselines import Baseline, WarmingUp, by_mean, by_median
from tocsin.core.statistics.chisquared import compare_by_chi_squared
from tocsin.core.statistics.course import Course
from tocsin.core.statistics.histograms import Counts, classic
from tocsin.core.statistics.ks import compare_by_ks
from tocsin.core.statistics.multiple import adjusted
from tocsin.core.statistics.points import Points
from tocsin.core.statistics.psi import compare_by_psi

MODELS = 1_000
FEATURES = 20
BUCKETS = 20
STEP = 60.0
POINTS = 4_320
HOUR = 3600.0
CYCLES = 20

Answer = list[tuple[str | float, float]]


def run() -> dict[str, float]:
    """Seconds of CPU, and MiB."""
    return {**_anomalies(), **_drift()}


def _noise(seed: float) -> float:
    """The same each time, between 0 and 1, and in no order."""
    return sin(seed * 12.9898) * 43758.5453 % 1


def _drift() -> dict[str, float]:
    answers = [(_buckets(number), _buckets(number + 0.5)) for number in range(MODELS * FEATURES)]
    gc.collect()
    before = time.process_time()
    pairs = [_pair(one, other) for one, other in answers]
    read = time.process_time() - before
    figures = {"drift_read_s": read}
    before = time.process_time()
    for pair in pairs:
        compare_by_psi(pair)
    figures["psi_s"] = time.process_time() - before
    for name, compare in (("ks", compare_by_ks), ("chi_squared", compare_by_chi_squared)):
        before = time.process_time()
        ps = [compare(pair).p or 0.0 for pair in pairs]
        for model in range(MODELS):
            adjusted(ps[model * FEATURES : (model + 1) * FEATURES])
        figures[f"{name}_s"] = time.process_time() - before
    return figures


def _pair(one: Answer, other: Answer) -> Pair:
    before, now = classic(one), classic(other)
    if isinstance(before, Counts) and isinstance(now, Counts):
        pair = aligned(before, now)
        if isinstance(pair, Pair):
            return pair
    raise BenchError(f"{one} and {other} should have been comparable")


def _buckets(seed: float) -> Answer:
    """An answer in no order of its buckets, as a source may give it."""
    below, answer = 0.0, Answer()
    for bucket in range(1, BUCKETS):
        below += 20 + 40 * _noise(seed + bucket)
        answer.append((f"{bucket / 4:g}", below))
    return [("+Inf", below + 10), *answer[BUCKETS // 2 :], *answer[: BUCKETS // 2]]


def _anomalies() -> dict[str, float]:
    values = [100 + 10 * _noise(slot) for slot in range(POINTS + 60)]
    gc.collect()
    resident, before = _resident(), time.process_time()
    courses = [
        Course.of(
            ((slot * STEP, value + model) for slot, value in enumerate(values)), STEP, len(values)
        )
        for model in range(MODELS)
    ]
    now = (len(values) - 1) * STEP
    made = time.process_time() - before
    figures = {"courses_s": made}
    for name, method in (("mean", by_mean), ("median", by_median)):
        before = time.process_time()
        baselines = [_known(method(_past(course, now))) for course in courses]
        figures[f"{name}_first_s"] = made + time.process_time() - before
        before = time.process_time()
        for _ in range(CYCLES):
            now += STEP
            courses = [course.then(now, 105.0) for course in courses]
            for baseline in baselines:
                baseline.score(105.0)
            for course in courses[: MODELS // 60 + 1]:
                method(_past(course, now))
        figures[f"{name}_cycle_s"] = (time.process_time() - before) / CYCLES
    return {**figures, "anomaly_mib": _resident() - resident}


def _past(course: Course, now: float) -> Points:
    return course.points(now - HOUR - POINTS * STEP, now - HOUR)


def _known(baseline: Baseline | WarmingUp) -> Baseline:
    if isinstance(baseline, WarmingUp):
        raise BenchError(baseline.reason)
    return baseline


def _resident() -> float:
    """MiB of memory that the process holds now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchError("/proc/self/status has no VmRSS: measure on Linux")
