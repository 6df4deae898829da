"""Rules that are edited, broken, mended and suspended."""

from typing import Any

import pytest

from tests.engine.world import World, asking, rule, rule_named, started
from tocsin.core.samples import Failure, FailureKind

REJECTED = Failure(FailureKind.QUERY_REJECTED, "parse error at char 1")


@pytest.mark.parametrize(
    "spec",
    [
        {"severity": "low"},
        {"for": "1h"},
        {"interval": "2s"},
        {"summary": "slow"},
        {"labels": {"team": "a"}},
        {"reduce": "Worst"},
    ],
)
async def test_an_edit_that_asks_the_same_keeps_the_alerts(spec: dict[str, Any]) -> None:
    world = await started(firing=True)
    alerts = world.status()["alerts"]
    world.apply(rule(**spec))
    await world.tick(10)
    assert world.status()["alerts"] == alerts
    assert world.status()["observedGeneration"] == 2
    assert world.take_told() == []


@pytest.mark.parametrize(
    "spec",
    [
        {"criterion": asking("q", recoverBelow=6)},
        {"criterion": asking("r", recoverBelow=5)},
        {"workloads": {"kinds": ["Deployment", "StatefulSet"]}},
        {"reduce": "Mean"},
        {"identityLabels": ["version"]},
    ],
)
async def test_an_edit_that_asks_something_else_ends_the_alerts(spec: dict[str, Any]) -> None:
    world = await started(firing=True)
    world.apply(rule(**spec))
    await world.tick(1)
    assert [one.reason for one in world.take_told()] == ["AlertResolved"] * 2
    status = world.status()
    assert [one["reason"] for one in status["history"]] == ["RuleChanged"]
    assert (status["state"], status["message"]) == (
        "Unknown",
        "waiting for the next evaluation, within 5s",
    )


async def test_an_edit_of_nothing_but_metadata_does_nothing() -> None:
    world = await started(firing=True)
    writes = len(world.api.writes)
    body = rule()
    body["metadata"]["annotations"] = {"a": "b"}
    world.apply(body)
    await world.tick(10)
    assert (len(world.api.writes), world.take_told()) == (writes, [])


async def test_suspending_ends_the_alerts_and_asks_nothing_more() -> None:
    world = await started(firing=True)
    world.apply(rule(suspend=True))
    asked = len(world.source.asked)
    await world.tick(20)
    assert len(world.source.asked) == asked
    status = world.status()
    assert (status["state"], status["alerts"]) == ("Suspended", [])
    assert [one["reason"] for one in status["history"]] == ["RuleSuspended"]
    assert world.condition("Ready")["reason"] == "Suspended"
    assert [one.reason for one in world.take_told()] == ["AlertResolved"] * 2
    world.apply(rule())
    await world.tick(5)
    assert world.status()["state"] == "Pending"


async def test_a_broken_rule_is_stalled_says_all_that_is_wrong_and_keeps_its_alerts() -> None:
    world = await started(firing=True)
    world.apply(rule_named("other"))
    await world.tick(5)
    other, alerts = world.status("other"), world.status()["alerts"]
    world.apply(rule(severity="nonsense", interval="soon"))
    await world.tick(10)
    status = world.status()
    assert (status["state"], status["alerts"], status["firing"]) == ("Invalid", alerts, 1)
    assert world.condition("Ready")["status"] == "False"
    stalled = world.condition("Stalled")
    assert (stalled["status"], stalled["reason"]) == ("True", "InvalidSpec")
    assert "spec.severity" in stalled["message"]
    assert "spec.interval" in stalled["message"]
    (told,) = [one for one in world.take_told() if one.on == "MLAlertRule/latency"]
    assert (told.reason, told.note) == ("RuleInvalid", stalled["message"])
    assert world.status("other")["conditions"] == other["conditions"]


async def test_a_mended_rule_goes_on_with_the_same_alert() -> None:
    world = await started(firing=True)
    before = world.status()
    world.apply(rule(severity="nonsense"))
    await world.tick(120)
    world.apply(rule())
    await world.tick(10)
    after = world.status()
    assert (after["alerts"], after["state"]) == (before["alerts"], "Firing")
    assert world.condition("Stalled")["status"] == "False"
    assert [one.reason for one in world.take_told()] == ["RuleInvalid"]


