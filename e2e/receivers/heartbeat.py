"""A dead man's switch, below /heartbeat/: it is fed, and somebody looks when it was last."""

from collections import deque
from typing import Final

from e2e.receivers.calls import Answer, Call, Json

_KEPT: Final = 500


class Heartbeats:
    """The times of all beats, by name."""

    def __init__(self) -> None:
        self._beats: dict[str, deque[float]] = {}
        self._counts: dict[str, int] = {}

    def answer(self, call: Call) -> Answer:
        """Take a beat, however it is sent."""
        name = call.last
        if not name or call.method not in ("GET", "HEAD", "POST"):
            return Answer(404, "not found", "no such path")
        self._beats.setdefault(name, deque(maxlen=_KEPT)).append(call.at)
        self._counts[name] = self._counts.get(name, 0) + 1
        return Answer(200, "OK", "beat")

    def state(self) -> Json:
        """How many beats, and when the latest were, in milliseconds since 1970."""
        return {
            name: {"count": self._counts[name], "at": [round(at * 1000) for at in beats]}
            for name, beats in self._beats.items()
        }
