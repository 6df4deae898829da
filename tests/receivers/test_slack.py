"""Slack's stand-in takes what Slack takes, and refuses the rest in its words."""

from typing import Any
from urllib.parse import urlencode

import pytest

from e2e.receivers.known import SLACK_HOOK, SLACK_TOKEN
from e2e.receivers.slackchannels import channel_id
from tests.receivers.standins import StandIns

CHANNEL = channel_id("#ml-alerts")
HOOK = f"/slack/hooks/{SLACK_HOOK}"


def section(text: str = "slow", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


async def test_a_message_is_posted_answered_in_its_thread_and_edited(standins: StandIns) -> None:
    root = await standins.post(text="slow", blocks=[section()])
    assert root["ok"]
    assert root["channel"] == CHANNEL
    reply = await standins.post(text="worse", thread_ts=root["ts"])
    assert reply["message"]["thread_ts"] == root["ts"]
    edited = await standins.post("chat.update", channel=CHANNEL, ts=root["ts"], text="fine")
    assert edited["text"] == "fine"
    first, second = (await standins.state())["slack"]["#ml-alerts"]["messages"]
    assert (first["text"], first["edited"], first["before"][0]["text"]) == ("fine", True, "slow")
    assert first["blocks"] == [section()]  # what an update does not name stays
    assert second["thread_ts"] == first["ts"] < second["ts"]
    outcomes = [entry["outcome"] for entry in await standins.journal(service="slack")]
    assert outcomes == ["posted", "reply", "edited"]


async def test_a_bar_of_colour_stands_beside_blocks_until_an_empty_list_ends_it(
    standins: StandIns,
) -> None:
    bar = {"color": "#b3261e", "blocks": [section()]}
    root = await standins.post(text="slow", attachments=[bar])
    await standins.post("chat.update", channel=CHANNEL, ts=root["ts"], text="x", attachments=[])
    message = (await standins.state())["slack"]["#ml-alerts"]["messages"][0]
    assert (message["before"][0]["attachments"], message["attachments"]) == ([bar], [])


async def test_a_form_is_taken_as_well_as_json(standins: StandIns) -> None:
    form = urlencode({"token": SLACK_TOKEN, "channel": "ml-alerts", "text": "slow"}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    said = await standins.send("/slack/api/chat.postMessage", form, kind)
    assert said.body["ok"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("channel_not_found", {"channel": "#nowhere", "text": "x"}),
        ("not_in_channel", {"channel": "#quiet", "text": "x"}),
        ("invalid_arguments", {"channel": "", "text": "x"}),
        ("no_text", {}),
        ("no_text", {"text": "", "blocks": []}),
        ("msg_too_long", {"text": "x" * 40_001}),
        ("thread_not_found", {"text": "x", "thread_ts": "1.2"}),
        ("invalid_blocks_format", {"text": "x", "blocks": "[{"}),
        ("invalid_blocks_format", {"text": "x", "blocks": {"type": "divider"}}),
        ("invalid_attachments", {"attachments": ["x"]}),
        ("invalid_attachments", {"attachments": [{"blocks": [{"type": "heading"}]}]}),
        ("msg_blocks_too_long", {"text": "x", "blocks": [section("y" * 2600)] * 4}),
    ],
)
async def test_a_message_is_refused_in_slacks_words(
    standins: StandIns, error: str, message: dict[str, Any]
) -> None:
    standins.world.known.change({"slack_channels": {"#quiet": False}})
    said = await standins.post(**message)
    assert (said["ok"], said["error"]) == (False, error)
    assert [e["accepted"] for e in await standins.journal()] == [False]


async def test_who_is_not_known_is_told_so(standins: StandIns) -> None:
    for header, error in (("", "not_authed"), ("Bearer xoxb-other", "invalid_auth")):
        standins.slack = {**standins.slack, "Authorization": header}
        assert (await standins.post(text="x"))["error"] == error


@pytest.mark.parametrize(
    ("error", "body", "kind"),
    [
        ("invalid_json", b"{", "application/json"),
        ("json_not_object", b"[]", "application/json"),
        ("invalid_post_type", b"{}", "text/plain"),
        ("invalid_form_data", b"no form", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    standins: StandIns, error: str, body: bytes, kind: str
) -> None:
    headers = {**standins.slack, "Content-Type": kind}
    said = await standins.send("/slack/api/chat.postMessage", body, headers)
    assert (said.status, said.body["error"]) == (200, error)


async def test_only_the_writer_edits_what_is_there_by_the_channels_id(standins: StandIns) -> None:
    standins.world.known.change({"slack_tokens": ["xoxb-second"]})
    root = await standins.post(text="slow")
    wanted = {"channel": CHANNEL, "ts": root["ts"], "text": "x"}
    for error, change in {
        "channel_not_found": {"channel": "#ml-alerts"},
        "message_not_found": {"ts": "1.2"},
        "no_text": {"text": ""},
        "msg_too_long": {"text": "x" * 4001},
    }.items():
        assert (await standins.post("chat.update", **{**wanted, **change}))["error"] == error
    standins.slack = {**standins.slack, "Authorization": "Bearer xoxb-second"}
    assert (await standins.post("chat.update", **wanted))["error"] == "cant_update_message"
    assert (await standins.post("chat.shout"))["error"] == "unknown_method"


async def test_more_than_a_message_a_second_is_too_many(standins: StandIns) -> None:
    for _ in range(3):
        assert (await standins.post(text="x"))["ok"]
    said = await standins.send(
        "/slack/api/chat.postMessage", {"channel": CHANNEL, "text": "x"}, standins.slack
    )
    assert (said.status, said.body["error"], said.headers["Retry-After"]) == (
        429, "ratelimited", "1",
    )  # fmt: skip
    standins.now += 1
    assert (await standins.post(text="x"))["ok"]
    assert (await standins.post(text="x"))["error"] == "ratelimited"


async def test_what_slack_takes_but_nobody_wants_is_noted(standins: StandIns) -> None:
    standins.slack = {**standins.slack, "Content-Type": "application/json"}
    said = await standins.post(blocks=[section()], chanel="x")
    assert said["warning"] == "missing_charset"
    assert [note.split()[0] for note in (await standins.journal())[0]["notes"]] == [
        "chanel", "without",
    ]  # fmt: skip


async def test_a_hook_writes_to_its_channel(standins: StandIns) -> None:
    said = await standins.send(HOOK, {"text": "slow"})
    assert (said.status, said.body) == (200, "ok")
    messages = (await standins.state())["slack"]["#ml-alerts"]["messages"]
    assert [message["text"] for message in messages] == ["slow"]
    ts = messages[0]["ts"]
    assert (await standins.post("chat.update", channel=CHANNEL, ts=ts, text="x"))[
        "error"
    ] == "cant_update_message"


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("/slack/hooks/T/B/other", {"text": "x"}, 404, "no_service"),
        (HOOK, b"{", 400, "invalid_payload"),
        (HOOK, [], 400, "invalid_payload"),
        (HOOK, {}, 400, "no_text"),
        (HOOK, {"blocks": [{"type": "heading"}]}, 400, "invalid_blocks"),
    ],
)
async def test_a_hook_refuses_in_plain_words(
    standins: StandIns, path: str, body: Any, status: int, word: str
) -> None:
    said = await standins.send(path, body)
    assert (said.status, said.body) == (status, word)


async def test_a_hook_has_a_rate_of_its_own(standins: StandIns) -> None:
    words = [(await standins.send(HOOK, {"text": "x"})).status for _ in range(4)]
    assert words == [200, 200, 200, 429]
