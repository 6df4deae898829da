"""The stand-ins in this process, with a clock that tests set."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from e2e.receivers.app import make_app
from e2e.receivers.known import ROUTING_KEY, SLACK_TOKEN
from e2e.receivers.world import World

Json = dict[str, Any]
NOW = 1_790_000_000.0


@dataclass
class Said:
    """An answer: its code, headers and body, as JSON where it is."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class StandIns:
    """What a test does with them."""

    client: "TestClient[Any, Any]"
    world: World
    now: float = NOW
    slack: Mapping[str, str] = field(
        default_factory=lambda: {
            "Authorization": f"Bearer {SLACK_TOKEN}",
            "Content-Type": "application/json; charset=utf-8",
        }
    )

    async def send(
        self, path: str, body: Any = b"", headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Said:  # fmt: skip
        """Send a body, as JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json", **(headers or {})}
        async with self.client.request(
            method, path, data=data, headers=kind, allow_redirects=False
        ) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return Said(answer.status, answer.headers, json.loads(text) if is_json else text)

    async def post(self, method: str = "chat.postMessage", **message: Any) -> Json:
        """Call Slack's Web API; its answer."""
        wanted = {"channel": "#ml-alerts", **message}
        said: Json = (await self.send(f"/slack/api/{method}", wanted, self.slack)).body
        return said

    async def event(self, action: str = "trigger", key: str = "k", **fields: Any) -> Said:
        """Send an event to PagerDuty."""
        payload = {"summary": "slow", "source": "fraud/scorer", "severity": "error"}
        event = {"routing_key": ROUTING_KEY, "event_action": action, "dedup_key": key,
                 "payload": payload, **fields}  # fmt: skip
        return await self.send("/pagerduty/v2/enqueue", event)

    async def fault(self, path: str, **fault: Any) -> None:
        """Have something go wrong."""
        said = await self.send("/_control/faults", {"path": path, **fault})
        assert said.status == 200, said.body

    async def journal(self, **query: str) -> list[Json]:
        """What was written down."""
        async with self.client.get("/_control/journal", params=query) as answer:
            found: list[Json] = (await answer.json())["entries"]
            return found

    async def state(self) -> Json:
        """What came of everything."""
        async with self.client.get("/_control/state") as answer:
            found: Json = await answer.json()
            return found


@asynccontextmanager
async def running(form: Json | None = None) -> AsyncIterator[StandIns]:
    """The stand-ins while this lasts."""
    world = World(form)
    found: list[StandIns] = []
    app = make_app(world, lambda: found[0].now)
    timeout = aiohttp.ClientTimeout(total=5)
    async with TestClient(TestServer(app), timeout=timeout) as client:
        found.append(StandIns(client, world))
        yield found[0]
