"""All stand-ins together: who answers what, what is written down, what goes wrong on purpose."""

from typing import Final

from e2e.receivers import schema
from e2e.receivers.alertmanager import Alertmanager
from e2e.receivers.calls import Answer, Call, Json, Service
from e2e.receivers.faults import Fault, Faults
from e2e.receivers.heartbeat import Heartbeats
from e2e.receivers.journal import Journal
from e2e.receivers.known import Known
from e2e.receivers.pagerduty import PagerDuty
from e2e.receivers.slack import SlackApi
from e2e.receivers.slackchannels import Channels
from e2e.receivers.slackhooks import SlackHooks
from e2e.receivers.webhooks import Webhooks

PARTS: Final = ("faults", "journal", "state", "known")


class World:
    """The services with their memory. `form` is the schema of what signed webhooks carry."""

    def __init__(self, form: schema.Schema | None = None) -> None:
        if form is not None and (unknown := schema.unknown_words(form)):
            raise ValueError(f"the webhook's schema has words that are not checked: {unknown}")
        self._form = form
        self.reset(*PARTS)

    def reset(self, *parts: str) -> None:
        """Forget parts of all; ValueError if one is not known."""
        if unknown := set(parts) - set(PARTS):
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
        if "known" in parts:
            self.known = Known()
        if "faults" in parts:
            self.faults = Faults()
        if "journal" in parts:
            self.journal = Journal()
        if "state" in parts or "known" in parts:
            self._set_up()

    def _set_up(self) -> None:
        self.channels = Channels(self.known)
        self.pagerduty = PagerDuty(self.known)
        self.heartbeats = Heartbeats()
        self.services: dict[str, Service] = {
            "slack": SlackApi(self.known, self.channels),
            "slack-hook": SlackHooks(self.known, self.channels),
            "pagerduty": self.pagerduty,
            "webhook": Webhooks(self.known, self._form),
            "alertmanager": Alertmanager(),
            "heartbeat": self.heartbeats,
        }

    def receive(self, call: Call) -> tuple[Answer | None, Fault | None]:
        """Have a call answered and written down; the fault says how the answer has to break.

        Without an answer nothing was done.
        """
        name = _service(call.path)
        fault = self.faults.take(call)
        answer = self._answer(name, call) if fault is None or fault.is_processed else None
        self.journal.add(name, call, answer, fault)
        return answer, fault

    def state(self) -> Json:
        """What came of everything, by service."""
        return {name: service.state() for name, service in self.services.items()}

    def _answer(self, name: str, call: Call) -> Answer:
        if name == "redirected":
            return Answer(200, {"ok": True, "status": "success"}, "a redirect was followed")
        service = self.services.get(name)
        if service is None:
            return Answer(404, "not found", "no such path")
        return service.answer(call)


def _service(path: str) -> str:
    """Who answers a path: its first part, but for Slack's hooks."""
    first = path.split("/")[1]
    return "slack-hook" if path.startswith("/slack/hooks/") else first or "none"
