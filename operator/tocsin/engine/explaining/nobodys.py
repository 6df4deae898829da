"""What to do where the answer has series, and none belongs to what the rule looks at."""

from collections.abc import Iterable

from tocsin.core.samples import Sample
from tocsin.core.unplaced import NO_LABELS, why_unplaced
from tocsin.engine.explaining.looks import Seen
from tocsin.engine.explaining.shown import LONG, clean, sentence
from tocsin.engine.explaining.view import View

_KEEP = "as in sum by (namespace, deployment) (…), or with namespace and pod, or model"


def step_for_nobodys(view: View, seen: Seen) -> str | None:
    """How the series come to belong to the workload of `seen`; None: they are not what it lacks."""
    evaluation = view.record.evaluation
    attribution = evaluation.attribution if evaluation else None
    if evaluation is None or attribution is None or seen.identity.workload is None:
        return None
    if parts := evaluation.unplaced_parts:
        return f"Let the query of {' and '.join(parts)} keep the labels of whose it is, {_KEEP}."
    if any(identity.workload for identity in attribution.samples):
        return None
    first = _first([*attribution.unattributed, *_of_no_workload(attribution.samples.values())])
    if first is None:
        return None
    why = why_unplaced(view.rule, first.labels, view.inventory)
    if why != NO_LABELS:
        return sentence(f"Its series belong to nobody: {clean(why, LONG)}")
    labels = ", ".join(sorted(first.labels)) or "none"
    return f"Let the query keep the labels of whose its series are, {_KEEP}: it returns {labels}."


def _of_no_workload(some: Iterable[tuple[Sample, ...]]) -> list[Sample]:
    return [sample for samples in some for sample in samples]


def _first(samples: list[Sample]) -> Sample | None:
    """The same one in whatever order sources answer."""
    return min(samples, key=lambda sample: sorted(sample.labels.items()), default=None)
