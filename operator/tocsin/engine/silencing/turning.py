"""The life of a silence: it starts, stops for a while, ends, and says so."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from tocsin.core.notify.index import Index
from tocsin.core.notify.silences import Silence, SilenceKey
from tocsin.engine.agenda import Agenda
from tocsin.engine.posting import Place, Poster
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing import notices
from tocsin.engine.silencing.alarms import Alarms
from tocsin.engine.silencing.entry import KIND, EndReason, Entry
from tocsin.engine.silencing.errands import Errand, item
from tocsin.engine.silencing.status import compose
from tocsin.ports import Clock

_log = structlog.get_logger(__name__)

#: Told of a silence that starts, stops or changes, with the ids of the alerts that it concerns.
OnChange = Callable[[SilenceKey, frozenset[str]], None]

#: Only after so long is a silence believed to be outlived that matches nothing any more: after a
#: restart alerts and silences come in any order.
_SETTLED: Final = timedelta(minutes=1)
#: So long after its end one that an annotation asked for is deleted.
_KEPT: Final = timedelta(days=1)


class Turner:
    """Brings silences to where they belong: `live` has those that may mute something, `over` those
    that did."""

    def __init__(
        self,
        live: Index[SilenceKey],
        over: Index[SilenceKey],
        alarms: Alarms,
        agenda: Agenda,
        clock: Clock,
        reporter: Reporter,
        poster: Poster,
    ) -> None:
        self.on_change: OnChange = _nobody
        self._live = live
        self._over = over
        self._alarms = alarms
        self._agenda = agenda
        self._clock = clock
        self._reporter = reporter
        self._poster = poster

    def touched(self, entry: Entry) -> frozenset[str]:
        """The ids of the firing alerts that it selects."""
        return self._alarms.matching(entry.silence.selector) if entry.silence else frozenset()

    def settle(self, entry: Entry, now: datetime, before: frozenset[str] | None = None) -> None:
        """Bring it to where it belongs at `now`, tell what changed, and plan the next change.

        `before` has the alerts that it muted by its former spec, if it is written anew.
        """
        if entry.silence and entry.is_live:
            self._end_or_announce(entry, entry.silence, now)
        if not entry.is_live:
            self._live.drop(entry.key)
            if entry.silence:
                self._over.put(entry.key, entry.silence.selector)
            entry.matched = 0
        active = bool(entry.is_live and entry.silence and entry.silence.is_active(now))
        entry.has_matched |= active and entry.matched > 0
        was, entry.active = entry.active, active
        if active != was or (active and before is not None):
            self.on_change(entry.key, (before or frozenset()) | self.touched(entry))
        self._plan(entry, now)
        self.mark(entry)

    def mark(self, entry: Entry) -> None:
        """Have its status composed anew, and written if it is another one by then."""

        def composed(before: Mapping[str, Any]) -> Mapping[str, Any]:
            return compose(entry, before, self._clock.now())

        self._poster.want(Place(KIND, entry.key.namespace, entry.key.name), composed)

    def end(self, entry: Entry, reason: EndReason, now: datetime) -> None:
        """End it for another reason than its time; if it is over already, that is why."""
        if entry.ended_reason == reason:
            return
        if entry.ended_at or entry.silence is None:
            entry.ended_at, entry.ended_reason = entry.ended_at or now, reason
        else:
            self._end(entry, entry.silence, reason, now, now)
        self.settle(entry, now)

    def is_outlived(self, entry: Entry, now: datetime) -> bool:
        """Whether it has muted what it was for, and nothing of it is left."""
        silence = entry.silence
        if silence is None or not silence.until_resolved or now - entry.met_at < _SETTLED:
            return False
        return silence.is_outlived(entry.has_matched, entry.matched > 0)

    def _end_or_announce(self, entry: Entry, silence: Silence, now: datetime) -> None:
        if silence.is_over(now):
            self._end(entry, silence, EndReason.EXPIRED, now, silence.end or now)
        elif self.is_outlived(entry, now):
            self._end(entry, silence, EndReason.RESOLVED, now, now)
        elif silence.ends_at and entry.announce_at and entry.announce_at <= now:
            if not entry.warned:
                self._reporter.tell(notices.ending(entry, silence, silence.ends_at, now))
            entry.warned = True

    def _end(
        self, entry: Entry, silence: Silence, reason: EndReason, now: datetime, at: datetime
    ) -> None:
        """It has ended, `at` a time that may be long ago."""
        entry.ended_at, entry.ended_reason = at, reason
        entry.silence = replace(silence, ended_at=at)
        if not entry.end_told:
            _log.info("silence ended", silence=str(entry.key), reason=reason)
            self._reporter.tell(notices.ended(entry, silence, now))
        entry.end_told = True

    def _plan(self, entry: Entry, now: datetime) -> None:
        turn = item(Errand.TURN, entry.key)
        due = min((at for at in _turns(entry, now) if at > now), default=None)
        if due:
            self._agenda.put(turn, due)
        else:
            self._agenda.drop(turn)
        if entry.mark and entry.ended_at:
            self._agenda.put(item(Errand.CLEAR, entry.key), max(now, entry.ended_at + _KEPT))


def _turns(entry: Entry, now: datetime) -> list[datetime]:
    """When something becomes of it."""
    silence = entry.silence
    if silence is None or not entry.is_live:
        return []
    times = [silence.next_change(now), silence.end, None if entry.warned else entry.announce_at]
    if silence.until_resolved:
        times.append(entry.met_at + _SETTLED)
    return [at for at in times if at]


def _nobody(key: SilenceKey, alarms: frozenset[str]) -> None:
    """Nobody wants to know."""
