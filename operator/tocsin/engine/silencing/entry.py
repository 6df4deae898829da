"""What the engine remembers of one silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from tocsin.api.v1alpha1.silencestatus import SilenceState
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.silences import Silence, SilenceKey
from tocsin.engine.times import read_time
from tocsin.ports import Regarded

KIND: Final = "AlertSilence"
API_VERSION: Final = "tocsin.dev/v1alpha1"

#: On silences that an annotation asked for: which text of which object, and where that is.
MARK_LABEL: Final = "tocsin.dev/asked"
SOURCE: Final = "tocsin.dev/asked-by"
#: Who wrote the annotation; on the silence, who made it.
BY: Final = "tocsin.dev/by"

#: How long before its end a silence says so: a tenth of its length, but not longer than this.
_NOTICE: Final = timedelta(minutes=10)


class EndReason(StrEnum):
    """Why a silence has ended: a closed list. Of one whose time is over status says no reason."""

    EXPIRED = "Expired"
    RESOLVED = "Resolved"
    ANNOTATION_REMOVED = "AnnotationRemoved"


@dataclass
class Entry:
    """A silence as it was last seen.

    `silence` is None where the spec is not understood; `problem` says why. `active` is what those
    who listen were told last. `matched` counts the firing alerts that it selects now, `has_matched`
    says that it has muted one. `mark` and `source` say which annotation asked for it, if one did.
    `selecting` is the object if it selects namespaces: it is read anew when these change.
    `warned` says that its end was announced, `end_told` that it was told.
    """

    key: SilenceKey
    uid: str
    generation: int
    met_at: datetime
    mark: str = ""
    source: ObjectRef | None = None
    selecting: Mapping[str, Any] | None = None
    silence: Silence | None = None
    problem: str = ""
    active: bool = False
    matched: int = 0
    has_matched: bool = False
    ended_at: datetime | None = None
    ended_reason: str = ""
    warned: bool = False
    end_told: bool = False

    @property
    def regarded(self) -> Regarded:
        """The silence as Events refer to it."""
        return Regarded(API_VERSION, KIND, self.key.namespace, self.key.name, self.uid)

    @property
    def is_live(self) -> bool:
        """Whether it may mute something, now or later."""
        return self.silence is not None and not self.silence.suspended and not self.ended_at

    @property
    def removed(self) -> bool:
        """Whether the text that asked for it was taken away since."""
        return self.ended_reason == EndReason.ANNOTATION_REMOVED

    @property
    def announce_at(self) -> datetime | None:
        """When its end is to be announced; None: it has none."""
        silence = self.silence
        if silence is None or silence.ends_at is None:
            return None
        return silence.ends_at - min(_NOTICE, (silence.ends_at - silence.starts_at) / 10)

    def begin(self, generation: int) -> None:
        """Another spec. What has ended before its time does not come back."""
        self.generation = generation
        self.has_matched = self.warned = self.end_told = False
        if self.ended_reason == EndReason.EXPIRED:
            self.ended_at, self.ended_reason = None, ""


def meet(body: Mapping[str, Any], now: datetime) -> Entry:
    """A silence that was not known, with what its status says became of it."""
    metadata, status = body["metadata"], body.get("status") or {}
    entry = Entry(
        key=SilenceKey(metadata["namespace"], metadata["name"]),
        uid=metadata["uid"],
        generation=metadata["generation"],
        met_at=now,
        mark=str((metadata.get("labels") or {}).get(MARK_LABEL) or ""),
        source=_source(metadata),
        ended_at=_time(status, "endedAt"),
    )
    if entry.ended_at:
        entry.ended_reason = str(status.get("endedReason") or EndReason.RESOLVED)
    if status.get("observedGeneration") == entry.generation:
        # As long as it matches something it says so; once it does no more, it has ended.
        entry.has_matched = bool(status.get("matched"))
        entry.warned = True  # if it was time; else it is still to be said
        entry.end_told = status.get("state") == SilenceState.EXPIRED
    return entry


def _time(status: Mapping[str, Any], name: str) -> datetime | None:
    try:
        return read_time(str(status[name])) if status.get(name) else None
    except ValueError:  # somebody wrote over it
        return None


def _source(metadata: Mapping[str, Any]) -> ObjectRef | None:
    written = str((metadata.get("annotations") or {}).get(SOURCE) or "")
    kind, slash, name = written.partition("/")
    if not slash:
        return None
    return ObjectRef(kind, "" if kind == "Namespace" else metadata["namespace"], name)
