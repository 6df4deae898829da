"""Who is told of an alert, and why nobody is: each in a sentence."""

from typing import Any

import pytest

from tests.engine.explained import explainer
from tests.engine.routed import receiver, route, silence
from tests.engine.world import NAMESPACE, World, rule_named, started
from tocsin.api.explanation import Explanation
from tocsin.api.explanation.telling import Telling, ToldReceiver
from tocsin.core.notify.receivers import DeliveryError
from tocsin.ports import ConflictError

ROUTE, SILENCE, INCIDENT = "NotificationRoute", "AlertSilence", "MLIncident"
HIDDEN = "https://hooks.example.com/in?token=s3cret"


def explained(world: World, name: str = "latency") -> Explanation:
    """What is said of a rule that is there."""
    it = explainer(world).rule(f"{NAMESPACE}/{name}")
    assert isinstance(it, Explanation)
    return it


def told(world: World) -> Telling:
    """What is said of the one thing that the rule looks at."""
    return explained(world).subjects[0].telling


def only(world: World) -> ToldReceiver:
    """The one receiver of the one incident."""
    (incident,) = told(world).incidents
    (one,) = incident.receivers
    return one


def suppressed(world: World) -> list[str]:
    """Why nobody is told of the one thing that the rule looks at."""
    return [str(one.reason) for one in explained(world).subjects[0].suppressions]


async def firing(*routes: dict[str, Any], **spec: Any) -> World:
    """A world of these routes whose one rule fires since 12:00:15; it is 12:00:20."""
    world = World()
    world.deploy()
    world.apply(rule_named("latency", **spec))
    world.see(ROUTE, *routes)
    world.list_all()
    world.value(scorer=12)
    await world.tick(20)
    return world


async def test_one_that_waits_for_group_wait_says_until_when() -> None:
    world = await firing(route())
    assert told(world).headline == ("Nobody is told yet: chat waits for groupWait until 12:00:25Z.")
    assert (only(world).told_at, only(world).knows) == (None, False)
    assert told(world).routes[0].group == {"namespace": NAMESPACE, "workload": "Deployment/scorer"}


async def test_one_that_was_told_says_to_whom_when_why_and_when_it_is_told_again() -> None:
    world = await firing(route())
    await world.tick(10)
    it = explained(world)
    assert it.telling == it.subjects[0].telling.headline == "Told to chat at 12:00:25Z."
    one = only(world)
    assert (one.destination, one.reason, one.knows) == (
        "slack #ml-alerts via slack/token", "First", True
    )  # fmt: skip
    assert one.next == "told again at 16:00:25Z, if it still fires"
    assert (suppressed(world), told(world).incidents[0].state) == ([], "Firing")


async def test_several_routes_are_told_apart_where_receivers_bear_the_same_name() -> None:
    world = await firing(route("a"), route("b", groupWait="1m"))
    await world.tick(10)
    assert told(world).headline == (
        "Told to chat (a) at 12:00:25Z; chat (b) waits for groupWait until 12:01:15Z."
    )


async def test_who_knows_only_others_of_the_group_says_when_this_one_is_told() -> None:
    world = await firing(route())
    world.apply(rule_named("errors"))
    await world.tick(30)
    other = explained(world, "errors").subjects[0].telling
    assert other.headline == "Nobody is told yet: chat is told of what is new at 12:05:25Z."
    assert other.incidents[0].receivers[0].told_at is not None


async def test_an_incident_whose_route_is_suspended_says_that_nothing_more_is_told() -> None:
    world = await firing(route())
    await world.tick(10)
    world.see(ROUTE, route(generation=2, suspend=True))
    await world.tick(2)
    assert only(world).next == "nothing, as the route is gone, suspended, or no longer has it"


async def test_a_route_of_heartbeats_only_tells_nobody_and_it_says_so() -> None:
    beat = {"url": "https://beat.example.com/1", "interval": "1m"}
    world = await firing(route(receivers=[receiver("beat", heartbeat=beat)]))
    await world.tick(20)
    assert told(world).headline == ("Nobody is told: the route has no receivers but heartbeats.")
    assert told(world).routes[0].receivers == []


