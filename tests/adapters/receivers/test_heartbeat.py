"""A dead man's switch hears beats, and of no alert."""

from typing import Any

import pytest

from tocsin.core.notify.receivers import DeliveryError, Receipt

from .fakes import Office, answer, no_answer
from .told import STORIES

URL = "https://hc.example.com/ping/0e5d"
SETTINGS: dict[str, Any] = {"url": URL, "interval": "1m"}
HIDDEN: dict[str, Any] = {"urlSecretRef": {"name": "hc", "key": "url"}, "interval": "1m"}


async def unheard(office: Office, settings: dict[str, Any] = SETTINGS) -> DeliveryError:
    """The error that a beat ends with."""
    with pytest.raises(DeliveryError) as caught:
        await office.beat("heartbeat", settings)
    return caught.value


async def test_a_beat_is_a_post_to_its_address() -> None:
    office = Office()
    await office.beat("heartbeat", SETTINGS)
    assert office.last.url == URL
    assert office.last.json == {"from": "tocsin"}


async def test_it_is_told_of_no_alert_and_that_is_no_failure() -> None:
    office = Office()
    assert await office.tell("heartbeat", SETTINGS, STORIES["first"]) == Receipt()
    assert office.wire.requests == []


async def test_an_address_out_of_a_secret_shows_nowhere_and_is_read_anew_when_refused() -> None:
    office = Office()
    office.vault.values["fraud/hc/url"] = f"{URL}\n"
    office.wire.answers = [answer(404, b"no /ping/0e5d here")]
    error = await unheard(office, HIDDEN)
    assert office.last.url == URL
    assert "0e5d" not in str(error)
    assert error.retry
    assert office.vault.forgotten == ["fraud/hc"]


async def test_answers_are_told_as_everywhere() -> None:
    office = Office()
    office.wire.answers = [answer(404), answer(500), no_answer()]
    assert not (await unheard(office)).retry
    assert (await unheard(office)).retry
    assert "no answer" in str(await unheard(office))


async def test_what_is_no_heartbeat_is_not_beaten() -> None:
    with pytest.raises(DeliveryError, match="receiver switch: webhook is no heartbeat"):
        await Office().beat("webhook", SETTINGS)


async def test_a_bug_is_told_by_its_type_alone() -> None:
    office = Office()
    office.wire.answers = [KeyError("S3CRET")]
    assert "Tocsin failed with KeyError" in str(await unheard(office))
