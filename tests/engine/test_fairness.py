"""One namespace at its limits delays no other: queries, texts, and thousands of alerts."""

import asyncio
from datetime import timedelta
from time import thread_time
from typing import Any

from tests.engine.fakes import FakeSource, SteppedClock
from tests.engine.test_bounds import many
from tests.engine.world import World, asking, rule_named, started
from tocsin.core.metrics import Question
from tocsin.core.samples import Sample, Samples
from tocsin.engine.rationing import RationedTexts, of_route
from tocsin.ports import Rendered

GOOD = Samples((Sample({"namespace": "calm", "deployment": "scorer"}, 3),))


def in_(namespace: str, name: str, query: str, **spec: Any) -> dict[str, Any]:
    body = rule_named(name, criterion=asking(query), **spec)
    body["metadata"]["namespace"] = namespace
    del body["spec"]["workloads"]
    return body


class SlowFor(FakeSource):
    """Hangs for the queries of one tenant."""

    async def ask(self, question: Question) -> Samples:
        self.asked.append(str(question.query))
        if str(question.query).startswith("slow"):
            await self.released.wait()
        return GOOD


def at_once(count: int) -> dict[str, Any]:
    prometheus = {"url": "http://prometheus", "concurrency": count, "timeout": "4s"}
    return {"sources": [{"name": "default", "prometheus": prometheus}]}


async def test_a_hundred_queries_that_hang_delay_none_of_another_namespace() -> None:
    source = SlowFor(hangs=True)
    world = World({"default": source}, at_once(4))
    for number in range(100):
        world.apply(in_("hostile", f"slow{number}", f"slow{number}"))
    world.apply(in_("calm", "rule", "good"))
    world.list_all()
    await world.tick(30)
    assert source.asked.count("good") == 6
    assert len([query for query in source.asked if query.startswith("slow")]) == 2


async def test_a_query_that_finds_no_slot_in_time_fails_and_says_why() -> None:
    source = SlowFor(hangs=True)
    world = World({"default": source}, at_once(2))
    for name in ("slow1", "slow2"):
        world.apply(in_("fraud", name, name))
    world.list_all()
    await world.tick(10)
    reachable = world.condition("SourceReachable", "slow2")
    assert (reachable["status"], reachable["reason"]) == ("False", "NotAsked")
    assert "not asked within 4s: the 1 queries at once (perNamespace" in reachable["message"]


async def test_a_namespace_that_asks_too_much_waits_and_each_of_its_rules_has_its_turn() -> None:
    world = World(settings={"limits": {"queriesPerSecond": 2}})
    world.held_back = True
    for number in range(10):
        world.apply(in_("hostile", f"r{number}", f"q{number}", interval="1s"))
    world.apply(in_("calm", "rule", "good", interval="1s"))
    world.list_all()
    await world.tick(20)
    asked = world.source.asked
    assert asked.count("good") >= 19
    assert {asked.count(f"q{number}") for number in range(10)} <= {3, 4, 5}
    assert world.meter.waited["hostile"] > 10
    assert world.meter.waited["calm"] == 0
    assert world.meter.skipped > 100


async def test_a_query_of_many_rules_costs_once() -> None:
    world = World(settings={"limits": {"queriesPerSecond": 1}})
    world.held_back = True
    for number in range(50):
        world.apply(in_("fraud", f"r{number}", "q", interval="1s"))
    world.list_all()
    await world.tick(10)
    assert len(world.source.asked) == 10
    assert world.meter.skipped == 0


async def test_a_copied_query_does_not_draw_its_rule_into_a_crowded_queue() -> None:
    source = SlowFor(hangs=True)
    world = World({"default": source}, at_once(2))
    for number in range(20):
        world.apply(in_("hostile", f"a{number}", f"slow{number}"))
    world.apply(in_("hostile", "z-copied", "good"))
    world.apply(in_("calm", "rule", "good"))
    world.list_all()
    await world.tick(5)
    assert "good" in source.asked


