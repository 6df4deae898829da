"""The stand-ins of the cluster's tests, which refuse what the services refuse, take every story."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from e2e.receivers.calls import Call
from e2e.receivers.known import ROUTING_KEY, SLACK_CHANNEL, SLACK_HOOK, SLACK_TOKEN
from e2e.receivers.world import World
from tocsin.api.webhook.schema import schema
from tocsin.core.notify.receivers import Receipt
from tocsin.ports import Response

from .fakes import Hands, Office, Wire
from .told import STORIES

BASE = "https://receivers.example.com"


class Served(Wire):
    """A transport to the stand-ins."""

    def __init__(self, clock: Hands) -> None:
        super().__init__()
        self.clock = clock
        self.world = World(schema())

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  # as the port has it
    ) -> Response:
        """What the stand-in answers."""
        at = self.clock.now().timestamp()
        answer, _ = self.world.receive(Call("POST", urlsplit(url).path, headers, body, at))
        assert answer is not None
        assert answer.notes == ()  # nothing that is taken and thrown away
        said = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, named, said.encode())


KINDS: dict[str, dict[str, Any]] = {
    "slack": {
        "url": f"{BASE}/slack/api",
        "channel": SLACK_CHANNEL,
        "tokenSecretRef": {"name": "s", "key": "token"},
    },
    "slack by webhook": {"webhookSecretRef": {"name": "s", "key": "hook"}},
    "pagerduty": {
        "url": f"{BASE}/pagerduty",
        "routingKeySecretRef": {"name": "s", "key": "routing"},
        "changeEvents": True,
    },
    "webhook": {
        "url": f"{BASE}/webhook/signed",
        "signingSecretRef": {"name": "s", "key": "signing"},
    },
    "webhook of alertmanager": {"url": f"{BASE}/alertmanager/one", "format": "Alertmanager"},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_stand_in_takes_every_story(kind: str) -> None:
    clock = Hands()
    wire = Served(clock)
    wire.world.known.webhook_secrets["signed"] = "whsec_MDEyMzQ1Njc4OWFiY2RlZg=="
    office = Office(wire=wire, clock=clock)
    for name, value in {
        "token": SLACK_TOKEN,
        "hook": f"{BASE}/slack-hook/{SLACK_HOOK}",
        "routing": ROUTING_KEY,
        "signing": "whsec_MDEyMzQ1Njc4OWFiY2RlZg==",
    }.items():
        office.vault.values[f"fraud/s/{name}"] = value
    reference = ""
    for number, story in enumerate(STORIES.values()):
        told = replace(story, reference=reference, id=f"message-{number}")
        receipt = await office.tell(kind.partition(" ")[0], KINDS[kind], told)
        assert receipt == Receipt(receipt.reference)
        reference = receipt.reference
    state = wire.world.state()
    if kind == "slack":
        messages = state["slack"][SLACK_CHANNEL]["messages"]
        assert len([one for one in messages if not one["thread_ts"]]) == 1
        assert len(messages) == len(STORIES) - 1  # an acknowledgement is no answer
    if kind == "pagerduty":
        assert len(state["pagerduty"]["changes"]) == 4  # that of the first, and three of the storm
