"""Nobody is forgotten, nor told twice, when namespaces end, clocks jump, and Secrets are wrong."""

import time
from typing import Any

import pytest

from tests.adapters.receivers.fakes import Office, answer, no_answer
from tests.engine.notifying.telling import (
    INCIDENT,
    ROUTE,
    heard,
    hook,
    incident,
    mend,
    on_call,
    route_status,
    spec,
)
from tests.engine.world import World, rule
from tocsin.core.notify.receivers import DeliveryError
from tocsin.core.notify.routes import RouteKey
from tocsin.engine.agenda import Item, Task
from tocsin.ports import GoneError, RefusedError, UnavailableError
from tocsin.ports.transport import Response


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("403: namespace fraud is being terminated"),
        GoneError("404: no namespace fraud"),
        UnavailableError("no answer"),
    ],
)
async def test_where_no_incident_can_be_made_people_are_told_all_the_same(error: Exception) -> None:
    world = await on_call(firing=False)
    world.kept.refuses = error
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    assert heard(world) == ["First"]
    await mend(world)
    assert heard(world) == ["AllResolved"]
    assert world.all_of(INCIDENT) == []


@pytest.mark.parametrize("with_its_route", [True, False])
async def test_a_namespace_that_is_deleted_is_told_as_the_end_and_then_asked_for_no_more(
    with_its_route: bool,
) -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    world.kept.refuses = GoneError("404: no namespace fraud")
    world.drop(INCIDENT, incident(world)["metadata"]["name"])
    if with_its_route:
        world.drop(ROUTE, "oncall")
    world.undeploy()
    world.delete()
    await world.tick(600, by=5)
    assert heard(world) == ["AllResolved"]
    again = Item(Task.CHECK, RouteKey("fraud", "oncall"))
    assert world.engine._agenda.next_due() == world.engine._agenda.due_of(again)


async def test_a_rule_that_nobody_understands_since_a_restart_ends_when_it_is_deleted() -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    world.sources = {"another": world.source}
    world.restart()
    await world.tick(60, by=5)
    assert (heard(world), world.condition("Stalled")["status"]) == ([], "True")
    world.delete()
    await world.tick(60, by=5)
    assert heard(world) == ["AllResolved"]
    assert incident(world)["status"]["state"] == "Closed"


async def test_a_clock_that_is_set_back_by_an_hour_tells_nobody_twice_and_all_of_the_end() -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    world.clock.step(-3600)
    await world.tick(60, by=5)
    assert heard(world) == []
    await world.tick(600, by=30)
    assert heard(world) == []
    await mend(world)
    assert heard(world) == ["AllResolved"], "not an hour late"


async def test_what_begins_after_a_clock_was_set_back_is_told_at_once() -> None:
    world = await on_call("scorer", "ranker", firing=False)
    world.value(scorer=12.0, ranker=3.0)
    await world.tick(30, by=5)
    assert heard(world) == ["First"]
    world.clock.step(-3600)
    await world.tick(5)
    world.value(scorer=12.0, ranker=12.0)
    await world.tick(30, by=5)
    assert heard(world) == ["First"]


async def test_what_waits_for_its_group_is_not_an_hour_late_where_the_clock_was_set_back() -> None:
    world = await on_call(firing=False, groupWait="30s")
    world.value(scorer=12.0)
    await world.tick(20, by=5)
    assert heard(world) == []
    world.clock.step(-3600)
    await world.tick(60, by=5)
    assert heard(world) == ["First"]


async def test_a_retry_is_not_an_hour_late_where_the_clock_was_set_back() -> None:
    world = await on_call(firing=False)
    world.receivers.failing["hook"] = DeliveryError("it answered 500")
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    world.receivers.failing.clear()
    world.clock.step(-3600)
    await world.tick(120, by=5)
    assert heard(world) == ["First"]


SLACK = {
    "name": "hook",
    "slack": {"channel": "#ml-alert", "tokenSecretRef": {"name": "slack", "key": "token"}},
}
PAGER = {
    "name": "hook",
    "pagerduty": {"routingKeySecretRef": {"name": "pagerduty", "key": "routing-key"}},
}
KEY = "a" * 32
#: What a receiver is, what Secrets there are, what it answers, and what the status then says.
ANSWERS: dict[str, tuple[dict[str, Any], dict[str, str], Response | Exception, list[str]]] = {
    "a Secret that is missing": (PAGER, {}, answer(202), ["Secret fraud/pagerduty", "add it"]),
    "an empty key": (
        PAGER, {"fraud/pagerduty/routing-key": " \n"}, answer(202), ["routing-key", "empty"],
    ),
    "a channel that is not there": (
        SLACK, {"fraud/slack/token": "xoxb-1"},
        answer(200, {"ok": False, "error": "channel_not_found"}), ["#ml-alert", "does not exist"],
    ),
    "a server that fails": (hook(), {}, answer(500), ["500"]),
    "HTML": (hook(), {}, answer(404, b"<html>\x00<h1>No</h1>" + b"x" * 10**6), ["404"]),
    "a redirect": (
        hook(), {}, answer(302, location="https://evil.example.com"), ["redirects", "address"],
    ),
    "an endless stream": (hook(), {}, no_answer("it answers without end"), ["without end"]),
}  # fmt: skip