async def test_a_pending_alert_of_a_rule_mended_at_once_keeps_its_beginning() -> None:
    world = await started(for_="60s")
    world.value(scorer=12)
    await world.tick(10)
    before = world.status()["alerts"]
    world.apply(rule(severity="nonsense"))
    await world.tick(1)
    world.apply(rule(**{"for": "60s"}))
    await world.tick(9)
    assert world.status()["alerts"] == before


async def test_an_unknown_source_names_those_that_there_are() -> None:
    world = await started()
    criterion = asking("q")
    criterion["threshold"]["metric"]["prometheus"]["sourceRef"] = {"name": "nowhere"}
    world.apply(rule(criterion=criterion))
    await world.tick(5)
    stalled = world.condition("Stalled")
    assert stalled["reason"] == "UnknownSource"
    assert stalled["message"] == 'there is no source "nowhere"; known: default'


async def test_a_query_that_the_source_refuses_is_the_rules_fault_and_holds_its_alerts() -> None:
    world = await started(firing=True)
    world.source.answers["q"] = REJECTED
    await world.tick(10)
    status = world.status()
    assert (status["state"], status["firing"]) == ("Invalid", 1)
    assert world.condition("Stalled")["reason"] == "QueryRejected"
    assert world.condition("SourceReachable")["status"] == "True"
    assert [(one.reason, one.note) for one in world.take_told()] == [
        ("RuleInvalid", REJECTED.message)
    ]


async def test_a_rule_broken_from_the_start_says_so_and_is_evaluated_once_mended() -> None:
    world = World()
    world.deploy()
    world.apply(rule(severity="nonsense"))
    world.list_all()
    world.value(scorer=12)
    await world.tick(10)
    assert world.source.asked == []
    assert (world.status()["state"], world.status()["firing"]) == ("Invalid", 0)
    world.apply(rule())
    await world.tick(5)
    assert world.status()["state"] == "Pending"


async def test_an_answer_to_a_query_that_an_edit_has_changed_is_dropped() -> None:
    world = await started()
    world.value(scorer=12)
    world.source.hangs = True
    await world.tick(5)
    world.apply(rule(**{"for": "0s"}, criterion=asking("another")))
    world.source.hangs = False
    world.source.released.set()
    await world.work()
    assert world.meter.outcomes["ok"] == 1
    assert world.status()["firing"] == 0
    world.value("another", scorer=12)
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_an_answer_to_the_same_query_is_decided_on_by_the_edited_rule() -> None:
    world = await started()
    world.value(scorer=12)
    world.source.hangs = True
    await world.tick(5)
    world.apply(rule(**{"for": "0s"}))
    world.source.hangs = False
    world.source.released.set()
    await world.tick(2)
    assert world.status()["state"] == "Firing"


async def test_what_is_deleted_while_it_is_asked_decides_nothing() -> None:
    world = await started(firing=True)
    world.value(scorer=3)
    world.source.hangs = True
    await world.tick(5)
    world.delete()
    world.source.hangs = False
    world.source.released.set()
    await world.tick(5)
    assert ["RuleDeleted" in one.note for one in world.take_told()] == [True, True]


async def test_a_refused_count_that_was_mended_is_no_longer_held_against_the_rule() -> None:
    def counted(query: str) -> dict[str, Any]:
        return rule(minSamples={"metric": {"prometheus": {"query": query}}, "atLeast": 1})

    world = await started()
    world.source.answers["bad"] = REJECTED
    world.value("good", scorer=100)
    world.apply(counted("bad"))
    await world.tick(20)
    assert world.status()["state"] == "Invalid"
    world.apply(counted("good"))
    await world.work()
    assert world.status()["observedGeneration"] == 3
    assert world.condition("Stalled")["status"] == "False"
    await world.tick(10)
    assert world.status()["state"] == "Inactive"