async def test_what_is_foretold_of_a_repetition_comes_true() -> None:
    world = await firing(route(repeatInterval="10m"))
    await world.tick(10)
    foretold = only(world).next_at
    await world.tick(640)
    assert (only(world).told_at, only(world).reason) == (foretold, "Repeat")


async def test_one_that_does_not_fire_and_is_silenced_says_so() -> None:
    world = await started()
    world.see(ROUTE, route())
    world.see(SILENCE, silence())
    await world.tick(5)
    assert told(world).headline == (
        "If it fires, nobody is told: silenced by fraud/deploy until 13:00:00Z "
        "(alice: deploy of v18)."
    )


async def test_without_any_route_it_says_that_there_is_none() -> None:
    world = await firing()
    assert told(world).headline == "Nobody is told: there is no route."
    assert (suppressed(world), told(world).routes) == (["NoRoute"], [])


async def test_each_route_that_does_not_take_it_says_which_term_does_not_fit_or_why_else() -> None:
    world = await firing(
        route("a", selector={"severities": ["low"]}),
        route("b", suspend=True),
        route("c", selector={"rules": ["errors"]}),
        route("elsewhere", namespace="credit"),
        {**route("d"), "spec": {"receivers": []}},
    )
    reasons = {one.route.name: one.reason for one in told(world).routes}
    broken = reasons.pop("d")
    assert broken.startswith("it is not understood: spec.selector")
    assert reasons == {
        "b": "it is suspended",
        "a": "severity high does not fit",
        "c": "rule latency does not fit",
    }
    assert told(world).headline.startswith(
        "Nobody is told: no route takes it: fraud/b: it is suspended; fraud/a: severity high does "
        "not fit; fraud/c: rule latency does not fit; and 1 more route."
    )
    assert suppressed(world) == ["NoRoute"]


async def test_a_fallback_says_that_another_route_takes_it() -> None:
    world = await firing(route(), route("rest", fallback=True))
    tried = {one.route.name: (one.takes, one.fallback, one.reason) for one in told(world).routes}
    assert tried == {
        "oncall": (True, False, ""),
        "rest": (False, True, "a fallback, and another takes it"),
    }


async def test_one_that_is_silenced_says_by_what_and_whom_until_when_and_why() -> None:
    world = await started()
    world.see(ROUTE, route())
    world.see(SILENCE, silence())
    world.value(scorer=12)
    await world.tick(30)
    assert told(world).headline == (
        "Nobody is told: silenced by fraud/deploy until 13:00:00Z (alice: deploy of v18)."
    )
    (muting,) = told(world).silences
    assert (muting.silence.name, muting.by, muting.comment) == ("deploy", "alice", "deploy of v18")
    assert only(world).next == "nothing, while it is silenced"
    assert suppressed(world) == ["Silenced"]


async def test_one_that_was_told_before_it_was_silenced_says_both() -> None:
    world = await firing(route())
    await world.tick(10)
    world.see(SILENCE, silence())
    await world.tick(5)
    assert told(world).headline == (
        "Told to chat at 12:00:25Z; now silenced by fraud/deploy until 13:00:00Z "
        "(alice: deploy of v18)."
    )


async def test_a_receiver_that_takes_nothing_says_why_and_when_it_is_tried_again() -> None:
    world = await firing(route())
    world.receivers.faults = [DeliveryError("503: it is tried again")] * 100
    await world.tick(30)
    one = only(world)
    assert one.error == "503: it is tried again"
    assert one.next_at is not None
    assert one.next == f"tried again at {one.next_at:%H:%M:%SZ}"
    assert told(world).headline == (
        f"Nobody is told yet: chat could not be told, {one.next}: 503: it is tried again."
    )


async def test_a_receiver_that_refuses_says_that_an_edit_helps() -> None:
    world = await firing(route())
    world.receivers.faults = [DeliveryError("channel_not_found: create it", retry=False)]
    await world.tick(10)
    assert only(world).next == "tried again at 13:00:25Z, or once the route is edited"


