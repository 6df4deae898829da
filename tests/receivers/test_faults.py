"""What goes wrong on demand does so once, as often, or as long as was asked for; then no more."""

import asyncio

import aiohttp
import pytest

from e2e.receivers.known import SLACK_TOKEN
from tests.receivers.standins import NOW, Json, StandIns

PATH = "/heartbeat/x"


async def beats(standins: StandIns) -> int:
    count: int = (await standins.state())["heartbeat"].get("x", {}).get("count", 0)
    return count


async def test_a_code_with_retry_after_comes_as_often_as_was_asked_for(standins: StandIns) -> None:
    await standins.fault("/heartbeat/", status=503, retryAfter="7", times=2)
    said = [await standins.send(PATH) for _ in range(3)]
    assert [each.status for each in said] == [503, 503, 200]
    assert said[0].headers["Retry-After"] == "7"
    assert await beats(standins) == 1
    shown = [(e["status"], e["fault"], e["accepted"]) for e in await standins.journal()]
    assert shown == [(503, "503", False), (503, "503", False), (200, "", True)]


async def test_a_fault_ends_by_the_clock_and_meets_its_path_and_text_only(
    standins: StandIns,
) -> None:
    await standins.fault("/heartbeat/", status=500, seconds=60, contains="storm")
    assert (await standins.send(PATH, "storm")).status == 500
    assert (await standins.send(PATH, "calm")).status == 200
    assert (await standins.event(client="storm")).status == 202
    standins.now = NOW + 60
    assert (await standins.send(PATH, "storm")).status == 200


async def test_an_answer_is_late_and_right(standins: StandIns) -> None:
    await standins.fault(PATH, delay=0.1)
    sent = asyncio.create_task(standins.send(PATH))
    async with asyncio.timeout(5):
        while not await beats(standins):  # it is done at once
            assert not sent.done()
    assert (await sent).status == 200


@pytest.mark.parametrize(
    ("mode", "status", "text"),
    [
        ("broken-json", 200, '{"ok": tr'),
        ("html", 200, "<!doctype html>"),
        ("redirect", 307, ""),
    ],
)
async def test_an_answer_is_something_else(
    standins: StandIns, mode: str, status: int, text: str
) -> None:
    await standins.fault(PATH, mode=mode)
    async with standins.client.post(PATH, allow_redirects=False) as answer:
        assert answer.status == status
        assert (await answer.text()).startswith(text)
    assert await beats(standins) == 0


async def test_who_follows_a_redirect_is_seen(standins: StandIns) -> None:
    await standins.fault(PATH, mode="redirect", times=1)
    async with standins.client.post(PATH) as answer:
        assert answer.status == 200
    assert [entry["path"] for entry in await standins.journal()] == [PATH, "/redirected"]


async def test_a_connection_is_closed_before_or_behind_the_work(standins: StandIns) -> None:
    for mode, done in (("drop", 0), ("drop-after-processing", 1)):
        await standins.fault(PATH, mode=mode, times=1)
        with pytest.raises(aiohttp.ClientError):
            await standins.send(PATH)
        assert await beats(standins) == done
    last = (await standins.journal())[-1]
    assert (last["status"], last["outcome"], last["fault"]) == (
        None, "beat", "drop-after-processing",
    )  # fmt: skip


async def test_no_answer_comes(standins: StandIns) -> None:
    await standins.fault(PATH, mode="hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await standins.send(PATH)


async def test_a_body_goes_on_for_as_long_as_one_reads(standins: StandIns) -> None:
    await standins.fault(PATH, mode="endless")
    async with standins.client.post(PATH) as answer:
        for _ in range(3):
            assert await answer.content.readexactly(64) == b" " * 64
        answer.close()


async def test_a_body_is_huge(standins: StandIns) -> None:
    await standins.fault(PATH, mode="huge")
    async with standins.client.post(PATH) as answer:
        assert len(await answer.content.readexactly(4 << 20)) == 4 << 20
        answer.close()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 500}, 'a fault is an object with "path", which begins with /'),
        ({"path": "/x"}, "nothing goes wrong: give status, mode or delay"),
        ({"path": "/x", "mode": "explode"}, "a value cannot be read"),
        ({"path": "/x", "state": 500}, "unknown: state; known: path, status"),
        ([], "the body must be an object"),
        (b"{", "Expecting property name"),
    ],
)
async def test_a_fault_that_is_none_is_refused(
    standins: StandIns, fault: object, said: str
) -> None:
    answer = await standins.send("/_control/faults", fault)
    assert answer.status == 400
    assert answer.body["error"].startswith(said)


async def test_all_or_a_part_is_forgotten(standins: StandIns) -> None:
    await standins.fault("/slack/", status=500)
    known = await standins.send("/_control/secrets", {"slack_tokens": ["xoxb-more"]})
    assert known.body["slack_tokens"] == [SLACK_TOKEN, "xoxb-more"]
    await standins.event()
    await standins.send("/_control/reset", {"only": ["faults"]})
    assert (await standins.post(text="x"))["ok"]
    assert len(await standins.journal()) == 2
    await standins.send("/_control/reset")
    assert await standins.journal() == []
    assert (await standins.state())["pagerduty"]["pages"] == 0
    assert standins.world.known.slack_tokens == [SLACK_TOKEN]
    assert (await standins.send("/_control/reset", {"only": ["x"]})).status == 400


async def test_keys_are_replaced_and_bad_ones_refused(standins: StandIns) -> None:
    only = {"slack_tokens": ["xoxb-other"]}
    assert (await standins.send("/_control/secrets", only, method="PUT")).status == 200
    assert (await standins.post(text="x"))["error"] == "invalid_auth"
    wrongs: list[Json] = [{"tokens": []}, {"slack_tokens": "x"}, {"webhook_secrets": {"x": "%"}}]
    for wrong in wrongs:
        assert (await standins.send("/_control/secrets", wrong)).status == 400
