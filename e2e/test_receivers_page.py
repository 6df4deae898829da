"""What people were told, in a real browser: it reads well on a phone, and nothing told runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from e2e.browser import DESKTOP, PHONE, Screen, Tab, browsing
from e2e.receivers.app import make_app
from e2e.receivers.world import World
from tests.receivers.story import tell

#: Pictures of the page, to be looked at; not part of the repository.
PICTURES = Path(__file__).parents[1] / ".artifacts" / "receivers"
SCREENS = [PHONE, replace(PHONE, dark=True), DESKTOP, replace(DESKTOP, dark=True)]
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"


@asynccontextmanager
async def shown(screen: Screen, world: World, now: float) -> AsyncIterator[tuple[Tab, str]]:
    """A browser beside the page of a world."""
    async with TestServer(make_app(world, lambda: now)) as server, browsing(screen) as tab:
        yield tab, str(server.make_url("/"))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_the_page_never_scrolls_sideways_and_is_kept_as_a_picture(screen: Screen) -> None:
    world = World()
    async with shown(screen, world, 1_790_000_000.0) as (tab, root):
        await tab.show(root)
        await tab.picture(PICTURES / f"empty-{screen.name}.png")
    story = tell(world)
    async with shown(screen, world, story.now) as (tab, root):
        await tab.show(f"{root}?refresh=0")
        await tab.picture(PICTURES / f"story-{screen.name}.png")
        await tab.evaluate(OPEN)
        scroll, client = await tab.evaluate(WIDTHS)
        assert scroll <= client == screen.width


async def test_the_page_loads_itself_anew_and_nothing_that_was_told_runs() -> None:
    world = World()
    story = tell(world)
    async with shown(DESKTOP, world, story.now) as (tab, root):
        await tab.show(f"{root}?refresh=1")
        assert await tab.evaluate("document.scripts.length") == 0
        assert await tab.evaluate("document.images.length") == 0
        assert await tab.evaluate("window.broken") is None
        before = await tab.evaluate("document.getElementById('count').textContent")
        story.slack(text="one more")
        anew = f"document.getElementById('count')?.textContent != {before!r}"
        await tab.until(anew)
