"""What one evaluation is decided on: answers, and what they are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tocsin.core.attribution import Attribution, Places
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory
from tocsin.core.metrics import Question
from tocsin.core.parameters import Bound, bind
from tocsin.core.reduction import named
from tocsin.core.rules import Rule
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.core.statistics.baselines import Baseline, WarmingUp

Like = Callable[[Identity], Baseline | WarmingUp | Failure]


@dataclass(frozen=True)
class Gathered:
    """The answers to a rule's questions, and what they are about.

    `likes` says of each part that compares with its past what an identity's series is like.
    `places` and `bound` are what follows from rule and inventory alone: they are kept for as long
    as neither changes.
    """

    places: Places
    bound: Bound
    answers: Mapping[Question, Answer]
    likes: Mapping[int, Like] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[str, Failure] | None:
        """The first source that failed, with what keeps its answer from being used."""
        failures = ((q.source, a) for q, a in self.answers.items() if isinstance(a, Failure))
        return next(failures, None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the sources said beside their answers, each once."""
        said = (a.remarks for a in self.answers.values() if isinstance(a, Samples))
        return tuple(dict.fromkeys(remark for remarks in said for remark in remarks))

    def checked(self, rule: Rule) -> "Gathered":
        """The same, where two series of which each is an alert have the same labels: a failure."""
        if not rule.by_series:
            return self
        [(question, answer)] = self.answers.items()
        twice = _twice(answer.samples) if isinstance(answer, Samples) else None
        if twice is None:
            return self
        said = ", ".join(f'{name}="{value}"' for name, value in sorted(twice.items()))
        failure = Failure(FailureKind.QUERY_FAILED, f"two series have the same labels: {{{said}}}")
        return replace(self, answers={question: failure})

    def placed(self) -> dict[Question, Attribution]:
        """Where the series of each answer belong; a failure has none."""
        return {
            question: self.places.attribute(answer.samples, former=question.ago > timedelta())
            for question, answer in self.answers.items()
            if isinstance(answer, Samples)
        }


def gather(
    rule: Rule, inventory: Inventory, answer: Answer, counts: Answer | None = None
) -> Gathered:
    """Everything made anew, for a rule with one question and perhaps `minSamples`."""
    places = Places(rule, inventory)
    answers = dict(zip(rule.questions, (answer, counts), strict=False))
    known = {question: one for question, one in answers.items() if one is not None}
    return Gathered(places, bind(rule, places.selected, Bound()), known)


def _twice(samples: tuple[Sample, ...]) -> Mapping[str, str] | None:
    """Labels that two of `samples` have, the metric's name aside."""
    met: set[frozenset[tuple[str, str]]] = set()
    for sample in samples:
        labels = named(sample.labels)
        if (spelled := frozenset(labels.items())) in met:
            return labels
        met.add(spelled)
    return None
