"""The one place that reads an Evaluation: what was seen of each identity of a rule."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tocsin.core.attribution import Attribution
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef
from tocsin.core.looks import Look, outcome_of
from tocsin.core.rules import Rule
from tocsin.core.samples import Sample
from tocsin.core.trails import Trail
from tocsin.core.verdicts import Outcome, Verdict
from tocsin.engine.record import Record

NOT_LOOKED: Final = "it was not looked at since the operator started"


@dataclass(frozen=True)
class Seen:
    """The last look at one identity, with its series and the looks before it (latest first)."""

    identity: Identity
    look: Look
    outcome: Outcome
    samples: tuple[Sample, ...] = ()
    met: int = 0
    trail: tuple[tuple[datetime, Verdict, float | None], ...] = field(default=())

    @property
    def value(self) -> float | None:
        """The value in base units, if one was seen."""
        return self.look.reading.value if self.look.reading else None


def identities(record: Record) -> list[Identity]:
    """All that the rule looks at, and all that have an alert."""
    looked = dict.fromkeys(record.evaluation.looks) if record.evaluation else {}
    looked |= dict.fromkeys(alert.identity for alert in record.alerts.values())
    return list(looked)


def verdict_of(record: Record, identity: Identity) -> Verdict:
    """What the criterion said of `identity` last."""
    look = record.evaluation.looks.get(identity) if record.evaluation else None
    return look.verdict if look else Verdict.UNKNOWN


def seen_of(record: Record, rule: Rule, identity: Identity) -> Seen:
    """All that is known of the looks at `identity`."""
    evaluation = record.evaluation
    look = evaluation.looks.get(identity) if evaluation else None
    if look is None:
        look = Look(Verdict.UNKNOWN, rule.criterion, said=NOT_LOOKED)
    attribution = attribution_of(record)
    samples = attribution.samples.get(identity, ()) if attribution else ()
    past = record.past
    trail, times = past.trails.get(identity, Trail()), past.times
    datapoints = rule.datapoints
    met = trail.window(datapoints.of, times, 2 * rule.interval).met if datapoints else 0
    latest_first = zip(reversed(times), reversed(list(trail.looks())), strict=False)
    looks = tuple((at, v, None if math.isnan(x) else x) for at, (v, x) in latest_first)
    return Seen(identity, look, outcome_of(rule, look), samples, met, looks)


def attribution_of(record: Record) -> Attribution | None:
    """Where the series of the last answer went, if there was one."""
    return record.evaluation.attribution if record.evaluation else None


def workloads_spoken_of(record: Record) -> Iterator[ObjectRef]:
    """The workloads that the rule looks at, some more than once."""
    return (identity.workload for identity in identities(record) if identity.workload)
