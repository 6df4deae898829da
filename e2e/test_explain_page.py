"""/explain in a real browser: a phone shows the reason and the next step at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from e2e.browser import DESKTOP, PHONE, Screen, Tab, browsing
from tests.engine.explained import LONG, explainer, incident
from tests.web.fixtures import Operator
from tocsin.web.explain import explain_routes
from tocsin.web.server import serving

#: Pictures of every page, to be looked at; not part of the repository.
PICTURES = Path(__file__).parents[1] / ".artifacts" / "explain"

PAGES = {
    "firing": "explain?rule=fraud/latency",
    "workload": "explain?rule=fraud/latency&workload=Deployment/scorer",
    "pending": "explain?rule=fraud/errors",
    "quiet": "explain?rule=fraud/memory",
    "failed": "explain?rule=fraud/unreachable",
    "broken": "explain?rule=fraud/broken",
    "suspended": "explain?rule=fraud/asleep",
    "long": f"explain?rule=fraud/{LONG}",
    "index": "explain",
    "missing": "explain?rule=fraud/latncy",
}
SCREENS = [PHONE, replace(PHONE, dark=True), DESKTOP, replace(DESKTOP, dark=True)]

#: How far down an element ends, in pixels from the top of the page.
BOTTOM = "document.getElementById('{}').getBoundingClientRect().bottom"
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@asynccontextmanager
async def shown(screen: Screen) -> AsyncIterator[tuple[Tab, str]]:
    """A browser beside the pages of a made-up engine."""
    world = await incident()
    routes = explain_routes(explainer(world))
    async with (
        serving(Operator().pages, "127.0.0.1", 0, routes) as port,
        browsing(screen) as tab,
    ):
        yield tab, f"http://127.0.0.1:{port}/"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_no_page_scrolls_sideways_and_all_are_kept_as_pictures(screen: Screen) -> None:
    async with shown(screen) as (tab, root):
        for name, page in PAGES.items():
            await tab.show(root + page)
            await tab.picture(PICTURES / f"{name}-{screen.name}.png")
            scroll, client = await tab.evaluate(WIDTHS)
            assert scroll <= client == screen.width, name


async def test_a_phone_shows_the_reason_and_the_next_step_without_scrolling() -> None:
    async with shown(PHONE) as (tab, root):
        for name in PAGES.keys() - {"index", "missing"}:
            await tab.show(root + PAGES[name])
            for part in ("reason", "next"):
                bottom = await tab.evaluate(BOTTOM.format(part))
                assert 0 < bottom <= PHONE.height, (name, part)


async def test_what_users_write_runs_in_no_browser() -> None:
    async with shown(PHONE) as (tab, root):
        for page in PAGES.values():
            await tab.show(root + page)
            assert await tab.evaluate("window.broken") is None
            assert await tab.evaluate("document.scripts.length") == 0
        await tab.show(root + PAGES["firing"])
        hrefs: list[Any] = await tab.evaluate("[...document.links].map(link => link.href)")
        assert any(href.startswith("https://wiki.example.com/") for href in hrefs)
        assert [href for href in hrefs if not href.startswith(("http://", "https://"))] == []


async def test_a_link_of_the_index_leads_to_the_rule_and_on_to_the_workload() -> None:
    async with shown(PHONE) as (tab, root):
        await tab.show(root + "explain")
        for wanted in ("latency", "scorer"):
            find = f"[...document.links].find(link => link.textContent.includes('{wanted}')).href"
            await tab.show(await tab.evaluate(find))
        heading = await tab.evaluate("document.querySelector('h1').textContent")
        assert heading == "fraud/latency on Deployment/scorer"
