"""Statuses of silences on their way: written when they differ, at most once a second each."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog

from tocsin.engine.agenda import Agenda
from tocsin.engine.backoff import delay_after
from tocsin.engine.contest import stands
from tocsin.engine.silencing.entry import KIND, Entry
from tocsin.engine.silencing.errands import Errand, item
from tocsin.engine.silencing.status import compose
from tocsin.ports import (
    Clock,
    ConflictError,
    GoneError,
    ObjectWriter,
    RefusedError,
    WriteError,
)

_log = structlog.get_logger(__name__)

_AFTER_REFUSAL: Final = timedelta(minutes=1)


class SilencePublisher:
    """Writes the status of one silence at a time, for as long as it takes."""

    def __init__(self, writer: ObjectWriter, agenda: Agenda, clock: Clock) -> None:
        self._writer = writer
        self._agenda = agenda
        self._clock = clock

    def mark(self, entry: Entry) -> None:
        """Have its status composed soon, and written if it is another one by then."""
        if entry.marked or entry.failed_writes:  # it is due anyway
            return
        entry.marked = True
        now, rest = self._clock.now(), entry.contest.rest
        wait = rest - (now - entry.written_at) if entry.written_at else timedelta()
        due = now + min(max(wait, timedelta()), rest)  # also if the clock went back
        self._agenda.put(item(Errand.WRITE, entry.key), due)

    def written_over(self, entry: Entry, stored: Mapping[str, Any]) -> None:
        """`stored` is in the API server: if somebody else has written it, it is put right."""
        if stands(entry.written, stored):
            return
        if entry.sent is not None and stands(entry.sent, stored):  # its answer is late, or lost
            entry.written = entry.sent
            return
        entry.written, entry.contest = stored, entry.contest.again(self._clock.now())
        self.mark(entry)

    async def write(self, entry: Entry) -> None:
        """Write its status if it differs; what fails for now is due again."""
        entry.marked = False
        status = compose(entry, self._clock.now())
        if status == entry.written:
            entry.failed_writes = 0
            return
        entry.sent = status
        key = entry.key
        try:
            version = await self._writer.write_status(
                KIND, key.namespace, key.name, entry.resource_version, status
            )
        except GoneError:  # its deletion comes through the watch
            entry.failed_writes = 0
        except WriteError as error:
            self._retry(entry, error)
        else:
            if entry.at_version(version):  # else somebody has written over it since
                entry.written = status
            entry.failed_writes, entry.written_at = 0, self._clock.now()
            if compose(entry, entry.written_at) != entry.written:
                self.mark(entry)

    def _retry(self, entry: Entry, error: WriteError) -> None:
        entry.failed_writes += 1
        delay = delay_after(entry.failed_writes)
        if isinstance(error, RefusedError):  # a bug of ours, or a right that is missing: be loud
            delay = _AFTER_REFUSAL
            _log.error("status refused", silence=str(entry.key), error=str(error))
        elif isinstance(error, ConflictError):
            entry.resource_version = entry.seen_version  # the watch knows
        else:
            _log.warning("status not written", silence=str(entry.key), error=str(error))
        self._agenda.put(item(Errand.WRITE, entry.key), self._clock.now() + delay)