async def test_one_that_somebody_is_on_says_who() -> None:
    world = await firing(route())
    await world.tick(10)
    (body,) = [o for (kind, _, _), o in world.kept.objects.items() if kind == INCIDENT]
    body["metadata"]["annotations"] = {"tocsin.dev/ack": "looking"}
    world.engine.saw(INCIDENT, body)
    await world.tick(5)
    (incident,) = told(world).incidents
    assert incident.acknowledged is not None
    assert (incident.state, incident.acknowledged.comment) == ("Acknowledged", "looking")
    assert only(world).next == "nothing, as somebody is on it"
    assert told(world).headline == "Told to chat at 12:00:31Z; somebody is on it."


async def test_one_that_is_told_as_part_of_a_storm_says_so() -> None:
    world = World(settings={"limits": {"newIncidentsPerRoute": 2}})
    names = [f"model-{number}" for number in range(5)]
    for name in names:
        world.deploy(name, name)
    world.apply()
    world.see(ROUTE, route())
    world.list_all()
    world.value(**dict.fromkeys(names, 12.0))
    await world.tick(40)
    it = told(world)
    assert it.incidents[0].storm
    assert it.incidents[0].others == 4
    name = it.incidents[0].incident.name
    assert it.headline == (f"Told to chat at 12:00:25Z; it is part of the storm fraud/{name}.")


async def test_in_shadow_it_says_who_would_take_it() -> None:
    world = await firing(route(), mode="Shadow")
    assert told(world).headline == (
        "Nobody is told, as it began to fire in Shadow: fraud/oncall would take it."
    )
    world.value(scorer=3)
    await world.tick(10)
    assert told(world).headline == (
        "Nobody would be told, as the rule is in Shadow: fraud/oncall would take it."
    )


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ({"all": True}, "If it fires, fraud/oncall takes it."),
        (
            {"matchExpressions": [{"key": "team", "operator": "In", "values": ["risk"]}]},
            "If it fires, fraud/oncall takes it.",
        ),
        (
            {"matchExpressions": [{"key": "team", "operator": "In", "values": ["ads"]}]},
            (
                "If it fires, nobody is told: no route takes it: fraud/oncall: "
                "matchExpressions on team does not fit."
            ),
        ),
    ],
)
async def test_one_that_does_not_fire_says_who_would_take_it_by_the_labels_that_are_known(
    selector: dict[str, Any], said: str
) -> None:
    world = await started(labels={"team": "risk"})
    world.see(ROUTE, route(selector=selector))
    await world.tick(5)
    assert told(world).headline == said


async def test_before_its_firing_is_written_nobody_is_told_and_it_says_so() -> None:
    world = await started()
    world.see(ROUTE, route())
    world.value(scorer=12)
    await world.tick(14)
    world.api.faults = [ConflictError("the object has been modified")] * 2
    await world.tick(2)
    assert told(world).headline == (
        "Nobody is told yet: first the status of the rule has to say that it fires."
    )
    await world.tick(20)
    assert told(world).headline.startswith("Told to chat at 12:00:3")


async def test_what_is_secret_of_a_destination_is_not_shown() -> None:
    hook = receiver("hook", webhook={"url": HIDDEN})
    world = await firing(route(receivers=[hook]))
    await world.tick(10)
    text = explained(world).model_dump_json()
    assert "webhook https://hooks.example.com/in?(" in text
    assert "s3cret" not in text


async def test_the_routes_shown_of_very_many_are_those_that_take_it() -> None:
    misfits = [route(f"r{number:02}", selector={"rules": ["x"]}) for number in range(30)]
    world = await firing(*misfits, route("zz"))
    it = told(world)
    assert (len(it.routes), it.more_routes, it.routes[0].route.name) == (10, 21, "zz")


async def test_the_index_says_how_many_incidents_are_open() -> None:
    world = await firing(route())
    assert explainer(world).index().open_incidents == 0
    await world.tick(10)
    assert explainer(world).index().open_incidents == 1
