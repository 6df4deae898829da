"""Texts of users made fit to be sent: cleaned of what deceives, and cut where it may be cut."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

#: Control characters but for tab and line feed, marks that reorder text, the byte order mark,
#: and characters that some parsers take for the end of a line.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LINE_ENDS: Final = re.compile("\r\n|[\r\u2028\u2029]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
#: What belongs to the character before it: variation selectors, skin tones, zero width joiner.
_CLINGS: Final = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u200d]")
_LONGEST_CLUSTER: Final = 32
_ELLIPSIS: Final = "…"


def clean(text: str, most: int) -> str:
    """`text` without control and bidi characters and broken UTF-8, in at most `most` units."""
    # What is far beyond the end is not worth reading: texts may have megabytes.
    text = _LINE_ENDS.sub("\n", text[: 4 * most + 1024])
    return cut(_SURROGATE.sub("\ufffd", _UNWANTED.sub("", text)).strip(), most)


def one_line(text: str, most: int) -> str:
    """`text` cleaned, and with all white space as single blanks."""
    return cut(" ".join(clean(text, 2 * most).split()), most)


def units(text: str) -> int:
    """The length of `text` in UTF-16 code units: never less than services count as characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """`text`, or as much of its beginning as fits into `most` units with an ellipsis."""
    if len(text) <= most and units(text) <= most:
        return text
    fits = text[: max(0, most - 1)].encode("utf-16-le", "surrogatepass")[: 2 * (most - 1)]
    end = len(fits.decode("utf-16-le", "ignore"))
    return text[: _boundary(text, end)].rstrip() + _ELLIPSIS if most > 0 else ""


def cut_bytes(text: str, most: int) -> str:
    """`text`, or as much of its beginning as fits into `most` bytes of UTF-8 with an ellipsis."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= most:
        return text
    kept = encoded[: max(0, most - 3)].decode("utf-8", "ignore")
    return text[: _boundary(text, len(kept))].rstrip() + _ELLIPSIS if most >= 3 else ""


def clean_all(texts: Mapping[str, str], most: int, each: int = 1024) -> dict[str, str]:
    """`texts` cleaned, in order, as many as have at most `most` bytes together."""
    kept: dict[str, str] = {}
    for name, text in texts.items():
        shown, value = one_line(name, 256), clean(text, each)
        most -= len(shown.encode()) + len(value.encode())
        if most < 0:
            break
        if shown:
            kept[shown] = value
    return kept


def _boundary(text: str, end: int) -> int:
    """The last place up to `end` at which no character is torn from what belongs to it."""
    for place in range(end, max(0, end - _LONGEST_CLUSTER), -1):
        if place >= len(text) or not (_clings(text[place]) or text[place - 1] == "\u200d"):
            return place
    return end


def _clings(character: str) -> bool:
    return bool(unicodedata.combining(character) or _CLINGS.match(character))
