"""Slack's Web API: chat.postMessage and chat.update, below /slack/api/."""

import math
from typing import Any, Final

from e2e.receivers.calls import FORM, Answer, Call, Json
from e2e.receivers.known import Known
from e2e.receivers.slackchannels import Channels, Message, RateLimit, channel_id
from e2e.receivers.slacktexts import POST_TEXT, UPDATE_TEXT, Refused, contents

#: Updates: 50 a minute and app, many at once.
_UPDATES: Final = (50 / 60, 20)
_TAKEN: Final = frozenset(
    (
        "channel", "text", "blocks", "attachments", "thread_ts", "reply_broadcast", "ts", "token",
        "mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media", "username", "icon_emoji",
        "icon_url", "metadata", "as_user",
    )
)  # fmt: skip


class SlackApi:
    """The methods of the Web API."""

    def __init__(self, known: Known, channels: Channels) -> None:
        self._known = known
        self._channels = channels
        self._updates = RateLimit(*_UPDATES)

    def answer(self, call: Call) -> Answer:
        """Write or edit a message; Slack says 200 to what it refuses, too."""
        method = call.path.rpartition("/")[2]
        methods = {"chat.postMessage": self._post, "chat.update": self._update}
        try:
            wanted = _arguments(call, known=method in methods)
            token = self._token(call, wanted)
            return methods[method](call, wanted, token)
        except Refused as refused:
            return _refusal(refused)

    def state(self) -> Json:
        """All channels with their messages."""
        return self._channels.state()

    def _token(self, call: Call, wanted: Json) -> str:
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if not token and call.media_type == FORM:  # with JSON, it counts in the header only
            kind, token = "bearer", str(wanted.get("token", ""))
        if kind.lower() != "bearer" or not token:
            raise Refused("not_authed")
        if token not in self._known.slack_tokens:
            raise Refused("invalid_auth")
        return token

    def _channel(self, wanted: Json, *, by_id_only: bool) -> str:
        named = wanted.get("channel")
        if not isinstance(named, str) or not named:
            raise Refused("invalid_arguments", "[ERROR] missing required field: channel")
        name = self._channels.find(named, by_id_only=by_id_only)
        if name is None:
            raise Refused("channel_not_found")
        if not self._channels.is_member(name):
            raise Refused("not_in_channel")
        return name

    def _post(self, call: Call, wanted: Json, token: str) -> Answer:
        name = self._channel(wanted, by_id_only=False)
        if wait := self._channels.limit.wait(name, call.at):
            return _too_many(wait)
        said = contents(wanted, POST_TEXT)
        thread = str(wanted.get("thread_ts") or "")
        root = self._channels.message(name, thread)
        if thread and root is None:
            raise Refused("thread_not_found")
        if root and root.thread:
            thread = root.thread  # an answer to an answer stands in the same thread
        message = self._channels.write(name, said, writer=token, at=call.at, thread=thread)
        return _done(call, wanted, name, message, "reply" if thread else "posted")

    def _update(self, call: Call, wanted: Json, token: str) -> Answer:
        name = self._channel(wanted, by_id_only=True)
        if wait := self._updates.wait(token, call.at):
            return _too_many(wait)
        message = self._channels.message(name, str(wanted.get("ts", "")))
        if message is None:
            raise Refused("message_not_found")
        if message.writer != token:
            raise Refused("cant_update_message")
        message.edit(contents(wanted, UPDATE_TEXT), call.at)
        return _done(call, wanted, name, message, "edited")


def _arguments(call: Call, *, known: bool) -> Json:
    if not known or call.method != "POST":
        raise Refused("unknown_method")
    if call.media_type == FORM:
        try:
            return dict(call.form())
        except ValueError:
            raise Refused("invalid_form_data") from None
    if call.media_type != "application/json":
        raise Refused("invalid_post_type")
    try:
        wanted = call.json()
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(wanted, dict):
        raise Refused("json_not_object")
    return wanted


def _done(call: Call, wanted: Json, name: str, message: Message, outcome: str) -> Answer:
    said: dict[str, Any] = {"type": "message", "subtype": "bot_message", "text": message.text,
                            "ts": message.ts, "blocks": message.blocks}  # fmt: skip
    if message.thread:
        said["thread_ts"] = message.thread
    body = {"ok": True, "channel": channel_id(name), "ts": message.ts, "message": said}
    if outcome == "edited":
        body["text"] = message.text
    notes = [f"{each} is no argument and is ignored" for each in sorted(wanted.keys() - _TAKEN)]
    if not message.text:
        notes.append("without a text: a notice on a phone says nothing")
    if "charset" not in call.headers.get("content-type", ""):
        body |= {"warning": "missing_charset",
                 "response_metadata": {"warnings": ["missing_charset"]}}  # fmt: skip
    return Answer(200, body, outcome, notes=tuple(notes))


def _refusal(refused: Refused) -> Answer:
    body: Json = {"ok": False, "error": refused.error}
    if refused.messages:
        body["response_metadata"] = {"messages": refused.messages}
    return Answer(200, body, refused.error)


def _too_many(wait: float) -> Answer:
    headers = {"Retry-After": str(max(1, math.ceil(wait)))}
    return Answer(429, {"ok": False, "error": "ratelimited"}, "ratelimited", headers)
