"""The control API, below /_control/: what tests set, and what they read."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from e2e.receivers.faults import parse_fault
from e2e.receivers.webhooks import sign
from e2e.receivers.world import PARTS, World

_Handler = Callable[[web.Request], Awaitable[web.Response]]
_ROOT: Final = "/_control"


class Control:
    """The handlers; a mistake in what is asked is answered with 400 and a sentence."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world = world
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """All paths."""
        return [
            web.get(f"{_ROOT}/journal", _careful(self._journal)),
            web.get(f"{_ROOT}/state", _careful(self._state)),
            web.get(f"{_ROOT}/faults", _careful(self._show_faults)),
            web.post(f"{_ROOT}/faults", _careful(self._add_fault)),
            web.get(f"{_ROOT}/secrets", _careful(self._show_known)),
            web.post(f"{_ROOT}/secrets", _careful(self._change_known)),
            web.put(f"{_ROOT}/secrets", _careful(self._change_known)),
            web.post(f"{_ROOT}/reset", _careful(self._reset)),
        ]

    async def _journal(self, request: web.Request) -> web.Response:
        """All entries, or those of ?service= behind ?after=, a number; `last` is the latest."""
        after = int(request.query.get("after", "0"))
        journal = self._world.journal
        found = journal.entries(request.query.get("service", ""), after)
        return web.json_response(
            {"entries": [entry.shown() for entry in found], "last": journal.count}
        )

    async def _state(self, request: web.Request) -> web.Response:
        """The state of all services, or of ?service=."""
        service = request.query.get("service", "")
        if service and service not in self._world.services:
            raise ValueError(f"unknown: {service}; known: {', '.join(self._world.services)}")
        return web.json_response(
            {name: it.state() for name, it in self._world.services.items() if service in ("", name)}
        )

    async def _show_faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": self._world.faults.shown()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        self._world.faults.add(parse_fault(await _body(request), self._clock()))
        return await self._show_faults(request)

    async def _show_known(self, _: web.Request) -> web.Response:
        return web.json_response(self._world.known.shown())

    async def _change_known(self, request: web.Request) -> web.Response:
        """POST adds, PUT replaces what it names."""
        wanted = await _body(request)
        for secret in wanted.get("webhook_secrets", {}).values():
            sign(secret, "", "", b"")  # which says what is wrong with it
        self._world.known.change(wanted, replace=request.method == "PUT")
        return await self._show_known(request)

    async def _reset(self, request: web.Request) -> web.Response:
        """Forget everything, or the parts in {"only": […]}."""
        only = (await _body(request)).get("only", PARTS)
        self._world.reset(*only)
        return web.json_response({"reset": list(only)})


async def _body(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    found = json.loads(text) if text.strip() else {}
    if not isinstance(found, dict):
        raise ValueError("the body must be an object")  # noqa: TRY004  # an answer 400
    return found


def _careful(handler: _Handler) -> _Handler:
    """What is wrong with a request is said to who sent it."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except (ValueError, TypeError, AttributeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return answer
