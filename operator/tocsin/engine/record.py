"""What the engine remembers of one rule."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.alerts import Alert, Ended
from tocsin.core.attribution import Places
from tocsin.core.evaluate import Evaluation, Past
from tocsin.core.parameters import Bound
from tocsin.core.rules import Rule, RuleKey
from tocsin.core.samples import FailureKind
from tocsin.core.states import State
from tocsin.engine.contest import Contest
from tocsin.engine.pasts import Pasts
from tocsin.engine.wording import Words
from tocsin.ports import Regarded

API_VERSION = "tocsin.dev/v1alpha1"
KIND = "MLAlertRule"
_REFUSALS = frozenset(str(kind) for kind in FailureKind if kind.blames_rule)


_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Stalled:
    """Why a rule cannot be evaluated as it is written."""

    reason: str
    message: str


@dataclass(frozen=True)
class Looked:
    """An evaluation: when its source was asked, how long it took, and `ok` or how it failed."""

    at: datetime
    seconds: float
    outcome: str


@dataclass
class Record:
    """A rule as it was last seen, its alerts, and its status as it should be and as it is.

    `rule` is the last spec that could be understood, if there ever was one; `stalled` says what is
    wrong with the present one, `beyond` that its namespace has more rules than it may. `without`
    are the kinds that it names and that are not watched. `past` and
    `bound` go into the next evaluation; `places` is kept for as long as rule and inventory stay.
    `told_again` is what was told once more after a restart, by time and alert. `shadowed` counts
    what the mode Shadow kept untold; `resolve_handled` is the request by annotation that was acted
    on. `status` is what was composed last, `written` what the API server is known to hold, `sent`
    what is on its way there. Writes are made against `resource_version`: the newest that is known;
    `seen_version` is what the watch told last. `contest` counts who writes over it.
    `unrouted` says, by id, why no route takes what fires; None: nobody has asked yet.
    `ends` has, by id, what ended and people are still to be told of.
    `pasts` has what its series were like, where it compares with that.
    `unwritten_since` is the time of the first look that may have decided what is not written yet.
    """

    key: RuleKey
    uid: str
    generation: int
    resource_version: str
    rule: Rule | None = None
    stalled: Stalled | None = None
    beyond: Stalled | None = None
    without: Set[str] = frozenset()
    past: Past = field(default_factory=Past)
    bound: Bound = field(default_factory=Bound)
    places: Places | None = None
    told_again: set[tuple[datetime, str]] = field(default_factory=set)
    shadowed: int = 0
    resolve_handled: str = ""
    history: tuple[Mapping[str, Any], ...] = ()
    unrouted: Mapping[str, str] | None = None
    ends: dict[str, Ended] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    looked: Looked | None = None
    status: Mapping[str, Any] = field(default_factory=dict)
    seen_version: str = ""
    written: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] | None = None
    written_at: datetime | None = None
    contest: Contest = field(default_factory=Contest)
    unwritten_since: datetime | None = None
    failed_writes: int = 0
    words: Words = field(default_factory=Words)
    pasts: Pasts = field(default_factory=Pasts)

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """All that are pending, firing or recovering, by id."""
        return self.past.alerts

    def go_on_with(self, rule: Rule) -> None:
        """Evaluate `rule` from now on; a refusal of what it no longer asks says nothing of it."""
        self.rule, self.stalled, last = rule, None, self.evaluation
        refused = last is not None and last.failure is not None and last.failure.blames_rule
        if last and refused and last.rule.questions != rule.questions:
            self.evaluation = None

    def with_alerts(self, alerts: Mapping[str, Alert]) -> None:
        """Go on with other alerts; what was looked at stays."""
        self.past = replace(self.past, alerts=alerts)

    def forget(self, left: Mapping[str, Alert]) -> None:
        """Go on with the alerts that are `left`: of the others nothing counts, as in a new rule."""
        gone = {a.identity for key, a in self.alerts.items() if key not in left}
        trails = {i: trail for i, trail in self.past.trails.items() if i not in gone}
        self.past = replace(self.past, alerts=left, trails=trails)
        self.evaluation = None

    def unseen_since(self, now: datetime) -> datetime | None:
        """When the last look was at what waits for time to pass, if one was missed since."""
        if self.rule is None or all(alert.state is State.FIRING for alert in self.alerts.values()):
            return None
        last = max(self.past.times, default=now)
        return last + _TICK if now - last > self.rule.interval else None

    def decided_since(self, now: datetime) -> datetime:
        """Until when what stands in status holds: the last look decided, and so did a gap before.

        A successor that knows of the look alone would count the gap as seen.
        """
        *before, last = self.past.times[-2:] or (now,)
        if before and self.rule and last - before[0] > self.rule.interval:
            return before[0] + _TICK
        return last

    def count_anew(self) -> None:
        """What is pending begins anew at the next look: M of N had let good values pass."""
        self.with_alerts({key: one for key, one in self.alerts.items() if one.has_fired})

    def at_version(self, version: str) -> bool:
        """Go on from `version`, unless a newer is known: answers and watch overtake each other."""
        known = self.resource_version
        if known.isdigit() and version.isdigit() and int(version) < int(known):
            return False
        self.resource_version = version
        return True

    @property
    def due(self) -> bool:
        """Whether there is anything to evaluate."""
        told_how = self.rule is not None and not self.rule.suspended
        return told_how and self.stalled is None and self.beyond is None

    @property
    def trouble(self) -> Stalled | None:
        """What the rule's author has to mend: in the spec, or in what the source refuses."""
        if self.stalled or self.beyond:
            return self.stalled or self.beyond
        if self.evaluation is None:
            return self._refused_before()
        failure = self.evaluation.failure
        blamed = failure is not None and failure.blames_rule
        return Stalled(failure.kind, failure.message) if failure and blamed else None

    def _refused_before(self) -> Stalled | None:
        """What a source had refused before a restart: it stands until the source is asked again."""
        for condition in self.status.get("conditions") or ():
            if (
                (condition.get("type"), condition.get("status")) == ("Stalled", "True")
                and condition.get("observedGeneration") == self.generation
                and condition.get("reason") in _REFUSALS
            ):
                return Stalled(condition["reason"], condition.get("message", ""))
        return None

    @property
    def regarded(self) -> Regarded:
        """The rule as Events refer to it."""
        return Regarded(API_VERSION, KIND, self.key.namespace, self.key.name, self.uid)
