"""Blocks are looked at one by one, and each mistake is said with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2e.receivers.blockkit import problems

PLAIN: dict[str, Any] = {"type": "plain_text", "text": "x"}
MRKDWN: dict[str, Any] = {"type": "mrkdwn", "text": "x"}
BUTTON: dict[str, Any] = {"type": "button", "text": PLAIN, "url": "https://example.com/"}
IMAGE: dict[str, Any] = {"type": "image", "image_url": "https://x/y.png", "alt_text": "a plot"}


def test_what_slack_shows_is_taken() -> None:
    message = [
        {"type": "header", "text": {**PLAIN, "emoji": True}, "block_id": "head"},
        {"type": "section", "text": MRKDWN, "fields": [MRKDWN, PLAIN], "accessory": BUTTON},
        {"type": "section", "fields": [MRKDWN], "accessory": IMAGE},
        {"type": "context", "elements": [MRKDWN, IMAGE]},
        {"type": "actions", "elements": [BUTTON | {"action_id": "a", "style": "danger"}]},
        {"type": "divider"},
        {**IMAGE, "title": PLAIN, "block_id": "plot"},
    ]
    assert problems(message) == []


@pytest.mark.parametrize(
    ("said", "block"),
    [
        ("unsupported type: None [json-pointer:/blocks/0/type]", "divider"),
        ("unsupported type: heading [json-pointer:/blocks/0/type]", {"type": "heading"}),
        ("missing required field: text [json-pointer:/blocks/0]", {"type": "header"}),
        ("missing required field: text [json-pointer:/blocks/0]", {"type": "section"}),
        (
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
            {"type": "header", "text": MRKDWN},
        ),
        (
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
            {"type": "header", "text": PLAIN | {"text": "x" * 151}},
        ),
        (
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
            {"type": "section", "text": MRKDWN | {"text": ""}},
        ),
        (
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            {"type": "section", "text": MRKDWN | {"text": "x" * 3001}},
        ),
        (
            "must be a string [json-pointer:/blocks/0/text/text]",
            {"type": "section", "text": MRKDWN | {"text": 1}},
        ),
        (
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
            {"type": "section", "fields": [MRKDWN | {"text": "x" * 2001}]},
        ),
        (
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
            {"type": "section", "fields": [MRKDWN] * 11},
        ),
        (
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
            {"type": "context", "elements": [MRKDWN] * 11},
        ),
        (
            "no less than 1 items allowed [json-pointer:/blocks/0/elements]",
            {"type": "context", "elements": []},
        ),
        (
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
            {"type": "actions", "elements": [BUTTON] * 26},
        ),
        (
            "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
            {"type": "actions", "elements": [BUTTON | {"url": "https://" + "x" * 3000}]},
        ),
        (
            "invalid url [json-pointer:/blocks/0/elements/0/url]",
            {"type": "actions", "elements": [BUTTON | {"url": "javascript:alert(1)"}]},
        ),
        (
            "action_id `a` already exists [json-pointer:/blocks/0/elements/1/action_id]",
            {"type": "actions", "elements": [BUTTON | {"action_id": "a"}] * 2},
        ),
        (
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
            {"type": "actions", "elements": [BUTTON | {"style": "red"}]},
        ),
        (
            "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/type]",
            {"type": "actions", "elements": [MRKDWN]},
        ),
        (
            "missing required field: alt_text [json-pointer:/blocks/0]",
            {"type": "image", "image_url": "https://x/y.png"},
        ),
        (
            "invalid additional property: colour [json-pointer:/blocks/0]",
            {"type": "divider", "colour": "red"},
        ),
        (
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
            {"type": "divider", "block_id": "x" * 256},
        ),
    ],
)
def test_a_block_is_refused_with_its_place(said: str, block: Any) -> None:
    assert problems([block]) == [f"[ERROR] {said}"]


def test_a_message_has_fifty_blocks_and_their_ids_are_their_own() -> None:
    divider = {"type": "divider"}
    assert problems([divider] * 50) == []
    assert problems([divider] * 51) == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    named = divider | {"block_id": "a"}
    assert problems([named, divider, named]) == [
        "[ERROR] block_id `a` already exists [json-pointer:/blocks/2/block_id]"
    ]


_WORDS = ["section", "header", "actions", "button", "context", "image", "mrkdwn", "plain_text"]
_KEYS = ["type", "text", "fields", "elements", "accessory", "block_id", "url", "action_id"]
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(_WORDS) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(st.lists(_ANYTHING, max_size=3))
def test_whatever_is_sent_gets_an_answer(blocks: list[Any]) -> None:
    assert all(said.startswith("[ERROR] ") for said in problems(blocks))
    assert json.dumps(problems(blocks))
