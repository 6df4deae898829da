"""What is going on, on stderr: in place on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY = 15.0  # seconds between lines where there is no terminal
WIDTH = 100


def line(what: str, elapsed: float, expected: float | None = None, note: str = "") -> str:
    """One line: how long it has taken, what it is, how long it takes, how far it is."""
    usual = f" (about {duration(expected)})" if expected else ""
    text = f"{duration(elapsed):>7}  {what}{usual}{': ' + note if note else ''}"
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def duration(seconds: float) -> str:
    """Seconds for a person: 0.4 s, 12 s, 3 m 05 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} m {whole % 60:02d} s"


class Step:
    """One step under way."""

    def __init__(self, what: str, expected: float | None, stream: TextIO) -> None:
        """Start the clock."""
        self.what, self.expected, self.stream = what, expected, stream
        self.result = ""
        self.started = time.monotonic()
        self._shown = self.started
        self._terminal = stream.isatty()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def tick(self, note: str = "") -> None:
        """Say how far it is, if it is time to."""
        now = time.monotonic()
        if now - self._shown < (0.5 if self._terminal else EVERY):
            return
        self._shown = now
        text = line(self.what, self.elapsed, self.expected, note)
        self.stream.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        self.stream.flush()

    def end(self, text: str) -> None:
        """Say how it ended."""
        start = "\r\x1b[K" if self._terminal else ""
        self.stream.write(f"{start}{duration(self.elapsed):>7}  {text}\n")
        self.stream.flush()


@contextmanager
def step(what: str, expected: float | None = None, stream: TextIO | None = None) -> Iterator[Step]:
    """Show a step; the line that it ends with is its result, or what it was called."""
    current = Step(what, expected, stream or sys.stderr)
    try:
        yield current
    except BaseException:
        current.end(f"{what}: failed")
        raise
    current.end(f"{what}{': ' + current.result if current.result else ''}")


def say(text: str) -> None:
    """A line between steps."""
    sys.stderr.write(f"{'':>7}  {text}\n")
