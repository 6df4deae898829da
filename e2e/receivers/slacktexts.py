"""What a Slack message may say, by whichever way it comes."""

import json
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


def contents(wanted: Json, most: int) -> tuple[str | None, list[Any] | None]:
    """The text and the blocks of a message, None where it has none; Refused if it cannot be."""
    text = wanted.get("text")
    if text is not None and not isinstance(text, str):
        raise Refused("invalid_arguments", "[ERROR] must be a string [json-pointer:/text]")
    if text and len(text) > most:
        raise Refused("msg_too_long")
    blocks = _blocks(wanted.get("blocks"))
    if not text and not blocks and not wanted.get("attachments"):
        raise Refused("no_text")
    return text, blocks


def _blocks(blocks: Any) -> list[Any] | None:
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError:
            raise Refused("invalid_blocks_format") from None
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if problems := blockkit.problems(blocks):
        raise Refused("invalid_blocks", *problems)
    if blockkit.text_length(blocks) > blockkit.TOTAL_TEXT:
        raise Refused("msg_blocks_too_long")
    return blocks
