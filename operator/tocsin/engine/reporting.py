"""Events on their way: a budget for each object, retries by due time, and a bound on the queue."""

import itertools
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.core.budgets import Budget
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.backoff import delay_after
from tocsin.ports import (
    Clock,
    EventReason,
    EventRecorder,
    GoneError,
    Notice,
    RefusedError,
    Regarded,
    WriteError,
)

_log = structlog.get_logger(__name__)

#: client-go's own limits for one object: a burst, and then one in five minutes.
BURST: Final = 25
REFILL: Final = timedelta(minutes=5)
_QUEUE_LIMIT: Final = 10_000
_GIVE_UP_AFTER: Final = timedelta(hours=1)  # Events live for an hour
_BUDGETS_KEPT: Final = 10_000


@dataclass
class _Queued:
    notice: Notice
    attempts: int = 0


class Reporter:
    """Records Events in the background; what it cannot record it logs, and never loses in silence.

    An alert's own Events are not held back by the budget of what went wrong with its rule.
    """

    def __init__(self, recorder: EventRecorder, agenda: Agenda, clock: Clock) -> None:
        self._recorder = recorder
        self._agenda = agenda
        self._clock = clock
        self._numbers = itertools.count()
        self._queue: dict[int, _Queued] = {}
        self._budgets: OrderedDict[tuple[Regarded, bool], Budget] = OrderedDict()

    def tell(self, notice: Notice) -> None:
        """Have `notice` recorded, within the budget of its object."""
        if len(self._queue) >= _QUEUE_LIMIT or not self._within_budget(notice):
            _log.warning("event dropped: over budget", **_named(notice))
            return
        number = next(self._numbers)
        self._queue[number] = _Queued(notice)
        self._agenda.put(Item(Task.REPORT, number), self._clock.now())

    def has_room(self, regarding: Regarded, reason: EventReason) -> bool:
        """Whether one more Event on the object is within its budget."""
        room = len(self._queue) < _QUEUE_LIMIT
        return room and self._budget(regarding, reason)[1].spend() is not None

    @property
    def waiting(self) -> tuple[int, ...]:
        """The numbers of the notices that are not recorded yet."""
        return tuple(self._queue)

    @property
    def waiting_since(self) -> datetime | None:
        """When the first thing happened of which an alert's Event is not recorded yet."""
        notices = (queued.notice for queued in self._queue.values())
        return min((one.at for one in notices if _is_of_alert(one.reason)), default=None)

    async def report(self, number: int) -> None:
        """Record the notice that `number` names; if that fails for now, it is due again."""
        queued = self._queue[number]
        try:
            await self._recorder.record(queued.notice)
        except (GoneError, RefusedError) as error:  # a namespace that is going, a missing right
            _log.warning("event refused", error=str(error), **_named(queued.notice))
        except WriteError as error:
            if self._retry(number, queued, str(error)):
                return
        except Exception:
            del self._queue[number]  # a bug is not mended by trying again
            raise
        del self._queue[number]

    def _retry(self, number: int, queued: _Queued, error: str) -> bool:
        now = self._clock.now()
        if now - queued.notice.at > _GIVE_UP_AFTER:
            _log.error("event given up", error=error, **_named(queued.notice))
            return False
        queued.attempts += 1
        self._agenda.put(Item(Task.REPORT, number), now + delay_after(queued.attempts))
        return True

    def _within_budget(self, notice: Notice) -> bool:
        key, budget = self._budget(notice.regarding, notice.reason)
        spent = budget.spend()
        self._budgets[key] = spent or budget
        self._budgets.move_to_end(key)
        if len(self._budgets) > _BUDGETS_KEPT:
            self._budgets.popitem(last=False)
        return spent is not None

    def _budget(
        self, regarding: Regarded, reason: EventReason
    ) -> tuple[tuple[Regarded, bool], Budget]:
        key = (regarding, _is_of_alert(reason))
        now = self._clock.now()
        return key, self._budgets.get(key, Budget.full(BURST, now)).refilled(BURST, REFILL, now)


def _is_of_alert(reason: EventReason) -> bool:
    return reason.startswith("Alert")


def _named(notice: Notice) -> dict[str, str]:
    regarding = notice.regarding
    return {
        "reason": notice.reason,
        "object": f"{regarding.kind} {regarding.namespace}/{regarding.name}",
        "note": notice.note,
    }
