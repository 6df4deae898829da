"""Slack's channels: their messages, and how often one may be written to."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from e2e.receivers.calls import Json
from e2e.receivers.known import Known
from e2e.receivers.slacktexts import Contents

#: A message a second and channel, a few at once.
_RATE: Final = 1.0
_BURST: Final = 3


@dataclass
class Message:
    """One message as it stands now, with what it said before."""

    ts: str
    text: str
    blocks: list[Any]
    attachments: list[Any]
    writer: str  # the token or hook that wrote it
    thread: str = ""  # the ts of the message that it answers
    edited_at: float | None = None
    before: list[Json] = field(default_factory=list)

    def edit(self, said: Contents, at: float) -> None:
        """Say something else; what is not said stays, so only an empty list takes blocks away."""
        names = ("text", "blocks", "attachments")
        self.before.append({name: getattr(self, name) for name in names})
        for name in names:
            if getattr(said, name) is not None:
                setattr(self, name, getattr(said, name))
        self.edited_at = at

    def shown(self) -> Json:
        """The message as JSON, without who may edit it."""
        return {
            "ts": self.ts, "text": self.text, "blocks": self.blocks,
            "attachments": self.attachments, "thread_ts": self.thread,
            "edited": self.edited_at is not None, "before": self.before,
        }  # fmt: skip


class RateLimit:
    """A bucket that holds `burst` and gets `rate` a second."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, key: str, now: float) -> float:
        """0 if it may be done now, and then it counts; else the seconds until it may."""
        left, at = self._buckets.get(key, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, now - at) * self._rate)
        may = left >= 1
        self._buckets[key] = (left - 1 if may else left, now)
        return 0.0 if may else (1 - left) / self._rate


class Channels:
    """The channels that are known, and what was written to them."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._messages: dict[str, list[Message]] = {}
        self._last = 0
        self.limit = RateLimit(_RATE, _BURST)

    def find(self, named: str, *, by_id_only: bool = False) -> str | None:
        """The name of a channel that is given by its id or name; None if there is none."""
        for name in self._known.slack_channels:
            names = () if by_id_only else (name, name.removeprefix("#"))
            if named in (channel_id(name), *names):
                return name
        return None

    def is_member(self, name: str) -> bool:
        """Whether the app may write there."""
        return self._known.slack_channels[name]

    def messages(self, name: str) -> list[Message]:
        """What was written to a channel, the oldest first."""
        return self._messages.setdefault(name, [])

    def message(self, name: str, ts: str) -> Message | None:
        """One message of a channel."""
        return next((m for m in self.messages(name) if m.ts == ts), None)

    def write(
        self, name: str, said: Contents, *, writer: str, at: float, thread: str = ""
    ) -> Message:
        """Add a message; its ts is its own, and later than that of all before."""
        self._last = max(self._last + 1, int(at * 1_000_000))
        ts = f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
        message = Message(
            ts, said.text or "", said.blocks or [], said.attachments or [], writer, thread
        )
        self.messages(name).append(message)
        return message

    def state(self) -> Json:
        """All channels as JSON, by name."""
        return {
            name: {
                "id": channel_id(name),
                "messages": [message.shown() for message in self.messages(name)],
            }
            for name in self._known.slack_channels
        }


def channel_id(name: str) -> str:
    """The id of a channel, the same whenever it is asked for."""
    return "C" + hashlib.sha256(name.encode()).hexdigest()[:10].upper()
