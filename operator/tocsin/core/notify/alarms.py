"""A firing alert as routes, silences and receivers see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.core.alerts import EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import RuleKey, Severity


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