async def test_over_the_budget_of_events_an_alert_is_told_in_a_plain_sentence_unworded() -> None:
    world = await started(identityLabels=["gpu"], for_="0s", summary="{{ $labels.gpu }} is hot")
    rendered: list[str] = []
    inner = world.engine._teller._renderer.render

    def render(template: str, values: Any) -> Any:
        if template:
            rendered.append(values["labels"]["gpu"])
        return inner(template, values)

    world.engine._teller._renderer.render = render  # type: ignore[method-assign]  # counts
    world.source.answers["q"] = many(100)
    await world.tick(5)
    assert len(world.take_told()) == 50
    assert 25 <= len(rendered) < 30


def valued(value: float, models: int = 20) -> Samples:
    labels = ({"namespace": "fraud", "deployment": f"model-{n}", "a": "1"} for n in range(models))
    return Samples(tuple(Sample(one, value) for one in labels))


async def test_texts_that_took_their_namespaces_time_are_plain_until_it_has_come_back() -> None:
    world = World(settings={"limits": {"textTimePerNamespace": "20ms"}})
    world.renderer = Busy()
    world.restart()
    for number in range(20):
        world.deploy(f"model-{number}")
    world.apply(rule_named("latency", **{"for": "0s"}, summary="{{ $value }}"))
    world.list_all()
    world.source.answers["q"] = valued(12)
    await world.tick(5)
    notes = [one.note for one in world.take_told() if one.on.startswith("Deployment")]
    assert len(notes) == 20
    assert 1 <= notes.count("done") <= 3
    assert notes[-1].endswith(" is at 12 (limit 10)")
    world.source.answers["q"] = valued(3)
    await world.tick(10)
    world.take_told()
    world.source.answers["q"] = valued(12, 1)
    await world.tick(5)
    assert {one.note for one in world.take_told()} == {"done"}


def test_a_namespace_without_time_for_texts_is_told_which_limit_it_met() -> None:
    texts = RationedTexts(Busy(), SteppedClock(), timedelta(milliseconds=5))
    ours = {"rule": {"namespace": "fraud"}}
    assert texts.render("heavy", ours) == Rendered("done")
    assert texts.render("heavy", ours).problem == (
        "left out, the texts of namespace fraud took more than 5ms of processor time "
        "(limits.textTimePerNamespace): simplify its templates"
    )
    assert texts.render("heavy", {"rule": {"namespace": "calm"}}) == Rendered("done")


def test_templates_of_receivers_are_charged_to_the_namespace_of_their_route() -> None:
    texts = RationedTexts(Busy(), SteppedClock(), timedelta(milliseconds=5), of_route)
    ours = {"route": "fraud/oncall", "rule": {"namespace": "calm"}}
    assert texts.render("heavy", ours) == Rendered("done")
    problem = texts.render("heavy", ours).problem
    assert problem
    assert problem.startswith("left out, the texts of namespace fraud took more than 5ms")
    calm = {"route": "calm/oncall", "rule": {"namespace": "fraud"}}
    assert texts.render("heavy", calm) == Rendered("done")


class Busy:
    """Takes 6 ms for each template."""

    seconds = 0.2

    def check(self, template: str) -> str | None:
        return None

    def render(self, template: str, values: Any) -> Rendered:
        until = thread_time() + 0.006
        while thread_time() < until:
            pass
        return Rendered("done")


async def test_thousands_of_ends_at_once_are_told_while_the_loop_goes_round() -> None:
    world = await started(identityLabels=["gpu"], for_="0s")
    world.source.answers["q"] = many(3000)
    await world.tick(5)
    world.delete()
    hops = 0
    world.engine.start_due()
    while world.engine._teller.waiting:
        world.engine.start_due()
        hops += 1
        await asyncio.sleep(0)
    assert hops > 1000
