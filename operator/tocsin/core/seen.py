"""Which workloads are known to have had a series: it tells a gone target from one never seen."""

import math
from collections.abc import Iterable, Iterator, Mapping, Set

from tocsin.core.alerts import Alert
from tocsin.core.attribution import Attribution
from tocsin.core.criteria.absence import Absence, Cause
from tocsin.core.criteria.composite import Part
from tocsin.core.inventory import ObjectRef
from tocsin.core.metrics import Question
from tocsin.core.rules import Rule
from tocsin.core.verdicts import Verdict

#: The name of a part that looks for absence, and a workload of which it had a series.
Seen = frozenset[tuple[str, ObjectRef]]


def seen_after(
    rule: Rule,
    before: Seen,
    alerts: Iterable[Alert],
    placed: Mapping[Question, Attribution],
    selected: Set[ObjectRef],
) -> Seen:
    """What is known now, given what was known `before` and the answers of this look.

    Alerts survive a restart and what was known does not: an alert that began as its target was
    gone says that there was one.
    """
    parts = [part for part in rule.parts if isinstance(part.criterion, Absence)]
    if not parts:
        return before
    known = set(before)
    for part in parts:
        if now := placed.get(part.questions[0]):
            known.update(
                (part.name, identity.workload)
                for identity, samples in now.samples.items()
                if identity.workload and not all(math.isnan(one.value) for one in samples)
            )
        known.update((part.name, ref) for ref in _with_alerts(part, alerts))
    return frozenset((name, ref) for name, ref in known if ref in selected)


def _with_alerts(part: Part, alerts: Iterable[Alert]) -> Iterator[ObjectRef]:
    """Workloads with alerts of which `part` had a series."""
    if isinstance(part.criterion, Absence) and Cause.NEVER_SEEN in part.criterion.causes:
        return  # an alert of which there never was a series would look the same
    for alert in alerts:
        of_parts = {one.name: one.verdict for one in alert.parts}
        verdict = of_parts.get(part.name) if part.name else Verdict.MET
        if alert.identity.workload and verdict in (Verdict.MET, Verdict.NOT_MET):
            yield alert.identity.workload
