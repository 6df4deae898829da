"""What people read of each story, as files: `python -m tests.adapters.receivers.goldens` writes.

Slack's messages are as they are shown: times in UTC, links by their names.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tocsin.adapters.receivers import wording

from .fakes import Office, answer
from .told import STORIES

FOLDER: Final = Path(__file__).parent / "golden"
SLACK: Final = {"channel": "#ml-alerts", "tokenSecretRef": {"name": "slack", "key": "token"}}
ROOT: Final = "C024BE91L:1769860830.000100"


def words() -> str:
    """Title and text of each story."""
    return "\n".join(
        f"== {name}\n{wording.title(story)}\n\n{wording.text(story)}\n"
        for name, story in STORIES.items()
    )


def slack() -> str:
    """Each story in Slack: the message, and what stands in its thread."""
    return "\n".join(f"== {name}\n{asyncio.run(_story(name))}" for name in STORIES)


async def _story(name: str) -> str:
    office = Office()
    office.vault.values["fraud/slack/token"] = "xoxb-token"
    office.wire.usual = answer(200, {"ok": True, "channel": "C024BE91L", "ts": "1769860830.000100"})
    first = name in ("first", "storm")
    await office.tell("slack", SLACK, replace(STORIES[name], reference="" if first else ROOT))
    return "\n".join(_request(request.url, request.json) for request in office.wire.requests)


def _request(url: str, message: dict[str, Any]) -> str:
    what = url.rpartition("/")[2]
    if "thread_ts" in message:
        shown = " and the channel" if message.get("reply_broadcast") else ""
        what += f" in the thread{shown}"
    body = "\n".join(seen(message["blocks"]))
    return f"-- {what}\n{body}\n"


def seen(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Blocks as Slack shows them, a line or more each."""
    for block in blocks:
        texts = block.get("elements") or [block["text"]]
        shown = "\n".join(text["text"] for text in texts)
        shown = re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", shown)
        shown = re.sub(r"<https?:[^|>]*\|([^>]*)>", r"[\1]", shown)
        yield {"header": "# ", "context": "~ "}.get(block["type"], "") + shown


GOLDENS: Final = {"words.txt": words, "slack.txt": slack}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name_, made in GOLDENS.items():
        (FOLDER / name_).write_text(made(), encoding="utf-8")
