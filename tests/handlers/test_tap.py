"""What kopf's watches tell reaches the observer whole, in order, and goes no further."""

import inspect
from typing import Any

import pytest
from kopf._cogs.clients import api, errors, watching

from tests.handlers.watched import BROKEN, GONE_410, SILENCE, Notes, event, play, pod
from tocsin.handlers import tap
from tocsin.handlers.streams import Streams
from tocsin.handlers.tap import tapped

HOW_TO_MEND = (
    "kopf's private watching module has changed, which handlers/tap.py wraps: read the new "
    "watching.py, adapt the tap, and run the tests on a real cluster before the pin is raised"
)


async def test_a_list_is_told_object_by_object_and_then_by_all_its_names() -> None:
    notes, _ = await play([[[pod("a"), pod("b")], [pod("c", "other")]]], [])
    assert notes.told == [
        ("saw", "Pod", "a"),
        ("saw", "Pod", "b"),
        ("saw", "Pod", "c"),
        ("listed", "Pod", None, {"a", "b", "c"}),
    ]


async def test_an_empty_list_is_a_list() -> None:
    notes, _ = await play([[[]]], [], namespace="fraud")
    assert notes.told == [("listed", "Pod", "fraud", set())]


async def test_events_follow_the_list_in_their_order() -> None:
    events = [
        event("ADDED", pod("b")),
        event("MODIFIED", pod("a")),
        event("BOOKMARK", {"metadata": {"resourceVersion": "7"}}),
        event("DELETED", pod("a")),
        event("ADDED", pod("a")),
    ]
    notes, _ = await play([[[pod("a")]]], [events])
    assert notes.told == [
        ("saw", "Pod", "a"),
        ("listed", "Pod", None, {"a"}),
        ("saw", "Pod", "b"),
        ("saw", "Pod", "a"),
        ("gone", "Pod", "a"),
        ("saw", "Pod", "a"),
    ]


async def test_after_a_410_a_new_list_tells_what_has_vanished_unannounced() -> None:
    notes, _ = await play(
        [[[pod("a"), pod("b")]], [[pod("b")]]], [[event("ADDED", pod("c")), GONE_410]]
    )
    assert [told for told in notes.told if told[0] != "saw"] == [
        ("listed", "Pod", None, {"a", "b"}),
        ("listed", "Pod", None, {"b"}),
    ]


async def test_a_watch_that_ends_or_breaks_goes_on_without_a_new_list() -> None:
    watches: list[list[Any]] = [[event("ADDED", pod("b"))], [BROKEN], [event("ADDED", pod("c"))]]
    notes, _ = await play([[[pod("a")]]], watches)
    assert [told[2] for told in notes.told if told[0] == "saw"] == ["a", "b", "c"]
    assert sum(told[0] == "listed" for told in notes.told) == 1
    assert notes.counted[:2] == [("list", "pods", "200"), ("watch", "pods", "200")]


async def test_a_list_that_fails_in_its_middle_is_no_list_and_leaves_nothing_behind() -> None:
    notes, _ = await play([[[pod("a")], BROKEN], [[pod("b")], [pod("c")]]], [])
    assert notes.told == [
        ("saw", "Pod", "a"),
        ("saw", "Pod", "b"),
        ("saw", "Pod", "c"),
        ("listed", "Pod", None, {"b", "c"}),
    ]


@pytest.mark.parametrize(
    "error",
    [
        errors.APIClientError("continue token expired", status=410, headers={}),
        errors.APINotFoundError("the CRD is gone", status=404, headers={}),
        errors.APIClientError("bad request", status=400, headers={}),
    ],
)
async def test_a_list_that_is_refused_in_its_middle_starts_anew_and_kopf_lives(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "PAUSE", 0)
    notes, _ = await play([[[pod("a")], error], [[pod("b")]]], [])
    assert [told for told in notes.told if told[0] == "listed"] == [("listed", "Pod", None, {"b"})]


async def test_an_error_within_a_watch_starts_it_anew_and_kopf_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tap, "PAUSE", 0)
    failure = event("ERROR", {"code": 500, "message": "etcdserver: request timed out"})
    notes, _ = await play([[[pod("a")]], [[]]], [[failure]])
    assert [told[3] for told in notes.told if told[0] == "listed"] == [{"a"}, set()]


