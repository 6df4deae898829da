"""What is told of silences, as Events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tocsin.core.durations import format_duration
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.annotated import Order, Source
from tocsin.core.notify.silences import Silence
from tocsin.core.serving import BY_KIND
from tocsin.engine.silencing.entry import API_VERSION, EndReason, Entry
from tocsin.engine.silencing.status import day_and_time
from tocsin.ports import EventReason, Notice, Regarded

_ACTION: Final = "Silence"
_UNVERIFIED: Final = "unverified"
_API_VERSIONS: Final = {
    "MLAlertRule": API_VERSION,
    **{one.kind: one.api_version for one in BY_KIND.values()},
    "Namespace": "v1",
}
#: The kinds whose objects may ask for silence by annotation.
SOURCES: Final = tuple(_API_VERSIONS)

_WHY: Final[Mapping[str, str]] = {
    EndReason.EXPIRED: "its time is over",
    EndReason.RESOLVED: "nothing fires any more of what it was for",
    EndReason.ANNOTATION_REMOVED: "its annotation was taken away",
}


def ending(entry: Entry, silence: Silence, end: datetime, now: datetime) -> Notice:
    """That it ends soon."""
    left = format_duration(end - now)
    note = f"{_named(silence)} ends in {left}, at {day_and_time(end)}: {_matched(entry)}"
    return Notice(entry.regarded, EventReason.SILENCE_ENDING, _ACTION, note, now, warning=False)


def ended(entry: Entry, silence: Silence, now: datetime) -> Notice:
    """That it has ended, and why, and how many alerts fire that it was for."""
    still = f"; {_matched(entry)}" if entry.matched else ""
    note = f"{_named(silence)} has ended: {_WHY.get(entry.ended_reason, 'it was ended')}{still}"
    return Notice(entry.regarded, EventReason.SILENCE_ENDED, _ACTION, note, now, warning=False)


def invalid(entry: Entry, now: datetime) -> Notice:
    """That it mutes nothing, as it is not understood."""
    note = f"it mutes nothing: {entry.problem}"
    return Notice(entry.regarded, EventReason.SILENCE_INVALID, _ACTION, note, now)


def asked_for(order: Order, made: Regarded, now: datetime) -> Notice:
    """That an annotation was understood, on the object that bears it."""
    asked = order.asked
    how_long = f"for {format_duration(asked.lasts)}" if asked.lasts else ""
    if asked.until:
        how_long = f"until {day_and_time(asked.until)}"
    if asked.until_resolved:
        how_long = f"until resolved, at most {how_long}"
    note = f"silenced {how_long} by AlertSilence {made.namespace}/{made.name}: {asked.comment}"
    return Notice(
        regarded_of(order.source), EventReason.SILENCE_STARTED, _ACTION, note, now, False, made
    )


def malformed(source: Source, problem: str, now: datetime) -> Notice:
    """That an annotation silences nothing, on the object that bears it."""
    note = f"the annotation tocsin.dev/silence silences nothing: {problem}"
    return Notice(regarded_of(source), EventReason.SILENCE_INVALID, _ACTION, note, now)


def regarded_of(source: Source) -> Regarded:
    """The annotated object as Events refer to it; those on a Namespace are in it."""
    ref = source.ref
    return Regarded(_API_VERSIONS[ref.kind], ref.kind, source.namespace, ref.name, source.uid)


def api_version_of(ref: ObjectRef) -> str:
    """The API version of a kind that may ask for silence."""
    return _API_VERSIONS[ref.kind]


def _named(silence: Silence) -> str:
    by = f" by {silence.by}" if silence.by and silence.by != _UNVERIFIED else ""
    return f'the silence "{silence.comment}"{by}'


def _matched(entry: Entry) -> str:
    match entry.matched:
        case 0:
            return "no alert fires that it selects"
        case 1:
            return "1 alert fires that it selects"
        case many:
            return f"{many} alerts fire that it selects"
