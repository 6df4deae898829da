"""Whatever is told, a message is valid, within its budget, clean, and its counts add up."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tocsin.adapters.receivers.texts import clean, clean_all, cut, cut_bytes, one_line, units
from tocsin.api.webhook import Message
from tocsin.core.notify.notification import Notification, Reason
from tocsin.core.rules import Severity

from .fakes import Office, answer
from .told import JANE, T0, alert, over, told

_KIB = 1024
UNCLEAN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]"
)
#: What is hard on a message: mentions, markup, right-to-left marks, broken UTF-8, long runs.
HARD = st.sampled_from([
    "@channel", "<!here>", "<@U123>", "@everyone", "&amp;", "<script>", "\u202e", "\u2066", "é",
    "\ud800", "\udfff", "\x00", "\r\n", "\u2028", "👩\u200d👩\u200d👧", "e\u0301", '"', "\\", "`",
    "```", "*", "|", "https://x.example.com/?a=1&b=<2>|3", "{{ .x }}", "№" * 700,
    "🔥" * 400, '"' * 999,
])  # fmt: skip
TEXTS = st.lists(HARD | st.text(max_size=20), max_size=6).map("".join)
LONG = TEXTS | st.tuples(TEXTS, st.sampled_from([10**4, 10**6])).map(
    lambda pair: ((pair[0] or "x") * (pair[1] // max(1, len(pair[0])) + 1))[: pair[1]]
)
MAPS = st.dictionaries(TEXTS, LONG, max_size=4) | st.integers(0, 500).map(
    lambda count: {f"label-{n}": '"x\\' * 100 for n in range(count)}
)
ALERTS = st.builds(
    alert,
    summary=LONG,
    description=LONG,
    context=LONG,
    value=TEXTS,
    threshold=TEXTS,
    version=TEXTS,
    labels=MAPS,
    annotations=MAPS,
    links=MAPS,
    actions=st.lists(LONG, max_size=30).map(tuple),
    changes=st.lists(LONG, max_size=30).map(tuple),
    explain=LONG,
    end_message=LONG,
    severity=st.sampled_from(Severity),
    new=st.booleans(),
)


class Case:
    """A notification that does not show itself in full where a test fails."""

    def __init__(self, notification: Notification) -> None:
        self.told = notification

    def __repr__(self) -> str:
        counts = f"{len(self.told.firing)} firing, {len(self.told.resolved)} resolved"
        return f"<{self.told.reason}: {counts}>"


@st.composite
def notifications(draw: st.DrawFn) -> Case:
    """Any notification, of up to 10,000 alerts."""
    some = draw(st.lists(ALERTS, min_size=1, max_size=3))
    firing, resolved = draw(
        st.sampled_from([(0, 1), (1, 0), (1, 1), (3, 2), (40, 40), (10_000, 0), (500, 10_000)])
    )
    fire = (some * firing)[:firing]
    ended = tuple([over(one) for one in some] * resolved)[:resolved]
    made = told(
        *fire,
        resolved=ended,
        reason=draw(st.sampled_from(Reason)),
        group=draw(MAPS | st.just({"namespace": "fraud", "workload": "Deployment/scorer"})),
        firing_count=firing + draw(st.sampled_from([0, 0, 7])) * bool(firing),
        resolved_count=resolved,
        silenced_count=draw(st.integers(0, 2)) * bool(firing),
        acknowledgement=draw(
            st.none() | st.just(JANE) | st.builds(replace, st.just(JANE), by=LONG)
        ),
        detail=draw(LONG),
        external_url=draw(LONG),
        key=draw(LONG),
        cluster=draw(LONG),
        storm=draw(st.booleans()),
        at=T0 + timedelta(seconds=draw(st.integers(-100, 10**6))),
    )
    return Case(made)


def strings(value: Any) -> list[str]:
    """All texts of a JSON value, its keys too."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for part in pair for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, list) else []


def checked(body: bytes, most: int) -> Any:
    """`body` as JSON, once it is known to be within its budget and clean."""
    assert len(body) <= most
    message = json.loads(body.decode("utf-8"))
    assert [text for text in strings(message) if UNCLEAN.search(text)] == []
    return message


#: Without shrinking: it takes minutes where texts have megabytes.
_FEW = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_FEW
@given(notifications(), st.sampled_from([0, 1, 2, 50]))
async def test_a_webhook_s_message(case: Case, most: int) -> None:
    notification = case.told
    office = Office()
    await office.tell("webhook", {"url": "https://x.example.com", "maxAlerts": most}, notification)
    told_ = Message.model_validate(checked(office.last.body, 256 * _KIB))
    assert len(told_.firing) + told_.truncated.firing == notification.firing_count
    assert len(told_.resolved) + told_.truncated.resolved == notification.resolved_count
    shown = len(told_.firing) + len(told_.resolved)
    assert shown >= 1
    assert not most or shown <= most


