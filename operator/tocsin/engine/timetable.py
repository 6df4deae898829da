"""When rules are evaluated next."""

from datetime import datetime, timedelta

from tocsin.core.rules import Rule
from tocsin.core.schedule import last_due, next_due, offset_of
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.record import Record
from tocsin.ports import Clock


class Timetable:
    """Spreads rules over their intervals; a fixed offset instead is for tests."""

    def __init__(self, agenda: Agenda, clock: Clock, fixed_offset: timedelta | None = None) -> None:
        self._agenda = agenda
        self._clock = clock
        self._fixed_offset = fixed_offset

    def plan(self, record: Record) -> None:
        """Make the next evaluation of a rule due, or none if it cannot be evaluated."""
        item = Item(Task.EVALUATE, record.key)
        if record.due and record.rule:
            # An edit puts off nothing that is due already, or edits could put it off for ever.
            if not self._agenda.is_due(item, self._clock.now()):
                self._agenda.put(item, self.next_of(record.rule))
        else:
            self._agenda.drop(item)

    def next_of(self, rule: Rule) -> datetime:
        """When `rule` is due next, from now on."""
        return next_due(self._clock.now(), rule.interval, self._offset(rule))

    def last_of(self, rule: Rule, until: datetime) -> datetime:
        """When `rule` was due last, for one that was evaluated until `until`."""
        return last_due(until, rule.interval, self._offset(rule))

    def _offset(self, rule: Rule) -> timedelta:
        if self._fixed_offset is not None:
            return self._fixed_offset
        # The last is what most rules share: the count of a model's requests.
        shared = rule.questions[-1]
        return offset_of(shared.source, str(shared.query), rule.interval)
