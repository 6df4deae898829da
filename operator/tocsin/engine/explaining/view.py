"""All that an explanation of one rule is made of, as it is at one time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import thread_time
from typing import Final

from tocsin.core.alerts import Alert
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory
from tocsin.core.rules import Rule
from tocsin.engine.cluster import Cluster
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.record import Record
from tocsin.engine.running import Pace
from tocsin.engine.wording import Wording, plain_summary, word
from tocsin.ports import Renderer

#: Seconds of CPU for all texts of one page: it is made on the loop that evaluates.
_TEXTS_LIMIT: Final = 0.03


@dataclass
class View:
    """A rule that can be read, at `now`; `pace` is when it is evaluated; `desk` tells people."""

    record: Record
    rule: Rule
    cluster: Cluster
    renderer: Renderer
    now: datetime
    pace: Pace
    desk: Desk
    alerts: dict[Identity, Alert] = field(init=False)
    _spent: float = 0.0

    inventory: Inventory = field(init=False)

    def __post_init__(self) -> None:
        """Find alerts by what they are of."""
        self.inventory = self.cluster.inventory(self.rule.key.namespace)
        self.alerts = {alert.identity: alert for alert in self.record.alerts.values()}

    @property
    def due(self) -> datetime | None:
        """When the rule is evaluated next, if it is."""
        return self.pace.due

    def wording(self, alert: Alert, value: float | None) -> Wording:
        """What the rule says of `alert` at `value`; plain once the page's texts took too long."""
        if self._spent > _TEXTS_LIMIT:
            return Wording(plain_summary(self.rule, alert, alert.value if value is None else value))
        started = thread_time()
        wording = word(self.renderer, self.rule, alert, value)
        self._spent += thread_time() - started
        return wording

    def due_after(self, time: datetime) -> datetime | None:
        """The first evaluation at `time` or later, as far as is known now."""
        if self.due is None or self.due >= time:
            return self.due
        intervals = -((self.due - time) // self.rule.interval)  # rounded up
        return self.due + intervals * self.rule.interval

    @property
    def opens_at(self) -> datetime | None:
        """When the rule's schedule opens, if it was closed at the last look."""
        return self.record.evaluation.opens_at if self.record.evaluation else None

    def ago(self, time: datetime) -> timedelta:
        """How long `time` is past."""
        return self.now - time
