"""Finds the operator: at a URL, through the API server, or behind a port-forward."""

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.parse import urlencode, urlsplit

from pydantic import ValidationError

from tocsin.api.explanation import Explanation, Index, Missing
from tocsin.cli.explain import Asked

_FORWARDED: Final = "http://127.0.0.1:8080"
_TIMEOUT: Final = 10.0
_PAGE: Final = "explain.json"


class UnreachableError(Exception):
    """No operator answers; the message says what was tried, and what to do."""


@dataclass(frozen=True)
class Answer:
    """What the operator says, as it is and read."""

    body: bytes
    it: Explanation | Index | Missing

    @property
    def found(self) -> bool:
        """Whether what was asked for is there."""
        return not isinstance(self.it, Missing)


def fetch(asked: Asked) -> Answer:
    """The operator's answer.

    Raises:
        UnreachableError: none answers where it was looked for.
    """
    if asked.url:
        return _at_url(asked.url, asked)
    tried = []
    for way in (_through_api_server, _forwarded):
        try:
            return way(asked)
        except UnreachableError as error:
            tried.append(str(error))
    namespace, _, name = asked.service.partition("/")
    raise UnreachableError(
        "\n".join(
            [
                "The operator cannot be reached:",
                *(f"- {line}" for line in tried),
                "Name its Service by --service NAMESPACE/NAME, or forward its port and try again:",
                f"  kubectl port-forward -n {namespace} service/{name} 8080:http",
            ]
        )
    )


def _forwarded(asked: Asked) -> Answer:
    return _at_url(_FORWARDED, asked)


def _through_api_server(asked: Asked) -> Answer:
    # The client of Kubernetes takes half a second to load.
    from tocsin.adapters.kube.proxying import NotReachedError, read_service  # noqa: PLC0415  # late

    namespace, _, name = asked.service.partition("/")
    try:
        code, body = asyncio.run(read_service(namespace, name, _PAGE, _query(asked)))
    except NotReachedError as error:
        raise UnreachableError(str(error)) from error
    return _read(code, body, f"Service {asked.service}, through the API server")


def _at_url(url: str, asked: Asked) -> Answer:
    if urlsplit(url).scheme not in ("http", "https"):
        raise UnreachableError(f"{url} is no URL of an operator: write one like {_FORWARDED}")
    query = urlencode(_query(asked))
    address = f"{url.rstrip('/')}/{_PAGE}?{query}"
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310  # checked above
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # likewise
            return _read(answer.status, answer.read(), url)
    except urllib.error.HTTPError as error:
        return _read(error.code, error.read(), url)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UnreachableError(f"{url} does not answer: {reason}") from error


def _query(asked: Asked) -> dict[str, str]:
    asked_for = {"rule": asked.rule, "workload": asked.workload}
    return {name: text for name, text in asked_for.items() if text}


def _read(code: int, body: bytes, where: str) -> Answer:
    """The answer in `body`; what is not the operator's own is none."""
    kind = Missing if code in (400, 404) else Explanation
    for model in (kind, Index):
        try:
            return Answer(body.strip(), model.model_validate_json(body))
        except ValidationError:
            continue
    raise UnreachableError(f"{where} answers {code}, which is no explanation: {_said(body)}")


def _said(body: bytes) -> str:
    """What something else says: the API server's own message, or the beginning of a page."""
    try:
        message = json.loads(body)["message"]
    except (ValueError, TypeError, KeyError):
        message = body[:300].decode(errors="replace")
    return " ".join(str(message).split())