async def test_an_object_that_cannot_be_taken_in_does_not_end_the_stream_nor_the_list() -> None:
    notes = Notes(refuse=lambda body: body["metadata"]["name"] == "bad")
    events = [event("MODIFIED", pod("bad")), event("ADDED", pod("b"))]
    await play([[[pod("bad"), pod("a")]]], [events], notes=notes)
    assert notes.told == [
        ("saw", "Pod", "a"),
        ("listed", "Pod", None, {"a", "bad"}),
        ("saw", "Pod", "b"),
    ]


@pytest.mark.parametrize("body", [{}, {"metadata": {}}])
async def test_a_body_without_a_name_does_not_end_the_stream(body: dict[str, Any]) -> None:
    events = [event("MODIFIED", body), event("ADDED", pod("b"))]
    notes, _ = await play([[[body, pod("a")]]], [events])
    assert ("saw", "Pod", "a") in notes.told
    assert ("saw", "Pod", "b") in notes.told


async def test_streams_that_are_cut_begin_anew_with_a_list_at_once() -> None:
    streams = Streams()

    def cut(told: tuple[Any, ...]) -> None:
        if told == ("saw", "Pod", "b"):
            streams.cut()

    notes = Notes(after=cut)
    events = [event("ADDED", pod("b")), SILENCE]
    await play([[[pod("a")]], [[pod("a")]], [[]]], [events, events], notes=notes, streams=streams)
    assert [told for told in notes.told if told[0] == "listed"] == [
        ("listed", "Pod", None, {"a"}),
        ("listed", "Pod", None, {"a"}),
        ("listed", "Pod", None, set()),
    ]


async def test_a_list_that_is_cut_is_no_list() -> None:
    streams = Streams()

    def cut(told: tuple[Any, ...]) -> None:
        if told == ("saw", "Pod", "a"):
            streams.cut()

    notes = Notes(after=cut)
    await play([[[pod("a")], SILENCE], [[pod("b")]]], [], notes=notes, streams=streams)
    assert [told for told in notes.told if told[0] == "listed"] == [("listed", "Pod", None, {"b"})]


async def test_a_time_limit_within_a_stream_is_not_taken_for_a_cut() -> None:
    async def late() -> bool:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await Streams().run("Pod", late())


async def test_kopf_itself_gets_nothing_but_the_end_of_each_list() -> None:
    _, passed = await play([[[pod("a")]], [[]]], [[event("DELETED", pod("a")), GONE_410]])
    assert passed == [watching.Bookmark.LISTED, watching.Bookmark.LISTED]


def test_afterwards_kopf_is_as_it_was_even_after_an_error() -> None:
    before = watching.continuous_watch, watching.watch_objs, errors.check_response
    notes = Notes()

    def fail() -> None:
        with tapped(notes, notes.count, Streams()):
            assert watching.continuous_watch is not before[0]
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (watching.continuous_watch, watching.watch_objs, errors.check_response) == before


def test_what_the_tap_takes_hold_of_is_there_in_the_pinned_kopf() -> None:
    for name in ("continuous_watch", "watch_objs", "infinite_watch"):
        function = getattr(watching, name, None)
        assert inspect.isasyncgenfunction(function), HOW_TO_MEND
        parameters = inspect.signature(function).parameters.values()
        assert {"settings", "resource", "namespace"} <= {p.name for p in parameters}, HOW_TO_MEND
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters), HOW_TO_MEND
    assert [mark.name for mark in watching.Bookmark] == ["LISTED"], HOW_TO_MEND
    outer = inspect.getsource(watching.infinite_watch)
    inner = inspect.getsource(watching.continuous_watch)
    assert "continuous_watch(" in outer, HOW_TO_MEND  # looked up in the module at each call
    assert "watch_objs(" in inner, HOW_TO_MEND
    assert "yield {'type': None, 'object': obj}" in inner, HOW_TO_MEND
    assert "yield Bookmark.LISTED" in inner, HOW_TO_MEND
    assert "await errors.check_response(" in inspect.getsource(api), HOW_TO_MEND
