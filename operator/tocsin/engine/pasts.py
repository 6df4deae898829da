"""What the series of a rule were like: asked for piece by piece, kept, and gone on with."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import floor
from typing import Final

import structlog

from tocsin.core.alerts import Alert, Ended
from tocsin.core.attribution import Places
from tocsin.core.criteria.anomaly import Anomaly
from tocsin.core.criteria.composite import Part
from tocsin.core.identity import Identity
from tocsin.core.metrics import Question, Span
from tocsin.core.reduction import reduce_samples
from tocsin.core.rules import Rule
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.core.statistics.baselines import Baseline, WarmingUp
from tocsin.core.statistics.course import Course
from tocsin.core.statistics.exclusions import left_out
from tocsin.core.statistics.points import Interval

_log = structlog.get_logger(__name__)

#: Points of each series that are asked for at once, and how often before the rule is looked at.
PIECE: Final = 240
PIECES: Final = 6
#: Seconds for which a baseline stands; series are renewed at different times.
STANDS_FOR: Final = 3600.0
#: The share of a window that may be left out of it, and that may be missing at its end.
_SHARE: Final = 0.25

#: When there was trouble, or nobody was to be told of it, within a window.
Trouble = Callable[[Interval], Iterable[Interval]]

Ask = Callable[[Question], Awaitable[Answer]]


@dataclass
class SeriesPast:
    """The past of one part of a rule, as far as it is known: up to `until`, in seconds."""

    part: Part
    criterion: Anomaly
    step: float
    until: float | None = None
    whole: bool = False
    failure: Failure | None = None
    courses: dict[Identity, Course] = field(default_factory=dict)
    kept: dict[Identity, tuple[float, Baseline | WarmingUp]] = field(default_factory=dict)

    def window(self, now: datetime) -> Interval:
        """From when to when the baseline of a value of `now` is, on the grid of the steps."""
        end = now.timestamp() - self.criterion.ending_before.total_seconds()
        end = floor(end / self.step) * self.step
        return Interval(end - self.criterion.window.total_seconds(), end)

    def missing(self, now: datetime) -> Span | None:
        """The next piece to be asked for; None if nothing is missing that matters."""
        start, end = self.window(now)
        until = start if self.until is None else max(start, self.until)
        matters = max(self.step, (end - start) / 288)
        if self.whole and end - until < matters:
            return None
        if end - until < self.step:
            self.whole = True
            return None
        return Span(until + self.step, min(end, until + PIECE * self.step), self.step)

    def take(self, rule: Rule, places: Places, span: Span, answer: Samples) -> None:
        """Go on with what was answered for `span`."""
        keep = int(self.criterion.window.total_seconds() / self.step) + 1
        for identity, samples in places.attribute(answer.samples, former=True).samples.items():
            course = self.courses.get(identity) or Course(self.step, keep)
            for time, value in self._reduced(rule, samples):
                course = course.then(time, value)
            self.courses[identity] = course
        self.until = span.end

    def _reduced(self, rule: Rule, samples: tuple[Sample, ...]) -> Iterable[tuple[float, float]]:
        """One value a time, of several series as the rule reduces them now."""
        unit = self.part.metric.unit
        if len(samples) == 1:
            return [(t, unit.to_base(v) if unit else v) for t, v in samples[0].points or ()]
        at_once: dict[float, list[Sample]] = {}
        for sample in samples:
            for time, value in sample.points or ():
                at_once.setdefault(time, []).append(Sample(sample.labels, value))
        excess = self.criterion.excess
        return [
            (time, reduce_samples(rule.reduce, unit, excess, tuple(some)).value)
            for time, some in sorted(at_once.items())
        ]

    def like(
        self, identity: Identity, now: datetime, trouble: Trouble, since: float
    ) -> Baseline | WarmingUp | Failure:
        """What a series is like; `trouble` within the window is left out, and what was before
        `since` forgotten."""
        window = start, end = self.window(now)
        late = self.until is None or end - self.until > _SHARE * (end - start)
        if self.failure and (late or not self.whole):
            return self.failure
        if not self.whole:
            return WarmingUp(0, 0.0, "its past is still being read from the source")
        at = now.timestamp()
        stands_until, like = self.kept.get(identity, (0.0, None))
        if like is None or at >= stands_until or isinstance(like, WarmingUp):
            course = self.courses.get(identity) or Course(self.step, 1)
            cap = _SHARE * (end - start)
            points = course.points(max(start, since), end)
            points = points.without(left_out(trouble(window), window, cap))
            like = self.criterion.like(points, at)
            stagger = 0.5 + (sum(map(ord, str(identity))) % 64) / 64
            self.kept[identity] = (at + self._stands_for() * stagger, like)
        return like

    def _stands_for(self) -> float:
        return min(STANDS_FOR, self.criterion.window.total_seconds() / 72)


class Pasts:
    """The pasts of one rule, by the place of the part."""

    def __init__(self) -> None:
        self._rule: Rule | None = None
        self._parts: dict[int, SeriesPast] = {}

    @property
    def parts(self) -> Mapping[int, SeriesPast]:
        """Those of parts that have one."""
        return self._parts

    async def extend(
        self,
        rule: Rule,
        places: Places,
        now: datetime,
        ask: Ask,
        aside: Callable[[Callable[[], None]], Awaitable[None]],
    ) -> None:
        """Ask for what is missing, a few pieces at a time; `aside` runs what takes long."""
        self._follow(rule)
        for past in self._parts.values():
            for _ in range(PIECES):
                span = past.missing(now)
                if span is None:
                    break
                metric = past.part.metric
                answer = await ask(Question(metric.source, metric.query, span=span))
                past.failure = answer if isinstance(answer, Failure) else None
                if isinstance(answer, Failure):
                    break
                try:
                    await aside(partial(past.take, rule, places, span, answer))
                except Exception as error:  # noqa: BLE001  # a bug shows on the rule that meets it
                    _log.exception("past not taken", rule=str(rule.key))
                    said = f"a bug in Tocsin: {type(error).__name__}: {error}"
                    past.failure = Failure(FailureKind.BUG, said)
                    break

    def _follow(self, rule: Rule) -> None:
        """Forget what another edition of the rule asked for."""
        if rule is self._rule:
            return
        before, self._rule, self._parts = self._parts, rule, {}
        for place, part in enumerate(rule.parts):
            if isinstance(part.criterion, Anomaly):
                step = part.criterion.step(rule.interval)
                known = before.get(place)
                same = known and (known.part, known.step) == (part, step)
                self._parts[place] = (
                    known if known and same else SeriesPast(part, part.criterion, step)
                )


def trouble_by_identity(
    alerts: Iterable[Alert], ended: Iterable[Ended], now: datetime
) -> dict[Identity, list[Interval]]:
    """When each alert of a rule was pending or fired, as far as its status remembers."""
    found: dict[Identity, list[Interval]] = {}
    times = [(one, now) for one in alerts] + [(one.alert, one.resolved_at) for one in ended]
    for alert, until in times:
        interval = Interval(alert.active_at.timestamp(), until.timestamp())
        found.setdefault(alert.identity, []).append(interval)
    return found
