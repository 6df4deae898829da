"""Rules of a namespace beyond its limit: the newest wait, and say so."""

from typing import Any

import pytest

from tests.engine.world import NAMESPACE, World, rule_named
from tocsin.core.rules import RuleKey
from tocsin.engine.quota import Quota


def key(name: str) -> RuleKey:
    return RuleKey("fraud", name)


def test_the_oldest_have_the_places_and_of_the_same_age_the_first_by_name() -> None:
    quota = Quota(2)
    assert quota.enter(key("b"), "2026-01-02") is None
    assert quota.enter(key("c"), "2026-01-02") is None
    assert quota.enter(key("a"), "2026-01-02") == key("c")
    assert quota.enter(key("z"), "2026-01-01") == key("b")
    assert quota.enter(key("y"), "2026-01-03") is None
    assert [name for name in "abcyz" if quota.has(key(name))] == ["a", "z"]


def test_the_next_takes_the_place_of_one_that_goes() -> None:
    quota = Quota(1)
    for name in "abc":
        quota.enter(key(name), "")
    assert quota.leave(key("b")) is None
    assert quota.leave(key("a")) == key("c")
    assert quota.leave(key("c")) is None
    assert quota.leave(key("c")) is None


def test_each_namespace_has_its_own_places() -> None:
    quota = Quota(1)
    quota.enter(RuleKey("one", "a"), "")
    quota.enter(RuleKey("two", "a"), "")
    assert quota.has(RuleKey("one", "a"))
    assert quota.has(RuleKey("two", "a"))


def made(name: str, day: int) -> dict[str, Any]:
    body = rule_named(name)
    body["metadata"]["creationTimestamp"] = f"2026-01-{day:02}T00:00:00Z"
    return body


@pytest.fixture
async def crowded() -> World:
    world = World(settings={"limits": {"rulesPerNamespace": 2}})
    world.deploy()
    for day, name in ((3, "newest"), (1, "oldest"), (2, "middle")):
        world.apply(made(name, day))
    world.list_all()
    world.value(scorer=3)
    await world.tick(10)
    return world


async def test_rules_up_to_the_limit_are_evaluated_and_one_more_is_stalled(crowded: World) -> None:
    assert [crowded.status(name)["state"] for name in ("oldest", "middle")] == ["Inactive"] * 2
    stalled = crowded.condition("Stalled", "newest")
    assert (stalled["status"], stalled["reason"]) == ("True", "TooManyRules")
    assert stalled["message"] == (
        "namespace fraud has more than 2 rules (limits.rulesPerNamespace), and the newest are not "
        "evaluated, like this one: delete rules or join several into one, or have the limit raised"
    )
    assert crowded.condition("Stalled", "middle")["status"] == "False"
    told = [(one.reason, one.on) for one in crowded.take_told()]
    assert told == [("RuleInvalid", "MLAlertRule/newest")]


async def test_when_a_rule_is_deleted_the_next_is_evaluated(crowded: World) -> None:
    crowded.delete("oldest")
    crowded.value(scorer=12)
    await crowded.tick(20)
    assert crowded.status("newest")["state"] == "Firing"
    assert crowded.condition("Stalled", "newest")["status"] == "False"


async def test_a_rule_that_a_list_no_longer_names_gives_its_place_away(crowded: World) -> None:
    del crowded.api.rules[RuleKey(NAMESPACE, "middle")]
    crowded.list_all()
    await crowded.tick(10)
    assert crowded.status("newest")["state"] == "Inactive"


async def test_a_restart_gives_the_same_rules_the_places_and_writes_nothing(crowded: World) -> None:
    crowded.api.writes.clear()
    crowded.take_told()
    crowded.restart()
    await crowded.tick(20)
    assert crowded.api.writes == []
    assert crowded.take_told() == []


async def test_an_older_rule_that_comes_late_takes_the_place_of_the_newest(crowded: World) -> None:
    crowded.apply(made("ancient", 0))
    await crowded.tick(10)
    assert crowded.status("ancient")["state"] == "Inactive"
    assert crowded.condition("Stalled", "middle")["reason"] == "TooManyRules"
    asked = len(crowded.source.asked)
    await crowded.tick(5)
    assert len(crowded.source.asked) == asked + 1
