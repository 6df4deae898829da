"""Silences that rules, workloads and namespaces ask for by annotation."""

from collections.abc import Mapping, Set
from datetime import timedelta
from typing import Final

import structlog

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.annotated import Made, Order, Source, decide
from tocsin.core.notify.silences import SilenceKey
from tocsin.engine.agenda import Agenda
from tocsin.engine.backoff import delay_after
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing import notices
from tocsin.engine.silencing.entry import API_VERSION, BY, KIND, EndReason, Entry
from tocsin.engine.silencing.errands import Errand, item
from tocsin.engine.silencing.orders import body_of
from tocsin.engine.silencing.silences import Silences
from tocsin.ports import (
    Clock,
    ConflictError,
    GoneError,
    ObjectWriter,
    RefusedError,
    Regarded,
    WriteError,
)

_log = structlog.get_logger(__name__)

SILENCE: Final = "tocsin.dev/silence"

#: Of the annotation so much is read: the longest duration or time, and the longest comment.
_LIMIT: Final = 2048
_AFTER_REFUSAL: Final = timedelta(minutes=1)
_UNDOES_ANNOTATIONS: Final = "Deployment"
#: A silence that was deleted is looked after once its object may be known to be gone, too.
_PATIENCE: Final = timedelta(seconds=2)


