"""Durations as users write them: "90s", "1h30m", "2d"."""

import re
from datetime import timedelta
from typing import Final

#: The pattern of the custom resources' schemas. The API server reads the same strings as
#: durations in its CEL rules, but silently drops units that it does not know.
DURATION_PATTERN: Final = r"^([0-9]+(ms|s|m|h|d|w))+$"

_UNITS: Final = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_PART: Final = re.compile(r"([0-9]+)(ms|s|m|h|d|w)")


def parse_duration(text: str) -> timedelta:
    """The time span that `text` names.

    Raises:
        ValueError: `text` is no duration; the message says what one looks like.
    """
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f'"{text}" is not a duration: write one like 30s, 5m or 1h30m')
    try:
        return sum(
            (int(number) * _UNITS[unit] for number, unit in _PART.findall(text)), timedelta()
        )
    except OverflowError:
        raise ValueError(f'"{text}" is too long for a duration') from None


def format_duration(span: timedelta, parts: int = 2) -> str:
    """`span` in its largest `parts` units, rounded down: 4m12s, 2d3h, 350ms, 0s."""
    rest = abs(span)
    shown: list[str] = []
    for name, unit in _UNITS.items():
        if len(shown) == parts or (name == "ms" and shown):
            break
        count, remainder = divmod(rest, unit)
        if count:
            shown.append(f"{count}{name}")
            rest = remainder
        elif shown:
            break  # 1h0m5s reads as 1h
    return ("-" if span < timedelta() and shown else "") + ("".join(shown) or "0s")


def as_of(ago: timedelta) -> str:
    """What is said behind a value of some time ago, as ", as of 2h ago"; nothing of one of now."""
    return f", as of {format_duration(ago)} ago" if ago else ""


def write_duration(span: timedelta) -> str:
    """The text that `parse_duration` reads as `span`, in whole milliseconds: 1h30m, 1m5s, 0s."""
    rest, parts = abs(span), list[str]()
    for name, unit in _UNITS.items():
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0s"
