"""What the engine remembers of one rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.core.alerts import Alert
from tocsin.core.evaluate import Evaluation
from tocsin.core.rules import Rule, RuleKey
from tocsin.ports import Regarded

API_VERSION = "tocsin.dev/v1alpha1"
KIND = "MLAlertRule"


@dataclass(frozen=True)
class Stalled:
    """Why a rule cannot be evaluated as it is written."""

    reason: str
    message: str


@dataclass
class Record:
    """A rule as it was last seen, its alerts, and its status as it should be and as it is.

    `rule` is the last spec that could be understood, if there ever was one; `stalled` says what is
    wrong with the present one. `status` is what was composed last, `written` what the API server is
    known to hold.
    """

    key: RuleKey
    uid: str
    generation: int
    resource_version: str
    rule: Rule | None = None
    stalled: Stalled | None = None
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()
    evaluation: Evaluation | None = None
    status: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    written_at: datetime | None = None
    failed_writes: int = 0

    @property
    def due(self) -> bool:
        """Whether there is anything to evaluate."""
        return self.rule is not None and self.stalled is None and not self.rule.suspended

    @property
    def trouble(self) -> Stalled | None:
        """What the rule's author has to mend: in the spec, or in what the source refuses."""
        failure = self.evaluation.failure if self.evaluation else None
        if self.stalled or failure is None or not failure.blames_rule:
            return self.stalled
        return Stalled(failure.kind, failure.message)

    @property
    def regarded(self) -> Regarded:
        """The rule as Events refer to it."""
        return Regarded(API_VERSION, KIND, self.key.namespace, self.key.name, self.uid)
