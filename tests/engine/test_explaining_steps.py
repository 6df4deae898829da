"""What to do next, where nothing is known or what is known misleads."""

import math
from typing import Any

import pytest

from tests.engine.explained import explainer
from tests.engine.fakes import START, FakeSource
from tests.engine.test_anomaly_rules import anomaly, made
from tests.engine.world import NAMESPACE, World, asking, rule
from tocsin.api.explanation import Explanation
from tocsin.core.metrics import PODS_SOURCE
from tocsin.core.samples import Sample, Samples

KEEP = "as in sum by (namespace, deployment) (…), or with namespace and pod, or model"


def explained(world: World) -> Explanation:
    it = explainer(world).rule(f"{NAMESPACE}/latency")
    assert isinstance(it, Explanation)
    return it


async def looking(criterion: dict[str, Any], *samples: Sample, **spec: Any) -> World:
    """A rule over one model that was answered so by each query."""
    source = FakeSource(answers={"q": Samples(samples)})
    world = World(sources={"default": source, PODS_SOURCE: FakeSource()})
    world.source = source
    world.deploy("scorer", "fraud")
    body = rule(criterion=criterion, **{"for": "0s"})
    body["spec"] |= spec
    if spec.get("workloads", {}) is None:
        del body["spec"]["workloads"]
    world.apply(body)
    world.list_all()
    await world.tick(5)
    return world


@pytest.mark.parametrize("workloads", [{}, None])
@pytest.mark.parametrize("cause", ["NeverSeen", "NoTraffic"])
async def test_an_absence_whose_sum_lost_the_labels_says_which_to_keep(
    workloads: dict[str, Any] | None, cause: str
) -> None:
    criterion = {"absence": {"metric": {"prometheus": {"query": "q"}}, "causes": [cause]}}
    world = await looking(criterion, Sample({"job": "ml"}, 3), workloads=workloads)
    subjects = [one for one in explained(world).subjects if one.workload]
    lost = f"Let the query keep the labels of whose its series are, {KEEP}: it returns job."
    assert [one.actions[0] for one in subjects] == [lost]
    assert not any("scraped" in action for one in subjects for action in one.actions)


async def test_series_that_name_what_is_not_there_say_what_that_is() -> None:
    labels = {"namespace": NAMESPACE, "deployment": "elsewhere"}
    world = await looking(asking("q"), Sample(labels, 3), workloads={})
    assert explained(world).actions == [
        "Its series belong to nobody: there is no Deployment elsewhere."
    ]


async def test_a_part_without_labels_is_named_in_what_to_do() -> None:
    parts = [{"name": name, **asking(name)} for name in ("q", "slow")]
    mine = Sample({"namespace": NAMESPACE, "deployment": "scorer"}, 12)
    composite = {"composite": {"when": "q && slow", "parts": parts}}
    world = await looking(composite, mine, workloads={})
    world.source.answers["slow"] = Samples((Sample({}, 12),))
    await world.tick(5)
    assert explained(world).actions == [
        f"Let the query of slow keep the labels of whose it is, {KEEP}."
    ]


async def test_a_series_that_warms_up_says_until_when_to_wait() -> None:
    begins = START.timestamp() - 30 * 60
    world, _ = made(lambda time: 100.0 if time >= begins else math.nan)
    world.apply(anomaly())
    await world.tick(30, by=5)
    it = explained(world)
    # An hour of history that ends ten minutes ago is needed, and it began at 11:30.
    assert it.actions[0].startswith("Wait until 12:40:")
    assert it.actions[1].startswith("Or shorten baseline.window: half of it")
    assert "up to 40m more" in world.status()["message"]


async def test_what_pods_lack_is_to_be_looked_up_on_their_pages() -> None:
    metric = {"pods": {"port": "metrics", "series": "x"}}
    criterion = {"threshold": {"metric": metric, "above": 10}}
    world = await looking(criterion, workloads={})
    pods, page = explained(world).actions
    assert pods == "See whether its pods run: kubectl get pods -n fraud"
    assert page == (
        "See what they expose: kubectl port-forward deployment/scorer 9999:metrics -n fraud, then "
        "open http://localhost:9999/metrics"
    )
