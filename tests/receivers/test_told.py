"""What tests on a cluster read and set, against stand-ins in this process."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from e2e.reaching import over_http
from e2e.told import Told
from e2e.tools import CommandError
from tests.receivers.standins import StandIns

T = TypeVar("T")


async def ask(standins: StandIns, question: Callable[[Told], T]) -> T:
    """Ask from another thread, as a test on a cluster does from another process."""
    told = Told(over_http(str(standins.client.make_url(""))))
    return await asyncio.to_thread(question, told)


async def test_what_was_told_is_read_by_service(standins: StandIns) -> None:
    await standins.post(text="slow: scorer")
    await standins.event(key="e2e/latency")
    await standins.send("/webhook/ops", {"id": "1"})
    await standins.send("/heartbeat/dead-man")

    def read(told: Told) -> None:
        assert told.wait_for_message("scorer")["text"] == "slow: scorer"
        assert told.wait_for_incident("triggered", "e2e/latency")["dedup_key"] == "e2e/latency"
        assert told.wait_for_entry("webhook", "taken", after=1)["number"] == 3
        assert [message["body"] for message in told.webhooks("ops")] == [{"id": "1"}]
        assert (told.pages(), told.beats("dead-man"), told.last()) == (1, 1, 4)
        assert (told.webhooks("none"), told.beats("none")) == ([], 0)
        assert told.alertmanager("none") == []
        with pytest.raises(CommandError, match="unknown: pager; known: slack"):
            told.state("pager")

    await ask(standins, read)


async def test_what_goes_wrong_is_set_and_mended(standins: StandIns) -> None:
    await ask(standins, lambda told: told.go_wrong("/heartbeat/", status=500, times=9))
    assert (await standins.send("/heartbeat/x")).status == 500
    await ask(standins, lambda told: told.mend())
    assert (await standins.send("/heartbeat/x")).status == 200
    await ask(standins, lambda told: told.know(slack_tokens=["xoxb-more"]))
    await ask(standins, lambda told: told.know_only(routing_keys=["f" * 32]))
    assert standins.world.known.slack_tokens[-1] == "xoxb-more"
    assert standins.world.known.routing_keys == ["f" * 32]
    await ask(standins, lambda told: told.forget())
    assert await standins.journal() == []
    with pytest.raises(CommandError, match="unknown: x; known: faults"):
        await ask(standins, lambda told: told.forget("x"))


async def test_who_waits_in_vain_reads_what_arrived(standins: StandIns) -> None:
    await standins.post(text="something else")
    with pytest.raises(AssertionError, match=r"(?s)not within 0 s.*1 slack 200 posted"):
        await ask(standins, lambda told: told.wait_for_message("scorer", seconds=0))
