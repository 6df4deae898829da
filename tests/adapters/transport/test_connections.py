"""What is connected to: nothing that a second look at the name would forbid."""

import asyncio

import pytest
from aiohttp import web

from tests.adapters.transport.hosts import (
    AMPLE,
    CANARY,
    SHORT,
    Answer,
    Names,
    guard,
    port,
    post,
    rude,
    serving,
    transport,
)
from tocsin.adapters.transport import GuardedTransport
from tocsin.ports import TransportError


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused_the_second_time() -> None:
    reached: list[str] = []

    def at(where: str) -> Answer:
        async def answer(_: web.Request) -> web.Response:
            reached.append(where)
            return web.Response()

        return answer

    names = Names({"rebinding.test": [["127.0.0.1"], ["127.0.0.2"]]})
    async with (
        serving(at("open")) as url,
        serving(at("closed"), "127.0.0.2", port(url)),
        transport("127.0.0.1/32", names=names) as made,
    ):
        named = url.replace("127.0.0.1", "rebinding.test")
        await made.post(named, body=b"", headers={}, timeout=AMPLE)
        assert names.asked == ["rebinding.test"]  # once: what was checked is what is connected to
        with pytest.raises(TransportError, match="leads to a loopback address") as raised:
            await made.post(named, body=b"", headers={}, timeout=AMPLE)
    assert raised.value.refused
    assert reached == ["open"]


async def test_of_several_addresses_only_those_that_are_open_are_connected_to() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="open")

    names = Names({"mixed.test": [["127.0.0.2", "169.254.169.254", "127.0.0.1", "fe80::1"]]})
    async with serving(answer) as url:
        named = url.replace("127.0.0.1", "mixed.test")
        assert (await post(named, "127.0.0.1/32", names=names)).body == b"open"


@pytest.mark.parametrize("found", [["127.0.0.2"], ["127.0.0.2", "127.0.0.3"]])
async def test_what_gets_past_the_names_is_stopped_at_the_connection(found: list[str]) -> None:
    reached: list[str] = []

    async def answer(_: web.Request) -> web.Response:
        reached.append("closed")
        return web.Response()

    async with (
        serving(answer, "127.0.0.2") as url,
        transport("127.0.0.1/32", names=Names({"a.test": [found]})) as made,
    ):
        made._resolver._guard = guard("127.0.0.0/8")  # a check of names that has been fooled
        named = f"http://a.test:{port(url)}/{CANARY}"
        with pytest.raises(TransportError) as raised:
            await made.post(named, body=b"", headers={}, timeout=AMPLE)
    assert not raised.value.uncertain
    assert CANARY not in str(raised.value)
    assert reached == []


async def test_the_api_servers_address_is_closed_whatever_is_allowed() -> None:
    made = GuardedTransport(guard("127.0.0.0/8", forbidden=["127.0.0.1"]), lookup=Names())
    with pytest.raises(TransportError, match="leads to the API server's address") as raised:
        await made.post("http://127.0.0.1:6443/", body=b"", headers={}, timeout=AMPLE)
    assert raised.value.refused
    await made.close()


async def test_many_to_one_host_wait_for_each_other_and_those_to_another_do_not() -> None:
    ending, waiting = asyncio.Event(), 0

    async def slow(_: web.Request) -> web.Response:
        nonlocal waiting
        waiting += 1
        await ending.wait()
        return web.Response()

    async def quick(_: web.Request) -> web.Response:
        return web.Response()

    async with serving(slow) as url, serving(quick) as other, transport() as made:

        async def send(to: str, within: float = AMPLE) -> None:
            await made.post(to, body=b"", headers={}, timeout=within)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(send(url))
            await send(other)
            with pytest.raises(TransportError, match="too many requests are under way") as raised:
                await send(url, SHORT)
            await send(other)
            assert waiting == 8
            ending.set()
    assert not raised.value.uncertain


async def test_who_stops_waiting_is_let_go_at_once() -> None:
    arrived = asyncio.Event()

    async def slow(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(AMPLE)

    async with rude(slow) as url, asyncio.timeout(AMPLE):
        task = asyncio.create_task(post(url))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
