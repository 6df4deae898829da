"""PagerDuty's Events API v2: events and change events, below /pagerduty/v2/."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from e2e.receivers import pagerdutyevents as events
from e2e.receivers.calls import Answer, Call, Json
from e2e.receivers.known import Known

_SIZE: Final = 512 * 1024
_DONE: Final[Mapping[str, str]] = {
    "trigger": "triggered",
    "acknowledge": "acknowledged",
    "resolve": "resolved",
}


@dataclass
class Incident:
    """One incident: what a person on call would see, and each event that touched it.

    Its title is that of the trigger that opened it, for as long as it lives.
    """

    number: int
    dedup_key: str
    routing_key: str
    opened_at: float
    status: str = "triggered"
    event: Json = field(default_factory=dict)  # the first trigger, without the routing key
    latest: Json = field(default_factory=dict)  # the last one
    log: list[Json] = field(default_factory=list)

    def note(self, at: float, what: str, summary: str) -> None:
        """Write down that something happened to it."""
        self.log.append({"at": round(at * 1000), "what": what, "summary": summary})

    def shown(self) -> Json:
        """The incident as JSON."""
        return {
            "number": self.number, "dedup_key": self.dedup_key, "status": self.status,
            "opened_at": round(self.opened_at * 1000), "summary": self.event["payload"]["summary"],
            "severity": self.event["payload"]["severity"], "event": self.event,
            "latest": self.latest, "log": self.log,
        }  # fmt: skip


class PagerDuty:
    """Incidents by routing key and deduplication key; each one that opens is a page."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.incidents: list[Incident] = []
        self._latest: dict[tuple[str, str], Incident] = {}
        self.changes: list[Json] = []

    def answer(self, call: Call) -> Answer:
        """Take an event, or say what is wrong with it."""
        checks = {"v2/enqueue": events.problems, "v2/change/enqueue": events.change_problems}
        if call.method != "POST" or call.last not in checks:
            return Answer(404, {"error": {"message": "Not Found"}}, "no such path")
        if len(call.body) > _SIZE:
            return _refused(413, "Payload Too Large", "the event is larger than 512 KB")
        try:
            event = call.json()
            problems = checks[call.last](event)
        except ValueError:
            problems = ["JSON is invalid"]
        if problems:
            return _refused(400, "Event object is invalid", *problems)
        if event["routing_key"] not in self._known.routing_keys:
            return _refused(400, "Invalid routing key", "Invalid routing key")
        if call.last == "v2/enqueue":
            return self._event(event, call.at)
        self.changes.append({"at": round(call.at * 1000), **_without_key(event)})
        body = {"status": "success", "message": "Change event processed"}
        return Answer(202, body, "change noted", notes=events.notes(event))

    def state(self) -> Json:
        """Incidents in the order of their opening, changes, and how often somebody was paged."""
        return {
            "pages": len(self.incidents),
            "incidents": [incident.shown() for incident in self.incidents],
            "changes": self.changes,
        }

    def _event(self, event: Json, at: float) -> Answer:
        key, action = event.get("dedup_key"), event["event_action"]
        if not key:
            key = hashlib.sha256(f"{at} {len(self.incidents)}".encode()).hexdigest()[:32]
        outcome = (self._trigger if action == "trigger" else self._follow)(key, event, at)
        body = {"status": "success", "message": "Event processed", "dedup_key": key}
        return Answer(202, body, outcome, notes=events.notes(event))

    def _open(self, key: str, routing_key: str) -> Incident | None:
        """The incident of a key that is not resolved."""
        incident = self._latest.get((key, routing_key))
        return incident if incident and incident.status != "resolved" else None

    def _trigger(self, key: str, event: Json, at: float) -> str:
        """Open an incident, which pages somebody; one that is open gets a line in its log."""
        incident = self._open(key, event["routing_key"])
        if incident:
            outcome = f"triggered again, nobody is paged ({incident.status})"
        else:
            number = len(self.incidents) + 1
            incident = Incident(number, key, event["routing_key"], at)
            self.incidents.append(incident)
            self._latest[key, event["routing_key"]] = incident
            outcome = "triggered"
        incident.latest = _without_key(event)
        incident.event = incident.event or incident.latest
        incident.note(at, outcome, event["payload"]["summary"])
        return outcome

    def _follow(self, key: str, event: Json, at: float) -> str:
        """Acknowledge or resolve; of what is not open it is taken, and nothing comes of it."""
        action = event["event_action"]
        incident = self._open(key, event["routing_key"])
        if incident is None:
            return f"{action} of nothing that is open"
        incident.status = _DONE[action]
        payload: Any = event.get("payload")
        summary = payload.get("summary", "") if isinstance(payload, dict) else ""
        incident.note(at, incident.status, str(summary))
        return incident.status


def _without_key(event: Json) -> Json:
    return {name: value for name, value in event.items() if name != "routing_key"}


def _refused(status: int, message: str, *errors: str) -> Answer:
    body = {"status": "invalid event", "message": message, "errors": list(errors)}
    return Answer(status, body, errors[0], notes=errors[1:])
