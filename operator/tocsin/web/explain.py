"""/explain: why rules fire or do not, as a page or as JSON."""

from collections.abc import Mapping
from typing import Final, Protocol

from aiohttp import web

from tocsin.api.explanation import Explanation, Index, Missing
from tocsin.web.html import SECURITY_POLICY, explanation_page, index_page, missing_page

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}
#: Longer than any namespace/name or Kind/name.
_NAME_LIMIT: Final = 400
_LAST_PAGE: Final = 1_000_000


Found = Explanation | Index | Missing


class Explains(Protocol):
    """Tells why."""

    def index(self, page: int = 1) -> Index:
        """All rules and workloads."""
        ...

    def rule(self, asked: str, workload: str = "", page: int = 1) -> Explanation | Missing:
        """One rule."""
        ...


def explain_routes(explainer: Explains) -> list[web.RouteDef]:
    """/explain and /explain.json, and the way there from /."""

    async def answer(request: web.Request) -> web.Response:
        try:
            found = _find(explainer, request.query)
        except ValueError as error:
            return _respond(request, 400, Missing(error=str(error)))
        return _respond(request, 404 if isinstance(found, Missing) else 200, found)

    async def lead_there(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "explain"})

    return [
        web.get("/", lead_there),
        web.get("/explain", answer),
        web.get("/explain.json", answer),
    ]


def _find(explainer: Explains, query: Mapping[str, str]) -> Found:
    """What is asked for.

    Raises:
        ValueError: a parameter cannot be used; the message says what can.
    """
    if query.get("format", "html") not in ("html", "json"):
        raise ValueError("format is html or json")
    page, rule, workload = _page(query), _name(query, "rule"), _name(query, "workload")
    if rule:
        return explainer.rule(rule, workload, page)
    if workload:
        raise ValueError("name the rule, too: ?rule=NAMESPACE/NAME&workload=KIND/NAME")
    return explainer.index(page)


def _respond(request: web.Request, code: int, found: Found) -> web.Response:
    if _wants_json(request):
        text, kind = found.model_dump_json(by_alias=True, exclude_none=True), "application/json"
    else:
        text, kind = _page_of(found), "text/html"
    return web.Response(
        status=code, text=text, content_type=kind, charset="utf-8", headers=_HEADERS
    )


def _page_of(found: Found) -> str:
    match found:
        case Explanation():
            return explanation_page(found)
        case Index():
            return index_page(found)
        case Missing():
            return missing_page(found)


def _wants_json(request: web.Request) -> bool:
    asked = request.query.get("format")
    if asked in ("html", "json"):
        return asked == "json"
    if request.path.endswith(".json"):
        return True
    accepts = request.headers.get("Accept", "")
    return "application/json" in accepts and "text/html" not in accepts


def _page(query: Mapping[str, str]) -> int:
    text = query.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _LAST_PAGE):
        raise ValueError("page is a number from 1 on")
    return int(text[:9])


def _name(query: Mapping[str, str], parameter: str) -> str:
    text = query.get(parameter, "").strip()
    if len(text) > _NAME_LIMIT:
        raise ValueError(f"{parameter} is longer than any name")
    return text
