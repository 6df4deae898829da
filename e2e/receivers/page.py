"""What arrived as a page: Slack, PagerDuty and webhooks as a person would see them."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from e2e.receivers.journal import Entry
from e2e.receivers.mrkdwn import mrkdwn, plain
from e2e.receivers.slackchannels import Channels, Message
from e2e.receivers.world import World

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ENTRIES: Final = 100
_TEXT: Final = 4000
_NAMED: Final = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}
_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{6})")


def page(world: World, now: float, *, refresh: int = 2) -> str:
    """The page at a time, in seconds since 1970; it loads itself anew each `refresh` seconds."""
    entries = list(world.journal.entries())
    state = world.state()
    return _ENVIRONMENT.get_template("page.html").render(
        now=now,
        refresh=refresh,
        count=world.journal.count,
        about=lambda entry: _about(entry, world.channels),
        refused=sum(not entry.accepted for entry in entries),
        entries=entries[: -_ENTRIES - 1 : -1],
        channels={name: threads(world.channels.messages(name)) for name in state["slack"]},
        pagerduty=world.pagerduty,
        open=[i for i in world.pagerduty.incidents if i.status != "resolved"],
        webhooks=state["webhook"],
        alertmanager=state["alertmanager"],
        heartbeats=state["heartbeat"],
        faults=world.faults.set_at(now),
    )


def threads(messages: list[Message]) -> list[tuple[Message, list[Message]]]:
    """Each message that stands on its own, with the answers in its thread."""
    answers: dict[str, list[Message]] = {}
    for message in messages:
        answers.setdefault(message.thread, []).append(message)
    return [(root, answers.get(root.ts, [])) for root in answers.get("", [])]


def _about(entry: Entry, channels: Channels) -> str:
    """What an entry is of, in a line: whom it was for, and what it said."""
    body = entry.body if isinstance(entry.body, dict) else {}
    payload = body.get("payload")
    said = body.get("text") or (payload if isinstance(payload, dict) else {}).get("summary")
    channel, key = str(body.get("channel") or ""), str(body.get("dedup_key") or "")
    whom = channels.find(channel) or channel or _short(key) or entry.path.split("/", 2)[-1]
    return ": ".join(str(part).replace("\n", " ")[:200] for part in (whom, said) if part)


def _short(key: str) -> str:
    """A key as people tell it from others, its end."""
    return key if len(key) <= 24 else f"…{key[-12:]}"


def _clock(seconds: Any) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).strftime("%H:%M:%S")


def _colour(named: Any) -> str:
    """A colour of Slack's as CSS has it; grey where it is none."""
    found = _COLOUR.fullmatch(str(named))
    return _NAMED.get(str(named), f"#{found[1]}" if found else "#8a8a8a")


def _pretty(body: Any) -> str:
    """A body to be read."""
    text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}\n… {len(text) - _TEXT} more characters"


def _web(url: Any) -> str:
    """A URL that may be followed; nothing for all others."""
    return str(url) if str(url).startswith(("https://", "http://")) else ""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)  # noqa: S704  # our own file, as it is
    environment.filters |= {
        "clock": _clock, "colour": _colour, "mrkdwn": mrkdwn, "plain": plain,
        "pretty": _pretty, "web": _web,
    }  # fmt: skip
    return environment


_ENVIRONMENT: Final = _environment()
