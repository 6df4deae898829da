"""Statuses on their way: composed after each step, written only when they differ."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from tocsin.core.rules import RuleKey
from tocsin.engine import notices
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.backoff import delay_after
from tocsin.engine.book import Book
from tocsin.engine.record import Record
from tocsin.engine.reporting import Reporter
from tocsin.engine.status import compose
from tocsin.ports import (
    Clock,
    ConflictError,
    GoneError,
    Notice,
    RefusedError,
    Renderer,
    StatusWriter,
    WriteError,
)

_log = structlog.get_logger(__name__)

#: An object's status is written at most this often.
_AT_MOST_EVERY: Final = timedelta(seconds=1)
_AFTER_REFUSAL: Final = timedelta(minutes=1)


class Publisher:
    """Brings statuses to the API server, one object at a time, for as long as it takes.

    `on_written` is told of a rule whose status stands, or cannot be written for now.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        agenda: Agenda,
        book: Book,
        writer: StatusWriter,
        reporter: Reporter,
        renderer: Renderer,
        on_written: Callable[[Record], None],
    ) -> None:
        self._on_written = on_written
        self._clock = clock
        self._agenda = agenda
        self._book = book
        self._writer = writer
        self._reporter = reporter
        self._renderer = renderer

    def mark(self, record: Record) -> list[Notice]:
        """Compose the status of `record` anew, and have it written if it differs.

        The notices are those of new problems; they are on their way.
        """
        now = self._clock.now()
        before = record.status.get("conditions") or ()
        record.status = compose(record, self._renderer, now)
        conditions = record.status["conditions"]
        told = list(notices.problems(record.regarded, before, conditions, now))
        for notice in told:
            _log.warning("rule in trouble", rule=str(record.key), reason=notice.reason,
                         note=notice.note)  # fmt: skip
            self._reporter.tell(notice)
        if record.status != record.written:
            record.unwritten_since = record.unwritten_since or record.decided_since(now)
        rest = record.contest.rest
        if record.status == record.written or record.failed_writes or rest > _AT_MOST_EVERY:
            self._on_written(record)
        if record.status != record.written and not record.failed_writes:
            wait = rest - (now - record.written_at) if record.written_at else timedelta()
            due = now + min(max(wait, timedelta()), rest)  # also if the clock went back
            self._agenda.put_by(Item(Task.PUBLISH, record.key), due)
        return told

    async def publish(self, key: RuleKey) -> None:
        """Write the status of the rule; what fails for now is due again."""
        record = self._book.get(key)
        if record is None:
            return
        if record.status == record.written:
            record.failed_writes = 0  # what could not be written is no longer wanted
            record.unwritten_since = None
            return
        status = record.sent = record.status
        try:
            version = await self._writer.write(key, record.resource_version, status)
        except GoneError:  # its deletion comes through the watch; if not, the next step tries again
            record.failed_writes = 0
            return
        except WriteError as error:
            if self._book.get(key) is record:  # else deleted, and perhaps made again, meanwhile
                self._retry(record, error)
            return
        if record.at_version(version):  # else somebody has written over it since
            record.written = status
        record.failed_writes, record.written_at = 0, self._clock.now()
        if record.status == record.written:
            record.unwritten_since = None
            self._on_written(record)
        if record.status != status:
            self._agenda.put_by(Item(Task.PUBLISH, key), record.written_at + _AT_MOST_EVERY)

    def _retry(self, record: Record, error: WriteError) -> None:
        record.failed_writes += 1
        delay = delay_after(record.failed_writes)
        if isinstance(error, RefusedError):  # a bug of ours, or a right that is missing: be loud
            delay = _AFTER_REFUSAL
            _log.error("status refused", rule=str(record.key), error=str(error))
            self._on_written(record)
        elif isinstance(error, ConflictError):
            record.resource_version = record.seen_version  # the watch knows, also after a restore
        else:
            _log.warning("status not written", rule=str(record.key), error=str(error))
            self._on_written(record)  # people are told all the same
        self._agenda.put(Item(Task.PUBLISH, record.key), self._clock.now() + delay)
