"""A firing alert as routes, silences and receivers see it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from tocsin.core.alerts import EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import RuleKey, Severity

#: What a selector asks for by name, and an alarm has: kind of term, key, value.
Term = tuple[str, str, str]

#: The term of a selector that names nothing, and of all alarms.
ANY: Final[Term] = ("namespace", "", "")


@dataclass(frozen=True)
class Alarm:
    """An alert that fires, or is kept firing, of a rule that is not in Shadow.

    `namespace` is the one it belongs to: its workload's, else its rule's. `labels` are the rule's
    and those of its series; `workload_labels` those of the workload itself. `missing` says that it
    has been without data for so long that somebody was told.
    """

    id: str
    rule: RuleKey
    workload: ObjectRef | None
    namespace: str
    severity: Severity
    fired_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    workload_labels: Mapping[str, str] = field(default_factory=dict)
    missing: bool = False

    @property
    def subject(self) -> str:
        """What it is about, in a few words: `Deployment fraud/scorer`, else the rule."""
        return str(self.workload) if self.workload else str(self.rule)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All that a selector could ask for by name: kept, as several indexes look it up."""
        return tuple(self._terms())

    def _terms(self) -> Iterator[Term]:
        yield ANY
        yield "rule", "", self.rule.name
        if self.workload:
            yield "workload", self.workload.kind, self.workload.name
            for key, value in self.workload_labels.items():
                yield "workload label", key, value
        for key, value in self.labels.items():
            yield "label", key, value


@dataclass(frozen=True)
class AlarmEnd:
    """How an alert ended; `reason` is None where a restart has left nobody who knows."""

    at: datetime
    reason: EndReason | None = None
    message: str = ""


#: How urgent a severity is: the smaller, the more.
RANK: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(Severity)}


def worst(severities: Iterable[Severity]) -> Severity:
    """The most urgent of `severities`; info if there are none."""
    return min(severities, key=RANK.__getitem__, default=Severity.INFO)
