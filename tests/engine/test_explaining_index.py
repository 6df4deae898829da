"""The index: every rule and workload, a page at a time, and fast."""

from functools import partial
from time import thread_time
from typing import TYPE_CHECKING

from tests.engine.explained import LONG, explainer, incident, of
from tests.engine.world import NAMESPACE, World, asking, rule_named
from tocsin.api.explanation import Explanation
from tocsin.core.samples import Samples
from tocsin.engine.explaining import Explainer
from tocsin.web.html import explanation_page, index_page

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_the_most_urgent_rules_come_first_each_with_when_it_was_and_will_be_evaluated() -> (
    None
):
    index = explainer(await incident()).index()
    assert index.headline == "2 of 7 rules over 4 workloads fire."
    assert [(row.rule.name, row.state) for row in index.rules] == [
        (LONG, "Firing"),
        ("latency", "Firing"),
        ("errors", "Pending"),
        ("broken", "Invalid"),
        ("unreachable", "Failed"),
        ("memory", "Inactive"),
        ("asleep", "Suspended"),
    ]
    latency, broken = index.rules[1], index.rules[3]
    assert latency.message.startswith("P99 latency of scorer is 312ms, limit 200ms; v18 rolled")
    assert (latency.firing, f"{latency.next_evaluation:%H:%M:%S}") == (1, "12:01:05")
    assert (broken.last_evaluation, broken.next_evaluation) == (None, None)


async def test_every_model_is_listed_with_what_each_rule_says_of_it_and_those_without_a_rule() -> (
    None
):
    world = await incident()
    unwatched = {"name": "lonely", "namespace": "other", "uid": "u"}
    model = {"labels": {"tocsin.dev/model": "lonely-v1"}}
    world.engine.saw("Deployment", {"metadata": unwatched | model, "spec": {}})
    web = {"name": "web", "namespace": NAMESPACE, "uid": "w"}
    world.engine.saw("Deployment", {"metadata": web, "spec": {}})
    rows = {row.workload.name: row for row in explainer(world).index().workloads}
    assert list(rows) == ["ranker", "resting", "scorer", "shadow", "lonely"]
    scorer = {one.rule.name: str(one.state) for one in rows["scorer"].rules}
    assert scorer == {
        LONG: "Firing",
        "latency": "Firing",
        "errors": "Pending",
        "unreachable": "Failed",
        "memory": "Inactive",
        "asleep": "Suspended",
    }
    assert {one.rule.name: str(one.state) for one in rows["shadow"].rules}["latency"] == "Unknown"
    assert (rows["lonely"].model, rows["lonely"].rules) == ("lonely-v1", [])
    assert rows["resting"].replicas == 0


async def test_without_a_rule_the_index_says_so() -> None:
    world = World()
    world.list_all()
    index = explainer(world).index()
    assert (index.headline, index.rules, index.paging.pages) == ("There is no rule yet.", [], 1)


async def crowd(rules: int, workloads: int) -> World:
    """So many rules over so many workloads, of which each twentieth alerts."""
    world = World()
    names = [f"model-{number:04}" for number in range(workloads)]
    for name in names:
        world.deploy(name, name)
    answer = Samples(tuple(of(n, 12 if i % 20 == 0 else 3) for i, n in enumerate(names)))
    for number in range(rules):
        spec = {"criterion": asking(f"q{number}"), "interval": "1h"}
        world.apply(rule_named(f"rule-{number:02}", **spec))
        world.source.answers[f"q{number}"] = answer
    world.list_all()
    world.clock.step(3600)
    world.held_back = True  # a namespace has so many queries a second
    await world.tick(5)
    assert [record.key.name for record in world.book if record.looked is None] == []
    return world


def rule_page(explain: Explainer) -> str:
    """The page of a rule that is there."""
    found = explain.rule("fraud/rule-00")
    assert isinstance(found, Explanation)
    return explanation_page(found)


async def test_pages_of_20_rules_over_1000_workloads_hold_the_loop_for_less_than_100_ms() -> None:
    explain = explainer(await crowd(20, 1000))
    pages: list[Callable[[], str]] = [
        lambda: index_page(explain.index()),
        lambda: index_page(explain.index(2)),
        partial(rule_page, explain),
    ]
    for make in pages:
        spent = []
        for _ in range(5):  # a busy machine makes any one of them slow
            started = thread_time()
            page = make()
            spent.append(thread_time() - started)
            assert "model-0" in page
        assert min(spent) < 0.1


async def test_no_page_of_the_index_has_more_than_200_rows() -> None:
    explain = explainer(await crowd(3, 500))
    pages = [explain.index(number) for number in (1, 2, 3)]
    assert [len(page.rules) + len(page.workloads) for page in pages] == [200, 200, 103]
    assert {page.paging.total for page in pages} == {503}
    names = [row.workload.name for page in pages for row in page.workloads]
    assert names == sorted(names)
    assert len(names) == 500
    assert explain.index(99).paging.page == 3
