"""Everything about silences behind one door: what watches tell, what is due, who asks."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any, Final

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.selectors import AlertSelector
from tocsin.core.notify.silences import Silence, SilenceKey
from tocsin.engine.agenda import Agenda
from tocsin.engine.posting import Poster
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing.annotating import Annotations
from tocsin.engine.silencing.entry import KIND
from tocsin.engine.silencing.errands import Errand, SilenceItem
from tocsin.engine.silencing.notices import SOURCES
from tocsin.engine.silencing.silences import Parse, Silences
from tocsin.engine.silencing.turning import OnChange
from tocsin.ports import Clock, ObjectWriter

#: The kinds of which it wants to be told.
WATCHED: Final = (KIND, *SOURCES)


class Silencing:
    """Silences and what asks for them. Objects of other kinds than `WATCHED` are left alone."""

    def __init__(
        self,
        parse: Parse,
        writer: ObjectWriter,
        poster: Poster,
        agenda: Agenda,
        clock: Clock,
        reporter: Reporter,
    ) -> None:
        self._silences = Silences(parse, agenda, clock, reporter, poster)
        self._annotations = Annotations(self._silences, writer, agenda, clock, reporter)

    @property
    def silences(self) -> Silences:
        """Those that there are."""
        return self._silences

    def tell(self, on_change: OnChange) -> None:
        """Have `on_change` told of each silence that starts, stops or changes, with the ids of the
        firing alerts that it concerns: whether they are silenced is to be asked anew."""
        self._silences.tell(on_change)

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """An object is there, or has changed."""
        if kind == KIND:
            self._silences.saw(body)
        elif kind in SOURCES:
            metadata = body["metadata"]
            ref = ObjectRef(kind, metadata.get("namespace", ""), metadata["name"])
            annotations = metadata.get("annotations") or {}
            self._annotations.annotated(ref, metadata.get("uid", ""), annotations, _runs(body))

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object was deleted."""
        if kind == KIND:
            self._silences.gone(SilenceKey(namespace, name))
        elif kind in SOURCES:
            self._annotations.gone(ObjectRef(kind, namespace, name))

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list of `kind` was read: what it does not name (by namespace, name) is gone."""
        if kind == KIND:
            self._silences.listed(namespace, names)
        elif kind in SOURCES:
            self._annotations.listed(kind, namespace, names)

    def again(self) -> None:
        """The labels of namespaces have changed, and with them perhaps what silences select."""
        self._silences.again()

    def fires(self, alarm: Alarm) -> None:
        """An alert fires, or what is known of it has changed."""
        self._silences.fires(alarm)

    def over(self, alarm_id: str) -> None:
        """An alert fires no more."""
        self._silences.over(alarm_id)

    def silencing(self, alarm: Alarm, now: datetime) -> Silence | None:
        """The silence that mutes `alarm` at `now`: of several the one that ends last."""
        return self._silences.silencing(alarm, now)

    def about(self, selector: AlertSelector) -> frozenset[str]:
        """The ids of the firing alerts that `selector` is about."""
        return self._silences.about(selector)

    async def do(self, due: SilenceItem) -> None:
        """Do what is due: the key of an item of the agenda whose task is SILENCE."""
        if isinstance(due.of, ObjectRef):
            await self._annotations.decide(due.of)
            return
        entry = self._silences.get(due.of)
        if entry is None:
            return
        match due.errand:
            case Errand.TURN:
                self._silences.turn(due.of)
            case Errand.CLEAR:
                await self._annotations.clear(entry)


def _runs(body: Mapping[str, Any]) -> int:
    """A number for what a workload runs: another after a rollout, and only then. A Deployment's
    generation would not do: the API server counts its annotations in, too."""
    return hash(repr((body.get("spec") or {}).get("template")))