class Annotations:
    """Makes and ends silences as annotations come and go."""

    def __init__(
        self,
        silences: Silences,
        writer: ObjectWriter,
        agenda: Agenda,
        clock: Clock,
        reporter: Reporter,
    ) -> None:
        self._silences = silences
        self._writer = writer
        self._agenda = agenda
        self._clock = clock
        self._reporter = reporter
        self._sources: dict[ObjectRef, Source] = {}
        self._runs: dict[ObjectRef, int] = {}
        self._undone: set[ObjectRef] = set()  # whose annotation went with a rollout
        self._listed: set[str] = set()  # kinds of which it is known which objects there are
        self._lost: dict[str, ObjectRef] = {}  # marks of silences that somebody deleted
        self._told: dict[ObjectRef, str] = {}  # what was last said to be wrong
        self._failures: dict[ObjectRef, int] = {}
        silences.on_asked = self._look_after
        silences.on_gone = self._deleted

    def annotated(
        self, ref: ObjectRef, uid: str, annotations: Mapping[str, str], runs: int = 0
    ) -> None:
        """A rule, workload or namespace is there, or has changed; `runs` tells rollouts apart."""
        text = str(annotations.get(SILENCE) or "")[:_LIMIT]
        by = str(annotations.get(BY) or "")[:_LIMIT]
        before, self._runs[ref] = self._runs.get(ref, runs), runs
        if text.strip():
            self._undone.discard(ref)
            self._now_is(ref, Source(ref, uid, text, by))
        elif self._went_with_a_rollout(ref, uid, rolled=runs != before):
            self._undone.add(ref)
        else:
            self._now_is(ref, None)

    def gone(self, ref: ObjectRef) -> None:
        """Such an object is no longer there."""
        self._runs.pop(ref, None)
        self._undone.discard(ref)
        self._now_is(ref, None)

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """The whole list of `kind` was read: what it does not name is gone."""
        self._listed.add(kind)
        for ref in sorted({*self._sources, *self._runs}):
            within = namespace is None or ref.namespace == namespace
            if ref.kind == kind and within and (ref.namespace, ref.name) not in names:
                self.gone(ref)

    async def decide(self, ref: ObjectRef) -> None:
        """Do what the annotation of `ref` asks for; what fails for now is due again."""
        source = self._sources.get(ref)
        if source is None and ref.kind not in self._listed:
            return  # nobody watches such objects
        now, made = self._clock.now(), list(self._made_for(ref))
        decision = decide(source or Source(ref, ""), made, self._is_taken, now, self._lost)
        for key in decision.end:
            self._silences.end(key, EndReason.ANNOTATION_REMOVED)
        if decision.problem and source:
            self._tell(source, decision.problem)
        if decision.make:
            await self._make(decision.make)

    async def clear(self, entry: Entry) -> None:
        """Delete a silence that is old, unless the text that asked for it is still there."""
        source = self._sources.get(entry.source) if entry.source else None
        there = source and source.mark == entry.mark and entry.source not in self._undone
        if there and not entry.removed:
            return
        key = entry.key
        try:
            await self._writer.delete(KIND, key.namespace, key.name, entry.uid)
        except (GoneError, ConflictError):
            pass  # the watch will tell
        except WriteError as error:
            _log.warning("old silence not deleted", silence=str(key), error=str(error))
            due = self._clock.now() + _AFTER_REFUSAL
            self._agenda.put(item(Errand.CLEAR, key), due)

    async def _make(self, order: Order) -> None:
        ref, key = order.source.ref, order.key
        try:
            body = await self._writer.create(KIND, key.namespace, body_of(order))
        except WriteError as error:
            failures = self._failures[ref] = self._failures.get(ref, 0) + 1
            delay = delay_after(failures)
            if isinstance(error, RefusedError):
                delay = _AFTER_REFUSAL
                self._tell(order.source, f"no AlertSilence can be made: {error}")
            elif not isinstance(error, ConflictError):  # else the watch tells of it soon
                _log.warning("silence not made", silence=str(key), error=str(error))
            self._agenda.put(item(Errand.DECIDE, ref), self._clock.now() + delay)
            return
        self._failures.pop(ref, None)
        self._told.pop(ref, None)
        uid = body["metadata"].get("uid", "")
        made = Regarded(API_VERSION, KIND, key.namespace, key.name, uid)
        if self._lost.pop(order.source.mark, None) is None:
            self._reporter.tell(notices.asked_for(order, made, self._clock.now()))
        self._silences.saw(body)

    def _went_with_a_rollout(self, ref: ObjectRef, uid: str, *, rolled: bool) -> bool:
        """Whether nobody took the annotation away: `kubectl rollout undo` of a Deployment brings
        back the annotations, too, that the revision had. What was silenced stays so."""
        former = self._sources.get(ref)
        if former is None or former.uid != uid or ref.kind != _UNDOES_ANNOTATIONS:
            return False
        return rolled or ref in self._undone

    def _now_is(self, ref: ObjectRef, source: Source | None) -> None:
        former = self._sources.get(ref)
        if former == source:
            return
        if former and (source is None or source.mark != former.mark):
            self._lost.pop(former.mark, None)
        if source:
            self._sources[ref] = source
        else:
            del self._sources[ref]
            self._told.pop(ref, None)
            self._failures.pop(ref, None)
        self._agenda.put(item(Errand.DECIDE, ref), self._clock.now())

    def _look_after(self, entry: Entry) -> None:
        """A silence that an annotation asked for is there: is the annotation, too?"""
        if entry.source:
            self._agenda.put_by(item(Errand.DECIDE, entry.source), self._clock.now())

    def _deleted(self, entry: Entry) -> None:
        source = self._sources.get(entry.source) if entry.source else None
        if source and source.mark == entry.mark and not entry.removed:
            self._lost[entry.mark] = source.ref
            self._agenda.put(item(Errand.DECIDE, source.ref), self._clock.now() + _PATIENCE)

    def _made_for(self, ref: ObjectRef) -> list[Made]:
        return [
            Made(entry.key, entry.mark, entry.removed) for entry in self._silences.asked_by(ref)
        ]

    def _is_taken(self, key: SilenceKey) -> bool:
        return self._silences.get(key) is not None

    def _tell(self, source: Source, problem: str) -> None:
        """Say it once for as long as it stays the same."""
        said = f"{source.mark} {problem}"
        if self._told.get(source.ref) != said:
            self._told[source.ref] = said
            _log.warning("annotation silences nothing", object=str(source.ref), note=problem)
            self._reporter.tell(notices.malformed(source, problem, self._clock.now()))