@_FEW
@given(notifications())
async def test_a_message_in_alertmanager_s_format(case: Case) -> None:
    notification = case.told
    office = Office()
    form = {"url": "https://x.example.com", "format": "Alertmanager"}
    await office.tell("webhook", form, notification)
    message = checked(office.last.body, 256 * _KIB)
    total = notification.firing_count + notification.resolved_count
    assert len(message["alerts"]) + message["truncatedAlerts"] == total
    assert message["alerts"]
    for one in (*message["alerts"], {"labels": message["commonLabels"]}):
        assert all(re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name) for name in one["labels"])


@_FEW
@given(notifications())
async def test_an_event_of_pagerduty(case: Case) -> None:
    notification = case.told
    office = Office()
    office.vault.values["fraud/pd/key"] = "k" * 32
    settings_ = {"routingKeySecretRef": {"name": "pd", "key": "key"}, "changeEvents": True}
    await office.tell("pagerduty", settings_, notification)
    event = checked(office.wire.requests[0].body, 512_000)
    for change in office.wire.requests[1:]:
        assert 0 < len(checked(change.body, 512_000)["payload"]["summary"]) <= 1024
    if event["event_action"] == "trigger":
        payload = event["payload"]
        assert 0 < len(payload["summary"]) <= 1024
        details = payload["custom_details"]
        shown, cut_ = details["firing"], details["not_shown"]
        assert len(shown) + cut_["firing"] == notification.firing_count
        assert len(details["resolved"]) + cut_["resolved"] == notification.resolved_count
        assert all(one["href"].startswith("https://") for one in event["links"])
        assert all(one["text"] for one in event["links"])


def looked_through(message: Any) -> list[str]:
    """The texts of a message of Slack, once it is known that Slack takes it."""
    assert 0 < len(message["text"]) <= 4000
    assert 0 < len(message["blocks"]) <= 50
    texts = []
    for block in message["blocks"]:
        for text in block.get("elements") or [block["text"]]:
            most = 150 if block["type"] == "header" else 3000
            assert 0 < units(text["text"]) <= most
            texts.append(text["text"])
    assert sum(map(len, texts)) <= 10_000
    for text in (*texts, message["text"]):
        assert re.findall(r"<!(?!date).{9}|<[@#].{9}|@(?:channel|here|everyone)\b", text) == []
        assert not re.search(r"&(?!amp;|lt;|gt;)", text) or text == texts[0]
    return texts


@_FEW
@given(notifications())
async def test_messages_of_slack(case: Case) -> None:
    notification = case.told
    office = Office()
    office.vault.values["fraud/slack/token"] = "t"
    office.wire.usual = answer(200, {"ok": True, "channel": "C1", "ts": "1.1"})
    settings_ = {"channel": "#x", "tokenSecretRef": {"name": "slack", "key": "token"}}
    for reference in ("", "C1:1.1"):
        await office.tell("slack", settings_, replace(notification, reference=reference))
    shown, *others = [looked_through(checked(r.body, 64_000)) for r in office.wire.requests]
    assert others
    signs = sum(text.count("since <!date") for text in shown)
    lines = re.findall(r"^[🔴🟠🟡🔵⚪✅] ", "\n".join(shown), re.M)
    more = sum(
        int(n) for text in shown for n in re.findall(r"^… and (\d+) more (?:f|r)", text, re.M)
    )
    total = notification.firing_count + notification.resolved_count
    assert signs <= 3
    assert len(lines) - 1 + more == total  # the header has a sign, too


@given(LONG, st.integers(0, 300))
def test_a_text_is_cut_where_it_may_be(text: str, most: int) -> None:
    for shown in (clean(text, most), one_line(text, most)):
        assert units(shown) <= most
        assert not UNCLEAN.search(shown)
        shown.encode()
    assert "\n" not in one_line(text, most)
    safe = clean(text, 5000)
    assert len(cut_bytes(safe, most).encode()) <= most
    for part in (cut(safe, most), cut_bytes(safe, most)):
        assert part in (safe, "") or part.endswith("…")
        assert safe.startswith(part.removesuffix("…").rstrip())


def test_a_cut_tears_nothing_apart() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abe\u0301f", 4) == "ab…"  # not an e without its accent
    assert cut("ab👩\u200d👩\u200d👧cd", 6) == "ab…"
    assert cut("🔥🔥🔥", 4) == "🔥…"
    assert cut_bytes("aé" * 3, 7) == "aéa…"
    assert cut("abc", 0) == ""


def test_names_of_many_labels_are_kept_up_to_a_size() -> None:
    kept = clean_all({f"n{n}": "x" * 10 for n in range(100)}, 120)
    assert list(kept) == [f"n{n}" for n in range(10)]
