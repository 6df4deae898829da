"""The silences that there are, and the alerts that fire: which mutes what now."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.index import Index
from tocsin.core.notify.selectors import AlertSelector
from tocsin.core.notify.silences import Silence, SilenceKey
from tocsin.engine.agenda import Agenda
from tocsin.engine.posting import Poster
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing import notices
from tocsin.engine.silencing.alarms import Alarms
from tocsin.engine.silencing.entry import KIND, EndReason, Entry, meet
from tocsin.engine.silencing.errands import Errand, item
from tocsin.engine.silencing.turning import OnChange, Turner
from tocsin.ports import Clock

_log = structlog.get_logger(__name__)

#: A silence from an AlertSilence as JSON, or all that is wrong with it.
Parse = Callable[[Mapping[str, Any]], Silence | Sequence[object]]

#: From when to when.
Span = tuple[datetime, datetime]

_FOREVER: Final = datetime.max.replace(tzinfo=UTC)


class Silences:
    """Silences by key. `on_asked` is told of each that an annotation asked for, when it comes and
    when its spec changes; `on_gone` of each that is no longer there."""

    def __init__(
        self,
        parse: Parse,
        agenda: Agenda,
        clock: Clock,
        reporter: Reporter,
        poster: Poster,
    ) -> None:
        self.on_asked: Callable[[Entry], None] = _nobody
        self.on_gone: Callable[[Entry], None] = _nobody
        self._parse = parse
        self._agenda = agenda
        self._clock = clock
        self._reporter = reporter
        self._poster = poster
        self._entries: dict[SilenceKey, Entry] = {}
        self._asked: dict[ObjectRef, dict[SilenceKey, None]] = {}
        self._live: Index[SilenceKey] = Index()
        self._alarms = Alarms()
        self._over: Index[SilenceKey] = Index()
        self._turner = Turner(self._live, self._over, self._alarms, agenda, clock, reporter, poster)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def tell(self, on_change: OnChange) -> None:
        """Have `on_change` told of each silence that starts, stops or changes."""
        self._turner.on_change = on_change

    def get(self, key: SilenceKey) -> Entry | None:
        """What is remembered of a silence, if it is there."""
        return self._entries.get(key)

    def asked_by(self, ref: ObjectRef) -> list[Entry]:
        """The silences that the annotation of an object asked for, whatever became of them."""
        return [self._entries[key] for key in self._asked.get(ref, ())]

    def silencing(self, alarm: Alarm, now: datetime) -> Silence | None:
        """The silence that mutes `alarm` at `now`: of several the one that ends last."""
        last, longest = now, None
        for key in self._live.matching(alarm):
            silence = self._entries[key].silence
            if silence is None or not silence.is_active(now):
                continue
            until = silence.mutes_until(now) or _FOREVER
            if longest is None or until > last or (until == last and key < longest.key):
                last, longest = until, silence
        return longest

    def about(self, selector: AlertSelector) -> frozenset[str]:
        """The ids of the firing alerts that `selector` is about."""
        return self._alarms.matching(selector)

    def muting(self, alarm: Alarm, now: datetime) -> list[Silence]:
        """All silences that mute `alarm` at `now`, the one that ends last first."""
        found = (self._entries[key].silence for key in sorted(self._live.matching(alarm)))
        active = [silence for silence in found if silence and silence.is_active(now)]
        return sorted(active, key=lambda one: one.mutes_until(now) or _FOREVER, reverse=True)

    def muted_within(self, alarm: Alarm, since: datetime, until: datetime) -> list[Span]:
        """From when to when silences that still are there mute `alarm`, those that are over too."""
        keys = {*self._live.matching(alarm), *self._over.matching(alarm)}
        known = (self._entries[key].silence for key in sorted(keys))
        return [span for one in known if one for span in one.muted_within(since, until)]

    def saw(self, body: Mapping[str, Any]) -> None:
        """A silence is there, or has changed."""
        metadata = body["metadata"]
        key = SilenceKey(metadata["namespace"], metadata["name"])
        entry = self._entries.get(key)
        if entry and entry.uid != metadata["uid"]:  # deleted and made again in between
            self.gone(key)
            entry = None
        self._poster.saw(KIND, body)
        if entry is None:
            entry = self._entries[key] = meet(body, self._clock.now())
            if entry.source:
                self._asked.setdefault(entry.source, {})[key] = None
        else:
            if entry.generation == metadata["generation"]:
                return
            entry.begin(metadata["generation"])
        self._take_in(entry, body)
        if entry.source:
            self.on_asked(entry)

    def again(self) -> None:
        """Namespaces have changed: those are read anew that select them."""
        for entry in self:
            if entry.selecting is not None and self._reads_otherwise(entry, entry.selecting):
                self._take_in(entry, entry.selecting)

    def gone(self, key: SilenceKey) -> None:
        """A silence is no longer there: what it muted is told."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._live.drop(key)
        self._over.drop(key)
        if entry.source:
            self._asked[entry.source].pop(key)
            if not self._asked[entry.source]:
                del self._asked[entry.source]
        self._poster.gone(KIND, key.namespace, key.name)
        for errand in (Errand.TURN, Errand.CLEAR):
            self._agenda.drop(item(errand, key))
        if entry.active:
            self._turner.on_change(key, self._turner.touched(entry))
        self.on_gone(entry)

    def listed(self, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """The whole list was read: what it does not name is gone."""
        for key in tuple(self._entries):
            within = namespace is None or key.namespace == namespace
            if within and (key.namespace, key.name) not in names:
                self.gone(key)

    def fires(self, alarm: Alarm) -> None:
        """An alert fires, or what is known of it has changed."""
        former = self._alarms.get(alarm.id)
        if former == alarm:
            return
        before = set(self._live.matching(former)) if former else set()
        after = set(self._live.matching(alarm))
        self._alarms.put(alarm)
        self._count(after - before, +1)
        self._count(before - after, -1)

    def over(self, alarm_id: str) -> None:
        """An alert fires no more."""
        if alarm := self._alarms.drop(alarm_id):
            self._count(self._live.matching(alarm), -1)

    def end(self, key: SilenceKey, reason: EndReason) -> None:
        """End a silence now, for another reason than its time."""
        if entry := self._entries.get(key):
            self._turner.end(entry, reason, self._clock.now())

    def turn(self, key: SilenceKey) -> None:
        """Its time has come: it starts, stops, ends, or is about to."""
        if entry := self._entries.get(key):
            self._turner.settle(entry, self._clock.now())

    def _take_in(self, entry: Entry, body: Mapping[str, Any]) -> None:
        """Make the spec in `body` the one that counts."""
        now, spec = self._clock.now(), body.get("spec") or {}
        entry.selecting = body if spec.get("namespaceSelector") is not None else None
        muted = self._turner.touched(entry) if entry.active else frozenset[str]()
        parsed = self._parse(body)
        if isinstance(parsed, Silence):
            entry.silence, entry.problem = replace(parsed, ended_at=entry.ended_at), ""
        else:
            said = entry.problem, _problem_in(body.get("status") or {})
            entry.silence, entry.problem = None, "; ".join(map(str, parsed))
            if entry.problem not in said:
                _log.warning("silence invalid", silence=str(entry.key), note=entry.problem)
                self._reporter.tell(notices.invalid(entry, now))
        self._over.drop(entry.key)
        if entry.silence and entry.is_live:
            self._live.put(entry.key, entry.silence.selector)
            entry.matched = len(self._turner.touched(entry))
            entry.warned &= (entry.announce_at or now) <= now  # else it is still to be said
        self._turner.settle(entry, now, muted)

    def _reads_otherwise(self, entry: Entry, body: Mapping[str, Any]) -> bool:
        parsed = self._parse(body)
        if isinstance(parsed, Silence) and entry.silence:
            return parsed.selector != entry.silence.selector
        return isinstance(parsed, Silence) or entry.silence is not None

    def _count(self, keys: Collection[SilenceKey], by: int) -> None:
        """So many more alerts fire that each of these selects."""
        now = self._clock.now()
        for key in keys:
            entry = self._entries[key]
            entry.matched += by
            entry.has_matched |= by > 0 and entry.active
            if self._turner.is_outlived(entry, now):
                self._turner.settle(entry, now)
            else:
                self._turner.mark(entry)


def _problem_in(status: Mapping[str, Any]) -> str:
    """What was said to be wrong, if anything was."""
    for one in status.get("conditions") or ():
        if (one.get("type"), one.get("status")) == ("Stalled", "True"):
            return str(one.get("message") or "")
    return ""


def _nobody(entry: Entry) -> None:
    """Nobody wants to know."""
