"""/explain over HTTP: as a page and as JSON, and with nothing in it that runs."""

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import aiohttp
import pytest
import pytest_asyncio

from tests.engine.explained import ATTACK, explainer, incident
from tests.web.fixtures import Operator
from tocsin.api.explanation import Explanation, Index, Missing
from tocsin.web.explain import explain_routes
from tocsin.web.server import serving

RULE = "/explain?rule=fraud/latency"
PAGES = ["/explain", *(f"/explain?rule=fraud/{n}" for n in ("latency", "unreachable", "broken"))]


class Parsed(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Its text."""
        self.text += data

    @property
    def links(self) -> list[str]:
        """Where its anchors lead."""
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a"]


@pytest_asyncio.fixture
async def site() -> AsyncIterator[aiohttp.ClientSession]:
    routes = explain_routes(explainer(await incident()))
    async with (
        serving(Operator().pages, "127.0.0.1", 0, routes) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


async def get(
    site: aiohttp.ClientSession, path: str, accept: str = "text/html"
) -> tuple[int, str, aiohttp.ClientResponse]:
    """The code, the text and the rest of an answer."""
    async with site.get(path, headers={"Accept": accept}) as response:
        return response.status, await response.text(), response


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        (RULE, "text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        (RULE, "*/*", "text/html"),
        (RULE, "application/json", "application/json"),
        (f"{RULE}&format=json", "text/html", "application/json"),
        (f"{RULE}&format=html", "application/json", "text/html"),
        ("/explain.json?rule=fraud/latency", "text/html", "application/json"),
        ("/explain.json", "*/*", "application/json"),
    ],
)
async def test_the_form_is_the_one_that_is_asked_for(
    site: aiohttp.ClientSession, path: str, accept: str, kind: str
) -> None:
    code, text, response = await get(site, path, accept)
    assert (code, response.content_type) == (200, kind)
    assert text.startswith("{" if kind == "application/json" else "<!doctype html>")


async def test_page_and_json_say_the_same(site: aiohttp.ClientSession) -> None:
    it = Explanation.model_validate_json((await get(site, f"{RULE}&format=json"))[1])
    page = Parsed((await get(site, RULE))[1])
    assert it.headline in page.text
    assert f"Next: {it.next}" in page.text
    for subject in it.subjects:
        assert subject.headline in page.text


async def test_a_page_says_who_is_told_and_by_which_route_and_the_index_what_is_open(
    site: aiohttp.ClientSession,
) -> None:
    page = Parsed((await get(site, RULE))[1]).text
    assert "Told to chat at 12:00:25Z." in page
    told = " ".join(page.partition("Who is told")[2].split())
    assert "told at 12:00:25Z (first); next: told again at 16:00:25Z, if it still fires" in told
    assert "slack #ml-alerts via slack/token" in told
    assert "fraud/low: severity high does not fit" in told
    assert "1 incident is open" in Parsed((await get(site, "/explain"))[1]).text


async def test_json_is_written_as_the_published_schema_has_it(site: aiohttp.ClientSession) -> None:
    for path, model in ((RULE, Explanation), ("/explain", Index), (f"{RULE}y", Missing)):
        written = json.loads((await get(site, path, "application/json"))[1])
        read = model.model_validate(written, by_name=False, extra="forbid")
        assert read.to_json() == written


async def test_a_rule_that_is_not_there_is_404_with_links_to_those_spelled_like_it(
    site: aiohttp.ClientSession,
) -> None:
    code, text, _ = await get(site, "/explain?rule=fraud/latncy")
    assert code == 404
    assert "explain?rule=fraud/latency" in Parsed(text).links
    code, text, _ = await get(site, f"{RULE}&workload=scorr&format=json")
    assert code == 404
    assert Missing.model_validate_json(text).nearest[0].name == "Deployment/scorer"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page=0", "page is a number from 1 on"),
        ("page=-1", "page is a number from 1 on"),
        ("page=x", "page is a number from 1 on"),
        ("page=" + "9" * 5000, "page is a number from 1 on"),
        ("workload=scorer", "name the rule, too"),
        ("rule=" + "x" * 500, "rule is longer than any name"),
        ("format=xml", "format is html or json"),
    ],
)
async def test_what_cannot_be_asked_is_400_and_says_what_can(
    site: aiohttp.ClientSession, query: str, said: str
) -> None:
    for form in ("text/html", "application/json"):
        code, text, _ = await get(site, f"/explain?{query}", form)
        assert code == 400
        assert said in text


async def test_the_root_leads_to_the_index_also_behind_a_path(site: aiohttp.ClientSession) -> None:
    async with site.get("/", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "explain")


@pytest.mark.parametrize("path", [*PAGES, "/explain?rule=fraud/latncy", "/explain?page=x"])
async def test_a_page_may_run_and_load_nothing(site: aiohttp.ClientSession, path: str) -> None:
    _, text, response = await get(site, path)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", f"style-src 'sha256-{digest}'"} <= set(policy)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    parsed = Parsed(text)
    assert {"script", "link", "img", "iframe", "object", "form", "base"}.isdisjoint(
        tag for tag, _ in parsed.elements
    )
    names = {name for _, attributes in parsed.elements for name in attributes}
    assert not any(name.startswith("on") or name == "style" for name in names)
    assert all(re.match(r"https?://|explain($|\?)", link) for link in parsed.links)


async def test_what_users_write_is_shown_as_it_is_written(site: aiohttp.ClientSession) -> None:
    page = (await get(site, RULE))[1]
    assert ATTACK not in page
    assert ATTACK in Parsed(page).text
    assert "javascript:window.broken=1" in Parsed(page).text
    silenced = (await get(site, "/explain?rule=fraud/memory"))[1]
    assert ATTACK not in silenced
    assert f"by alice: {ATTACK}" in Parsed(silenced).text
    assert "https://wiki.example.com/latency/scorer" in Parsed(page).links


async def test_what_is_asked_for_is_escaped_where_it_is_answered(
    site: aiohttp.ClientSession,
) -> None:
    for parameters in ({"rule": ATTACK}, {"rule": "fraud/latency", "workload": ATTACK}):
        async with site.get("/explain", params=parameters) as response:
            assert response.status == 404
            assert ATTACK not in await response.text()


async def test_every_link_of_a_page_leads_to_a_page(site: aiohttp.ClientSession) -> None:
    ahead, seen = ["explain"], set()
    while ahead:
        link = ahead.pop()
        if link in seen:
            continue
        seen.add(link)
        code, text, _ = await get(site, f"/{link}")
        assert code == 200, link
        ahead += [one for one in Parsed(text).links if not one.startswith("http")]
    assert len(seen) > 15
