"""The benchmark of telling in small: that it does the work, without a limit of time."""

import asyncio

import pytest

from bench.dispatch import measure, one_more_alert, one_more_silence, restarted
from bench.dispatch.stage import Stage
from bench.dispatch.world import Size
from bench.errors import BenchError
from tocsin.engine.notifying.board import KIND as ROUTE

SMALL = Size(alerts=400, silences=400, routes=20)


def test_every_alert_is_told_or_silenced_and_so_are_later_ones_also_after_a_restart() -> None:
    stage = Stage(SMALL, storm_limit=100)
    measured = measure(stage)
    assert (measured.told, measured.silenced) == (200, 200)
    assert one_more_alert(stage) > 0
    assert one_more_silence(stage) > 0
    assert restarted(stage) > 0


def test_a_storm_of_each_route_is_told_once() -> None:
    few = Size(alerts=120, silences=120, routes=4)
    assert measure(Stage(few, storm_limit=10)).told == 4


def test_a_group_of_hundreds_of_alerts_is_told_once() -> None:
    one = Size(alerts=400, silences=400, routes=1)
    assert measure(Stage(one, storm_limit=10, group_by="Namespace")).told == 1


def test_what_was_not_told_ends_the_measurement_with_an_error() -> None:
    stage = Stage(SMALL, storm_limit=100)
    for (kind, _, _), body in stage.api.objects.items():
        if kind == ROUTE:
            body["spec"]["suspend"] = True
    with pytest.raises(BenchError, match="0 were told"):
        measure(stage)


def test_silences_forget_an_alert_that_no_route_took_once_it_is_over() -> None:
    stage = Stage(Size(alerts=2, silences=2, routes=1), storm_limit=10)
    stage.api.objects = {at: one for at, one in stage.api.objects.items() if at[0] != ROUTE}
    stage.read("AlertSilence")
    [record] = stage.records.values()
    stage.hand_in([record])
    asyncio.run(stage.until_told())
    silences = list(stage.desk.silencing.silences)
    assert [one.matched for one in silences] == [1, 0]
    record.with_alerts({})
    stage.hand_in([record])
    assert [one.matched for one in silences] == [0, 0]
