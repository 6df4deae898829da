"""Credentials out of Secrets: what may be used, for how long, and what is said where it may not."""

import asyncio
import base64
import contextlib
import copy
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.apiserver import ApiServer, api_server
from tocsin.adapters.kube.credentials import Credential, credential
from tocsin.adapters.kube.secrets import KubeSecrets
from tocsin.ports import Secret, SecretError

CANARY = "canary-7b20e1"
PATH = "/api/v1/namespaces/fraud/secrets/slack"


def secret(
    value: str | bytes = CANARY,
    hosts: str | None = None,
    *,
    key: str = "token",
    labels: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A Secret as the API server has it."""
    raw = value.encode() if isinstance(value, str) else value
    metadata: dict[str, Any] = {"namespace": "fraud", "name": "slack"}
    metadata["labels"] = {"tocsin.dev/credentials": "true"} if labels is None else labels
    if hosts is not None:
        metadata["annotations"] = {"tocsin.dev/allowed-hosts": hosts}
    data = {key: base64.b64encode(raw).decode()}
    return {"kind": "Secret", "apiVersion": "v1", "metadata": metadata, "data": data}


@dataclass
class Reading:
    """A reader of Secrets, its API server, and the time it goes by."""

    server: ApiServer
    secrets: KubeSecrets
    time: float = 1000.0

    async def read(self, host: str | None = None, key: str = "token") -> str:
        """What stands under `key`."""
        found = await self.secrets.read("fraud", "slack", key, host=host)
        return found.reveal()

    async def failure(self, host: str | None = None, key: str = "token") -> str:
        """Why there is nothing; no value may be in it."""
        with pytest.raises(SecretError) as raised:
            await self.read(host, key)
        assert CANARY not in f"{raised.value} {raised.value!r}"
        assert base64.b64encode(CANARY.encode()).decode() not in str(raised.value)
        return str(raised.value)


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[Reading]:
    """A reader that has read nothing yet."""
    async with api_server() as (server, client):
        made = Reading(server, KubeSecrets(client, server.count, lambda: made.time))
        yield made


async def test_a_value_is_read_by_its_name_and_once_in_30_seconds() -> None:
    async with reading() as it:
        it.server.will(200, secret())
        for it.time in (1000.0, 1029.9):
            assert await it.read() == CANARY
        it.server.will(200, secret("rotated"))
        it.time = 1030.0
        assert await it.read() == "rotated"
    assert [(request.method, request.path) for request in it.server.requests] == [("GET", PATH)] * 2
    assert it.server.counted == [("get", "secrets", "200")] * 2


async def test_what_was_not_taken_is_read_anew_and_others_are_not() -> None:
    async with reading() as it:
        it.server.will(200, secret())
        it.server.will(200, secret("other", key="key"))
        assert (await it.read(), await it.read(key="key")) == (CANARY, "other")
        it.secrets.forget("fraud", "pagerduty")
        it.secrets.forget("ranking", "slack")
        assert await it.read() == CANARY
        it.secrets.forget("fraud", "slack")
        it.server.will(200, secret("rotated"))
        assert await it.read() == "rotated"
        assert await it.read() == "rotated"
    assert len(it.server.requests) == 3


@pytest.mark.parametrize("status", [0, 401, 429, 500, 503])
async def test_while_the_api_server_is_away_the_last_value_is_used_on(status: int) -> None:
    async with reading() as it:
        it.server.will(200, secret(hosts="a.test"))
        assert await it.read() == CANARY
        it.secrets.forget("fraud", "slack")
        for hours in (1, 2, 300):
            it.server.will(status)
            it.time = 1000.0 + hours * 3600
            assert await it.read("a.test") == CANARY
            asked = len(it.server.requests)
            assert await it.read() == CANARY
            assert len(it.server.requests) == asked  # not again at once
        it.server.will(200, secret("rotated"))
        it.time += 30
        assert await it.read() == "rotated"


async def test_a_server_that_hangs_costs_little_while_there_is_a_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tocsin.adapters.kube.secrets._WHILE_KEPT", 0.05)
    async with reading() as it:
        it.server.will(200, secret())
        assert await it.read() == CANARY
        it.time += 30

        async def hang(_: object) -> None:
            await it.server.ending.wait()

        monkeypatch.setattr("tests.adapters.apiserver.web.Request.read", hang)
        async with asyncio.timeout(5):
            assert await it.read() == CANARY
        it.server.ending.set()


async def test_without_any_value_an_api_server_that_is_away_is_said() -> None:
    async with reading() as it:
        it.server.will(0)
        assert await it.failure() == (
            "Secret fraud/slack cannot be read: the API server does not answer"
        )


@pytest.mark.parametrize("body", ["<html>Sign in</html>", [], {"kind": "Status"}, {"kind": "Pod"}])
async def test_what_is_no_secret_at_all_is_as_no_answer(body: object) -> None:
    async with reading() as it:
        it.server.will(200, body)
        assert "the API server does not answer" in await it.failure()


async def test_a_secret_that_is_not_there_says_what_to_create_and_is_seen_once_it_is() -> None:
    async with reading() as it:
        it.server.will(200, secret())
        assert await it.read() == CANARY
        it.time += 30
        it.server.will(404)
        assert await it.failure() == (
            "Secret fraud/slack does not exist: create it, with the key token and the label "
            'tocsin.dev/credentials: "true"'
        )
        it.server.will(503)  # what is gone is not used on
        await it.failure()
        it.server.will(200, secret("new"))
        assert await it.read() == "new"


async def test_a_right_that_is_missing_is_named() -> None:
    async with reading() as it:
        it.server.will(403)
        assert await it.failure() == (
            "Secret fraud/slack cannot be read: the operator has no right to get secrets in "
            "namespace fraud; give it that right, as the Helm chart does"
        )
        it.server.will(400)
        assert await it.failure() == (
            "Secret fraud/slack cannot be read, and the API server says 400 Bad Request"
        )


@pytest.mark.parametrize("labels", [{}, {"tocsin.dev/credentials": "false"}, {"a": "true"}])
async def test_a_secret_that_is_not_labelled_is_not_used(labels: dict[str, str]) -> None:
    async with reading() as it:
        it.server.will(200, secret(labels=labels))
        assert await it.failure() == (
            "Secret fraud/slack is not meant for Tocsin: label it if it is, "
            "kubectl label secret -n fraud slack tocsin.dev/credentials=true"
        )
        it.server.will(200, secret())
        assert await it.read() == CANARY
        it.time += 30
        it.server.will(200, secret(labels=labels))
        await it.failure()
        it.server.will(503)  # nor is what it held before
        await it.failure()


async def test_a_key_that_is_not_there_names_those_that_are() -> None:
    async with reading() as it:
        for number, said in ((2, "k0, k1"), (10, "k0, k1, k2, k3, k4, k5, k6, k7 and 2 more")):
            body = secret()
            body["data"] = {f"k{n}": "" for n in range(number)}
            it.server.will(200, body)
            assert await it.failure() == (
                f'Secret fraud/slack has no key "token", it has {said}: add it, or name another'
            )
        it.server.will(200, {**secret(), "data": None})
        assert 'has no key "token", it is empty' in await it.failure()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "the value is empty"),
        ("\n", "the value is empty"),
        ("  \n", "the value is empty"),
        (b"\xff\xfe" + CANARY.encode(), "the value is not text in UTF-8"),
        (f"{CANARY}\n\n", "an invisible character (U+000A, at position 14 of 14)"),
        (f"{CANARY}\nb", "(U+000A, at position 14 of 15)"),
        (f"{CANARY}\r\nb", "(U+000D, at position 14"),
        (f"{CANARY}\tb", "(U+0009, at position 14"),
        (f"{CANARY}\0", "(U+0000, at position 14"),
        (f"\ufeff{CANARY}", "(U+FEFF, at position 1 of"),
        (f"{CANARY}\u2028", "(U+2028, at position 14"),
        (f"{CANARY}\x7f", "(U+007F, at position 14"),
        (CANARY + "x" * 16384, "the value is longer than 16 KiB"),
    ],
)
async def test_a_value_that_cannot_be_a_credential_says_why(value: str | bytes, said: str) -> None:
    async with reading() as it:
        it.server.will(200, secret(value))
        message = await it.failure()
    assert message.startswith('Secret fraud/slack, key "token": the value ')
    assert said in message


@pytest.mark.parametrize("value", [CANARY, f"{CANARY}\n", f"{CANARY}\r\n"])
async def test_one_line_break_at_the_end_is_no_part_of_the_value(value: str) -> None:
    async with reading() as it:
        it.server.will(200, secret(value))
        assert await it.read() == CANARY


@given(st.one_of(st.text(max_size=20), st.binary(max_size=20)))
def test_whatever_is_stored_is_a_text_of_one_line_or_a_sentence(value: str | bytes) -> None:
    stored = secret(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))
    try:
        said = credential("fraud/slack", "token", stored).value.reveal()
    except SecretError as error:
        said = str(error)
    assert said.isprintable()
    assert said.strip()


@pytest.mark.parametrize("encoded", ["%%%", "a", None, 7])
def test_what_is_not_as_the_api_server_has_it_is_no_credential(encoded: object) -> None:
    with pytest.raises(SecretError):
        credential("fraud/slack", "token", {**secret(), "data": {"token": encoded}})


@pytest.mark.parametrize(
    ("annotation", "host", "allowed"),
    [
        ("hooks.example.com", "hooks.example.com", True),
        ("a.test, Hooks.Example.com. ,b.test", "HOOKS.example.com.", True),
        ("*.example.com", "hooks.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", ".example.com", False),
        ("*.example.com", "badexample.com", False),
        ("example.com", "hooks.example.com", False),
        ("hooks.example.com", "hooks.example.com.evil.test", False),
        ("*", "hooks.example.com", False),
        ("*.", "hooks.example.com", False),
        ("h*.example.com", "hooks.example.com", False),
        ("https://hooks.example.com", "hooks.example.com", False),
        ("", "hooks.example.com", False),
        (" , ,", "", False),
        ("192.0.2.7", "192.0.2.7", True),
        ("2001:db8::7", "2001:db8::7", True),
        ("x" * 254, "x" * 254, False),
        ("a.test," * 100 + "b.test", "b.test", False),
    ],
)
async def test_a_host_that_a_user_chooses_has_to_be_allowed(
    annotation: str, host: str, allowed: bool
) -> None:
    async with reading() as it:
        it.server.will(200, secret(hosts=annotation))
        if allowed:
            assert await it.read(host) == CANARY
        else:
            message = await it.failure(host)
            assert f"may not be sent to {host}: its annotation tocsin.dev/allowed-hosts " in message


async def test_an_annotation_that_is_mended_is_seen_by_the_next_try() -> None:
    async with reading() as it:
        it.server.will(200, secret())
        assert await it.failure("b.test") == (
            "Secret fraud/slack may not be sent to b.test: its annotation "
            "tocsin.dev/allowed-hosts has none; add b.test to it, or change the URL"
        )
        it.server.will(200, secret(hosts="a.test"))
        assert "tocsin.dev/allowed-hosts has a.test; add b.test" in await it.failure("b.test")
        it.server.will(200, secret(hosts="a.test,b.test"))
        assert await it.read("b.test") == CANARY


async def test_where_the_host_is_fixed_nothing_has_to_be_allowed() -> None:
    async with reading() as it:
        it.server.will(200, secret())
        assert await it.read() == CANARY


async def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.adapters.kube.secrets._MOST_KEPT", 2)
    async with reading() as it:
        for key in ("a", "b", "a", "c", "a"):
            if key != "a" or not it.server.requests or len(it.server.requests) == 3:
                it.server.will(200, secret(key=key))
            assert await it.read(key=key) == CANARY
    assert len(it.server.requests) == 4
    assert len(it.secrets._kept) == 2


def test_a_secret_shows_nothing_of_itself() -> None:
    hidden = Secret(CANARY)
    kept = Credential(hidden, ("a.test",))
    shown = [
        str(hidden), repr(hidden), f"{hidden}", f"{hidden!s:>20}", "%s" % hidden,  # noqa: UP031  # as loggers do
        repr([hidden]), repr(kept), str(SecretError(hidden)), ascii(hidden),
        structlog.processors.JSONRenderer()(None, "", {"secret": hidden, "in": [hidden, kept]}),
        logging.Formatter().format(
            logging.LogRecord("a", logging.INFO, "a", 1, "%s %r", (hidden, kept), None)
        ),
    ]  # fmt: skip
    assert [text for text in shown if CANARY in str(text)] == []
    with pytest.raises(TypeError):
        orjson.dumps(hidden)
    with pytest.raises(AttributeError):
        hidden.text = "other"
    with pytest.raises(AttributeError):
        copy.copy(hidden)
    assert hidden == Secret(CANARY)
    assert hidden != Secret("other")
    assert hidden != CANARY
    assert len({hidden, Secret(CANARY)}) == 1
    assert hidden.reveal() == CANARY
