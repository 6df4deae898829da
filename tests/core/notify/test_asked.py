"""The text of the annotation by which somebody asks for silence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.durations import format_duration
from tocsin.core.notify.asked import Asked, parse_asked

UNTIL = datetime(2026, 1, 31, 14, tzinfo=UTC)
COMMENTS = st.text(min_size=1, max_size=40).map(lambda text: " ".join([*text.split(), "."]))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("2h deploy of v18", Asked("deploy of v18", lasts=timedelta(hours=2))),
        ("  1h30m   deploy\nof v18 ", Asked("deploy of v18", lasts=timedelta(minutes=90))),
        ("365d moved", Asked("moved", lasts=timedelta(days=365))),
        (
            "untilResolved known, see #12",
            Asked("known, see #12", lasts=timedelta(hours=24), until_resolved=True),
        ),
        ("until 2026-01-31T14:00:00Z deploy", Asked("deploy", until=UNTIL)),
        ("until 2026-01-31T15:00+01:00 deploy", Asked("deploy", until=UNTIL)),
    ],
)
def test_it_says_for_how_long_and_why(text: str, asked: Asked) -> None:
    assert parse_asked(text) == asked


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", '"" is no duration|it does not say why'),
        ("2h", "it does not say why: write for how long and why, like"),
        ("untilResolved", "it does not say why"),
        ("until 2026-01-31T14:00Z", "it does not say why"),
        ("soon deploy", '"soon" is no duration: write for how long and why'),
        ("0s deploy", '"0s" is out of range: choose 1s to 365d'),
        ("900ms deploy", "out of range"),
        ("366d deploy", "out of range"),
        ("99999999999999w deploy", "no duration"),
        ("-2h deploy", "no duration"),
        ("until tomorrow deploy", '"tomorrow" is no time with its zone'),
        ("until 2026-01-31T14:00 deploy", "no time with its zone"),
        ("until 2026-02-31T14:00Z deploy", "no time with its zone"),
        ("until 0001-01-01T00:00+23:59 deploy", "no time with its zone"),
        ("untilresolved deploy", "no duration"),
        (f"2h {'x' * 1025}", "the comment is 1025 characters long, at most 1024"),
        ("x" * 100 + " deploy", '"x{59}…" is no duration'),
    ],
)
def test_what_is_malformed_says_what_to_write(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parse_asked(text)


@given(st.integers(1, 365 * 24 * 60), COMMENTS)
def test_what_is_written_as_a_duration_and_a_comment_is_read_as_both(
    minutes: int, comment: str
) -> None:
    span = timedelta(minutes=minutes)
    asked = parse_asked(f"{format_duration(span, parts=4)} {comment}")
    assert asked.comment == comment
    assert asked.lasts is not None
    assert abs(asked.lasts - span) < timedelta(days=1)


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001  # bound
    COMMENTS,
)
def test_what_is_written_as_a_time_is_read_as_that_time(until: datetime, comment: str) -> None:
    asked = parse_asked(f"until {until.isoformat()} {comment}")
    assert asked == Asked(comment, until=until)


@given(st.text(max_size=60))
def test_any_text_asks_for_something_or_is_refused(text: str) -> None:
    try:
        asked = parse_asked(text)
    except ValueError:
        return
    assert asked.comment
    assert (asked.lasts is None) is not (asked.until is None)
