"""Slack's incoming webhooks, below /slack/hooks/: they write to one channel, and cannot edit."""

import json
import math

from e2e.receivers.calls import FORM, Answer, Call, Json
from e2e.receivers.known import Known
from e2e.receivers.slackchannels import Channels
from e2e.receivers.slacktexts import POST_TEXT, Refused, contents


class SlackHooks:
    """One hook for each channel that was set up; answers are plain words."""

    def __init__(self, known: Known, channels: Channels) -> None:
        self._known = known
        self._channels = channels

    def answer(self, call: Call) -> Answer:
        """Write a message to the hook's channel."""
        hook = call.last.removeprefix("hooks/")
        name = self._known.slack_hooks.get(hook)
        if name is None:
            return Answer(404, "no_service", "no_service")
        if call.method != "POST":
            return Answer(400, "invalid_payload", "invalid_payload")
        if self._channels.find(name) is None:
            return Answer(404, "channel_not_found", "channel_not_found")
        if wait := self._channels.limit.wait(hook, call.at):
            headers = {"Retry-After": str(max(1, math.ceil(wait)))}
            return Answer(429, "rate_limited", "rate_limited", headers)
        try:
            said = contents(_payload(call), POST_TEXT)
        except Refused as refused:
            return Answer(400, refused.error, refused.error, notes=tuple(refused.messages))
        self._channels.write(name, said, writer=hook, at=call.at)
        return Answer(200, "ok", "posted")

    def state(self) -> Json:
        """The hooks and where they lead; the messages stand in their channels."""
        return dict(self._known.slack_hooks)


def _payload(call: Call) -> Json:
    try:
        text = call.form()["payload"] if call.media_type == FORM else call.body
        wanted = json.loads(text)
    except (ValueError, KeyError):
        raise Refused("invalid_payload") from None
    if not isinstance(wanted, dict):
        raise Refused("invalid_payload")
    return wanted
