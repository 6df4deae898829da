"""Reads a whole answer within a time and a size: `requests` itself bounds only single reads."""

import time
from collections.abc import Callable
from typing import Any, Final, NoReturn

import orjson
import requests

_CHUNK: Final = 64 * 1024

#: 10 MiB hold 20,000 series with many labels; a compressed answer is measured unpacked.
SIZE_LIMIT: Final = 10 * 1024 * 1024


class TooLargeError(Exception):
    """The answer is larger than the limit."""


class TooSlowError(Exception):
    """The answer was not there in time."""


class NotJSONError(Exception):
    """The answer is something else than a JSON object."""


def bounded_reading(seconds: float, size_limit: int = SIZE_LIMIT) -> Callable[..., Any]:
    """A hook for `requests` that reads bodies until `seconds` from now, and parses each once.

    The time holds for a whole chain of redirects. The hook runs before `requests` touches a body.
    The parsed document is the response's `json()` and its attribute `document`; a body that is no
    JSON object leaves `document` None.
    """
    deadline = time.monotonic() + seconds

    def read(response: requests.Response, **_: object) -> requests.Response:
        body = _body(response, deadline, size_limit)
        vars(response)["_content"] = body
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            document = None
        vars(response)["document"] = document
        vars(response)["json"] = _no_json if document is None else lambda **_: document
        return response

    return read


def _body(response: requests.Response, deadline: float, size_limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        if time.monotonic() > deadline:
            raise TooSlowError
        # read1 returns what has come: an answer that drips cannot hold one read for ever
        chunk = response.raw.read1(_CHUNK, decode_content=True)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > size_limit:
            raise TooLargeError


def _no_json(**_: object) -> NoReturn:
    raise NotJSONError
