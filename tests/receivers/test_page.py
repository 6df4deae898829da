"""The page says what people were told, and shows whatever is written as no more than text."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2e.receivers.known import ROUTING_KEY
from e2e.receivers.mrkdwn import mrkdwn
from e2e.receivers.page import page
from e2e.receivers.world import World
from tests.receivers.standins import NOW, StandIns
from tests.receivers.story import Story, tell

_VOID = {"meta", "img", "hr", "br"}


class Page(HTMLParser):
    """A page as its elements, each with its attributes and all text in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += [self.elements[n][0] for n in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in _VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        number = self._open.pop()
        if self.elements[number][0] != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        for number in self._open:
            self.elements[number][2].append(data)

    def texts(self, **wanted: str) -> list[str]:
        """The texts of elements with these attributes; a class may be one of several."""
        wanted = {name.rstrip("_"): value for name, value in wanted.items()}
        return [
            " ".join("".join(words).split())
            for _, attributes, words in self.elements
            if all(value in (attributes.get(n) or "").split() for n, value in wanted.items())
        ]

    def tags(self) -> set[str]:
        """The names of all elements."""
        return {tag for tag, _, _ in self.elements}


def shown() -> Page:
    world = World()
    return Page(page(world, tell(world).now))


def test_a_thread_stands_below_its_message_which_says_that_it_was_edited() -> None:
    [thread] = shown().texts(class_="thread")
    assert thread.startswith("2 replies T Tocsin APP")
    assert "errors began, too: 12 % of POST /predict" in thread
    assert len(shown().texts(class_="edited")) == 1
    [header, *_] = [text for text in shown().texts(class_="message") if "latency" in text]
    assert "🟢 latency on scorer Resolved: P99 is 612ms, above 200ms <now>" in header
    assert "🔴" not in header


def test_an_incident_has_its_state_and_its_log() -> None:
    down, slow = shown().texts(class_="incident")
    assert down.startswith("triggered critical #2")
    assert slow.startswith("resolved error #1")
    assert "triggered again, nobody is paged (triggered)" in slow
    assert [shown().texts(id=name)[0] for name in ("count", "refused", "pages", "open")] == [
        "20 requests", "5 not taken", "2 pages", "1 open",
    ]  # fmt: skip


def test_what_was_not_taken_is_marked_in_the_journal() -> None:
    bad = [text for text in shown().texts(class_="bad") if ":" in text]
    assert [text.split()[2] for text in bad] == ["404", "503", "400", "200", "200"]
    assert "channel_not_found #nowhere: xxx" in bad[3]
    assert shown().texts(class_="fault") == ["Goes wrong on purpose: /slack/ 503, 2 more times."]


def test_nothing_that_is_told_becomes_an_element() -> None:
    it = shown()
    assert it.unbalanced == []
    assert it.tags().isdisjoint({"script", "img", "iframe", "form"})
    links = {attributes.get("href") for tag, attributes, _ in it.elements if tag == "a"}
    assert all(str(link).startswith(("https://", "?refresh=")) for link in links)


def test_a_page_of_nothing_says_so() -> None:
    it = Page(page(World(), NOW, refresh=0))
    assert it.unbalanced == []
    assert "Nothing has arrived yet." in it.texts(class_="soft")
    assert not [a for _, a, _ in it.elements if a.get("http-equiv") == "refresh"]


async def test_a_browser_gets_it_and_is_told_to_come_again(standins: StandIns) -> None:
    async with standins.client.get("/", params={"refresh": "5"}) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert '<meta http-equiv="refresh" content="5">' in await answer.text()
    assert await standins.journal() == []


def test_what_has_no_more_than_it_must_is_shown_too() -> None:
    world = World()
    story = Story(world)
    text = {"type": "mrkdwn", "text": "a section"}
    assert story.slack(blocks=[{"type": "section", "text": text, "fields": None}])["ok"]
    assert story.slack(attachments=[{}, {"text": 5, "color": 7}, {"blocks": []}])["ok"]
    payload = {"summary": "bare", "source": "s", "severity": "info", "custom_details": "text"}
    event = {"routing_key": ROUTING_KEY, "event_action": "trigger", "payload": payload}
    assert story.send("/pagerduty/v2/enqueue", event)["status"] == "success"
    assert story.send("/pagerduty/v2/change/enqueue", event)["status"] == "success"
    it = Page(page(world, story.now))
    assert it.unbalanced == []
    assert [text[-9:] for text in it.texts(class_="body")] == ["a section"]
    assert "bare" in it.texts(class_="incident")[0]


_WORDS = st.sampled_from(["x", "section", "header", "context", "divider", "mrkdwn", "plain_text"])
_PARTS = st.sampled_from(["type", "text", "fields", "elements", "blocks", "color", "fallback"])
_ANYTHING = st.recursive(
    st.none() | st.integers(0, 9) | _WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_PARTS, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=30)
@given(blocks=st.lists(_ANYTHING, max_size=2), attachments=st.lists(_ANYTHING, max_size=2))
def test_whatever_slack_takes_is_shown(blocks: list[object], attachments: list[object]) -> None:
    story = Story(World())
    if story.slack(text="x", blocks=blocks, attachments=attachments)["ok"]:
        assert Page(page(story.world, story.now)).unbalanced == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~ a*b*c", "<b>bold</b> <i>it</i> <s>gone</s> a*b*c"),
        ("`*a*`", "<code>*a*</code>"),
        ("```\n<x>\n```", "<pre>&lt;x&gt;</pre>"),
        ("<https://a/?b=1&amp;c=2|*here*>", '<a href="https://a/?b=1&amp;c=2">*here*</a>'),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("<!here> <#C1|ops>",
         '<span class="mention">@here</span> <span class="mention">ops</span>'),
        ("&lt;b&gt; &amp;amp; 1 < 2", "&lt;b&gt; &amp;amp; 1 &lt; 2"),
        (":fire: :nothing:", "🔥 :nothing:"),
        ("<|>", "&lt;|&gt;"),
        ("Since <!date^1769860800^{time}|12:00 UTC>", "Since <time>12:00 UTC</time>"),
        ("> said\nmore", "<blockquote>said</blockquote>more"),
        ("12:30:45 a_b_c 2*3*4", "12:30:45 a_b_c 2*3*4"),
    ],
)  # fmt: skip
def test_slacks_markup_is_shown(text: str, html: str) -> None:
    assert mrkdwn(text) == html


@given(st.text("<>&*_~`|:@#!/hretps \n\"'xi", max_size=60))
def test_whatever_is_written_stays_text(text: str) -> None:
    it = Page(str(mrkdwn(text)))
    assert it.unbalanced == []
    assert it.tags() <= {"b", "i", "s", "code", "pre", "a", "span", "blockquote", "time"}
    assert all(set(attributes) <= {"href", "class"} for _, attributes, _ in it.elements)
