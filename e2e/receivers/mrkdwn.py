"""Slack's own markup as HTML that cannot do anything but be read."""

import re
from typing import Final

from markupsafe import Markup, escape

_EMOJI: Final = {
    "rotating_light": "🚨", "fire": "🔥", "red_circle": "🔴", "large_red_circle": "🔴",
    "large_orange_circle": "🟠", "large_yellow_circle": "🟡", "large_blue_circle": "🔵",
    "large_green_circle": "🟢", "white_circle": "⚪", "large_orange_diamond": "🔶",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "warning": "⚠️", "bell": "🔔",
    "no_bell": "🔕", "mute": "🔇", "eyes": "👀", "information_source": "ℹ️", "link": "🔗",
    "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "question": "❓", "grey_question": "❔",
    "exclamation": "❗", "x": "❌", "rocket": "🚀", "wrench": "🔧", "hammer_and_wrench": "🛠️",
    "mag": "🔍", "chart_with_upwards_trend": "📈", "clock3": "🕒", "zzz": "💤", "ocean": "🌊",
    "arrows_counterclockwise": "🔄", "speech_balloon": "💬", "bust_in_silhouette": "👤",
    "ambulance": "🚑", "construction": "🚧", "pushpin": "📌", "memo": "📝", "test_tube": "🧪",
}  # fmt: skip
#: Code first: nothing in it is markup. Then links and mentions, then what stands around words.
_TOKENS: Final = re.compile(
    r"```\n?(?P<pre>.+?)\n?```|`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>|:(?P<emoji>[a-z0-9_+-]+):"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])",
    re.DOTALL,
)
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_AROUND: Final = {"bold": "b", "italic": "i", "strike": "s"}


def mrkdwn(text: str) -> Markup:
    """The markup of a mrkdwn text as HTML; what is no markup is shown as it is."""
    quotes = re.split(r"(?m)^(?:&gt;|>) ?(.*)$\n?", text)
    parts = [Markup("<blockquote>{}</blockquote>").format(_inline(part)) if number % 2 else
             _inline(part) for number, part in enumerate(quotes)]  # fmt: skip
    return Markup("").join(parts)


def plain(text: str) -> Markup:
    """A plain_text, which knows emoji alone."""
    return escape(re.sub(r":([a-z0-9_+-]+):", lambda m: _EMOJI.get(m[1], m[0]), text))


def _inline(text: str) -> Markup:
    done, at = Markup(""), 0
    for found in _TOKENS.finditer(text):
        done += _shown(text[at : found.start()]) + _token(found)
        at = found.end()
    return done + _shown(text[at:])


def _token(found: re.Match[str]) -> Markup:
    kind = found.lastgroup or ""
    inside = found[kind]
    if kind == "pre":
        return Markup("<pre>{}</pre>").format(_shown(inside))
    if kind == "code":
        return Markup("<code>{}</code>").format(_shown(inside))
    if kind == "angle":
        return _angle(inside)
    if kind == "emoji":
        return escape(_EMOJI.get(inside, found[0]))
    tag = _AROUND[kind]
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), _inline(inside))  # noqa: S704  # ours


def _angle(inside: str) -> Markup:
    """A link, a time or a mention, with what it is called behind a bar."""
    target, _, name = inside.partition("|")
    if target.startswith(("https://", "http://", "mailto:")):
        url = _unescaped(target)
        return Markup('<a href="{}">{}</a>').format(url, _shown(name or target))
    if target.startswith("!date^"):
        return Markup("<time>{}</time>").format(_shown(name))
    if target.startswith(("@", "#", "!")):
        return Markup('<span class="mention">{}</span>').format(
            _shown(name or "@" + target.lstrip("@#!"))
        )
    return escape(f"<{inside}>")


def _shown(text: str) -> Markup:
    """Text between markup: Slack's three entities stand for what they name."""
    return escape(_unescaped(text))


def _unescaped(text: str) -> str:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text
