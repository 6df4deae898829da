"""The alerts that fire, by namespace: which of them a silence is about."""

from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.selectors import AlertSelector


class Alarms:
    """Alarms by id."""

    def __init__(self) -> None:
        self._by_id: dict[str, Alarm] = {}
        self._spaces: dict[str, dict[str, Alarm]] = {}

    def get(self, alarm_id: str) -> Alarm | None:
        """The alarm of that id, if it fires."""
        return self._by_id.get(alarm_id)

    def put(self, alarm: Alarm) -> None:
        """`alarm` fires, or has changed."""
        self.drop(alarm.id)
        self._by_id[alarm.id] = alarm
        self._spaces.setdefault(alarm.namespace, {})[alarm.id] = alarm

    def drop(self, alarm_id: str) -> Alarm | None:
        """It fires no more; what it was, if it did."""
        alarm = self._by_id.pop(alarm_id, None)
        if alarm:
            there = self._spaces[alarm.namespace]
            del there[alarm_id]
            if not there:
                del self._spaces[alarm.namespace]
        return alarm

    def matching(self, selector: AlertSelector) -> frozenset[str]:
        """The ids of those that `selector` is about."""
        spaces = self._spaces if selector.namespaces is None else selector.namespaces
        return frozenset(
            key
            for space in spaces
            for key, alarm in self._spaces.get(space, {}).items()
            if selector.matches(alarm)
        )
