"""Any sequence of values, gaps, edits and restarts: what holds of every life, and of its restarts.

A restart here takes no time and loses nothing that was decided: what it may change is what only
memory holds. That are the timers of `for` and `keepFiringFor`, which begin anew (a delay), the
window of `datapoints`, and the last text of a parameter that becomes unreadable at the same time.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from tests.engine.lives import (
    AT_ONCE,
    DATAPOINTS,
    FOR,
    KEPT,
    NOT_KEPT,
    WORKLOADS,
    Lived,
    Step,
    live,
    schedules,
    specs,
)
from tests.engine.world import Told, World, rule
from tocsin.adapters.templates import GoTemplates
from tocsin.api.v1alpha1 import MLAlertRuleStatus
from tocsin.engine.status import compose
from tocsin.engine.times import read_time

ANY = schedules(specs(FOR | DATAPOINTS, KEPT))
RENDERER = GoTemplates()
#: A life that fails is shown as it was lived: to find a shorter one would take minutes.
thoroughly = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def lived(steps: Sequence[Step], *, restarts: bool = True) -> list[Lived]:
    return asyncio.run(live(steps, restarts=restarts))


def alerts(status: Any, *states: str) -> dict[str, Any]:
    """Alerts in these states by the name of their workload; in all states if none is named."""
    found = status.get("alerts", ())
    return {one["workload"]["name"]: one for one in found if not states or one["state"] in states}


def fired(status: Any) -> dict[str, Any]:
    return alerts(status, "Firing", "Recovering")


def ends(one: Lived) -> dict[str, str]:
    """The reasons of the ends in one step, by workload; an alert may end but once in it."""
    known = len(one.before.get("history", ()))
    new = one.status["history"][: len(one.status["history"]) - known]
    return {entry["workload"]["name"]: entry["reason"] for entry in new}


@thoroughly
@given(ANY)
def test_nothing_fires_without_the_condition_having_held_on_observed_values(
    steps: list[Step],
) -> None:
    for one in lived(steps):
        before = fired(one.before)
        for name, alert in fired(one.status).items():
            if name not in before or alert["firedAt"] != before[name]["firedAt"]:
                assert one.may_fire[name], (name, one.spec)


@thoroughly
@given(ANY)
def test_nothing_that_fired_goes_without_a_good_value_or_a_named_end(steps: list[Step]) -> None:
    for one in lived(steps):
        over, gone = ends(one), fired(one.before).keys() - fired(one.status).keys()
        assert gone <= over.keys()
        for name, reason in over.items():
            match reason:
                case "Recovered":
                    assert one.last[name] == "NotMet"
                case "NoData":
                    assert (one.last[name], one.spec["missingData"]) == ("NoData", "NotMet")
                case "ScaledToZero":
                    assert (name, one.step.replicas) == ("a", 0)
                case "WorkloadDeleted":
                    assert (name, one.step.replicas) == ("a", None)
                case _:
                    assert reason == "RuleChanged"
                    assert one.step.spec


@thoroughly
@given(ANY)
def test_what_is_told_is_a_firing_and_then_its_end_and_of_shadow_neither(
    steps: list[Step],
) -> None:
    firing = dict.fromkeys(WORKLOADS, False)
    for one in lived(steps):
        for event in one.told:
            name = event.on.removeprefix("Deployment/")
            if name not in WORKLOADS or event.reason not in ("AlertFiring", "AlertResolved"):
                continue
            assert firing[name] is (event.reason == "AlertResolved")
            firing[name] = not firing[name]
        if one.step.replicas is None:  # there is nothing to tell it on
            firing["a"] = False
        for name, alert in fired(one.status).items():
            assert firing[name] is not alert.get("shadow", False)


@thoroughly
@given(ANY)
def test_status_is_bounded_ordered_valid_and_composed_the_same_twice(steps: list[Step]) -> None:
    for one in lived(steps):
        history = [read_time(entry["resolvedAt"]) for entry in one.status["history"]]
        assert history == sorted(history, reverse=True)
        assert len(history) <= 20
        MLAlertRuleStatus.model_validate(one.status, extra="forbid")
        twice = [compose(one.record, RENDERER, one.now) for _ in "12"]
        assert json.dumps(twice[0]) == json.dumps(twice[1])
        break_down = [one.status[state] for state in ("firing", "recovering", "pending")]
        assert sum(break_down) == len(one.status["alerts"])


def both(steps: Sequence[Step]) -> Iterator[tuple[Lived, Lived]]:
    """Each step with restarts, and without; none as a parameter becomes unreadable."""
    spoilt = [two.limit == "fast" != one.limit for one, two in pairwise(steps)]
    told = [
        replace(step, restart=step.restart and not bad)
        for step, bad in zip(steps, [False, *spoilt], strict=True)
    ]
    return zip(lived(told), lived(told, restarts=False), strict=True)


@thoroughly
@given(schedules(specs(AT_ONCE, NOT_KEPT)))
def test_where_nothing_waits_restarts_change_nothing_of_alerts_their_ends_and_what_is_told(
    steps: list[Step],
) -> None:
    kept = ("alerts", "history", "firing", "wouldHaveNotified", "heldParameters", "effective")
    for restarted, other in both(steps):
        for field in kept:
            assert restarted.status.get(field) == other.status.get(field), field
        assert told_of_alerts(restarted) == told_of_alerts(other)


@thoroughly
@given(schedules(specs(AT_ONCE, NOT_KEPT)))
def test_where_nothing_waits_and_nobody_edits_meanwhile_restarts_change_nothing_at_all(
    steps: list[Step],
) -> None:
    apart = [replace(step, restart=step.restart and not step.spec) for step in steps]
    for restarted, other in both(apart):
        assert restarted.status == other.status
        assert restarted.told == other.told


def told_of_alerts(one: Lived) -> list[Told]:
    """Events of alerts; one on a Deployment that is gone depends on who was first to see what."""
    gone = "Deployment/a" if one.step.replicas is None else None
    told = (event for event in one.told if event.on != gone)
    return [event for event in told if event.reason.startswith(("Alert", "Parameter"))]


@thoroughly
@given(schedules(specs(FOR, NOT_KEPT)))
def test_where_alerts_wait_to_fire_restarts_only_delay_that(steps: list[Step]) -> None:
    """What fires with restarts fires without; it began and fired later, and ends with it."""
    for restarted, other in both(steps):
        firing = fired(other.status)
        for name, alert in fired(restarted.status).items():
            assert alert["id"] == firing[name]["id"]
            assert alert["firedAt"] >= firing[name]["firedAt"]
        for name, alert in alerts(restarted.status).items():
            assert alert["activeAt"] >= alerts(other.status)[name]["activeAt"]
        assert ends(restarted).items() <= ends(other).items()


@thoroughly
@given(schedules(specs(AT_ONCE, KEPT)))
def test_where_alerts_are_kept_firing_restarts_only_delay_their_end(steps: list[Step]) -> None:
    """What is active without restarts is active with them, under the same id."""
    for restarted, other in both(steps):
        active = alerts(restarted.status)
        for name, alert in alerts(other.status).items():
            assert active[name]["id"] == alert["id"]
            assert active[name]["firedAt"] <= alert["firedAt"]


async def test_of_many_alerts_and_ends_status_holds_the_first_200_and_the_last_20() -> None:
    world = World()
    names = [f"w{number:03}" for number in range(230)]
    for name in names:
        world.deploy(name)
    world.apply(rule(**{"for": "0s"}))
    world.list_all()
    world.value(**dict.fromkeys(names, 12.0))
    await world.tick(6)
    status = world.status()
    assert (len(status["alerts"]), status["firing"]) == (200, 230)
    assert world.condition("Truncated")["message"].startswith("30 more alerts are active")
    world.value(**dict.fromkeys(names, 3.0))
    await world.tick(6)
    assert (world.status()["alerts"], len(world.status()["history"])) == ([], 20)
