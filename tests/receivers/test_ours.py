"""What our own receivers send in each story is taken by the stand-ins, without a word of theirs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from e2e.receivers.calls import Call, Json
from e2e.receivers.known import ROUTING_KEY, SLACK_HOOK, SLACK_TOKEN
from e2e.receivers.page import page
from e2e.receivers.world import World
from tests.adapters.receivers.fakes import Office, Wire
from tests.adapters.receivers.told import STORIES
from tests.receivers.test_page import Page
from tests.receivers.test_schema import DOCS
from tests.receivers.test_webhooks import SECRET
from tocsin.core.notify.notification import Notification, Reason
from tocsin.ports.transport import Response

AT = "https://stand-in.example.com"
SECRETS = {
    "slack/token": SLACK_TOKEN,
    "slack/hook": f"{AT}/slack/hooks/{SLACK_HOOK}",
    "pd/key": ROUTING_KEY,
    "hook/key": SECRET,
}
SLACK: Json = {
    "channel": "#ml-alerts",
    "tokenSecretRef": {"name": "slack", "key": "token"},
    "url": f"{AT}/slack/api",
}
BY_HOOK: Json = {"webhookSecretRef": {"name": "slack", "key": "hook"}}
PAGERDUTY: Json = {
    "routingKeySecretRef": {"name": "pd", "key": "key"},
    "url": f"{AT}/pagerduty",
    "changeEvents": True,
}
SIGNED: Json = {"url": f"{AT}/webhook/ops", "signingSecretRef": {"name": "hook", "key": "key"}}
ALERTMANAGER: Json = {"url": f"{AT}/alertmanager/ops", "format": "Alertmanager"}


@dataclass
class Line(Wire):
    """A transport that leads to the stand-ins."""

    world: World = field(default_factory=World)
    now: float = 0

    async def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout: float  # noqa: ASYNC109  # as the port has it
    ) -> Response:  # fmt: skip
        """What the stand-ins answer; they are asked no faster than they like."""
        self.now += 1
        names = {name.lower(): value for name, value in headers.items()}
        answer, _ = self.world.receive(Call("POST", urlsplit(url).path, names, body, self.now))
        assert answer is not None
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return Response(answer.status, dict(answer.headers), text.encode())


def connected() -> tuple[Office, Line]:
    """Our receivers, connected to the stand-ins."""
    line = Line(world=World(json.loads((DOCS / "webhook.schema.json").read_text())))
    line.world.known.change({"webhook_secrets": {"ops": SECRET}})
    office = Office(wire=line)
    office.vault.values |= {f"fraud/{name}": value for name, value in SECRETS.items()}
    line.now = office.clock.now().timestamp()
    return office, line


async def tell(office: Office, kind: str, settings: Json, story: Notification) -> str:
    """Tell a story's notification; the reference that comes back."""
    receipt = await office.tell(kind, settings, story)
    assert receipt.warning == ""
    return receipt.reference


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("slack", SLACK),
        ("slack", BY_HOOK),
        ("pagerduty", PAGERDUTY),
        ("webhook", SIGNED),
        ("webhook", ALERTMANAGER),
    ],
    ids=["slack", "slack by hook", "pagerduty", "signed", "alertmanager"],
)
async def test_each_story_is_taken_and_nothing_of_it_is_noted(
    story: str, kind: str, settings: dict[str, Any]
) -> None:
    office, line = connected()
    opening = STORIES["first"]
    reference = await tell(office, kind, settings, replace(opening, reference="", id="opening"))
    await tell(office, kind, settings, replace(STORIES[story], reference=reference))
    entries = list(line.world.journal.entries())
    assert [(e.outcome, e.notes) for e in entries if not e.accepted or e.notes] == []
    assert Page(page(line.world, line.now)).unbalanced == []


async def test_a_whole_incident_is_one_thread_and_one_page() -> None:
    office, line = connected()
    references = {"slack": "", "pagerduty": ""}
    for story in ("first", "new alerts", "acknowledged", "all resolved"):
        for kind, settings in (("slack", SLACK), ("pagerduty", PAGERDUTY)):
            told = replace(STORIES[story], reference=references[kind])
            references[kind] = await tell(office, kind, settings, told)
    messages = line.world.channels.messages("#ml-alerts")
    assert [bool(message.thread) for message in messages][:2] == [False, True]
    assert len([message for message in messages if not message.thread]) == 1
    [incident] = line.world.pagerduty.incidents
    assert (incident.status, len(line.world.pagerduty.changes)) == ("resolved", 1)
    assert "acknowledged" in [entry["what"] for entry in incident.log]


def test_the_stories_have_every_reason() -> None:
    assert {story.reason for story in STORIES.values()} == set(Reason)
