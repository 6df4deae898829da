"""A source that says by which label series are whose gives each rule its namespace's only."""

from typing import Any

from tests.engine.test_fairness import in_
from tests.engine.world import World


def confined_world() -> World:
    prometheus = {"url": "http://prometheus", "namespaceLabel": "namespace"}
    settings: dict[str, Any] = {"sources": [{"name": "default", "prometheus": prometheus}]}
    return World(settings=settings)


async def test_rules_of_two_namespaces_ask_for_their_own_series_by_the_same_query() -> None:
    world = confined_world()
    for namespace in ("fraud", "ads"):
        world.apply(in_(namespace, "rule", "errors"))
    world.list_all()
    await world.tick(30)
    assert set(world.source.asked) == {'errors{namespace="fraud"}', 'errors{namespace="ads"}'}


async def test_a_query_that_cannot_be_confined_is_never_asked_and_the_rule_says_why() -> None:
    world = confined_world()
    world.apply(in_("fraud", "rule", 'errors{pod="a" or pod="b"}'))
    world.list_all()
    await world.tick(30)
    stalled = world.condition("Stalled", "rule")
    assert (stalled["status"], stalled["reason"]) == ("True", "QueryRejected")
    assert "only the series of its own namespace" in stalled["message"]
    assert world.source.asked == []
