"""Incidents as the watch tells of them: what a restart goes on with, and what people ask for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog

from tocsin.api.problems import Problems
from tocsin.api.v1alpha1.incidents import read_incident
from tocsin.api.v1alpha1.incidentsalvage import salvage_incident
from tocsin.core.notify.happenings import requested
from tocsin.core.notify.incidents import Incident, IncidentKey
from tocsin.engine.notifying.case import KIND, Case
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.notices import regarded, unreadable
from tocsin.engine.notifying.pointless import news, on_incident
from tocsin.engine.reporting import Reporter
from tocsin.ports import Clock

_log = structlog.get_logger(__name__)

ACK: Final = "tocsin.dev/ack"
BY: Final = "tocsin.dev/by"


class Reader:
    """Takes in what the watch tells of incidents; `look_at` is told of those to be looked at."""

    def __init__(
        self, cases: Cases, clock: Clock, look_at: Callable[[Case], None], reporter: Reporter
    ) -> None:
        self._reporter = reporter
        self._unreadable: dict[IncidentKey, Problems] = {}
        self._cases = cases
        self._clock = clock
        self._look_at = look_at
        #: Whether all was read that a process before this one wrote.
        self.settled = False

    def saw(self, body: Mapping[str, Any]) -> None:
        """An incident is there, or has changed."""
        metadata = body["metadata"]
        key = IncidentKey(metadata["namespace"], metadata["name"])
        case = self._cases.get(key)
        if case is None:
            case = self._restored(key, body)
        if case is None:
            return
        if case.uid != metadata["uid"]:  # made by a process before this one, or by a person
            case.forget_stored()
            case.uid = metadata["uid"]
        if case.version.saw(metadata["resourceVersion"]):  # what was edited by hand is put right
            case.written = body.get("status") or {}
        annotations = metadata.get("annotations") or {}
        asked = str(annotations.get(ACK) or "")
        by = str(annotations.get(BY) or "")
        now = self._clock.now()
        after = requested(case.incident, asked, by, now)
        if case.is_open:
            self._cases.update(case, after)
        late = bool(asked.strip()) and not case.is_open and after is not case.incident
        said = on_incident(body, case.incident, late=late)
        for notice in news(KIND, body, case.pointless, said, now):
            self._reporter.tell(notice)
        case.pointless = said
        self._look_at(case)

    def gone(self, key: IncidentKey) -> None:
        """An incident was deleted; an open one is made again and told under the same keys."""
        self._unreadable.pop(key, None)
        self._cases.forget(key)
        case = self._cases.get(key)
        if case is None:
            return
        case.forget_stored()
        if case.is_open:
            self._look_at(case)
        else:
            self._cases.drop(case)

    def listed(self, namespace: str | None, names: Any) -> None:
        """The whole list was read: what it does not name is gone."""
        for case in self._cases:
            key = case.incident.key
            within = namespace in (None, key.namespace)
            if case.is_stored and within and (key.namespace, key.name) not in names:
                self.gone(key)

    def _restored(self, key: IncidentKey, body: Mapping[str, Any]) -> Case | None:
        # One without a status that comes late is of this process: it knows better what was told.
        incident = read_incident(body, begins=not self.settled)
        if not isinstance(incident, Incident):
            self._say(key, body, incident)
            incident = salvage_incident(body)
        if not isinstance(incident, Incident):
            # An alert that belongs to an incident of this name must not wait for it to be mended.
            metadata = body["metadata"]
            self._cases.expect(key, metadata["uid"], metadata["resourceVersion"])
            return None
        told = tuple(
            replace(one, uncertain=True, next_at=None) if one.intent else one
            for one in incident.told
        )
        case = Case(replace(incident, told=told), body["metadata"]["uid"])
        case.written = body.get("status") or {}
        self._cases.add(case)
        return case

    def _say(self, key: IncidentKey, body: Mapping[str, Any], problems: Problems) -> None:
        if self._unreadable.get(key) == problems:
            return
        self._unreadable[key] = problems
        said = "; ".join(map(str, problems))
        _log.error("incident unreadable", incident=str(key), problems=said)
        self._reporter.tell(unreadable(regarded(KIND, body), said, self._clock.now()))
