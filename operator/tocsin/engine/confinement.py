"""Keeps what rules ask to the series of their own namespace, where a source says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tocsin.api.confining import ConfinedError, confined
from tocsin.api.settings import Settings
from tocsin.core.metrics import Question
from tocsin.core.samples import Failure, FailureKind


@dataclass(frozen=True)
class Confinement:
    """By source that gives a rule only its namespace's series: the label that names it."""

    labels: Mapping[str, str] = field(default_factory=dict)

    def kept(self, question: Question, namespace: str) -> Question | Failure:
        """`question` about the series of `namespace` only; a failure if it cannot be kept to them.

        It is as it was where its source gives everybody everything.
        """
        label = self.labels.get(question.source)
        if label is None or not isinstance(question.query, str):
            return question
        try:
            return replace(question, query=confined(question.query, label, namespace))
        except ConfinedError as error:
            return Failure(FailureKind.QUERY_REJECTED, str(error))


def confinement_of(settings: Settings) -> Confinement:
    """As the settings of the sources say."""
    named = ((source.name, source.prometheus) for source in settings.sources)
    return Confinement({n: p.namespace_label for n, p in named if p and p.namespace_label})
