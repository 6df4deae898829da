"""What a Slack message may say, by whichever way it comes."""

import json
from dataclasses import dataclass
from typing import Any, Final

from e2e.receivers import blockkit
from e2e.receivers.calls import Json

POST_TEXT: Final = 40_000
UPDATE_TEXT: Final = 4_000


class Refused(Exception):  # noqa: N818  # Slack's word for it is the message
    """Slack's word for what is wrong, and sentences about it."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)


@dataclass(frozen=True)
class Contents:
    """What a message says; None where it says nothing of a part."""

    text: str | None
    blocks: list[Any] | None
    attachments: list[Any] | None


def contents(wanted: Json, most: int) -> Contents:
    """What a message says, with at most so many characters of text; Refused if it cannot be."""
    text = wanted.get("text")
    if text is not None and not isinstance(text, str):
        raise Refused("invalid_arguments", "[ERROR] must be a string [json-pointer:/text]")
    if text and len(text) > most:
        raise Refused("msg_too_long")
    blocks = _list(wanted.get("blocks"), "invalid_blocks_format")
    if problems := blockkit.problems(blocks or []):
        raise Refused("invalid_blocks", *problems)
    attachments = _list(wanted.get("attachments"), "invalid_attachments")
    if problems := _attachment_problems(attachments or []):
        raise Refused("invalid_attachments", *problems)
    if blockkit.text_length([blocks, attachments]) > blockkit.TOTAL_TEXT:
        raise Refused("msg_blocks_too_long")
    if not text and not blocks and not attachments:
        raise Refused("no_text")
    return Contents(text, blocks, attachments)


def _attachment_problems(attachments: list[Any]) -> list[str]:
    """What is wrong with the blocks in attachments; their older fields are not looked at."""
    found = []
    for number, one in enumerate(attachments):
        at = f"/attachments/{number}"
        if not isinstance(one, dict):
            found.append(f"[ERROR] must be an object [json-pointer:{at}]")
        elif not isinstance(one.get("blocks", []), list):
            found.append(f"[ERROR] must be an array [json-pointer:{at}/blocks]")
        else:
            found += blockkit.problems(one.get("blocks", []), f"{at}/blocks")
    return found


def _list(value: Any, error: str) -> list[Any] | None:
    """A list, or one as a form has it, in JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Refused(error) from None
    if value is not None and not isinstance(value, list):
        raise Refused(error)
    return value
