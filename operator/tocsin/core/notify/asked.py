"""What the annotation `tocsin.dev/silence` asks for: how long, and why."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tocsin.core.durations import parse_duration

LONGEST: Final = timedelta(days=365)
_SHORTEST: Final = timedelta(seconds=1)
#: The latest end of one that lasts until all is resolved.
UNTIL_RESOLVED_AT_MOST: Final = timedelta(hours=24)
MAX_COMMENT: Final = 1024

_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_LIKE: Final = (
    'write for how long and why, like "2h deploy of v18", "untilResolved deploy of v18" or '
    '"until 2026-01-31T14:00Z deploy of v18"'
)


@dataclass(frozen=True)
class Asked:
    """A silence as somebody asks for it: it `lasts` so long, or ends at `until`."""

    comment: str
    lasts: timedelta | None = None
    until: datetime | None = None
    until_resolved: bool = False


def parse_asked(text: str) -> Asked:
    """What `text` asks for.

    Raises:
        ValueError: it is malformed; the message says what is wrong and what to write.
    """
    first, _, rest = text.strip().partition(" ")
    if first == "until":
        first, _, rest = rest.strip().partition(" ")
        return Asked(_comment(rest), until=_time(first))
    if first == "untilResolved":
        return Asked(_comment(rest), lasts=UNTIL_RESOLVED_AT_MOST, until_resolved=True)
    return Asked(_comment(rest), lasts=_duration(first))


def _duration(text: str) -> timedelta:
    try:
        span = parse_duration(text)
    except ValueError:
        raise ValueError(f"{_shown(text)} is no duration: {_LIKE}") from None
    if not _SHORTEST <= span <= LONGEST:
        raise ValueError(f"{_shown(text)} is out of range: choose 1s to {LONGEST.days}d")
    return span


def _time(text: str) -> datetime:
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # there is no such day
    raise ValueError(f"{_shown(text)} is no time with its zone: {_LIKE}")


def _comment(text: str) -> str:
    comment = " ".join(text.split())
    if not comment:
        raise ValueError(f"it does not say why: {_LIKE}")
    if len(comment) > MAX_COMMENT:
        raise ValueError(f"the comment is {len(comment)} characters long, at most {MAX_COMMENT}")
    return comment


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= 60 else f'"{text[:59]}…"'
