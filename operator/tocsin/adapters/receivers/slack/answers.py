"""What Slack answers, in words: what is wrong, and what to do."""

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from tocsin.adapters.receivers.texts import one_line
from tocsin.core.notify.receivers import DeliveryError
from tocsin.ports.transport import Response

#: The message that was to be edited or answered is not there, or not ours, any more.
GONE: Final = frozenset({
    "message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed",
    "channel_not_found", "is_archived",
})  # fmt: skip
#: Slack does not take the blocks: the text alone is better than nothing.
BLOCKS: Final = frozenset({
    "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "blocks_too_long",
})  # fmt: skip
#: The token does not open the door.
_TOKEN: Final = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
    "not_allowed_token_type", "missing_scope", "no_permission", "org_login_required",
    "invalid_token",
})  # fmt: skip
_CHANNEL: Final = frozenset({
    "channel_not_found", "not_in_channel", "is_archived", "channel_is_archived",
})  # fmt: skip
_NOT_ALLOWED: Final = frozenset({
    "restricted_action", "restricted_action_read_only_channel", "action_prohibited",
    "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
    "posting_to_general_channel_denied", "user_is_restricted", "access_denied",
})  # fmt: skip
_WEBHOOK: Final = frozenset({"no_service", "no_service_id", "no_team", "team_disabled"})
_NO_CHANNEL: Final = (
    "channel {channel} does not exist, or the app is not in it: invite it with /invite @app, or "
    "write the channel's id"
)
_NO_SCOPE: Final = (
    "Slack's app may not write messages ({error}): give it the scope chat:write, install it anew, "
    "and put its token into {secret}"
)
_NOT_TAKEN: Final = (
    "Slack does not take the token ({error}): put the app's bot token (xoxb-…) into {secret}"
)
_NO_WEBHOOK: Final = (
    "Slack does not know the webhook ({error}): put the URL of an incoming webhook into {secret}"
)
_FORBIDDEN: Final = (
    "Slack does not let the app write to channel {channel} ({error}): ask who administrates the "
    "workspace"
)
_SENTENCES: Final = (
    (_CHANNEL, _NO_CHANNEL),
    (frozenset({"missing_scope"}), _NO_SCOPE),
    (_TOKEN, _NOT_TAKEN),
    (_WEBHOOK, _NO_WEBHOOK),
    (_NOT_ALLOWED, _FORBIDDEN),
)
#: Slack says itself that it may have done what was asked.
_UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "request_timeout"})
_PASSING: Final = _UNCERTAIN | {
    "ratelimited", "rate_limited", "message_limit_exceeded", "service_unavailable",
    "team_added_to_org", "accesslimited",
}  # fmt: skip
#: How an answer begins that repeats a message: in full it may be longer than what is read.
_BEGUN: Final = re.compile(
    rb'\s*{\s*"ok":\s*true,\s*"channel":\s*"(\w{1,80})",\s*"ts":\s*"([0-9.]{1,80})",'
)


@dataclass(frozen=True)
class Said:
    """An answer of the Web API: `error` is empty where it did what was asked."""

    error: str
    channel: str = ""
    ts: str = ""

    @property
    def reference(self) -> str:
        """How the message is found again; empty where the answer does not say."""
        return f"{self.channel}:{self.ts}" if self.channel and self.ts else ""


def said(response: Response) -> Said:
    """What an answer with the status 200 says.

    Raises:
        DeliveryError: it is none of Slack's.
    """
    try:
        if response.cut and (begun := _BEGUN.match(response.body)):
            return Said("", begun[1].decode(), begun[2].decode())
        body: Any = orjson.loads(response.body)
        done = body["ok"] is True
        names = [str(body.get(name) or "") for name in ("error", "channel", "ts")]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DeliveryError(
            "the answer is none of Slack's: look at url, which is https://slack.com/api if it is "
            "not set"
        ) from None
    error, channel, ts = (one_line(name, 80) for name in names)
    return Said("", channel, ts) if done else Said(error or "an error without a name")


def blames_secret(error: str) -> bool:
    """Whether `error` is the token's or the webhook's fault."""
    return error in _TOKEN | _WEBHOOK


def problem(error: str, channel: str, secret: str) -> DeliveryError:
    """What to make of `error`; `secret` says where the token or webhook is.

    What is mended in Slack or in a Secret is tried again: the route says nothing of it.
    """
    if error in _PASSING:
        return DeliveryError(f"Slack is busy ({error})", uncertain=error in _UNCERTAIN)
    for errors, sentence in _SENTENCES:
        if error in errors:
            return DeliveryError(sentence.format(error=error, channel=channel, secret=secret))
    return DeliveryError(f"Slack refused the message ({error}); please report it", retry=False)
