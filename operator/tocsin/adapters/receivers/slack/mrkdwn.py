"""Slack's markup: texts of users in it, so that they neither ring anybody nor break it."""

import re
from datetime import datetime
from typing import Final

from tocsin.adapters.receivers.texts import clean, cut, one_line, units

_MENTION: Final = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
#: A zero width space: the word reads the same, and is no mention.
_APART: Final = "@\u200b"
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: What ends or divides a link.
_IN_URLS: Final = {**_ESCAPES, "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20"}
_LONGEST_URL: Final = 1000


def escaped(text: str, most: int) -> str:
    """`text` in at most `most` units, with what Slack would take for markup or a mention."""
    return _escaped(_harmless(clean(text, most)), most)


def line(text: str, most: int) -> str:
    """The same in one line."""
    return _escaped(_harmless(one_line(text, most)), most)


def plain(text: str, most: int) -> str:
    """`text` for where there is no markup, without what might be some all the same."""
    harmless = _harmless(one_line(text, most)).replace("<", "‹").replace(">", "›")
    return cut(harmless, most)


def code(text: str, most: int) -> str:
    """A command, to be copied."""
    inner = line(text.replace("`", "'"), most - 2)
    return f"`{inner}`"


def link(url: str, name: str) -> str:
    """A link; empty where `url` is none that can be one."""
    address = one_line(url, _LONGEST_URL)
    if not address.startswith(("https://", "http://")) or address != url.strip():
        return ""
    address = _MENTION.sub("%40", address)
    address = "".join(_IN_URLS.get(character, character) for character in address)
    shown = line(name, 80).replace("|", "/")
    return f"<{address}|{shown or 'link'}>"


def time(at: datetime) -> str:
    """A time, which Slack shows in the time zone of whoever reads it."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def _harmless(text: str) -> str:
    return _MENTION.sub(_APART, text)


def _escaped(text: str, most: int) -> str:
    whole = "".join(_ESCAPES.get(character, character) for character in text)
    if units(whole) <= most:
        return whole
    kept, room = 0, most - 1
    for character in text:
        room -= units(_ESCAPES.get(character, character))
        if room < 0:
            break
        kept += 1
    shorter = cut(text, max(1, units(text[:kept]) + 1))
    return "".join(_ESCAPES.get(character, character) for character in shorter)