def with_real_receivers(world: World, secrets: dict[str, str], usual: Any) -> Office:
    """The receivers of the product, with a wire and Secrets in memory."""
    office = Office()
    office.vault.values = secrets
    office.wire.usual = usual
    if isinstance(usual, Exception):
        office.wire.answers = [usual] * 100
    world.receivers.tell = office.receivers.tell  # type: ignore[method-assign]  # as in a pod
    return office


@pytest.mark.parametrize(("receiver", "secrets", "usual", "words"), ANSWERS.values(), ids=ANSWERS)
async def test_the_status_of_a_route_says_in_plain_words_what_is_wrong(
    receiver: dict[str, Any], secrets: dict[str, str], usual: Any, words: list[str]
) -> None:
    world = await on_call(firing=False)
    with_real_receivers(world, secrets, usual)
    world.put(ROUTE, "oncall", spec=spec(receiver))
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    (entry,) = route_status(world)["receivers"]
    said = entry["lastError"]
    assert [word for word in words if word not in said] == []
    assert len(said) < 500
    assert said.isprintable()
    (event,) = [one for one in world.take_told() if one.reason == "DeliveryFailed"]
    assert event.note == f"receiver hook: {said}"
    assert not any(value.strip() and value in said for value in secrets.values())


async def test_a_key_with_a_newline_at_its_end_is_taken_without_it() -> None:
    world = await on_call(firing=False)
    secrets = {"fraud/pagerduty/routing-key": KEY + "\n"}
    office = with_real_receivers(world, secrets, answer(202, {"status": "success"}))
    world.put(ROUTE, "oncall", spec=spec(PAGER))
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    assert office.last.json["routing_key"] == KEY


async def test_a_secret_that_is_mended_is_used_without_an_edit_of_the_route() -> None:
    world = await on_call(firing=False)
    office = with_real_receivers(world, {}, answer(202, {"status": "success"}))
    world.put(ROUTE, "oncall", spec=spec(PAGER))
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    assert office.wire.requests == []
    office.vault.values = {"fraud/pagerduty/routing-key": KEY}
    await world.tick(60, by=5)
    assert office.last.json["event_action"] == "trigger"
    assert incident(world)["status"]["told"][0]["sent"] == 1


async def test_a_thousand_routes_that_match_nothing_cost_little() -> None:
    world = World()
    world.deploy()
    world.apply(rule())
    for number in range(1000):
        body = spec(selector={"rules": [f"other-{number}"]})
        world.put(ROUTE, f"route-{number}", spec=body)
    world.list_all()
    world.value(scorer=12.0)
    await world.tick(20, by=5)
    began = time.process_time()
    world.put(ROUTE, "oncall", spec=spec())
    await world.tick(5, by=5)
    assert time.process_time() - began < 1
    assert heard(world) == ["First"]


async def test_a_route_places_only_the_alerts_that_it_takes_or_took() -> None:
    world = await on_call("scorer", "ranker")
    placed: list[str] = []
    notifier = world.engine.desk.notifier
    place = notifier.place

    def counted(alarm: Any, now: Any) -> None:
        placed.append(alarm.workload.name)
        place(alarm, now)

    notifier.place = counted  # type: ignore[method-assign]  # counted, and done all the same
    world.put(ROUTE, "other", spec=spec(selector={"rules": ["other"]}))
    assert placed == []
    only = {"workloads": [{"kind": "Deployment", "name": "ranker"}]}
    world.put(ROUTE, "other", spec=spec(selector=only))
    assert placed == ["ranker"]
    world.put(ROUTE, "other", spec=spec(selector={"rules": ["other"]}))
    assert placed == ["ranker", "ranker"], "what it took may now be another's"


async def test_what_a_route_no_longer_takes_goes_to_the_fallback() -> None:
    world = await on_call("scorer", groupWait="30s")
    world.put(ROUTE, "rest", spec=spec(hook("rest", "rest.example.com"), fallback=True))
    await world.tick(5)
    world.drop(ROUTE, "oncall")
    await world.tick(30, by=5)
    assert heard(world, "rest") == ["First"]
