"""A standby has evaluated nothing: what is asked of it, it asks the leader."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest_asyncio
from aiohttp import web

from tests.web.fixtures import Leadership, Operator
from tocsin.web.leading import FORWARDED_BY, by_the_leader
from tocsin.web.server import serving


class Pod:
    """One of two pods, with a page that says whose it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.leadership = Leadership()
        self.asked: list[web.Request] = []

    async def page(self, request: web.Request) -> web.Response:
        """The page."""
        self.asked.append(request)
        rule = request.query.get("rule", "")
        if rule == "elsewhere":
            raise web.HTTPFound("explain?rule=here")
        status = 404 if rule == "missing" else 200
        headers = {"Content-Security-Policy": "default-src 'none'", "X-Other": "kept back"}
        return web.Response(status=status, text=f"{self.name}: {rule}", headers=headers)

    def routes(self) -> list[web.RouteDef]:
        """What it serves."""
        page = web.get("/explain", self.page)
        return by_the_leader([page], self.leadership, self.name, "ml")


class Pair:
    """A leader and a standby, and somebody who asks the standby."""

    def __init__(self) -> None:
        self.leader, self.standby = Pod("a"), Pod("b")
        self.address = self.standby_address = ""

    async def ask(self, path: str, **headers: str) -> tuple[int, str]:
        """What the standby answers."""
        async with (
            aiohttp.ClientSession(self.standby_address) as session,
            session.get(path, headers=headers, allow_redirects=False) as answer,
        ):
            self.headers = answer.headers
            return answer.status, await answer.text()


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    async with AsyncExitStack() as stack:
        pages = Operator().pages
        for pod in (pair.leader, pair.standby):
            port = await stack.enter_async_context(serving(pages, "127.0.0.1", 0, pod.routes()))
            pair.address, pair.standby_address = pair.standby_address, f"http://127.0.0.1:{port}"
        pair.standby.leadership.other("a", pair.address)
        yield pair


async def test_a_standby_answers_what_the_leader_does(pair: Pair) -> None:
    assert await pair.ask("/explain?rule=fraud/low%20one") == (200, "a: fraud/low one")
    assert pair.headers["Content-Security-Policy"] == "default-src 'none'"
    assert "X-Other" not in pair.headers
    assert await pair.ask("/explain?rule=missing") == (404, "a: missing")
    assert (await pair.ask("/explain?rule=elsewhere"))[0] == 302
    assert pair.headers["Location"] == "explain?rule=here"
    assert pair.standby.asked == []


async def test_what_kind_of_answer_is_wanted_is_passed_on_and_nothing_else(pair: Pair) -> None:
    await pair.ask("/explain", Accept="application/json", Cookie="secret=1")
    (asked,) = pair.leader.asked
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers[FORWARDED_BY] == "b"
    assert "Cookie" not in asked.headers


async def test_the_leader_answers_itself(pair: Pair) -> None:
    pair.standby.leadership.leads = True
    assert await pair.ask("/explain?rule=x") == (200, "b: x")


async def test_a_leader_that_cannot_be_reached_is_named_with_the_way_to_it(pair: Pair) -> None:
    way = "kubectl port-forward -n ml pod/a 8080:http"
    for address in ("", "http://", "ftp://10.0.0.1", "http://10.0.0.1/x", "http://[", "gibberish"):
        pair.standby.leadership.other("a", address)
        status, said = await pair.ask("/explain")
        assert (status, "Ask the leader, a:" in said, way in said) == (503, True, True), address
    pair.standby.leadership.other("a", "http://127.0.0.1:1")
    status, said = await pair.ask("/explain")
    assert (status, way in said, "It does not answer b: " in said) == (503, True, True)


async def test_nobody_leads_for_a_moment(pair: Pair) -> None:
    pair.standby.leadership.holder = None
    status, said = await pair.ask("/explain")
    assert (status, said) == (
        503,
        "b is a standby, and nobody leads just now: try again in a moment\n",
    )


async def test_what_was_passed_on_is_not_passed_on_again(pair: Pair) -> None:
    pair.leader.leadership.other("b", pair.standby_address)
    status, said = await pair.ask("/explain")
    assert (status, said) == (503, "a is to lead and does not yet: try again in a moment\n")
