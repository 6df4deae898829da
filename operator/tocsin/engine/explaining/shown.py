"""How times, labels and texts of others are shown to a person."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from tocsin.core.amounts import Unit, format_amount

#: Characters of one text; labels of 64 KiB are no help to anybody.
TEXT_LIMIT: Final = 300
#: Characters of a message or a description.
LONG: Final = 2000
_LABELS_LIMIT: Final = 40
#: Control characters, and those that turn the direction of what follows.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """`text` on one line, cut to `limit`, and with nothing in it that moves or hides other text."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return _replaced(cut, keep="")


def clean_lines(text: str, limit: int) -> str:
    """As `clean`, but line breaks stay."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return _replaced(cut, keep="\n\t")


def labels_shown(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels by name, each cut to a length that a person reads; the first 40."""
    named = sorted(item for item in labels.items() if item[0] != "__name__")
    return {clean(name): clean(value) for name, value in named[:_LABELS_LIMIT]}


def amount(value: float | None, unit: Unit | None) -> str | None:
    """A value in base units with its unit."""
    return None if value is None else format_amount(value, unit)


def clock(time: datetime, now: datetime) -> str:
    """A time of the day in UTC, with the date where it is not that of `now`."""
    utc = time.astimezone(UTC)
    today = utc.date() == now.astimezone(UTC).date()
    return utc.strftime("%H:%M:%SZ") if today else utc.strftime("%Y-%m-%d %H:%MZ")


def spoken(span: timedelta) -> str:
    """A time span as it is said: 6 minutes, 2 hours 5 minutes, 1 second."""
    rest = max(0, int(span.total_seconds()))
    said: list[str] = []
    for name, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        if count:
            said.append(f"{count} {name}{'' if count == 1 else 's'}")
        if len(said) == 2 or (said and name == "minute"):
            break
    return " ".join(said) or "0 seconds"


def sentence(text: str) -> str:
    """`text` with a full stop behind it."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _replaced(text: str, keep: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char in keep or unicodedata.category(char) not in _UNSEEN else "\ufffd"
        for char in text
    )
