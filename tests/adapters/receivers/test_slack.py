"""Slack: one message for an incident, edited as it changes; news in its thread; errors in words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tocsin.adapters.receivers.slack import Pace
from tocsin.adapters.receivers.slack.mrkdwn import code, escaped, line, link, plain
from tocsin.core.notify.notification import Notification, Reason
from tocsin.core.notify.receivers import DeliveryError, Receipt
from tocsin.ports.transport import Response

from .fakes import Hands, Office, answer, no_answer
from .told import STORIES, alert, other, told

TOKEN = "xoxb-t0ken"  # noqa: S105  # opens nothing
HOOK = "https://hooks.slack.example.com/services/T0/B0/S3CRET"
SETTINGS: dict[str, Any] = {
    "channel": "#ml-alerts",
    "tokenSecretRef": {"name": "slack", "key": "token"},
}
BY_HOOK: dict[str, Any] = {"webhookSecretRef": {"name": "slack", "key": "hook"}}
ROOT = "C024BE91L:1769860830.000100"
DONE = answer(200, {"ok": True, "channel": "C024BE91L", "ts": "1769860830.000100"})


def error(name: str) -> Response:
    """An answer of the Web API that is an error."""
    return answer(200, {"ok": False, "error": name})


def office(*answers: Any) -> Office:
    """Slack that knows token and webhook, and answers so."""
    made = Office()
    made.wire.usual = DONE
    made.wire.answers = list(answers)
    made.vault.values |= {"fraud/slack/token": f"{TOKEN}\n", "fraud/slack/hook": HOOK}
    return made


async def refused(
    by: Office, story: str = "first", settings: dict[str, Any] = SETTINGS, reference: str = ""
) -> DeliveryError:
    """The error that telling ends with."""
    with pytest.raises(DeliveryError) as caught:
        await by.tell("slack", settings, replace(STORIES[story], reference=reference))
    assert TOKEN not in str(caught.value)
    assert "S3CRET" not in str(caught.value)
    return caught.value


def methods(by: Office) -> list[str]:
    """The methods that were called."""
    return [request.url.rpartition("/")[2] for request in by.wire.requests]


def following(story: str) -> Notification:
    """A story of which Slack has a message already."""
    return replace(STORIES[story], reference=ROOT)


async def test_an_incident_is_a_message_in_its_channel() -> None:
    by = office()
    assert await by.tell("slack", SETTINGS, STORIES["first"]) == Receipt(ROOT)
    request = by.last
    assert request.url == "https://slack.com/api/chat.postMessage"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.json["channel"] == "#ml-alerts"
    assert request.json["unfurl_links"] is False
    assert request.json["text"].startswith("🔴 CRITICAL: high-latency on Deployment fraud/scorer")
    assert by.vault.hosts == [None]  # the route does not choose where its token goes


async def test_where_the_route_chooses_the_address_the_token_has_to_be_for_it() -> None:
    by = office()
    await by.tell("slack", {**SETTINGS, "url": "https://slack.internal/api/"}, STORIES["first"])
    assert by.last.url == "https://slack.internal/api/chat.postMessage"
    assert by.vault.hosts == ["slack.internal"]


async def test_news_edit_the_message_and_stand_in_its_thread() -> None:
    by = office()
    assert await by.tell("slack", SETTINGS, following("new alerts")) == Receipt(ROOT)
    edit, news = by.wire.requests
    assert methods(by) == ["chat.update", "chat.postMessage"]
    assert (edit.json["channel"], edit.json["ts"]) == ("C024BE91L", "1769860830.000100")
    assert (news.json["channel"], news.json["thread_ts"]) == ("C024BE91L", "1769860830.000100")
    assert "drifted" in str(news.json["blocks"])
    assert "p99" not in str(news.json["blocks"])  # which was told before


@pytest.mark.parametrize("story", ["repeat", "silence ended", "delivery failed"])
async def test_what_has_to_be_seen_anew_shows_in_the_channel_too(story: str) -> None:
    by = office()
    await by.tell("slack", SETTINGS, following(story))
    assert by.last.json["reply_broadcast"] is True


async def test_an_acknowledgement_edits_the_message_and_rings_nobody() -> None:
    by = office()
    assert await by.tell("slack", SETTINGS, following("acknowledged")) == Receipt(ROOT)
    assert methods(by) == ["chat.update"]
    assert "Acknowledged by jane@example.com: on it" in str(by.last.json["blocks"])


@pytest.mark.parametrize("name", ["message_not_found", "cant_update_message", "channel_not_found"])
async def test_a_message_that_is_gone_is_written_anew(name: str) -> None:
    by = office(error(name), answer(200, {"ok": True, "channel": "C1", "ts": "7.7"}))
    assert await by.tell("slack", SETTINGS, following("repeat")) == Receipt("C1:7.7")
    assert methods(by) == ["chat.update", "chat.postMessage"]
    assert "thread_ts" not in by.last.json


async def test_an_answer_that_fails_leaves_the_edit_to_be_made_twice_and_nothing_else() -> None:
    by = office(DONE, answer(429, retry_after="3"))
    failed = await refused(by, "new alerts", reference=ROOT)
    assert (failed.after, failed.uncertain) == (timedelta(seconds=3), False)
    assert await by.tell("slack", SETTINGS, following("new alerts")) == Receipt(ROOT)
    assert methods(by) == ["chat.update", "chat.postMessage"] * 2
    assert by.wire.requests[0].body == by.wire.requests[2].body


async def test_a_lost_answer_is_uncertain() -> None:
    assert (await refused(office(no_answer()))).uncertain
    assert (await refused(office(error("fatal_error")))).uncertain


async def test_an_answer_that_is_too_long_to_be_read_is_one_all_the_same() -> None:
    body = b'{"ok":true,"channel":"C024BE91L","ts":"1769860830.000100","message":{"text":"\\u043'
    by = office(Response(200, {}, body, cut=True))
    assert await by.tell("slack", SETTINGS, STORIES["first"]) == Receipt(ROOT)


async def test_blocks_that_slack_does_not_take_are_left_out() -> None:
    by = office(error("invalid_blocks"))
    receipt = await by.tell("slack", SETTINGS, STORIES["first"])
    assert receipt.reference == ROOT
    assert "did not take the message's blocks" in receipt.warning
    assert by.last.json["blocks"] == []
    assert "high-latency" in by.last.json["text"]
    by = office(error("msg_blocks_too_long"))
    await by.tell("slack", SETTINGS, following("repeat"))
    assert methods(by) == ["chat.update", "chat.update", "chat.postMessage"]


@pytest.mark.parametrize("name", ["channel_not_found", "not_in_channel", "is_archived"])
async def test_a_channel_that_cannot_be_written_to_says_what_to_do(name: str) -> None:
    failed = await refused(office(error(name)))
    assert str(failed).startswith(
        "channel #ml-alerts does not exist, or the app is not in it: invite it with /invite @app"
    )
    assert failed.retry  # it is mended in Slack, not in the route


@pytest.mark.parametrize("name", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_is_not_taken_is_read_anew(name: str) -> None:
    by = office(error(name))
    failed = await refused(by)
    assert "bot token (xoxb-…) into key token of Secret fraud/slack" in str(failed)
    assert failed.retry
    assert by.vault.forgotten == ["fraud/slack"]


@pytest.mark.parametrize(
    ("response", "retry", "said"),
    [
        (error("missing_scope"), True, "give it the scope chat:write"),
        (error("restricted_action"), True, "ask who administrates the workspace"),
        (error("ratelimited"), True, "Slack is busy"),
        (error("something_new"), False, "Slack refused the message (something_new)"),
        (error(f"{TOKEN}\u202e"), False, "([hidden])"),
        (answer(200, b"<html>"), True, "the answer is none of Slack's: look at url"),
        (answer(200, b"[]"), True, "the answer is none of Slack's"),
        (answer(200, b'{"ok": 1}'), False, "an error without a name"),
        (answer(404), False, "look at url"),
        (answer(503, retry_after="9"), True, "it is told again in 9s"),
        (answer(302), False, "redirects are not followed"),
    ],
)  # fmt: skip
async def test_an_answer_says_what_to_do(response: Response, retry: bool, said: str) -> None:
    failed = await refused(office(response))
    assert said in str(failed)
    assert failed.retry is retry


async def test_by_webhook_each_notification_is_a_message() -> None:
    by = office()
    by.wire.usual = answer(200, b"ok")
    for story in ("first", "repeat", "acknowledged", "all resolved"):
        assert await by.tell("slack", BY_HOOK, following(story)) == Receipt()
        assert by.last.url == HOOK
        assert "authorization" not in by.last.headers
    assert by.last.json["text"].startswith("✅ RESOLVED")


@pytest.mark.parametrize(
    ("response", "retry", "said", "forgotten"),
    [
        (answer(404, b"no_service"), True, "put the URL of an incoming webhook into", True),
        (answer(403, b"invalid_token"), True, "(invalid_token)", True),
        (answer(404, b"channel_not_found"), True, "channel of the webhook does not exist", True),
        (answer(410, b"channel_is_archived"), True, "channel of the webhook", True),
        (answer(400, b"invalid_payload"), False, "refused the message (invalid_payload)", True),
        (answer(429, retry_after="30"), True, "it is told again in 30s", False),
        (answer(500, b"oops /services/T0/B0/S3CRET"), True, "answered 500", False),
    ],
)  # fmt: skip
async def test_a_webhook_s_answer_says_what_to_do(
    response: Response, retry: bool, said: str, forgotten: bool
) -> None:
    by = office(response)
    failed = await refused(by, settings=BY_HOOK)
    assert said in str(failed)
    assert failed.retry is retry
    assert by.vault.forgotten == ["fraud/slack"] * forgotten


async def test_a_webhook_that_refuses_the_blocks_gets_the_text() -> None:
    by = office(answer(400, b"invalid_blocks"), answer(200, b"ok"))
    receipt = await by.tell("slack", BY_HOOK, STORIES["first"])
    assert "did not take the message's blocks" in receipt.warning
    assert list(by.last.json) == ["text"]


async def test_a_channel_gets_a_message_a_second_and_what_waits_too_long_comes_again() -> None:
    clock, waits = Hands(), list[float]()

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    pace = Pace(clock, pause)
    for _ in range(11):
        await pace.turn("#a")
    assert waits == [float(n) for n in range(1, 11)]
    with pytest.raises(DeliveryError) as caught:
        await pace.turn("#a")
    assert (caught.value.retry, caught.value.after) == (True, timedelta(seconds=11))
    await pace.turn("#b")  # another channel waits for nobody
    clock.time += timedelta(seconds=11)
    await pace.turn("#a")
    assert len(waits) == 10
    clock.time -= timedelta(hours=1)  # a clock that is set back holds up nobody
    await pace.turn("#a")
    assert len(waits) == 10


async def test_a_template_is_header_and_text() -> None:
    by = office()
    template = {"title": "{{ $workload.name }} <!here>", "text": "@channel {{ $value }} & <b>"}
    await by.tell("slack", {**SETTINGS, "template": template}, STORIES["first"])
    header, _, text, *_ = by.last.json["blocks"]
    assert header["text"]["text"] == "🔴 scorer ‹!here›"
    assert text["text"]["text"] == "@\u200bchannel 312ms &amp; &lt;b&gt;"


async def test_more_alerts_than_there_is_room_for_are_counted() -> None:
    by = office()
    many = [alert(id=f"{n:016x}", summary="x" * 900) for n in range(40)]
    notification = told(*many, resolved=STORIES["all resolved"].resolved, firing_count=70)
    await by.tell("slack", SETTINGS, notification)
    texts = [block["text"]["text"] for block in by.last.json["blocks"] if "text" in block]
    assert "… and 57 more firing" in texts[-2]  # three in full, ten in a line each
    assert texts[-1].count("✅") == 2


async def test_what_is_new_is_told_in_the_thread_also_where_not_all_is_shown() -> None:
    by = office()
    many = [other(id=f"{n:016x}", new=True) for n in range(40)]
    news = told(*many, reason=Reason.NEW_ALERTS, reference=ROOT, firing_count=300)
    await by.tell("slack", SETTINGS, news)
    assert "… and 290 more" in by.last.json["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!here> & <@U1>", "&lt;!here&gt; &amp; &lt;@U1&gt;"),
        ("@channel @Here @jane a@b.c", "@\u200bchannel @\u200bHere @jane a@b.c"),
        ("\u202eabc\u2066", "abc"),
        ("&&&&&&&&&&&&&", "&amp;&amp;&amp;…"),
    ],
)  # fmt: skip
def test_texts_of_users_ring_nobody(text: str, shown: str) -> None:
    most = 18 if "&&" in text else 100
    assert escaped(text, most) == shown


def test_parts_of_a_message_cannot_break_it() -> None:
    assert plain("a <!here> @channel", 150) == "a ‹!here› @\u200bchannel"
    assert code("a `b` <c>", 50) == "`a 'b' &lt;c&gt;`"
    assert line("a\nb", 50) == "a b"
    assert link("https://x/?a=1&b=|>", "run|book") == "<https://x/?a=1&amp;b=%7C%3E|run/book>"
    assert link("javascript:alert(1)", "x") == ""
    assert link("https://x/" + "y" * 2000, "x") == ""
